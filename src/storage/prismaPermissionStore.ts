/** The store of permissions on PostgreSQL, through Prisma. The triggers of the migration raise the access revision. */
import { randomUUID } from "node:crypto";
import { Prisma, type PrismaClient } from "./generated/prisma/client.js";
import { readEndedLinks, readPermissions, readStoredGrants } from "./grantStatements.js";
import { lockRow } from "./headStatement.js";
import type {
  GrantKey,
  Holder,
  Permission,
  PermissionChange,
  PermissionOutcome,
  Permissions,
  PermissionStore,
  StoredGrant,
} from "./permissionStore.js";
import { samePermission } from "./samePermission.js";
import { onDatabase } from "./statement.js";
import { isUuid } from "./uuid.js";

type Transaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

/** The store on an open client; the client stays the caller's to close. */
export class PrismaPermissionStore implements PermissionStore {
  constructor(private readonly prisma: PrismaClient) {}

  readGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]> {
    return onDatabase(() => readStoredGrants(this.prisma, keys));
  }

  async list(templateId: string): Promise<Permission[]> {
    if (!isUuid(templateId)) return [];
    return onDatabase(() => readPermissions(this.prisma, templateId));
  }

  async change<R>(
    change: PermissionChange,
    refuse: (before: Permissions) => R | undefined,
  ): Promise<PermissionOutcome<R>> {
    const { templateId, holder } = change;
    if (!isUuid(templateId)) return { kind: "gone" };
    if (!isUuid(idOf(holder))) return { kind: "noHolder" };
    return onDatabase(() =>
      this.prisma.$transaction(async (transaction): Promise<PermissionOutcome<R>> => {
        if (!(await lockRow(transaction, templateId))) return { kind: "gone" };
        const { createdAt, ...standing } = await transaction.template.findUniqueOrThrow({
          where: { id: templateId },
          select: { authorId: true, teamId: true, projectId: true, createdAt: true },
        });
        const permissions = await readPermissions(transaction, templateId);
        const reason = refuse({
          permissions,
          authorId: standing.authorId,
          hasPlace: standing.teamId !== null || standing.projectId !== null,
        });
        if (reason !== undefined) return { kind: "refused", reason };
        const before = permissions.find((held) => idOf(held.holder) === idOf(holder));
        if (samePermission(before, change.permission)) return { kind: "set", isNews: false };
        await write(transaction, change, createdAt);
        return { kind: "set", isNews: true };
      }),
    ).catch((error: unknown) => {
      if (isForeignKeyViolation(error)) return { kind: "noHolder" };
      throw error;
    });
  }

  endedLinks(withinMs: number): Promise<string[]> {
    return onDatabase(() => readEndedLinks(this.prisma, withinMs));
  }

  async isInTeam(userId: string, teamId: string): Promise<boolean> {
    if (!isUuid(userId) || !isUuid(teamId)) return false;
    const found = await onDatabase(() =>
      this.prisma.team.findFirst({
        where: { id: teamId, OR: [{ ownerId: userId }, { members: { some: { userId } } }] },
        select: { id: true },
      }),
    );
    return found !== null;
  }
}

function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2003";
}

async function write(
  transaction: Transaction,
  { templateId, holder, permission }: PermissionChange,
  templateCreatedAt: Date,
): Promise<void> {
  const held =
    holder.kind === "user"
      ? { userId: holder.userId, teamId: null }
      : { userId: null, teamId: holder.teamId };
  const where = { templateId, ...held, shareLinkId: null };
  if (permission === null) {
    await transaction.templatePermission.deleteMany({ where });
    return;
  }
  const { role, pageIds, elementTypes } = permission;
  const data = { role, pageIds: [...pageIds], elementTypes: [...elementTypes] };
  const { count } = await transaction.templatePermission.updateMany({ where, data });
  if (count > 0) return;
  await transaction.templatePermission.create({
    data: { templateId, id: randomUUID(), ...held, ...data, templateCreatedAt },
  });
}

function idOf(holder: Holder): string {
  return holder.kind === "user" ? holder.userId : holder.teamId;
}
