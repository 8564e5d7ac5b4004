/** Who may see and do what belongs to no template: how the deployment runs, and the audit log. */
import type { Viewer } from "./access.js";
import type { TeamRole } from "./grant.js";

export type UserRole = "USER" | "ADMIN";

export type AdministrationDecision = "allowed" | "unauthenticated" | "forbidden";

/** Administrators only. `role` is the one that the account has now; undefined where the account is gone. */
export function decideAdministration(
  viewer: Viewer,
  role: UserRole | undefined,
): AdministrationDecision {
  if (viewer.kind !== "user" || role === undefined) return "unauthenticated";
  return role === "ADMIN" ? "allowed" : "forbidden";
}

/** What a viewer asks for, and what they are: both roles as they stand now. */
export interface AuditReading {
  /** Of the account; undefined where it is gone. */
  readonly role: UserRole | undefined;
  /** In the one team that the request is limited to; undefined where it is limited to none, or they are no member. */
  readonly teamRole: TeamRole | undefined;
  /** Whether the request is limited to one template that they made and that belongs to no team or project. */
  readonly isOwnTemplate: boolean;
}

/**
 * Administrators read all of it; owners and admins of a team what concerns their team; the author of a personal template
 * what concerns that.
 */
export function decideAuditReading(
  viewer: Viewer,
  { role, teamRole, isOwnTemplate }: AuditReading,
): "allowed" | "allowedAsAuthor" | "unauthenticated" | "forbidden" {
  if (viewer.kind !== "user" || role === undefined) return "unauthenticated";
  if (role === "ADMIN") return "allowed";
  if (teamRole === "OWNER" || teamRole === "ADMIN") return "allowed";
  return isOwnTemplate ? "allowedAsAuthor" : "forbidden";
}
