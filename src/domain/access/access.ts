/**
 * Who may do what with a template: the one rule that every path asks, queries, mutations, subscriptions and exports.
 * What a viewer may not see looks to them as if it did not exist.
 */

export type Viewer =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly userId: string };

/**
 * - `view`: read the document, its history and its changes
 * - `edit`: operations, reverts, snapshots, and the template's name and other details
 * - `duplicate`: make a copy of one's own
 * - `delete`: put it into the bin, find it there and take it out again
 * - `govern`: decide who wins where people's changes collide
 * - `audit`: read the record of who collided with whom
 */
export type Action = "view" | "edit" | "duplicate" | "delete" | "govern" | "audit";

/** What the decision needs to know about a template. */
export interface TemplateAccess {
  /** Null where the author's account is gone. */
  readonly authorId: string | null;
  readonly isPublic: boolean;
  /** Whether it is in the bin. */
  readonly deleted: boolean;
}

/**
 * `visible` says how to refuse: true is FORBIDDEN, false is NOT_FOUND (null in a query). A mutation of an anonymous
 * viewer answers UNAUTHENTICATED before it looks for the template, so that the answer tells nothing about it.
 */
export type AccessDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly visible: boolean };

/**
 * The author does everything; who is signed in views and duplicates public templates; nobody else sees anything.
 * In the bin a template is there for its author's `delete` only.
 */
export function decideAccess(
  viewer: Viewer,
  action: Action,
  template: TemplateAccess,
): AccessDecision {
  if (viewer.kind === "anonymous") return hidden;
  const isAuthor = viewer.userId === template.authorId;
  if (template.deleted) return isAuthor && action === "delete" ? allowed : hidden;
  if (isAuthor) return allowed;
  if (!template.isPublic) return hidden;
  return action === "view" || action === "duplicate" ? allowed : forbidden;
}

const allowed: AccessDecision = { allowed: true };
const forbidden: AccessDecision = { allowed: false, visible: true };
const hidden: AccessDecision = { allowed: false, visible: false };
