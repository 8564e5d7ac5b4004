/**
 * Who may do what with a template: the one rule that every path asks, queries, mutations, subscriptions and exports.
 * What a viewer may not see looks to them as if it did not exist.
 */
import { includesRole, strongest, type AccessRole, type Grant, type Restriction } from "./grant.js";
import type { Viewer } from "./viewer.js";

export type { Guest, Viewer } from "./viewer.js";

/**
 * - `view`: read the document, its history and its changes
 * - `duplicate`: make a copy of one's own
 * - `comment`: take part in what is said about it
 * - `edit`: operations, undo, resolving conflicts, reverts, locks: as far as one's restrictions let through
 * - `describe`: the template's name and other details, and snapshots
 * - `govern`: decide who wins where people's changes collide, and end others' locks
 * - `audit`: read the record of who collided with whom
 * - `share`: decide who may do what with it, and see who may
 * - `delete`: put it into the bin, find it there and take it out again
 * - `transfer`: give it to somebody else
 */
export const actions = [
  "view",
  "duplicate",
  "comment",
  "edit",
  "describe",
  "govern",
  "audit",
  "share",
  "delete",
  "transfer",
] as const;
export type Action = (typeof actions)[number];

/** What the template itself says about access. */
export interface TemplateStanding {
  /** Null where the author's account is gone. */
  readonly authorId: string | null;
  readonly isPublic: boolean;
  /** Whether it is in the bin. */
  readonly deleted: boolean;
}

/** What the decision needs to know about a template; the grant is the viewer's. */
export interface TemplateAccess extends TemplateStanding {
  readonly grant: Grant;
  /** Whether the viewer's token is limited to something that the template is not in. */
  readonly isBeyondToken?: boolean;
}

/**
 * `visible` says how to refuse: true is FORBIDDEN, false is NOT_FOUND (null in a query). A mutation of an anonymous
 * viewer answers UNAUTHENTICATED before it looks for the template, so that the answer tells nothing about it.
 */
export type AccessDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly visible: boolean };

const neededRole: Readonly<Record<Action, AccessRole>> = {
  view: "VIEW",
  duplicate: "VIEW",
  comment: "COMMENT",
  edit: "EDIT",
  describe: "EDIT",
  govern: "ADMIN",
  audit: "EDIT",
  share: "ADMIN",
  delete: "ADMIN",
  transfer: "ADMIN",
};

/**
 * Each action needs a role. The author is ADMIN, and the only one to give the template away as long as there is one;
 * what a token is limited not to reach is not there for who comes with it; everybody who is signed in has at least VIEW on a public one; a guest views, and does nothing else; nobody else sees
 * anything. Whose editing is restricted does not describe. In the bin a template is there for `delete` only.
 */
export function decideAccess(
  viewer: Viewer,
  action: Action,
  template: TemplateAccess,
): AccessDecision {
  const role = roleOf(viewer, template);
  if (template.deleted) return role === "ADMIN" && action === "delete" ? allowed : hidden;
  if (role === null) return hidden;
  if (!includesRole(role, neededRole[action])) return forbidden;
  if (viewer.kind === "guest" && action !== "view") return forbidden;
  if (action === "describe" && restrictionsOf(viewer, template).length > 0) return forbidden;
  if (action === "transfer" && template.authorId !== null && !isAuthor(viewer, template)) {
    return forbidden;
  }
  return allowed;
}

/** The viewer's role on the template, from all reasons there are; null where it is not there for them. */
export function roleOf(viewer: Viewer, template: TemplateAccess): AccessRole | null {
  if (viewer.kind === "anonymous") return null;
  if (viewer.kind === "guest") {
    return viewer.shareLinkId === null && !template.isPublic ? null : template.grant.role;
  }
  if (template.isBeyondToken === true) return null;
  if (isAuthor(viewer, template)) return "ADMIN";
  return strongest(template.grant.role, template.isPublic ? "VIEW" : null);
}

/** What the viewer may edit, where that is not everything: see `Grant.restrictions`. */
export function restrictionsOf(viewer: Viewer, template: TemplateAccess): readonly Restriction[] {
  return isAuthor(viewer, template) ? [] : template.grant.restrictions;
}

function isAuthor(viewer: Viewer, { authorId }: TemplateStanding): boolean {
  return viewer.kind === "user" && viewer.userId === authorId;
}

const allowed: AccessDecision = { allowed: true };
const forbidden: AccessDecision = { allowed: false, visible: true };
const hidden: AccessDecision = { allowed: false, visible: false };
