/** The store of teams on PostgreSQL, through Prisma. Triggers raise the access revision of the templates concerned. */
import { teamRoleOf } from "../../domain/access/teamAccess.js";
import { Prisma, type PrismaClient } from "../generated/prisma/client.js";
import { noticesOfInvitation } from "../../domain/notifications/notices.js";
import { writeNotifications } from "../notifications/notificationRows.js";
import type { InboxNews, TellInboxes } from "../notifications/notificationStore.js";
import { onDatabase } from "../postgres/statement.js";
import { lockedTeam, teamTemplates } from "./teamStatements.js";
import type {
  ChangeOutcome,
  Decided,
  InvitationKey,
  LockedTeam,
  NewInvitation,
  NewTeam,
  TeamChange,
  TeamStore,
} from "./teamStore.js";
import {
  teamTurn,
  transactionInTurn,
  userTurn,
  type TurnKey,
} from "../postgres/transactionTurns.js";
import { invitationOf, turnsOfInvitation } from "./invitationRows.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;
type Written = "written" | "full" | "missing";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaTeamStore implements TeamStore {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly tellInboxes: TellInboxes = () => {},
  ) {}

  create({ createdAt, ...team }: NewTeam, ownedMax: number): Promise<"created" | "full"> {
    return this.#transaction([userTurn(team.ownerId)], async (transaction) => {
      const { ownerId } = team;
      await transaction.$executeRaw`SELECT FROM users WHERE id = ${ownerId}::uuid FOR NO KEY UPDATE`;
      if ((await transaction.team.count({ where: { id: team.id } })) > 0) return "created";
      if ((await transaction.team.count({ where: { ownerId } })) >= ownedMax) return "full";
      await transaction.team.create({ data: { ...team, createdAt: new Date(createdAt) } });
      return "created";
    });
  }

  async change<R>(
    teamId: string,
    about: { readonly userIds: readonly string[]; readonly email?: string },
    decide: (team: LockedTeam) => Decided<TeamChange, R>,
  ): Promise<ChangeOutcome<R>> {
    if (!isUuid(teamId)) return { kind: "gone" };
    const news: InboxNews[] = [];
    const outcome = await this.#transaction(
      [teamTurn(teamId)],
      async (transaction): Promise<ChangeOutcome<R>> => {
        const team = await lockedTeam(transaction, teamId, about.userIds, "change");
        const hasEmail =
          about.email !== undefined && (await isIn(transaction, teamId, about.email));
        if (team === undefined) return { kind: "gone" };
        const change = decide({ ...team, hasEmail });
        if (change.kind === "refused") return change;
        const reached = reachesTemplates.has(change.kind)
          ? await teamTemplates(transaction, teamId)
          : [];
        const written = await write(transaction, teamId, team.ownerId, change);
        if (written !== "written") return { kind: written };
        if (change.kind === "invite") news.push(...(await noteInvitation(transaction, change)));
        return { kind: "changed", templateIds: reached };
      },
    );
    if (news.length > 0) this.tellInboxes(news);
    return outcome;
  }

  async accept(key: InvitationKey) {
    if (!isUuid(key.userId)) return undefined;
    return this.#transaction(turnsOfInvitation(key), async (transaction) => {
      const where = await invitationOf(transaction, key);
      const sent = await transaction.teamInvitation.findFirst({ where });
      const team = sent && (await lockedTeam(transaction, sent.teamId, [key.userId], "change"));
      // It may have been withdrawn, replaced or accepted while the team was waited for.
      const invitation = await transaction.teamInvitation.findFirst({ where });
      if (team == null || invitation === null) return undefined;
      const { id, teamId, role, acceptedById } = invitation;
      const present = teamRoleOf(key.userId, team);
      if (acceptedById !== null) return present === null ? undefined : { teamId, templateIds: [] };
      await transaction.teamInvitation.update({
        where: { id },
        data: { acceptedById: key.userId },
      });
      if (present === "OWNER" || present === "ADMIN" || present === role) {
        return { teamId, templateIds: [] };
      }
      const member = { teamId, userId: key.userId };
      await transaction.teamMember.upsert({
        where: { teamId_userId: member },
        create: { ...member, role, joinedAt: new Date(key.now) },
        update: { role },
      });
      return { teamId, templateIds: await teamTemplates(transaction, teamId) };
    });
  }

  async isInvited(by: Parameters<TeamStore["isInvited"]>[0], now: number): Promise<boolean> {
    const which =
      "email" in by ? { email: by.email } : { tokenHash: Buffer.from(by.tokenHash, "hex") };
    const where = { ...which, acceptedById: null, expiresAt: { gt: new Date(now) } };
    const found = await onDatabase(() => this.prisma.teamInvitation.findFirst({ where }));
    return found !== null;
  }

  async decline(key: InvitationKey): Promise<boolean> {
    if (!isUuid(key.userId)) return false;
    return this.#transaction(turnsOfInvitation(key), async (transaction) => {
      const where = await invitationOf(transaction, key);
      const { count } = await transaction.teamInvitation.deleteMany({
        where: { ...where, acceptedById: null },
      });
      return count > 0;
    });
  }

  async dropExpiredInvitations(now: number): Promise<number> {
    const where = { expiresAt: { lte: new Date(now) } };
    const { count } = await onDatabase(() => this.prisma.teamInvitation.deleteMany({ where }));
    return count;
  }

  #transaction<T>(
    keys: readonly TurnKey[],
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    return transactionInTurn(this.prisma, keys, work);
  }
}

