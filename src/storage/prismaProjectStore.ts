/** The store of projects on PostgreSQL, through Prisma. Triggers raise the access revision of the templates concerned. */
import { randomUUID } from "node:crypto";
import type { TeamStanding } from "../domain/access/teamAccess.js";
import type { Quotas } from "../domain/quotas.js";
import { Prisma, type PrismaClient } from "./generated/prisma/client.js";
import type {
  LockedPlace,
  LockedProject,
  NewProject,
  Place,
  ProjectChange,
  ProjectStore,
  TemplateRevision,
} from "./projectStore.js";
import { isForeignKeyViolation } from "./errors.js";
import { onDatabase } from "./statement.js";
import { documentTextSteps, takeAtOnce, type TakeSteps } from "./documentText.js";
import { OneByOne } from "./oneByOne.js";
import { createAt, teamOf, withoutRoomInTeam, withoutRoomOfPerson } from "./quotaChecks.js";
import { StorageUnavailable, type NewTemplate } from "./templateStore.js";
import {
  lockedPlace,
  lockedProject,
  lockedTeam,
  projectTemplates,
  teamOfProject,
} from "./teamStatements.js";
import { noticesOfMembership } from "../domain/notifications/notices.js";
import { addNotifications } from "./notificationRows.js";
import type { InboxNews, TellInboxes } from "./notificationStore.js";
import type { ChangeOutcome, Decided } from "./teamStore.js";
import { readVisibleProjects } from "./visibleTeams.js";
import { isUuid } from "./uuid.js";

type Transaction = Prisma.TransactionClient;
type Written = "written" | "full" | "missing";

/** A project that others keep moving is left alone after so many tries. */
const TRIES_MAX = 5;
const RETRY_MS = 250;

/** The store on an open client; the client stays the caller's to close. */
export class PrismaProjectStore implements ProjectStore {
  /** Templates that are made, by author. */
  readonly #making = new OneByOne();

  /** `take` takes the steps in which documents are written out. */
  constructor(
    private readonly prisma: PrismaClient,
    private readonly take: TakeSteps = takeAtOnce,
    private readonly tellInboxes: TellInboxes = () => {},
  ) {}

