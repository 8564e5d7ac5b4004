/** Changes of a project's rows, decided while its team and the project are locked. */
import type { TeamStanding } from "../../domain/access/teamAccess.js";
import { noticesOfMembership } from "../../domain/notifications/notices.js";
import type { Prisma } from "../generated/prisma/client.js";
import { addNotifications } from "../notifications/notificationRows.js";
import type { InboxNews } from "../notifications/notificationStore.js";
import type { LockedProject, ProjectChange } from "./projectStore.js";
import { withoutRoomInTeam } from "../quotas/quotaChecks.js";
import type { ChangeOutcome, Decided } from "./teamStore.js";
import { lockedProject, lockedTeam, projectTemplates, teamOfProject } from "./teamStatements.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;
type Written = "written" | "full" | "missing";

/** "again" where the project came to another team meanwhile. */
export async function changeProject<R>(
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
export function noteMember(
  transaction: Transaction,
  projectId: string,
  { userId, role, joinedAt, byId }: Extract<ProjectChange, { kind: "setMember" }>,
): Promise<InboxNews[]> {
  if (byId === undefined) return Promise.resolve([]);
  const notices = noticesOfMembership(userId, role, { projectId, grantedById: byId });
  return addNotifications(transaction, notices, joinedAt);
}