const reachesTemplates: ReadonlySet<TeamChange["kind"]> = new Set([
  "delete",
  "setRole",
  "remove",
  "giveTo",
]);

async function write(
  transaction: Transaction,
  teamId: string,
  ownerId: string | null,
  change: TeamChange,
): Promise<Written> {
  switch (change.kind) {
    case "nothing":
      return "written";
    case "rename":
      await transaction.team.update({ where: { id: teamId }, data: { name: change.name } });
      return "written";
    case "delete":
      await transaction.team.delete({ where: { id: teamId } });
      return "written";
    case "setRole":
      return changed(
        transaction.teamMember.updateMany({
          where: { teamId, userId: change.userId },
          data: { role: change.role },
        }),
      );
    case "remove":
      return removeMember(transaction, teamId, change.userId);
    case "giveTo":
      return giveTo(transaction, teamId, ownerId, change.userId);
    case "invite":
      return invite(transaction, teamId, change.invitation, change.openMax);
    case "addService":
      return addService(transaction, teamId, change);
    case "withdraw": {
      if (!isUuid(change.invitationId)) return "missing";
      const where = { id: change.invitationId, teamId, acceptedById: null };
      return changed(transaction.teamInvitation.deleteMany({ where }));
    }
  }
}

async function changed(work: PromiseLike<{ readonly count: number }>): Promise<Written> {
  return (await work).count > 0 ? "written" : "missing";
}

async function removeMember(
  transaction: Transaction,
  teamId: string,
  userId: string,
): Promise<Written> {
  // What they accepted must not let them in again.
  await transaction.teamInvitation.deleteMany({ where: { teamId, acceptedById: userId } });
  await transaction.project.updateMany({
    where: { teamId, ownerId: userId },
    data: { ownerId: null },
  });
  await transaction.projectMember.deleteMany({ where: { userId, project: { teamId } } });
  return changed(transaction.teamMember.deleteMany({ where: { teamId, userId } }));
}

async function giveTo(
  transaction: Transaction,
  teamId: string,
  formerId: string | null,
  userId: string,
): Promise<Written> {
  const { count } = await transaction.teamMember.deleteMany({ where: { teamId, userId } });
  if (count === 0) return "missing";
  const { createdAt } = await transaction.team.update({
    where: { id: teamId },
    data: { ownerId: userId },
  });
  if (formerId !== null) {
    await transaction.teamMember.create({
      data: { teamId, userId: formerId, role: "ADMIN", joinedAt: createdAt },
    });
  }
  return "written";
}

async function invite(
  transaction: Transaction,
  teamId: string,
  { tokenHash, createdAt, expiresAt, ...invitation }: NewInvitation,
  openMax: number,
): Promise<Written> {
  const now = new Date(createdAt);
  await transaction.teamInvitation.deleteMany({
    where: { teamId, OR: [{ email: invitation.email }, { expiresAt: { lte: now } }] },
  });
  const open = await transaction.teamInvitation.count({ where: { teamId, acceptedById: null } });
  if (open >= openMax) return "full";
  await transaction.teamInvitation.create({
    data: {
      ...invitation,
      teamId,
      tokenHash: Buffer.from(tokenHash, "hex"),
      createdAt: now,
      expiresAt: new Date(expiresAt),
    },
  });
  return "written";
}

/** Tells whose address it provably is; whether anybody's shows nowhere. */
async function noteInvitation(
  transaction: Transaction,
  { invitation }: Extract<TeamChange, { kind: "invite" }>,
): Promise<InboxNews[]> {
  const where = { email: invitation.email, isEmailProven: true };
  const invited = await transaction.user.findFirst({ where, select: { id: true } });
  const notices = noticesOfInvitation(invited === null ? [] : [invited.id], invitation);
  return writeNotifications(transaction, notices, invitation.createdAt);
}

async function addService(
  transaction: Transaction,
  teamId: string,
  { account, accountsMax }: Extract<TeamChange, { kind: "addService" }>,
): Promise<Written> {
  const { id: userId, name } = account;
  if ((await transaction.user.count({ where: { id: userId } })) > 0) return "written";
  const count = await transaction.user.count({ where: { serviceTeamId: teamId } });
  if (count >= accountsMax) return "full";
  const createdAt = new Date(account.createdAt);
  await transaction.user.create({
    data: { id: userId, name, createdAt, kind: "SERVICE", serviceTeamId: teamId },
  });
  const joinedAt = createdAt;
  await transaction.teamMember.create({ data: { teamId, userId, role: "MEMBER", joinedAt } });
  return "written";
}

/** Whether somebody who proved the address is in the team: who only named it keeps nobody from being invited. */
async function isIn(transaction: Transaction, teamId: string, email: string): Promise<boolean> {
  const user = { email, isEmailProven: true };
  const found = await transaction.team.findFirst({
    where: { id: teamId, OR: [{ owner: user }, { members: { some: { user } } }] },
    select: { id: true },
  });
  return found !== null;
}
