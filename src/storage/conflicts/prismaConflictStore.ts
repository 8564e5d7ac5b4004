/** The record of conflicts on PostgreSQL, through Prisma. */
import { jsonBytes } from "../../domain/document/bytes.js";
import type { Json } from "../../domain/json.js";
import type { Collision } from "../../domain/merge/collide.js";
import { collisionOf, type MergeDecision } from "../../domain/merge/judging/decisions.js";
import type { Decider } from "../../domain/merge/judging/verdict.js";
import type { SentOperation } from "../../domain/operations/operation.js";
import type {
  ClientOperations,
  ConflictQuery,
  ConflictRecord,
  ConflictResolution,
  ConflictStore,
  NewConflict,
  ResolvedConflict,
} from "./conflictStore.js";
import { noticesOfOverride } from "../../domain/notifications/notices.js";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { addNotifications, readAuthors } from "../notifications/notificationRows.js";
import type { InboxNews, TellInboxes } from "../notifications/notificationStore.js";
import { onDatabase, queryRows, statement } from "../postgres/statement.js";
import { transactionInTurn } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaConflictStore implements ConflictStore {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly tellInboxes: TellInboxes = () => {},
  ) {}

  async record(conflict: NewConflict): Promise<void> {
    await onDatabase(() =>
      this.prisma.templateConflict.create({
        data: {
          ...conflict,
          clientOperations: plain(conflict.clientOperations),
          operationBytes: jsonBytes(conflict.clientOperations as unknown as Json),
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
    const open = { templateId, userId, baseVersion, resolvedAt: null };
    const data = { resolution, resolvedAt: new Date(resolvedAt), resolvedById: userId };
    const news: InboxNews[] = [];
    const turn = [`conflicts ${templateId} ${userId}` as const];
    const count = await transactionInTurn(this.prisma, turn, async (transaction) => {
      const resolving = await transaction.templateConflict.updateManyAndReturn({
        ...{ where: open, data },
        select: { serverOperationIds: true },
      });
      const overridden = resolving.flatMap(({ serverOperationIds }) => serverOperationIds);
      news.push(...(await noteOverride(transaction, resolved, overridden)));
      return resolving.length;
    });
    if (news.length > 0) this.tellInboxes(news);
    return count;
  }

  async list(query: ConflictQuery): Promise<ConflictRecord[]> {
    const { templateId, resolved, decidedBy, userId, baseVersion, before, limit } = query;
    const { withoutOperations = false } = query;
    if (!isUuid(templateId) || (userId !== undefined && !isUuid(userId))) return [];
    const createdAt = before && new Date(before.createdAt);
    const older = before && {
      OR: [{ createdAt: { lt: createdAt! } }, { createdAt: createdAt!, id: { lt: before.id } }],
    };
    const rows = await onDatabase(() =>
      this.prisma.templateConflict.findMany({
        where: {
          templateId,
          ...(resolved !== undefined && { resolvedAt: resolved ? { not: null } : null }),
          ...(decidedBy === "PERSON" && { resolution: { not: null } }),
          ...(decidedBy !== undefined && decidedBy !== "PERSON" && { decidedBy }),
          ...(userId !== undefined && { userId }),
          ...(baseVersion !== undefined && { baseVersion }),
          ...older,
        },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: limit,
        omit: { clientOperations: withoutOperations, operationBytes: true },
      }),
    );
    return rows.map((row) => ({
      ...row,
      clientOperations: (row.clientOperations ?? []) as unknown as readonly SentOperation[],
      ...told(row),
      createdAt: row.createdAt.getTime(),
      resolution: row.resolution as ConflictResolution | null,
      resolvedAt: row.resolvedAt?.getTime() ?? null,
    }));
  }

  async measureOperations(templateId: string, ids: readonly string[]) {
    const rows = await onDatabase(() =>
      queryRows<{ id: string; bytes: number }>(this.prisma, operationBytes, [templateId, ids]),
    );
    return new Map(rows.map(({ id, bytes }) => [id, bytes]));
  }

  async readOperations(templateId: string, ids: readonly string[]): Promise<ClientOperations> {
    const rows = await onDatabase(() =>
      this.prisma.templateConflict.findMany({
        where: { templateId, id: { in: [...ids] } },
        select: { id: true, clientOperations: true },
      }),
    );
    const operationsOf = (value: unknown) => value as readonly SentOperation[];
    return new Map(rows.map((row) => [row.id, operationsOf(row.clientOperations)]));
  }
}

/** Tells those whose edits a choice was made over; the server's state kept is nobody's loss. */
async function noteOverride(
  transaction: Prisma.TransactionClient,
  { templateId, userId, resolution, resolvedAt }: ResolvedConflict,
  operationIds: readonly string[],
): Promise<InboxNews[]> {
  if (resolution === "SERVER_WINS" || operationIds.length === 0) return [];
  const authors = await readAuthors(transaction, templateId, operationIds);
  const by = { actorId: userId, decidedBy: resolution };
  return addNotifications(transaction, noticesOfOverride(templateId, authors, by), resolvedAt);
}

/** $1 template, $2 conflicts. */
const operationBytes = statement(
  "conflict_operation_bytes",
  `SELECT id, COALESCE(operation_bytes, octet_length(client_operations::text)) AS bytes
   FROM template_conflicts WHERE template_id = $1::uuid AND id = ANY($2::uuid[])`,
);

/** What collided and what was decided of it, as a row holds them. */
function told(row: {
  readonly [key in "collisions" | "decidedBy" | "decisions" | "decisionCount"]: unknown;
}) {
  const decisions = (row.decisions ?? []) as readonly MergeDecision[];
  const collisions = row.collisions as readonly Collision[];
  return {
    decidedBy: row.decidedBy as Decider | null,
    decisions,
    decisionCount: (row.decisionCount ?? 0) as number,
    collisions: row.decidedBy === null ? collisions : decisions.map(collisionOf),
  };
}

/** A value of ours as the client's JSON columns take it. */
function plain(value: unknown): object {
  return value as object;
}
