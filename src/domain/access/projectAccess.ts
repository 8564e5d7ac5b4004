/** Who may do what with a project: the one rule that commands, lists and fields ask. */
import type { AccessDecision } from "./access.js";
import { includesRole, strongest, type AccessRole } from "./grant.js";
import { decideTeamAccess, type TeamStanding } from "./teamAccess.js";

/** What the decision needs to know about a project. */
export interface ProjectStanding {
  /** Null where the owner's account is gone, or who had it left the team. */
  readonly ownerId: string | null;
  /** The roles of those members who matter for the question. */
  readonly members: ReadonlyMap<string, AccessRole>;
  /** The team it belongs to; null where it is its owner's own. */
  readonly team: TeamStanding | null;
}

/**
 * - `view`: the project and the templates in it
 * - `place`: put templates into it
 * - `manage`: its name and members
 * - `own`: give it away, delete it
 */
export type ProjectAction = "view" | "place" | "manage" | "own";

export type ProjectRole = AccessRole | "OWNER";

const neededRole: Readonly<Record<ProjectAction, ProjectRole>> = {
  view: "VIEW",
  place: "EDIT",
  manage: "ADMIN",
  own: "OWNER",
};

/** A project does not exist for those who have no role on it. */
export function decideProjectAccess(
  userId: string,
  action: ProjectAction,
  project: ProjectStanding,
): AccessDecision {
  const role = projectRoleOf(userId, project);
  if (role === null) return { allowed: false, visible: false };
  return includes(role, neededRole[action]) ? { allowed: true } : { allowed: false, visible: true };
}

/**
 * The strongest of all reasons. Whoever manages the team owns its projects, its members edit; where a project of no team
 * lost its owner, its administrators stand in.
 */
export function projectRoleOf(
  userId: string,
  { ownerId, members, team }: ProjectStanding,
): ProjectRole | null {
  const member = members.get(userId) ?? null;
  if (userId === ownerId) return "OWNER";
  if (team === null) return ownerId === null && member === "ADMIN" ? "OWNER" : member;
  if (decideTeamAccess(userId, "manage", team).allowed) return "OWNER";
  return strongest(member, decideTeamAccess(userId, "view", team).allowed ? "EDIT" : null);
}

function includes(role: ProjectRole, needed: ProjectRole): boolean {
  if (role === "OWNER") return true;
  return needed !== "OWNER" && includesRole(role, needed);
}
