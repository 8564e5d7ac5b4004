/** The way from one state of a page's elements to another: order, groups, additions, deletions, then each element. */
import type { DesignElement } from "../document/design.js";
import type { Page } from "../document/document.js";
import { parentOf, withDescendants } from "../document/elementTree.js";
import { present } from "../document/sequence.js";
import type { Json } from "../json.js";
import type { DomainLimits } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { elementChanges } from "./diffElement.js";
import { chunked } from "./payloadChunks.js";
import { idsInPlace, neighboursBelow, sameOrder } from "./sequenceChanges.js";

/**
 * Operations from the elements of one page to those of another with the same id. An element that changed its type is
 * deleted and added again; what stays in its group keeps its own life.
 */
export function elementOperations(from: Page, to: Page, limits: DomainLimits): OperationContent[] {
  if (from.elements === to.elements) return [];
  const gone = idsGone(from, to);
  const moved = idsMoved(from, to, gone);
  const updates: OperationContent[] = [];
  const placed: string[] = [];
  for (const elementId of to.elements.order) {
    const after = present(to.elements, elementId);
    const before = gone.has(elementId) ? undefined : from.elements.items.get(elementId);
    if (before === undefined || moved.has(elementId)) placed.push(elementId);
    else if (changesParent(before, after, gone)) placed.push(elementId);
    if (before !== undefined && before !== after) {
      updates.push(...elementChanges(to.id, before, after, limits));
    }
  }
  return [
    ...deletions(from, gone, limits),
    ...placements(from, to, gone, moved, placed, limits),
    ...updates,
  ];
}

/** The ids that no longer exist, or exist as an element of another type. */
function idsGone(from: Page, to: Page): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const elementId of from.elements.order) {
    const before = from.elements.items.get(elementId);
    const after = to.elements.items.get(elementId);
    if (before !== after && before?.type !== after?.type) gone.add(elementId);
  }
  return gone;
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
  return listsOf([...gone], limits).map((elementIds) => ({
    type: "CLEAR_PAGE",
    target: { pageId },
    payload: { elementIds },
  }));
}

/** The ids in lists that fit one operation each. */
function listsOf(ids: readonly string[], limits: DomainLimits): string[][] {
  // Six bytes a unit at worst, two quotes and a comma; the first part is left for the target.
  const countMax = Math.max(
    1,
    Math.floor(limits.operationBytesMax / (6 * limits.idUnitsMax + 3)) - 2,
  );
  const lists: string[][] = [];
  for (let start = 0; start < ids.length; start += countMax) {
    lists.push(ids.slice(start, start + countMax));
  }
  return lists;
}

/**
 * Adds and moves what is out of place or out of its group, each parent before its children: then every group that an
 * element goes into is there, and lies itself where it ends up, so that no cycle can close on the way.
 */
function placements(
  from: Page,
  to: Page,
  gone: ReadonlySet<string>,
  moved: ReadonlySet<string>,
  placed: readonly string[],
  limits: DomainLimits,
): OperationContent[] {
  const sorted = parentsFirst(to, placed);
  const isNew = (id: string) => gone.has(id) || !from.elements.items.has(id);
  const neighbours = neighboursBelow(
    to.elements.order,
    sorted.filter((id) => isNew(id) || moved.has(id)),
  );
  return sorted.flatMap((elementId) => {
    const element = present(to.elements, elementId);
    if (isNew(elementId)) {
      return additionOf(to.id, element, neighbours.get(elementId) ?? null, limits);
    }
    const payload: Record<string, Json> = {};
    const afterId = neighbours.get(elementId);
    if (afterId !== undefined) payload["afterId"] = afterId;
    if (changesParent(present(from.elements, elementId), element, gone)) {
      payload["parentId"] = parentOf(element);
    }
    return [{ type: "REORDER_ELEMENT", target: { pageId: to.id, elementId }, payload }];
  });
}

/** The ids, each after those of them that are groups around it. Each element is walked over once. */
function parentsFirst(page: Page, ids: readonly string[]): string[] {
  const wanted = new Set(ids);
  const seen = new Set<string>();
  const sorted: string[] = [];
  for (const elementId of ids) {
    const chain: string[] = [];
    let current: string | null = elementId;
    while (current !== null && !seen.has(current)) {
      seen.add(current);
      chain.push(current);
      current = parentOf(present(page.elements, current));
    }
    for (const id of chain.toReversed()) if (wanted.has(id)) sorted.push(id);
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
