/**
 * The intent of an operation that means more than it names: deleting a group means what was in it, clearing a page what was
 * on it, moving into a group the groups around that; all as the client saw them when it made the operation.
 */
import type { Document } from "../document/document.js";
import { unbounded } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { applySteps, footprintSteps } from "../operations/registry.js";
import { creatorsOf, creatorsUnder, type CollisionIndex } from "./collide.js";
import { nodePath, type Footprint, type NodePath } from "../operations/footprint.js";
import { NO_OP } from "../operations/noOp.js";
import {
  deletionBy,
  meansTree,
  restructures,
  type OperationDeletion,
} from "../operations/traits.js";
import type { Steps } from "../steps.js";

/** Whether the batch itself created the node, or one it is in: what others did there was about another thing. */
type IsOwn = (path: NodePath) => boolean;

/** What an operation is to do. */
export interface Intent {
  /** What of it is to be done at the head, before collisions are judged. */
  readonly content: OperationContent;
  /** What it touched on the document that its client saw. */
  readonly footprint: Footprint;
  /** Ids of the operations that the content leaves alone. */
  readonly transformedFrom: readonly string[];
}

/** The intent of the operation on the document that its client saw. */
export function* intentOf(
  seen: Document,
  operation: OperationContent,
  index: CollisionIndex,
  isOwn: IsOwn,
): Steps<Intent> {
  const deletion = deletionBy(operation);
  if (deletion?.of === "elements") {
    return yield* intentByNaming({ seen, index, isOwn }, operation, deletion);
  }
  const { type, target, payload } = operation;
  const footprint = yield* footprintSteps(seen, operation);
  return { content: { type, target, payload }, footprint, transformedFrom: [] };
}

/**
 * A deletion of elements that names none means those that the client saw. With or without, what others added since stays,
 * also where it has the id of something the client saw.
 */
function* intentByNaming(
  { seen, index, isOwn }: { seen: Document; index: CollisionIndex; isOwn: IsOwn },
  { target, payload }: OperationContent,
  deletion: OperationDeletion & { of: "elements" },
): Steps<Intent> {
  const { pageId = "" } = target;
  const elements = seen.pages.items.get(pageId)?.elements;
  const ids = deletion.named(payload);
  const named = ids ?? elements?.order ?? [];
  const addedBy = new Set(ids === undefined ? creatorsUnder(index, nodePath("pages", pageId)) : []);
  const left = named.filter((elementId) => {
    const path = nodePath("pages", pageId, "elements", elementId);
    const creators = isOwn(path) ? [] : creatorsOf(index, path);
    for (const id of creators) addedBy.add(id);
    return creators.length === 0;
  });
  const there = named.filter((elementId) => elements?.items.has(elementId));
  // One that names only what is not there does nothing, and needs nothing for it.
  const isMoot = (some: readonly string[]) => some.length === 0 && named.length > 0;
  return {
    content: isMoot(left) ? NO_OP : deletion.naming(target, left),
    footprint: isMoot(there) ? [] : yield* footprintSteps(seen, deletion.naming(target, there)),
    transformedFrom: [...addedBy],
  };
}

/** The pages of which the operations mean what was on them, and in what. */
export function intendedPages(operations: readonly OperationContent[]): ReadonlySet<string> {
  const pageIds = new Set<string>();
  for (const operation of operations) {
    if (meansTree(operation)) pageIds.add(operation.target.pageId ?? "");
  }
  return pageIds;
}

/** The document as the client saw it after the operation, as far as elements and their groups on the pages go. */
export function* clientViewAfter(
  seen: Document,
  operation: OperationContent,
  pageIds: ReadonlySet<string>,
): Steps<Document> {
  if (!restructures(operation) || !pageIds.has(operation.target.pageId ?? "")) return seen;
  const applied = yield* applySteps(seen, operation, unbounded);
  // One that does not apply to what its client says it saw is judged at the head alone.
  return applied.ok ? applied.value : seen;
}
