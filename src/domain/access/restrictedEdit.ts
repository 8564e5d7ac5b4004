/**
 * What somebody may edit who may not edit everything, told from footprints: so each operation type is under it. Whoever
 * is restricted to types edits elements of these types alone, not pages, canvas or audio; whoever is restricted to pages,
 * what is on them and their properties. Which pages there are, and in which order, is the template's: neither makes,
 * deletes or moves pages.
 */
import type { Document } from "../document/document.js";
import { unbounded } from "../limits.js";
import { targetOfPath } from "../merge/collide.js";
import type { Footprint, NodePath, Touch } from "../merge/footprint.js";
import { isNothing } from "../merge/nothing.js";
import type { LoggedOperation } from "../operations/operation.js";
import { applyOperation } from "../operations/registry.js";
import type { Restriction } from "./grant.js";

/**
 * The place of the first of the operations that changes what no restriction lets through; undefined where none does, or
 * nothing is restricted. The document is the one before them, to which they apply.
 */
export function firstBeyondGrant(
  document: Document,
  operations: readonly LoggedOperation[],
  restrictions: readonly Restriction[],
): number | undefined {
  if (restrictions.length === 0) return undefined;
  let before = document;
  for (const [index, operation] of operations.entries()) {
    if (isNothing(operation)) continue;
    const applied = applyOperation(before, operation, unbounded);
    if (!applied.ok)
      throw new Error(`operation ${operation.id} does not apply where it was decided`);
    const after = applied.value;
    if (!isEditWithinGrant([before, after], operation.footprint, restrictions)) return index;
    before = after;
  }
  return undefined;
}

/** Whether the restrictions let through what the footprint tells, by what there is in the documents before and after. */
export function isEditWithinGrant(
  documents: readonly Document[],
  footprint: Footprint,
  restrictions: readonly Restriction[],
): boolean {
  if (restrictions.length === 0) return true;
  return footprint.every(
    (touch) =>
      touch.kind === "read" ||
      (!isPageItself(touch) && isWithinGrant(documents, touch.path, restrictions)),
  );
}

/** Whether a page is made or deleted, which are no edits of what is on it. */
function isPageItself({ kind, path }: Touch): boolean {
  if (kind !== "create" && kind !== "delete") return false;
  const { pageId, elementId } = targetOfPath(path);
  return pageId !== undefined && elementId === undefined;
}

/** Whether the node may be changed, or kept from others' changes, by what it is in each of the documents. */
export function isWithinGrant(
  documents: readonly Document[],
  path: NodePath,
  restrictions: readonly Restriction[],
): boolean {
  if (restrictions.length === 0) return true;
  const { pageId, elementId } = targetOfPath(path);
  const types = documents.flatMap(({ pages }) => {
    const elements = pageId === undefined ? undefined : pages.items.get(pageId)?.elements;
    return (elementId === undefined ? undefined : elements?.items.get(elementId))?.type ?? [];
  });
  return restrictions.some(({ pageIds, elementTypes }) => {
    const isOnPage = pageIds.length === 0 || (pageId !== undefined && pageIds.includes(pageId));
    if (!isOnPage || elementTypes.length === 0) return isOnPage;
    return elementId !== undefined && types.every((type) => elementTypes.includes(type));
  });
}
