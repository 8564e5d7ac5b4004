/** Who may see and do what belongs to no template: how the deployment runs. */
import type { Viewer } from "./access.js";

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
