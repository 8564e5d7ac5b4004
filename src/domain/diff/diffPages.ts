/** The way from one list of pages to another. */
import { designPageOf } from "../document/toDesign.js";
import type { Page } from "../document/document.js";
import { present, sequenceOf } from "../document/sequence.js";
import type { Sequence } from "../document/sequence.js";
import { Map as PersistentMap } from "immutable";
import type { DomainLimits } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import type { Steps } from "../steps.js";
import { elementOperations } from "./diffElements.js";
import { chunked, fitsOneOperation } from "./payloadChunks.js";
import { propertyChanges } from "./propertyChanges.js";
import { sameOrder } from "./sequenceChanges.js";

/** Deletes, then the order of those that stay, then additions, then what changed on those that stayed. */
export function* pageOperations(
  from: Sequence<Page>,
  to: Sequence<Page>,
  limits: DomainLimits,
): Steps<OperationContent[]> {
  if (from === to) return [];
  const gone = from.order.filter((pageId) => !to.items.has(pageId));
  const staying = from.order.filter((pageId) => to.items.has(pageId));
  const pageIds = to.order.filter((pageId) => from.items.has(pageId));
  const order: OperationContent = { type: "REORDER_PAGES", target: {}, payload: { pageIds } };
  // From the bottom up, so that the neighbour below is always there.
  const content: OperationContent[] = [];
  for (const [index, pageId] of to.order.entries()) {
    const page = present(to, pageId);
    const before = from.items.get(pageId);
    if (before === page) continue;
    const operations =
      before === undefined
        ? yield* additionOf(page, to.order[index - 1] ?? null, limits)
        : yield* changesOf(before, page, limits);
    for (const operation of operations) content.push(operation);
    yield;
  }
  return [...gone.map(deletionOf), ...(sameOrder(staying, pageIds) ? [] : [order]), ...content];
}

function deletionOf(pageId: string): OperationContent {
  return { type: "DELETE_PAGE", target: { pageId }, payload: null };
}

function* additionOf(
  page: Page,
  afterId: string | null,
  limits: DomainLimits,
): Steps<OperationContent[]> {
  const { id: pageId, properties } = page;
  const target = { pageId };
  const { id: _, ...whole } = designPageOf(page);
  if (fitsOneOperation(whole, limits)) {
    return [{ type: "ADD_PAGE", target, payload: { ...whole, afterId } }];
  }
  const [first = {}, ...rest] = chunked(properties, limits);
  return [
    { type: "ADD_PAGE", target, payload: { ...first, afterId } },
    ...rest.map((payload): OperationContent => ({ type: "UPDATE_PAGE", target, payload })),
    ...(yield* elementOperations(withoutElements(page), page, limits)),
  ];
}

function* changesOf(from: Page, to: Page, limits: DomainLimits): Steps<OperationContent[]> {
  const target = { pageId: to.id };
  const updates = chunked(propertyChanges(from.properties, to.properties), limits);
  return [
    ...updates.map((payload): OperationContent => ({ type: "UPDATE_PAGE", target, payload })),
    ...(yield* elementOperations(from, to, limits)),
  ];
}

function withoutElements(page: Page): Page {
  return { ...page, elements: sequenceOf([]), children: PersistentMap() };
}