  create<R>(
    { createdAt, ...project }: NewProject,
    projectsMax: number,
    refuse: (team: TeamStanding | null) => R | undefined,
  ) {
    const { teamId, ownerId } = project;
    return this.#transaction(async (transaction) => {
      const lock = Prisma.sql`SELECT FROM users WHERE id = ${ownerId}::uuid FOR NO KEY UPDATE`;
      if (teamId === null) await transaction.$executeRaw(lock);
      const team =
        teamId !== null && isUuid(teamId)
          ? await lockedTeam(transaction, teamId, [ownerId], "change")
          : undefined;
      const reason = refuse(team ?? null);
      if (reason !== undefined) return { kind: "refused", reason } as const;
      const isThere = (await transaction.project.count({ where: { id: project.id } })) > 0;
      if (isThere) return "created" as const;
      const where = teamId === null ? { teamId, ownerId } : { teamId };
      if ((await transaction.project.count({ where })) >= projectsMax) return "full" as const;
      await transaction.project.create({ data: { ...project, createdAt: new Date(createdAt) } });
      return "created" as const;
    });
  }

  async change<R>(
    projectId: string,
    about: { readonly userIds: readonly string[]; readonly teamId?: string },
    decide: (project: LockedProject) => Decided<ProjectChange, R>,
  ): Promise<ChangeOutcome<R>> {
    if (!isUuid(projectId)) return { kind: "gone" };
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      let news: InboxNews[] = [];
      let change: Decided<ProjectChange, R> | undefined;
      const outcome = await this.#transaction(async (transaction) => {
        const changed = await changeIn<R>(
          transaction,
          projectId,
          about,
          (project) => (change = decide(project)),
        );
        const isDone = changed !== "again" && changed.kind === "changed";
        if (isDone && change?.kind === "setMember") {
          news = await noteMember(transaction, projectId, change);
        }
        return changed;
      }).catch((error: unknown) => {
        if (isForeignKeyViolation(error)) return { kind: "missing" } as const;
        throw error;
      });
      if (outcome === "again") continue;
      if (news.length > 0) this.tellInboxes(news);
      return outcome;
    }
    throw new StorageUnavailable(RETRY_MS);
  }

  async find(projectId: string, userId: string) {
    return (await readVisibleProjects(this.prisma, userId, [projectId])).get(projectId);
  }

  async createTemplate<R>(
    template: NewTemplate,
    place: Place,
    refuse: (place: LockedPlace | undefined) => R | undefined,
    quotas?: Quotas,
  ) {
    const document = await this.take(documentTextSteps(template.design));
    const make = async (transaction: Transaction) => {
      const reason = refuse(await lockedPlace(transaction, place, template.authorId));
      if (reason !== undefined) return { kind: "refused", reason } as const;
      const made = await createAt(transaction, { template, document }, place, quotas);
      return made === "stored" ? ("created" as const) : made;
    };
    return this.#making.run(template.authorId, () => this.#transaction(make));
  }

  async place<R>(
    { templateId, accessRevision }: TemplateRevision,
    place: Place,
    userId: string,
    refuse: (place: LockedPlace | undefined) => R | undefined,
    quotas?: Quotas,
  ) {
    return this.#transaction(async (transaction) => {
      const isSomewhere = place.teamId !== undefined || place.projectId !== undefined;
      const target = isSomewhere ? await lockedPlace(transaction, place, userId) : undefined;
      const reason = isSomewhere ? refuse(target) : undefined;
      if (reason !== undefined) return { kind: "refused", reason } as const;
      const teamId = await teamOf(transaction, place);
      const full =
        quotas && teamId !== null
          ? await withoutRoomInTeam(transaction, teamId, [templateId], quotas)
          : undefined;
      if (full !== undefined) return full;
      const { count } = await transaction.template.updateMany({
        where: { id: templateId, accessRevision, deletedAt: null },
        data: { teamId: place.teamId ?? null, projectId: place.projectId ?? null },
      });
      return count > 0 ? ("placed" as const) : ("moved" as const);
    });
  }

  async give({ templateId, accessRevision }: TemplateRevision, authorId: string, quotas?: Quotas) {
    if (!isUuid(authorId)) return "noPerson";
    const given = this.#transaction(async (transaction) => {
      const where = { id: templateId, accessRevision, deletedAt: null };
      const full = quotas && (await withoutRoomOfPerson(transaction, authorId, templateId, quotas));
      if (full !== undefined) return full;
      const [row] = await transaction.$queryRaw<{ author_id: string | null; created_at: Date }[]>`
        SELECT author_id, created_at FROM templates WHERE id = ${templateId}::uuid FOR NO KEY UPDATE`;
      const { count } = await transaction.template.updateMany({ where, data: { authorId } });
      if (row === undefined || count === 0) return "moved" as const;
      if (row.author_id !== null && row.author_id !== authorId) {
        await grantAdmin(transaction, templateId, row.author_id, row.created_at);
      }
      return "given" as const;
    });
    return given.catch((error: unknown) => {
      if (isForeignKeyViolation(error)) return "noPerson" as const;
      throw error;
    });
  }

  #transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return onDatabase(() => this.prisma.$transaction(work));
  }
}

