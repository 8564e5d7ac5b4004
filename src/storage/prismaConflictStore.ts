/** The record of conflicts on PostgreSQL, through Prisma. */
import type { Collision } from "../domain/merge/collide.js";
import type { SentOperation } from "../domain/operations/operation.js";
import type {
  ConflictQuery,
  ConflictRecord,
  ConflictResolution,
  ConflictStore,
  NewConflict,
  ResolvedConflict,
} from "./conflictStore.js";
import type { PrismaClient } from "./generated/prisma/client.js";
import { onDatabase } from "./statement.js";
import { isUuid } from "./uuid.js";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaConflictStore implements ConflictStore {
  constructor(private readonly prisma: PrismaClient) {}

  async record(conflict: NewConflict): Promise<void> {
    await onDatabase(() =>
      this.prisma.templateConflict.create({
        data: {
          ...conflict,
          clientOperations: plain(conflict.clientOperations),
          serverOperationIds: [...conflict.serverOperationIds],
          collisions: plain(conflict.collisions),
          createdAt: new Date(conflict.createdAt),
        },
      }),
    );
  }

  async resolve(resolved: ResolvedConflict): Promise<number> {
    const { templateId, userId, baseVersion, resolution, resolvedAt } = resolved;
    if (!isUuid(templateId) || !isUuid(userId)) return 0;
    const { count } = await onDatabase(() =>
      this.prisma.templateConflict.updateMany({
        where: { templateId, userId, baseVersion, resolution: null },
        data: { resolution, resolvedAt: new Date(resolvedAt), resolvedById: userId },
      }),
    );
    return count;
  }

  async list({ templateId, resolved, before, limit }: ConflictQuery): Promise<ConflictRecord[]> {
    if (!isUuid(templateId)) return [];
    const createdAt = before && new Date(before.createdAt);
    const older = before && {
      OR: [{ createdAt: { lt: createdAt! } }, { createdAt: createdAt!, id: { lt: before.id } }],
    };
    const rows = await onDatabase(() =>
      this.prisma.templateConflict.findMany({
        where: {
          templateId,
          ...(resolved !== undefined && { resolution: resolved ? { not: null } : null }),
          ...older,
        },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: limit,
      }),
    );
    return rows.map((row) => ({
      ...row,
      clientOperations: row.clientOperations as unknown as readonly SentOperation[],
      collisions: row.collisions as unknown as readonly Collision[],
      createdAt: row.createdAt.getTime(),
      resolution: row.resolution as ConflictResolution | null,
      resolvedAt: row.resolvedAt?.getTime() ?? null,
    }));
  }
}

/** A value of ours as the client's JSON columns take it. */
function plain(value: unknown): object {
  return value as object;
}
