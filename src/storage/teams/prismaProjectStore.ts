/** The store of projects on PostgreSQL, through Prisma. Triggers raise the access revision of the templates concerned. */
import { randomUUID } from "node:crypto";
import type { TeamStanding } from "../../domain/access/teamAccess.js";
import type { Quotas } from "../../domain/quotas.js";
import { Prisma, type PrismaClient } from "../generated/prisma/client.js";
import { changeProject, noteMember } from "./projectRows.js";
import type {
  LockedPlace,
  LockedProject,
  NewProject,
  Place,
  ProjectChange,
  ProjectStore,
  TemplateRevision,
} from "./projectStore.js";
import { isForeignKeyViolation } from "../postgres/errors.js";
import { documentTextSteps, takeAtOnce, type TakeSteps } from "../templates/documentText.js";
import {
  createAt,
  quotaTurn,
  teamOf,
  withoutRoomInTeam,
  withoutRoomOfPerson,
} from "../quotas/quotaChecks.js";
import { StorageUnavailable } from "../storageUnavailable.js";
import type { NewTemplate } from "../templates/templateStore.js";
import { lockedPlace, lockedTeam } from "./teamStatements.js";
import type { InboxNews, TellInboxes } from "../notifications/notificationStore.js";
import type { ChangeOutcome, Decided } from "./teamStore.js";
import { readVisibleProjects } from "./visibleTeams.js";
import {
  projectTurn,
  teamTurn,
  templateTurn,
  transactionInTurn,
  userTurn,
  type TurnKey,
} from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;

/** A project that others keep moving is left alone after so many tries. */
const TRIES_MAX = 5;
const RETRY_MS = 250;

/** The store on an open client; the client stays the caller's to close. */
export class PrismaProjectStore implements ProjectStore {
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
    const turn = teamId === null ? userTurn(ownerId) : teamTurn(teamId);
    return this.#transaction([turn], async (transaction) => {
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
      const keys = [
        projectTurn(projectId),
        ...(about.teamId === undefined ? [] : [teamTurn(about.teamId)]),
      ];
      const outcome = await this.#transaction(keys, async (transaction) => {
        const changed = await changeProject<R>(
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
    return this.#transaction([quotaTurn(template.authorId), ...turnsOf(place)], make);
  }

  async place<R>(
    { templateId, accessRevision }: TemplateRevision,
    place: Place,
    userId: string,
    refuse: (place: LockedPlace | undefined) => R | undefined,
    quotas?: Quotas,
  ) {
    return this.#transaction([templateTurn(templateId), ...turnsOf(place)], async (transaction) => {
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
    const keys = [templateTurn(templateId), quotaTurn(authorId)];
    const given = this.#transaction(keys, async (transaction) => {
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

  #transaction<T>(
    keys: readonly TurnKey[],
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    return transactionInTurn(this.prisma, keys, work);
  }
}

function turnsOf({ teamId, projectId }: Place): TurnKey[] {
  if (projectId !== undefined) return [projectTurn(projectId)];
  return teamId === undefined ? [] : [quotaTurn(teamId)];
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
