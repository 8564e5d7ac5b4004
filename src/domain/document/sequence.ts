/** A persistent list of things with ids, in paint order: found by id in constant time, placed by neighbour. */
import { Map } from "immutable";
import { finished, STEP_ITEMS, type Steps } from "../steps.js";
import { Order, type Placement } from "./order.js";

export type { Placement };

interface Identified {
  readonly id: string;
}

export class Sequence<T extends Identified> {
  constructor(
    readonly places: Order,
    readonly items: Map<string, T>,
  ) {}

  get size(): number {
    return this.places.size;
  }

  /** The ids, the last on top. Costs the length where it is first asked for after a change of the order. */
  get order(): readonly string[] {
    return this.places.ids;
  }
}

/** The sequence of the given items. Ids must differ. */
export function sequenceOf<T extends Identified>(items: readonly T[]): Sequence<T> {
  return new Sequence(
    Order.of(items.map((item) => item.id)),
    Map(items.map((item) => [item.id, item] as const)),
  );
}

/** The items, the last on top. */
export function listOf<T extends Identified>(sequence: Sequence<T>): T[] {
  return sequence.order.map((id) => present(sequence, id));
}

/** The item with the id, which must be there. */
export function present<T extends Identified>(sequence: Sequence<T>, id: string): T {
  const item = sequence.items.get(id);
  if (item === undefined) throw new Error(`sequence names ${id} but does not hold it`);
  return item;
}

/** The sequence with the item in the place of the one that has its id. */
export function replaced<T extends Identified>(sequence: Sequence<T>, item: T): Sequence<T> {
  return new Sequence(sequence.places, sequence.items.set(item.id, item));
}

/** The sequence with a new item; a neighbour that is gone means on top. */
export function inserted<T extends Identified>(
  sequence: Sequence<T>,
  item: T,
  after: Placement,
): Sequence<T> {
  return new Sequence(sequence.places.with(item.id, after), sequence.items.set(item.id, item));
}

/** The sequence without the ids. */
export function removed<T extends Identified>(
  sequence: Sequence<T>,
  ids: ReadonlySet<string>,
): Sequence<T> {
  return finished(removedSteps(sequence, ids));
}

/** As `removed`, in steps. */
export function* removedSteps<T extends Identified>(
  sequence: Sequence<T>,
  ids: ReadonlySet<string>,
): Steps<Sequence<T>> {
  const places = sequence.places.without(ids);
  if (ids.size >= STEP_ITEMS) yield;
  // What stays of a list that loses most is built anew, which costs less than taking out the rest.
  const items =
    places.size < ids.size
      ? Map(places.ids.map((id) => [id, present(sequence, id)] as const))
      : yield* withoutKeys(sequence.items, ids);
  return new Sequence(places, items);
}

function* withoutKeys<T>(items: Map<string, T>, ids: ReadonlySet<string>): Steps<Map<string, T>> {
  let left = items;
  const all = [...ids];
  for (let start = 0; start < all.length; start += STEP_ITEMS) {
    if (start > 0) yield;
    left = left.deleteAll(all.slice(start, start + STEP_ITEMS));
  }
  return left;
}

/** The sequence with one item moved; a neighbour that is gone means on top. */
export function moved<T extends Identified>(
  sequence: Sequence<T>,
  id: string,
  after: Placement,
): Sequence<T> {
  const rest = sequence.places.without(new Set([id]));
  return new Sequence(rest.with(id, after), sequence.items);
}

/** The sequence in another order of the same ids. */
export function reordered<T extends Identified>(
  sequence: Sequence<T>,
  order: readonly string[],
): Sequence<T> {
  return new Sequence(Order.of(order), sequence.items);
}

/** The id below the given one, null where it is at the bottom. */
export function predecessor(sequence: Sequence<Identified>, id: string): string | null {
  return sequence.places.below(id);
}
