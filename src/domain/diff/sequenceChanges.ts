/** What it takes to bring one order of ids into another: the fewest moves, each to its neighbour below. */

/**
 * The ids of `from` that can stay where they are when the rest is moved, added and removed: a longest subsequence that
 * `to` has in the same order. O(n log n).
 */
export function idsInPlace(from: readonly string[], to: readonly string[]): ReadonlySet<string> {
  const places = new Map(to.map((id, index) => [id, index]));
  /** The index in `from` that ends the best run of each length. */
  const ends: number[] = [];
  const placeAt: number[] = [];
  const before: number[] = [];
  for (const [index, id] of from.entries()) {
    const place = places.get(id);
    placeAt.push(place ?? -1);
    before.push(-1);
    if (place === undefined) continue;
    const length = runsEndingBelow(ends, placeAt, place);
    before[index] = ends[length - 1] ?? -1;
    ends[length] = index;
  }
  const inPlace = new Set<string>();
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index]!) inPlace.add(from[index]!);
  return inPlace;
}

/** How many of the runs end below the place; their ends rise with their length. */
function runsEndingBelow(
  ends: readonly number[],
  placeAt: readonly number[],
  place: number,
): number {
  // An order that did not change rises all the way, and needs no search.
  if (ends.length === 0 || placeAt[ends.at(-1)!]! < place) return ends.length;
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placeAt[ends[middle]!]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * For each of the ids, which neighbour it goes above when they are placed one after the other in the order given: the
 * nearest below it in `order` that is in place by then, null at the bottom. Found backwards, by taking them out of the
 * full order from the last to the first. Linear.
 */
export function neighboursBelow(
  order: readonly string[],
  ids: readonly string[],
): ReadonlyMap<string, string | null> {
  const places = new Map(order.map((id, index) => [id, index]));
  const below = order.map((_, index) => index - 1);
  const above = order.map((_, index) => index + 1);
  const neighbours = new Map<string, string | null>();
  for (const id of ids.toReversed()) {
    const place = places.get(id)!;
    const lower = below[place]!;
    const upper = above[place]!;
    neighbours.set(id, order[lower] ?? null);
    if (lower >= 0) above[lower] = upper;
    if (upper < order.length) below[upper] = lower;
  }
  return neighbours;
}

/** Whether the orders hold the same ids in the same places. */
export function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}
