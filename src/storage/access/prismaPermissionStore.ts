/** The store of permissions on PostgreSQL, through Prisma. The triggers of the migration raise the access revision. */
import type { Place } from "../../domain/access/tokenLimit.js";
import { randomUUID } from "node:crypto";
import { noticesOfGrant } from "../../domain/notifications/notices.js";
import { Prisma, type PrismaClient } from "../generated/prisma/client.js";
import {
  acceptPermission,
  lockAddress,
  openPermissions,
  readEndedLinks,
  readGuestGrants,
  readStoredGrants,
} from "./grantStatements.js";
import { groupReads } from "../postgres/groupReads.js";
import { lockRow } from "../templates/headStatement.js";
import { writeNotifications } from "../notifications/notificationRows.js";
import type { InboxNews, TellInboxes } from "../notifications/notificationStore.js";
import type {
  GrantKey,
  GuestKey,
  Holder,
  PermissionChange,
  PermissionOutcome,
  Permissions,
  PermissionsSize,
  PermissionStore,
  StoredGrant,
} from "./permissionStore.js";
import { readPermissions, readPermissionSizes, readStanding } from "./permissionStatements.js";
import { restrictionBytes, idOf, samePermission } from "./samePermission.js";
import { executeCount, onDatabase, queryRows } from "../postgres/statement.js";
import {
  addressTurn,
  inTurn,
  secretTurn,
  templateTurn,
  transactionInTurn,
  type TurnKey,
} from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

interface Joined extends GrantKey {
  readonly now: number;
}

interface AcceptedRow {
  readonly template_id: string;
  readonly is_news: boolean;
}

type Transaction = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];

/** The store on an open client; the client stays the caller's to close. */
export class PrismaPermissionStore implements PermissionStore {
  /** Many join at one moment. */
  readonly #noteJoined = groupReads((joined: readonly Joined[]) =>
    onDatabase(async () => {
      const templateIds = joined.map(({ templateId }) => templateId);
      const userIds = joined.map(({ userId }) => userId);
      const now = Math.max(...joined.map((one) => one.now));
      await executeCount(this.prisma, openPermissions, [templateIds, userIds, now]);
      return joined.map(() => undefined);
    }),
  );

  constructor(
    private readonly prisma: PrismaClient,
    private readonly tellInboxes: TellInboxes = () => {},
  ) {}

  readGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]> {
    return onDatabase(() => readStoredGrants(this.prisma, keys));
  }

  readKnownGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]> {
    return onDatabase(() => readStoredGrants(this.prisma, keys, true));
  }

  readGuestGrants(keys: readonly GuestKey[]): Promise<StoredGrant[]> {
    return onDatabase(() => readGuestGrants(this.prisma, keys));
  }

  sizes(templateIds: readonly string[]): Promise<Map<string, PermissionsSize>> {
    return onDatabase(() => readPermissionSizes(this.prisma, templateIds));
  }

  list(templateIds: readonly string[], withRestrictions: boolean) {
    return onDatabase(() => readPermissions(this.prisma, templateIds, withRestrictions));
  }

  async change<R>(
    change: PermissionChange,
    refuse: (before: Permissions) => R | undefined,
  ): Promise<PermissionOutcome<R>> {
    const { templateId, holder } = change;
    if (!isUuid(templateId)) return { kind: "gone" };
    if (holder.kind !== "address" && !isUuid(idOf(holder))) return { kind: "noHolder" };
    const news: InboxNews[] = [];
    const outcome = await transactionInTurn(
      this.prisma,
      turnsOf(change),
      async (transaction): Promise<PermissionOutcome<R>> => {
        // Before the template's row, as where an account comes with the address.
        if (holder.kind === "address") {
          await executeCount(transaction, lockAddress, [holder.email]);
        }
        if (!(await lockRow(transaction, templateId))) return { kind: "gone" };
        const { createdAt, ...standing } = await transaction.template.findUniqueOrThrow({
          where: { id: templateId },
          select: { authorId: true, teamId: true, projectId: true, createdAt: true },
        });
        const { own: before, others } = await readStanding(transaction, templateId, holder);
        const reason = refuse({
          ...{ own: before, others },
          authorId: standing.authorId,
          hasPlace: standing.teamId !== null || standing.projectId !== null,
        });
        if (reason !== undefined) return { kind: "refused", reason };
        const isNews = !samePermission(before, change.permission);
        const id = before?.id ?? randomUUID();
        if (isNews || change.token !== undefined) await write(transaction, change, id, createdAt);
        if (isNews) news.push(...(await noteGrant(transaction, change)));
        const isThere = before !== undefined || change.permission !== null;
        return { kind: "set", isNews, permissionId: isThere ? id : null };
      },
    ).catch((error: unknown): PermissionOutcome<R> => {
      if (isForeignKeyViolation(error)) return { kind: "noHolder" };
      throw error;
    });
    if (outcome.kind === "set" && news.length > 0) this.tellInboxes(news);
    return outcome;
  }

  async accept(tokenHash: string, userId: string, now: number) {
    if (!isUuid(userId)) return undefined;
    const [row] = await inTurn(this.prisma, [secretTurn(tokenHash)], () =>
      queryRows<AcceptedRow>(this.prisma, acceptPermission, [tokenHash, userId, now]),
    );
    return row && { templateId: row.template_id, isNews: row.is_news };
  }

  async isAwaited(by: Parameters<PermissionStore["isAwaited"]>[0], now: number): Promise<boolean> {
    const which =
      "email" in by
        ? { email: by.email }
        : { tokenHash: Buffer.from(by.tokenHash, "hex"), tokenExpiresAt: { gt: new Date(now) } };
    const where = { ...which, openedAt: null, template: { deletedAt: null } };
    const found = await onDatabase(() => this.prisma.templatePermission.findFirst({ where }));
    return found !== null;
  }

  async joined(key: GrantKey, now: number): Promise<void> {
    if (isUuid(key.templateId) && isUuid(key.userId)) await this.#noteJoined({ ...key, now });
  }

  endedLinks(withinMs: number): Promise<string[]> {
    return onDatabase(() => readEndedLinks(this.prisma, withinMs));
  }

  async readPlace(templateId: string): Promise<Place | undefined> {
    if (!isUuid(templateId)) return undefined;
    const select = {
      teamId: true,
      projectId: true,
      project: { select: { teamId: true } },
    } as const;
    const row = await onDatabase(() =>
      this.prisma.template.findUnique({ where: { id: templateId }, select }),
    );
    if (row === null) return undefined;
    const { projectId, project } = row;
    return { templateId, projectId, teamId: row.teamId ?? project?.teamId ?? null };
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

function turnsOf({ templateId, holder, granted }: PermissionChange): TurnKey[] {
  return [
    templateTurn(templateId),
    ...(holder.kind === "address" ? [addressTurn(holder.email)] : []),
    // Who changes many templates at once does it one by one.
    ...(granted === undefined ? [] : [`grants ${granted.byId}` as const]),
  ];
}

function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2003";
}

