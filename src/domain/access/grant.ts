/** What somebody was granted on a template, by whichever way, and what comes of it all together. */

import type { OperationType } from "../operations/operation.js";

/** Each includes the ones before it. */
export const accessRoles = ["VIEW", "COMMENT", "EDIT", "ADMIN"] as const;
export type AccessRole = (typeof accessRoles)[number];

export const teamRoles = ["OWNER", "ADMIN", "MEMBER"] as const;
export type TeamRole = (typeof teamRoles)[number];

/**
 * What one grant lets somebody edit: these elements and what is in them, of these types, on these pages, by operations of these
 * types; an empty list leaves nothing out.
 */
export interface Restriction {
  readonly pageIds: readonly string[];
  readonly elementTypes: readonly string[];
  readonly elementIds: readonly string[];
  readonly operationTypes: readonly OperationType[];
}

/** One that leaves nothing out. */
export const unrestricted: Restriction = {
  pageIds: [],
  elementTypes: [],
  elementIds: [],
  operationTypes: [],
};

/** The lists of a restriction, in the order in which they are told. */
export const restrictionLists = [
  "pageIds",
  "elementTypes",
  "elementIds",
  "operationTypes",
] as const;

/** Nothing but the restriction of what may have more to it. */
function restrictionIn({
  pageIds,
  elementTypes,
  elementIds,
  operationTypes,
}: Restriction): Restriction {
  return { pageIds, elementTypes, elementIds, operationTypes };
}

/**
 * One reason why somebody may do something with a template:
 * - `permission`: granted to them or to a team of theirs, on this template, by somebody or by a link they opened
 * - `team`: they are in the team that the template, or the project it is in, belongs to
 * - `project`: they are in the project it is in
 */
export type Claim =
  | ({ readonly source: "permission"; readonly role: AccessRole } & Restriction)
  | { readonly source: "team"; readonly role: TeamRole }
  | { readonly source: "project"; readonly role: AccessRole | "OWNER" };

export interface Grant {
  /** Null: nothing. */
  readonly role: AccessRole | null;
  /** With EDIT: what may be edited is what any of these lets through; none: everything. */
  readonly restrictions: readonly Restriction[];
}

export const noGrant: Grant = { role: null, restrictions: [] };

/** What the members of a team may do with what is the team's. */
const roleInTeam: Readonly<Record<TeamRole, AccessRole>> = {
  OWNER: "ADMIN",
  ADMIN: "ADMIN",
  MEMBER: "EDIT",
};

/** The strongest of all claims; restrictions count only where every claim to edit has one. */
export function effectiveGrant(claims: readonly Claim[]): Grant {
  let role: AccessRole | null = null;
  for (const claim of claims) role = strongest(role, roleOfClaim(claim));
  if (role !== "EDIT") return { role, restrictions: [] };
  const editing = claims.filter((claim) => roleOfClaim(claim) === "EDIT");
  const restrictions = editing.flatMap((claim) => restrictionOf(claim) ?? []);
  return { role, restrictions: restrictions.length === editing.length ? restrictions : [] };
}

/** Whether the role includes the other. */
export function includesRole(role: AccessRole | null, needed: AccessRole): boolean {
  return role !== null && accessRoles.indexOf(role) >= accessRoles.indexOf(needed);
}

/** The stronger of two. */
export function strongest(a: AccessRole | null, b: AccessRole | null): AccessRole | null {
  if (b === null) return a;
  return includesRole(a, b) ? a : b;
}

function roleOfClaim(claim: Claim): AccessRole {
  switch (claim.source) {
    case "permission":
      return claim.role;
    case "team":
      return roleInTeam[claim.role];
    case "project":
      return claim.role === "OWNER" ? "ADMIN" : claim.role;
  }
}

function restrictionOf(claim: Claim): Restriction | undefined {
  if (claim.source !== "permission") return undefined;
  return restrictionLists.some((list) => claim[list].length > 0) ? restrictionIn(claim) : undefined;
}
