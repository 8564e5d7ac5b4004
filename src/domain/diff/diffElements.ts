/** The way from one state of a page's elements to another: order, groups, additions, deletions, then each element. */
import type { DesignElement } from "../document/design.js";
import type { Page } from "../document/document.js";
import { parentOf, withDescendants } from "../document/elementTree.js";
import { present } from "../document/sequence.js";
import type { Json } from "../json.js";
import type { DomainLimits } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import type { Steps } from "../steps.js";
import { elementChanges } from "./diffElement.js";
import { chunked, chunkedList } from "./payloadChunks.js";
import { idsInPlace, neighboursBelow, sameOrder } from "./sequenceChanges.js";

/**
 * Operations from the elements of one page to those of another with the same id. An element that changed its type is
 * deleted and added again; what stays in its group keeps its own life.
 */
export function* elementOperations(
  from: Page,
  to: Page,
  limits: DomainLimits,
): Steps<OperationContent[]> {
  if (from.elements === to.elements) return [];
  const differing = to.elements.order.filter(
    (id) => from.elements.items.get(id) !== to.elements.items.get(id),
  );
  yield;
  const gone = idsGone(from, to, differing);
  yield;
  const moved = idsMoved(from, to, gone);
  const placed = new Set(moved);
  for (const id of leftBehind(from, to, gone)) placed.add(id);
  const updates: OperationContent[] = [];
  for (const elementId of differing) {
    const after = present(to.elements, elementId);
    const before = gone.has(elementId) ? undefined : from.elements.items.get(elementId);
    if (before === undefined || changesParent(before, after, gone)) placed.add(elementId);
    if (before === undefined) continue;
    for (const update of elementChanges(to.id, before, after, limits)) updates.push(update);
    yield;
  }
  return [
    ...deletions(from, gone, limits),
    ...(yield* placements(from, to, gone, moved, placed, limits)),
    ...updates,
  ];
}

/** The ids that no longer exist, or exist as an element of another type; `differing` are those that are not the same. */
function idsGone(from: Page, to: Page, differing: readonly string[]): ReadonlySet<string> {
  const gone = new Set<string>();
  let added = 0;
  for (const elementId of differing) {
    const before = from.elements.items.get(elementId);
    if (before === undefined) added += 1;
    else if (before.type !== to.elements.items.get(elementId)?.type) gone.add(elementId);
  }
  // Where none is missing the old page need not be walked over.
  if (from.elements.size === to.elements.size - added) return gone;
  for (const elementId of from.elements.order) {
    if (!to.elements.items.has(elementId)) gone.add(elementId);
  }
  return gone;
}

/** The ids that stay, of elements whose group goes but is there again: they have to be put back into it. */
function leftBehind(from: Page, to: Page, gone: ReadonlySet<string>): string[] {
  return [...gone].flatMap((parentId) =>
    [...(from.children.get(parentId) ?? [])].filter((id) => {
      const after = to.elements.items.get(id);
      return after !== undefined && !gone.has(id) && parentOf(after) === parentId;
    }),
  );
}

/** The ids on both pages that have to change their place in the paint order. */
function idsMoved(from: Page, to: Page, gone: ReadonlySet<string>): ReadonlySet<string> {
  if (from.elements.order === to.elements.order) return new Set();
  const stays = (id: string) => from.elements.items.has(id) && !gone.has(id);
  const before = from.elements.order.filter(stays);
  const after = to.elements.order.filter(stays);
  if (sameOrder(before, after)) return new Set();
  const inPlace = idsInPlace(before, after);
  return new Set(after.filter((id) => !inPlace.has(id)));
}

/** Whether the element's group differs from the one it is in once the elements that go are gone. */
function changesParent(
  before: DesignElement,
  after: DesignElement,
  gone: ReadonlySet<string>,
): boolean {
  const parentId = parentOf(before);
  const left = parentId !== null && gone.has(parentId) ? null : parentId;
  return left !== parentOf(after);
}

/**
 * One DELETE_ELEMENT where an element goes with everything in it and nothing else, otherwise a CLEAR_PAGE that names
 * all that go: it leaves alone what stays of a group that goes.
 */
function deletions(
  page: Page,
  gone: ReadonlySet<string>,
  limits: DomainLimits,
): OperationContent[] {
  if (gone.size === 0) return [];
  const pageId = page.id;
  const roots = [...gone].filter((id) => {
    const parentId = parentOf(present(page.elements, id));
    return parentId === null || !gone.has(parentId);
  });
  const [elementId] = roots;
  if (roots.length === 1 && elementId !== undefined) {
    if (withDescendants(page, elementId).every((id) => gone.has(id))) {
      return [{ type: "DELETE_ELEMENT", target: { pageId, elementId }, payload: null }];
    }
  }
  return chunkedList([...gone], limits).map((elementIds) => ({
    type: "CLEAR_PAGE",
    target: { pageId },
    payload: { elementIds },
  }));
}

/**
 * Adds and moves what is out of place or out of its group, each parent before its children: then every group that an
 * element goes into is there, and lies itself where it ends up, so that no cycle can close on the way.
 */
function* placements(
  from: Page,
  to: Page,
  gone: ReadonlySet<string>,
  moved: ReadonlySet<string>,
  placed: ReadonlySet<string>,
  limits: DomainLimits,
): Steps<OperationContent[]> {
  if (placed.size === 0) return [];
  const sorted = parentsFirst(to, placed);
  const isNew = (id: string) => gone.has(id) || !from.elements.items.has(id);
  const neighbours = neighboursBelow(
    to.elements.order,
    sorted.filter((id) => isNew(id) || moved.has(id)),
  );
  yield;
  const operations: OperationContent[] = [];
  for (const elementId of sorted) {
    yield;
    const element = present(to.elements, elementId);
    if (isNew(elementId)) {
      operations.push(...additionOf(to.id, element, neighbours.get(elementId) ?? null, limits));
      continue;
    }
    const payload: Record<string, Json> = {};
    const afterId = neighbours.get(elementId);
    if (afterId !== undefined) payload["afterId"] = afterId;
    if (changesParent(present(from.elements, elementId), element, gone)) {
      payload["parentId"] = parentOf(element);
    }
    operations.push({ type: "REORDER_ELEMENT", target: { pageId: to.id, elementId }, payload });
  }
  return operations;
}

/** The ids from the bottom up, but each after those of them that are groups around it. Each element is seen once. */
function parentsFirst(page: Page, ids: ReadonlySet<string>): string[] {
  const seen = new Set<string>();
  const sorted: string[] = [];
  for (const elementId of page.elements.order) {
    if (!ids.has(elementId)) continue;
    const chain: string[] = [];
    let current: string | null = elementId;
    while (current !== null && !seen.has(current)) {
      seen.add(current);
      chain.push(current);
      current = parentOf(present(page.elements, current));
    }
    for (const id of chain.toReversed()) if (ids.has(id)) sorted.push(id);
  }
  return sorted;
}

function additionOf(
  pageId: string,
  element: DesignElement,
  afterId: string | null,
  limits: DomainLimits,
): OperationContent[] {
  // What an element cannot be without comes first, so that it is in the part that adds it.
  const { id: elementId, type, x, y, parentId, ...rest } = element;
  const needed = parentId === undefined ? { type, x, y } : { type, x, y, parentId };
  const target = { pageId, elementId };
  const [first = needed, ...more] = chunked({ ...needed, ...rest }, limits);
  return [
    { type: "ADD_ELEMENT", target, payload: { ...first, afterId } },
    ...more.map((payload): OperationContent => ({ type: "UPDATE_ELEMENT_PROPS", target, payload })),
  ];
}