async function write(
  transaction: Transaction,
  { templateId, holder, permission, token }: PermissionChange,
  id: string,
  templateCreatedAt: Date,
): Promise<void> {
  const where = { templateId, shareLinkId: null, ...columnsOf(holder) };
  if (permission === null) {
    await transaction.templatePermission.deleteMany({ where });
    return;
  }
  const { role, pageIds, elementTypes, elementIds, operationTypes } = permission;
  const data = {
    ...{ role, pageIds: [...pageIds], elementTypes: [...elementTypes] },
    ...{ elementIds: [...elementIds], operationTypes: [...operationTypes] },
    restrictionBytes: restrictionBytes(permission),
    ...(token && {
      tokenHash: Buffer.from(token.hash, "hex"),
      tokenExpiresAt: new Date(token.expiresAt),
    }),
  };
  const { count } = await transaction.templatePermission.updateMany({ where, data });
  if (count > 0) return;
  const owner = holder.kind === "address" ? await accountOf(transaction, holder.email) : {};
  await transaction.templatePermission.create({
    data: {
      ...{ templateId, id },
      ...columnsOf(holder),
      ...owner,
      ...data,
      templateCreatedAt,
    },
  });
}

function columnsOf(holder: Holder) {
  switch (holder.kind) {
    case "user":
      return { userId: holder.userId, teamId: null, email: null };
    case "team":
      return { userId: null, teamId: holder.teamId, email: null };
    case "address":
      return { email: holder.email };
  }
}

/** Whose the address provably is. */
async function accountOf(transaction: Transaction, email: string) {
  const where = { email, isEmailProven: true };
  const account = await transaction.user.findFirst({ where, select: { id: true } });
  return { userId: account?.id ?? null };
}

/** Tells the person who was granted something; whether an address has one shows nowhere. */
async function noteGrant(
  transaction: Transaction,
  { templateId, holder, permission, granted }: PermissionChange,
): Promise<InboxNews[]> {
  if (permission === null || granted === undefined || holder.kind === "team") return [];
  const where = { templateId, shareLinkId: null, ...columnsOf(holder) };
  const held = await transaction.templatePermission.findFirst({ where, select: { userId: true } });
  const by = { templateId, grantedById: granted.byId };
  const notices = noticesOfGrant(held?.userId ?? null, permission.role, by);
  return writeNotifications(transaction, notices, granted.at);
}
