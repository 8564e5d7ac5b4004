/** The way from one list of pages to another. */
import { designPageOf } from "../document/toDesign.js";
import type { Page } from "../document/document.js";
import { present, sequenceOf } from "../document/sequence.js";
import type { Sequence } from "../document/sequence.js";
import { Map as PersistentMap } from "immutable";
import type { JsonObject } from "../json.js";
import type { DomainLimits } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { elementOperations } from "./diffElements.js";
import { chunked, fitsOneOperation } from "./payloadChunks.js";
import { propertyChanges } from "./propertyChanges.js";
import { sameOrder } from "./sequenceChanges.js";

/** Deletes, then the order of those that stay, then additions, then what changed on those that stayed. */
export function pageOperations(
  from: Sequence<Page>,
  to: Sequence<Page>,
  limits: DomainLimits,
): OperationContent[] {
  if (from === to) return [];
  const operations: OperationContent[] = [];
  const gone = from.order.filter((pageId) => !to.items.has(pageId));
  for (const pageId of gone) {
    operations.push({ type: "DELETE_PAGE", target: { pageId }, payload: null });
  }
  const staying = from.order.filter((pageId) => to.items.has(pageId));
  const pageIds = to.order.filter((pageId) => from.items.has(pageId));
  if (!sameOrder(staying, pageIds)) {
    operations.push({ type: "REORDER_PAGES", target: {}, payload: { pageIds } });
  }
  // From the bottom up, so that the neighbour below is always there.
  for (const [index, pageId] of to.order.entries()) {
    const page = present(to, pageId);
    const before = from.items.get(pageId);
    if (before === page) continue;
    if (before === undefined) {
      operations.push(...additionOf(page, to.order[index - 1] ?? null, limits));
    } else {
      operations.push(
        ...updatesOf(pageId, propertyChanges(before.properties, page.properties), limits),
      );
      operations.push(...elementOperations(before, page, limits));
    }
  }
  return operations;
}

function additionOf(page: Page, afterId: string | null, limits: DomainLimits): OperationContent[] {
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
    ...elementOperations(withoutElements(page), page, limits),
  ];
}

function updatesOf(pageId: string, changes: JsonObject, limits: DomainLimits): OperationContent[] {
  return chunked(changes, limits).map((payload) => ({
    type: "UPDATE_PAGE",
    target: { pageId },
    payload,
  }));
}

function withoutElements(page: Page): Page {
  return { ...page, elements: sequenceOf([]), children: PersistentMap() };
}
