/** Who may do what with a team: the one rule that commands, lists and fields ask. */
import type { AccessDecision } from "./access.js";
import type { TeamRole } from "./grant.js";

/** What the decision needs to know about a team. */
export interface TeamStanding {
  /** Null where the owner's account is gone. */
  readonly ownerId: string | null;
  /** The roles of those members who matter for the question; the owner is not among them. */
  readonly members: ReadonlyMap<string, "ADMIN" | "MEMBER">;
  /** Whether any member is ADMIN. */
  readonly hasAdmins: boolean;
}

/**
 * - `view`: the team, its members and projects
 * - `place`: make templates the team's
 * - `manage`: its name, members, invitations and projects
 * - `own`: give it away, delete it
 */
export type TeamAction = "view" | "place" | "manage" | "own";

const neededRole: Readonly<Record<TeamAction, TeamRole>> = {
  view: "MEMBER",
  place: "MEMBER",
  manage: "ADMIN",
  own: "OWNER",
};

const ranks: readonly TeamRole[] = ["MEMBER", "ADMIN", "OWNER"];

/** A team does not exist for those who are not in it. */
export function decideTeamAccess(
  userId: string,
  action: TeamAction,
  team: TeamStanding,
): AccessDecision {
  const role = actingRole(userId, team);
  if (role === null) return { allowed: false, visible: false };
  return isAtLeast(role, neededRole[action])
    ? { allowed: true }
    : { allowed: false, visible: true };
}

/** The role as it is stored; null for who is not in the team. */
export function teamRoleOf(userId: string, { ownerId, members }: TeamStanding): TeamRole | null {
  return userId === ownerId ? "OWNER" : (members.get(userId) ?? null);
}

/** Whether the role is the other or more. */
function isAtLeast(role: TeamRole, needed: TeamRole): boolean {
  return ranks.indexOf(role) >= ranks.indexOf(needed);
}

/** In a team whose owner's account is gone, its admins stand in, and where there are none, its members. */
function actingRole(userId: string, team: TeamStanding): TeamRole | null {
  const role = teamRoleOf(userId, team);
  if (role === null || team.ownerId !== null) return role;
  return role === "ADMIN" || !team.hasAdmins ? "OWNER" : role;
}
