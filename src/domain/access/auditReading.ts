/** Who may read the audit log. */
import type { Viewer } from "./access.js";
import type { UserRole } from "./administration.js";
import type { TeamRole } from "./grant.js";

/** What a viewer asks for, and what they are: both roles as they stand now. */
export interface AuditReading {
  /** Of the account; undefined where it is gone. */
  readonly role: UserRole | undefined;
  /** In the one team that the request is limited to; undefined where it is limited to none, or they are no member. */
  readonly teamRole: TeamRole | undefined;
}

/** Administrators read all of it; owners and admins of a team what concerns their team. */
export function decideAuditReading(
  viewer: Viewer,
  { role, teamRole }: AuditReading,
): "allowed" | "unauthenticated" | "forbidden" {
  if (viewer.kind !== "user" || role === undefined) return "unauthenticated";
  if (role === "ADMIN") return "allowed";
  return teamRole === "OWNER" || teamRole === "ADMIN" ? "allowed" : "forbidden";
}
