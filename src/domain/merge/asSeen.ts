/**
 * What a client meant by an operation that means more than it names: deleting a group, what was in it; clearing a page,
 * what was on it; moving into a group, the groups around that; all as the client saw them when it made the operation.
 */
import type { Document } from "../document/document.js";
import { unbounded } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { applySteps, footprintSteps } from "../operations/registry.js";
import { creatorsOf, creatorsUnder, type CollisionIndex } from "./collide.js";
import { nodePath, type Footprint, type NodePath } from "../operations/footprint.js";
import { NO_OP } from "../operations/noOp.js";
import type { Steps } from "../steps.js";

/** Whether the batch itself created the node, or one it is in: what others did there was about another thing. */
type IsOwn = (path: NodePath) => boolean;

/** What an operation was meant to do. */
export interface Meant {
  /** What of it is to be done at the head, before collisions are judged. */
  readonly content: OperationContent;
  /** What it touched on the document that its client saw. */
  readonly footprint: Footprint;
  /** Ids of the operations that the content leaves alone. */
  readonly transformedFrom: readonly string[];
}

/** What the operation meant on the document that its client saw. */
export function* meantBy(
  seen: Document,
  operation: OperationContent,
  index: CollisionIndex,
  isOwn: IsOwn,
): Steps<Meant> {
  if (operation.type === "CLEAR_PAGE") return yield* clearMeant(seen, operation, index, isOwn);
  const { type, target, payload } = operation;
  const footprint = yield* footprintSteps(seen, operation);
  return { content: { type, target, payload }, footprint, transformedFrom: [] };
}

/**
 * CLEAR_PAGE without ids means the elements that the client saw. With or without, what others added since stays, also
 * where it has the id of something the client saw.
 */
function* clearMeant(
  seen: Document,
  { type, target, payload }: OperationContent,
  index: CollisionIndex,
  isOwn: IsOwn,
): Steps<Meant> {
  const { pageId = "" } = target;
  const elements = seen.pages.items.get(pageId)?.elements;
  const ids = payload?.["elementIds"] as readonly string[] | undefined;
  const named = ids ?? elements?.order ?? [];
  const addedBy = new Set(ids === undefined ? creatorsUnder(index, nodePath("pages", pageId)) : []);
  const left = named.filter((elementId) => {
    const path = nodePath("pages", pageId, "elements", elementId);
    const creators = isOwn(path) ? [] : creatorsOf(index, path);
    for (const id of creators) addedBy.add(id);
    return creators.length === 0;
  });
  const naming = (elementIds: readonly string[]): OperationContent => ({
    type,
    target,
    payload: { elementIds },
  });
  const there = named.filter((elementId) => elements?.items.has(elementId));
  // One that names only what is not there does nothing, and needs nothing for it.
  const isMoot = (some: readonly string[]) => some.length === 0 && named.length > 0;
  return {
    content: isMoot(left) ? NO_OP : naming(left),
    footprint: isMoot(there) ? [] : yield* footprintSteps(seen, naming(there)),
    transformedFrom: [...addedBy],
  };
}

/** The pages of which the operations mean what was on them, and in what. */
export function pagesMeant(operations: readonly OperationContent[]): ReadonlySet<string> {
  const pageIds = new Set<string>();
  for (const { type, target, payload } of operations) {
    const intoGroup = type === "REORDER_ELEMENT" && typeof payload?.["parentId"] === "string";
    if (type !== "DELETE_ELEMENT" && type !== "CLEAR_PAGE" && !intoGroup) continue;
    pageIds.add(target.pageId ?? "");
  }
  return pageIds;
}

/** The document as the client saw it after the operation, as far as elements and their groups on the pages go. */
export function* seenAfter(
  seen: Document,
  operation: OperationContent,
  pageIds: ReadonlySet<string>,
): Steps<Document> {
  switch (operation.type) {
    case "ADD_ELEMENT":
    case "DELETE_ELEMENT":
    case "REORDER_ELEMENT":
    case "CLEAR_PAGE":
    case "ADD_PAGE":
    case "DELETE_PAGE": {
      if (!pageIds.has(operation.target.pageId ?? "")) return seen;
      const applied = yield* applySteps(seen, operation, unbounded);
      // One that does not apply to what its client says it saw is judged at the head alone.
      return applied.ok ? applied.value : seen;
    }
    default:
      return seen;
  }
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
