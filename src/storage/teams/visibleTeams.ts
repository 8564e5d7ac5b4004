/** Teams and projects as one person sees them: with the person's own part in them, and no others. */
import type { AccessRole, TeamRole } from "../../domain/access/grant.js";
import {
  projectRoleOf,
  type ProjectRole,
  type ProjectStanding,
} from "../../domain/access/projectAccess.js";
import { teamRoleOf, type TeamStanding } from "../../domain/access/teamAccess.js";
import { onDatabase, queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import type { MemberRole } from "./teamStore.js";
import { isUuid } from "../postgres/uuid.js";

export interface VisibleTeam {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The person's. */
  readonly role: TeamRole;
  readonly standing: TeamStanding;
}

export interface VisibleProject {
  readonly id: string;
  readonly name: string;
  readonly teamId: string | null;
  readonly ownerId: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The person's. */
  readonly role: ProjectRole;
  readonly standing: ProjectStanding;
}

/** $1 user, $2 teams. */
const teamsOfUser = statement(
  "visible_teams",
  `SELECT t.id, t.name, t.owner_id, m.role::text AS member_role,
     (extract(epoch FROM t.created_at) * 1000)::float8 AS created_at,
     EXISTS (SELECT FROM team_members a WHERE a.team_id = t.id AND a.role = 'ADMIN') AS has_admins
   FROM teams t LEFT JOIN team_members m ON m.team_id = t.id AND m.user_id = $1::uuid
   WHERE t.id = ANY($2::uuid[])`,
);

/** $1 user, $2 projects. */
const projectsOfUser = statement(
  "visible_projects",
  `SELECT p.id, p.name, p.owner_id, p.team_id, pm.role::text AS project_role,
     (extract(epoch FROM p.created_at) * 1000)::float8 AS created_at,
     t.owner_id AS team_owner_id, tm.role::text AS member_role,
     EXISTS (SELECT FROM team_members a WHERE a.team_id = t.id AND a.role = 'ADMIN') AS has_admins
   FROM projects p
   LEFT JOIN project_members pm ON pm.project_id = p.id AND pm.user_id = $1::uuid
   LEFT JOIN teams t ON t.id = p.team_id
   LEFT JOIN team_members tm ON tm.team_id = t.id AND tm.user_id = $1::uuid
   WHERE p.id = ANY($2::uuid[])`,
);

interface Row {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string | null;
  readonly created_at: number;
  readonly member_role: MemberRole | null;
  readonly has_admins: boolean;
}
interface ProjectRow extends Row {
  readonly team_id: string | null;
  readonly team_owner_id: string | null;
  readonly project_role: AccessRole | null;
}

/** Those of the teams that the person is in, by id. */
export async function readVisibleTeams(
  executor: RawExecutor,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, VisibleTeam>> {
  const asked = [userId, ids.filter(isUuid)] as const;
  const rows = await onDatabase(() => queryRows<Row>(executor, teamsOfUser, asked));
  const visible = new Map<string, VisibleTeam>();
  for (const { id, name, owner_id: ownerId, created_at: createdAt, ...row } of rows) {
    const standing = standingOf(userId, ownerId, row.member_role, row.has_admins);
    const role = teamRoleOf(userId, standing);
    if (role !== null) visible.set(id, { id, name, ownerId, createdAt, role, standing });
  }
  return visible;
}

/** Those of the projects that the person has a role on, by id. */
export async function readVisibleProjects(
  executor: RawExecutor,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, VisibleProject>> {
  const asked = [userId, ids.filter(isUuid)] as const;
  const rows = await onDatabase(() => queryRows<ProjectRow>(executor, projectsOfUser, asked));
  const visible = new Map<string, VisibleProject>();
  for (const { id, name, team_id: teamId, owner_id: ownerId, ...row } of rows) {
    const { created_at: createdAt, project_role: member } = row;
    const standing: ProjectStanding = {
      ownerId,
      members: new Map(member === null ? [] : [[userId, member]]),
      team:
        teamId === null
          ? null
          : standingOf(userId, row.team_owner_id, row.member_role, row.has_admins),
    };
    const role = projectRoleOf(userId, standing);
    if (role !== null) visible.set(id, { id, name, teamId, ownerId, createdAt, role, standing });
  }
  return visible;
}

function standingOf(
  userId: string,
  ownerId: string | null,
  role: MemberRole | null,
  hasAdmins: boolean,
): TeamStanding {
  return { ownerId, members: new Map(role === null ? [] : [[userId, role]]), hasAdmins };
}
