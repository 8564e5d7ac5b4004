/** Undoing the removal of elements: the same elements, in the same places and groups. */
import { present } from "../../document/sequence.js";
import type { Order } from "../../document/order.js";
import type { Page } from "../../document/document.js";
import { STEP_ITEMS, type Steps } from "../../steps.js";
import type { OperationContent } from "../operation.js";

/**
 * The ADD_ELEMENTs that bring back elements of the page once they are gone, in the order given, which must have
 * each parent before its children. Each goes above the nearest element below it that is there by then.
 */
export function* restoreElements(page: Page, ids: readonly string[]): Steps<OperationContent[]> {
  const { places } = page.elements;
  const isFew = ids.length * FEW_PART < places.size;
  const neighbours = yield* isFew ? neighboursOfFew(places, ids) : neighboursBelow(places.ids, ids);
  const contents: OperationContent[] = [];
  for (const [index, elementId] of ids.entries()) {
    if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
    const { id: _, ...properties } = present(page.elements, elementId);
    contents.push({
      type: "ADD_ELEMENT",
      target: { pageId: page.id, elementId },
      payload: { ...properties, afterId: neighbours.get(elementId) ?? null },
    });
  }
  return contents;
}

/** Up to which part of a page its elements are taken out one by one, which costs nothing for those that stay. */
const FEW_PART = 8;

/** As `neighboursBelow`, at a cost that does not grow with the order. */
function* neighboursOfFew(
  places: Order,
  ids: readonly string[],
): Steps<ReadonlyMap<string, string | null>> {
  const neighbours = new Map<string, string | null>();
  let left = places;
  for (const [index, id] of ids.toReversed().entries()) {
    if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
    neighbours.set(id, left.below(id));
    left = left.without(new Set([id]));
  }
  return neighbours;
}

/**
 * For each id, which is the nearest below it when the others were added again in the order given. Found backwards,
 * by taking them out of the full order from the last added to the first: what lies below then is what lies below
 * when it comes back. Linear in the order's length, however the removed ones are interleaved.
 */
function* neighboursBelow(
  order: readonly string[],
  ids: readonly string[],
): Steps<ReadonlyMap<string, string | null>> {
  const positions = new Map<string, number>();
  const wanted = new Set(ids);
  const below: number[] = [];
  const above: number[] = [];
  for (const [position, id] of order.entries()) {
    if (position % STEP_ITEMS === STEP_ITEMS - 1) yield;
    below.push(position - 1);
    above.push(position + 1);
    if (wanted.has(id)) positions.set(id, position);
  }
  const neighbours = new Map<string, string | null>();
  for (const [index, id] of ids.toReversed().entries()) {
    if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
    const position = positions.get(id)!;
    const lower = below[position]!;
    const upper = above[position]!;
    neighbours.set(id, order[lower] ?? null);
    if (lower >= 0) above[lower] = upper;
    if (upper < order.length) below[upper] = lower;
  }
  return neighbours;
}