async function changeIn<R>(
  transaction: Transaction,
  projectId: string,
  about: { readonly userIds: readonly string[]; readonly teamId?: string },
  decide: (project: LockedProject) => Decided<ProjectChange, R>,
): Promise<ChangeOutcome<R> | "again"> {
  const { userIds } = about;
  const ownTeamId = await teamOfProject(transaction, projectId);
  const teams = new Map<string, TeamStanding>();
  // In one order everywhere, so that two moves do not wait for each other. Where there is no team or no project, a team
  // that cannot be there is asked for, so that a foreign project and none take the same queries.
  const teamIds = new Set([
    ownTeamId ?? projectId,
    ...(about.teamId === undefined ? [] : [about.teamId]),
  ]);
  for (const id of [...teamIds].filter(isUuid).toSorted((a, b) => (a < b ? -1 : 1))) {
    const team = await lockedTeam(transaction, id, userIds, "read");
    if (team !== undefined) teams.set(id, team);
  }
  const standing = ownTeamId == null ? undefined : teams.get(ownTeamId);
  const team = ownTeamId != null && standing !== undefined ? { id: ownTeamId, standing } : null;
  const project = await lockedProject(transaction, projectId, team, userIds, "change");
  if (project === undefined) return ownTeamId === undefined ? { kind: "gone" } : "again";
  const target = (about.teamId !== undefined && teams.get(about.teamId)) || null;
  const change = decide({ ...project, target });
  if (change.kind === "refused") return change;
  const templateIds =
    change.kind === "rename" ? [] : await projectTemplates(transaction, projectId);
  const written = await write(transaction, projectId, project, change);
  return written === "written" ? { kind: "changed", templateIds } : { kind: written };
}

async function write(
  transaction: Transaction,
  id: string,
  { ownerId, team }: LockedProject | Omit<LockedProject, "target">,
  change: ProjectChange,
): Promise<Written> {
  const where = { id };
  switch (change.kind) {
    case "rename":
      await transaction.project.update({ where, data: { name: change.name } });
      return "written";
    case "delete":
      await transaction.project.delete({ where });
      return "written";
    case "setMember":
      return setMember(transaction, id, change);
    case "remove": {
      if (!isUuid(change.userId)) return "missing";
      const { count } = await transaction.projectMember.deleteMany({
        where: { projectId: id, userId: change.userId },
      });
      return count > 0 ? "written" : "missing";
    }
    case "giveTo": {
      const { userId, formerOwnerJoinedAt } = change;
      await transaction.projectMember.deleteMany({ where: { projectId: id, userId } });
      await transaction.project.update({ where, data: { ownerId: userId } });
      if (ownerId === null || ownerId === userId || team !== null) return "written";
      const joinedAt = new Date(formerOwnerJoinedAt);
      await transaction.projectMember.create({
        data: { projectId: id, userId: ownerId, role: "ADMIN", joinedAt },
      });
      return "written";
    }
    case "moveTo": {
      const { teamId, quotas } = change;
      const templateIds = await projectTemplates(transaction, id);
      const full = quotas && (await withoutRoomInTeam(transaction, teamId, templateIds, quotas));
      if (full !== undefined) return "full";
      const data = { teamId: change.teamId, ownerId: change.userId };
      await transaction.project.update({ where, data });
      return "written";
    }
  }
}

async function setMember(
  transaction: Transaction,
  projectId: string,
  { userId, role, joinedAt, membersMax }: Extract<ProjectChange, { kind: "setMember" }>,
): Promise<Written> {
  if (!isUuid(userId)) return "missing";
  const others = await transaction.projectMember.count({
    where: { projectId, userId: { not: userId } },
  });
  if (others >= membersMax) return "full";
  await transaction.projectMember.upsert({
    where: { projectId_userId: { projectId, userId } },
    create: { projectId, userId, role, joinedAt: new Date(joinedAt) },
    update: { role },
  });
  return "written";
}

/** Tells who is a member by somebody else's will. */
function noteMember(
  transaction: Transaction,
  projectId: string,
  { userId, role, joinedAt, byId }: Extract<ProjectChange, { kind: "setMember" }>,
): Promise<InboxNews[]> {
  if (byId === undefined) return Promise.resolve([]);
  const notices = noticesOfMembership(userId, role, { projectId, grantedById: byId });
  return addNotifications(transaction, notices, joinedAt);
}

async function grantAdmin(
  transaction: Transaction,
  templateId: string,
  userId: string,
  templateCreatedAt: Date,
): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO template_permissions (template_id, id, user_id, role, template_created_at)
    VALUES (${templateId}::uuid, ${randomUUID()}::uuid, ${userId}::uuid, 'ADMIN', ${templateCreatedAt})
    ON CONFLICT (template_id, user_id, team_id, share_link_id, email)
      DO UPDATE SET role = 'ADMIN', page_ids = '{}', element_types = '{}', element_ids = '{}', operation_types = '{}'`;
}
