/**
 * What a client meant by an operation that means more than it names: deleting a group, what was in it; clearing a page,
 * what was on it; moving into a group, the groups around that; all as the client saw them. Told from the head and what
 * was committed since.
 */
import type { Document } from "../document/document.js";
import { unbounded } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { applyOperation } from "../operations/registry.js";
import type { CollisionIndex } from "./collide.js";
import { nodePath, type NodePath } from "./footprint.js";

/** Whether the batch itself created the node, or one it is in: what others did there was about another thing. */
type IsOwn = (path: NodePath) => boolean;

/** A CLEAR_PAGE as the client saw its page. */
export interface SeenClear {
  /** All that the client saw of what it names. */
  readonly seen: OperationContent;
  /** What is left to delete: not what others put under an id of it since. */
  readonly left: OperationContent;
  /** Ids of the operations that added what stays. */
  readonly addedBy: readonly string[];
}

/**
 * CLEAR_PAGE without ids means the elements of the base version. With or without, what others added since stays.
 * `before` is the document with what others took away.
 */
export function clearAsSeen(
  before: Document,
  { type, target, payload }: OperationContent,
  index: CollisionIndex,
  isOwn: IsOwn,
): SeenClear {
  const pageId = target.pageId ?? "";
  const named =
    (payload?.["elementIds"] as readonly string[] | undefined) ??
    before.pages.items.get(pageId)?.elements.order ??
    [];
  const unseen = new Set<string>();
  const added = new Map<string, string>();
  for (const elementId of named) {
    const path = nodePath("pages", pageId, "elements", elementId);
    const touches = isOwn(path) ? [] : (index.at.get(path) ?? []);
    const creator = touches.find(({ creates }) => creates);
    if (creator === undefined) continue;
    added.set(elementId, creator.operationId);
    const first = touches.find(({ creates, deletes }) => creates || deletes);
    if (first === creator) unseen.add(elementId);
  }
  const naming = (ids: { has(id: string): boolean }): OperationContent => ({
    type,
    target,
    payload: { elementIds: named.filter((elementId) => !ids.has(elementId)) },
  });
  return { seen: naming(unseen), left: naming(added), addedBy: [...new Set(added.values())] };
}

/**
 * Ids of the operations that took elements of the operation's page away or put them into other groups, newest first,
 * where it depends on that: undoing them shows what was in what when the operation was made.
 */
export function regroupedBy(
  { type, target, payload }: OperationContent,
  index: CollisionIndex,
): readonly string[] {
  const intoGroup = type === "REORDER_ELEMENT" && typeof payload?.["parentId"] === "string";
  if (type !== "DELETE_ELEMENT" && type !== "CLEAR_PAGE" && !intoGroup) return [];
  const page = nodePath("pages", target.pageId ?? "");
  const ids = new Set<string>();
  for (const { deletes, operationId } of index.at.get(page) ?? [])
    if (deletes) ids.add(operationId);
  for (const { deletes, writes, operationId } of index.under.get(page) ?? []) {
    if (deletes || writes.includes("parentId")) ids.add(operationId);
  }
  return [...ids].toReversed();
}

/** The document with the operations undone as far as that still applies. */
export function without(
  document: Document,
  inverses: readonly (readonly OperationContent[])[],
): Document {
  let current = document;
  for (const content of inverses.flat()) {
    const applied = applyOperation(current, content, unbounded);
    if (applied.ok) current = applied.value;
  }
  return current;
}

/** The node whose being gone already leaves the operation nothing to do; undefined where there is none. */
export function deletedPath({ type, target }: OperationContent): NodePath | undefined {
  const { pageId = "", elementId = "", audioLayerId = "", clipId = "" } = target;
  switch (type) {
    case "DELETE_ELEMENT":
      return nodePath("pages", pageId, "elements", elementId);
    case "DELETE_PAGE":
    case "CLEAR_PAGE":
      return nodePath("pages", pageId);
    case "DELETE_AUDIO_LAYER":
      return nodePath("audioLayers", audioLayerId);
    case "DELETE_AUDIO_CLIP":
      return nodePath("audioLayers", audioLayerId, "clips", clipId);
    default:
      return undefined;
  }
}
