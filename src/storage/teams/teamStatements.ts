/**
 * The statements of teams and projects: locks, who is in them, and which templates they reach. Whoever locks both a team
 * and a project or template of it locks the team first, then the project.
 */
import type { AccessRole } from "../../domain/access/grant.js";
import type { ProjectStanding } from "../../domain/access/projectAccess.js";
import type { TeamStanding } from "../../domain/access/teamAccess.js";
import type { LockedPlace, Place } from "./projectStore.js";
import { queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import type { MemberRole } from "./teamStore.js";
import { isUuid } from "../postgres/uuid.js";

/** `change` keeps out everyone else who locks; `read` only those who change. */
type LockMode = "change" | "read";

/** $1 team. Rows that only refer to it can be added meanwhile. */
const lockTeam = {
  change: statement(
    "lock_team_to_change",
    "SELECT owner_id FROM teams WHERE id = $1::uuid FOR NO KEY UPDATE",
  ),
  read: statement("lock_team_to_read", "SELECT owner_id FROM teams WHERE id = $1::uuid FOR SHARE"),
};

/** $1 team, $2 users. The members among them, and one ADMIN where there is any. */
const teamMembers = statement(
  "team_standing",
  `SELECT user_id, role::text FROM team_members WHERE team_id = $1::uuid AND user_id = ANY($2::uuid[])
   UNION ALL
   (SELECT user_id, role::text FROM team_members WHERE team_id = $1::uuid AND role = 'ADMIN' LIMIT 1)`,
);

/** $1 project. */
const lockProject = {
  change: statement(
    "lock_project_to_change",
    "SELECT owner_id, team_id FROM projects WHERE id = $1::uuid FOR NO KEY UPDATE",
  ),
  read: statement(
    "lock_project_to_read",
    "SELECT owner_id, team_id FROM projects WHERE id = $1::uuid FOR SHARE",
  ),
};
const projectTeam = statement(
  "project_team",
  "SELECT owner_id, team_id FROM projects WHERE id = $1::uuid",
);

/** $1 project, $2 users. */
const projectMembers = statement(
  "project_standing",
  `SELECT user_id, role::text FROM project_members
   WHERE project_id = $1::uuid AND user_id = ANY($2::uuid[])`,
);

/** $1 team: what is its own, in its projects or granted to it. */
const templatesOfTeam = statement(
  "templates_of_team",
  `SELECT id FROM templates WHERE team_id = $1::uuid
   UNION
   SELECT t.id FROM projects p JOIN templates t ON t.project_id = p.id WHERE p.team_id = $1::uuid
   UNION
   SELECT template_id FROM template_permissions WHERE team_id = $1::uuid`,
);

/** $1 project. */
const templatesOfProject = statement(
  "templates_of_project",
  "SELECT id FROM templates WHERE project_id = $1::uuid",
);

interface ProjectRow {
  readonly owner_id: string | null;
  readonly team_id: string | null;
}

/** The team as it stands for the users, locked until the transaction ends; the same queries where there is none. */
export async function lockedTeam(
  executor: RawExecutor,
  teamId: string,
  userIds: readonly string[],
  mode: LockMode,
): Promise<TeamStanding | undefined> {
  const [team] = await queryRows<{ owner_id: string | null }>(executor, lockTeam[mode], [teamId]);
  const rows = await queryRows<{ user_id: string; role: MemberRole }>(executor, teamMembers, [
    teamId,
    userIds.filter(isUuid),
  ]);
  if (team === undefined) return undefined;
  return {
    ownerId: team.owner_id,
    members: new Map(rows.map(({ user_id, role }) => [user_id, role])),
    hasAdmins: rows.some(({ role }) => role === "ADMIN"),
  };
}

/** Which team a project belongs to, without locking it; undefined where there is no project. */
export async function teamOfProject(
  executor: RawExecutor,
  projectId: string,
): Promise<string | null | undefined> {
  const [row] = await queryRows<ProjectRow>(executor, projectTeam, [projectId]);
  return row?.team_id;
}

/** The project as it stands for the users, locked; undefined where it is not in the team, which was locked before. */
export async function lockedProject(
  executor: RawExecutor,
  projectId: string,
  team: { readonly id: string; readonly standing: TeamStanding } | null,
  userIds: readonly string[],
  mode: LockMode,
): Promise<ProjectStanding | undefined> {
  const [row] = await queryRows<ProjectRow>(executor, lockProject[mode], [projectId]);
  const rows = await queryRows<{ user_id: string; role: AccessRole }>(executor, projectMembers, [
    projectId,
    userIds.filter(isUuid),
  ]);
  if (row === undefined || row.team_id !== (team?.id ?? null)) return undefined;
  return {
    ownerId: row.owner_id,
    members: new Map(rows.map(({ user_id, role }) => [user_id, role])),
    team: team?.standing ?? null,
  };
}

/** What is at the place, as it stands for the user, locked against changes. */
export async function lockedPlace(
  executor: RawExecutor,
  { teamId, projectId }: Place,
  userId: string,
): Promise<LockedPlace | undefined> {
  if (teamId !== undefined) {
    if (!isUuid(teamId)) return undefined;
    const team = await lockedTeam(executor, teamId, [userId], "read");
    return team && { kind: "team", team };
  }
  if (projectId === undefined || !isUuid(projectId)) return undefined;
  const id = await teamOfProject(executor, projectId);
  // Where there is none, a team that cannot be there is asked for: a foreign project and none take the same queries.
  const standing = await lockedTeam(executor, id ?? projectId, [userId], "read");
  const team = id != null && standing !== undefined ? { id, standing } : null;
  const project = await lockedProject(executor, projectId, team, [userId], "read");
  return project && { kind: "project", project };
}

/** Templates on which the team's members may do something. */
export function teamTemplates(executor: RawExecutor, teamId: string): Promise<string[]> {
  return idsOf(queryRows(executor, templatesOfTeam, [teamId]));
}

/** The project's templates. */
export function projectTemplates(executor: RawExecutor, projectId: string): Promise<string[]> {
  return idsOf(queryRows(executor, templatesOfProject, [projectId]));
}

async function idsOf(rows: Promise<{ id: string }[]>): Promise<string[]> {
  return (await rows).map(({ id }) => id);
}
