/** A persistent list of things with ids, in paint order: found by id in constant time, placed by neighbour. */
import { Map } from "immutable";

export interface Sequence<T extends { readonly id: string }> {
  readonly order: readonly string[];
  readonly items: Map<string, T>;
}

/** Where a thing goes: above the one with this id, at the bottom (null) or on top (undefined). */
export type Placement = string | null | undefined;

/** The sequence of the given items. Ids must differ. */
export function sequenceOf<T extends { readonly id: string }>(items: readonly T[]): Sequence<T> {
  return {
    order: items.map((item) => item.id),
    items: Map(items.map((item) => [item.id, item] as const)),
  };
}

/** The items, the last on top. */
export function listOf<T extends { readonly id: string }>(sequence: Sequence<T>): T[] {
  return sequence.order.map((id) => present(sequence, id));
}

/** The item with the id, which must be there. */
export function present<T extends { readonly id: string }>(sequence: Sequence<T>, id: string): T {
  const item = sequence.items.get(id);
  if (item === undefined) throw new Error(`sequence names ${id} but does not hold it`);
  return item;
}

/** The sequence with the item in the place of the one that has its id. */
export function replaced<T extends { readonly id: string }>(
  sequence: Sequence<T>,
  item: T,
): Sequence<T> {
  return { order: sequence.order, items: sequence.items.set(item.id, item) };
}

/** The sequence with a new item; a neighbour that is gone means on top. */
export function inserted<T extends { readonly id: string }>(
  sequence: Sequence<T>,
  item: T,
  after: Placement,
): Sequence<T> {
  return {
    order: orderWith(sequence.order, item.id, after),
    items: sequence.items.set(item.id, item),
  };
}

/** The sequence without the ids. */
export function removed<T extends { readonly id: string }>(
  sequence: Sequence<T>,
  ids: ReadonlySet<string>,
): Sequence<T> {
  return {
    order: sequence.order.filter((id) => !ids.has(id)),
    items: sequence.items.deleteAll(ids),
  };
}

/** The sequence with one item moved; a neighbour that is gone means on top. */
export function moved<T extends { readonly id: string }>(
  sequence: Sequence<T>,
  id: string,
  after: Placement,
): Sequence<T> {
  const rest = sequence.order.filter((other) => other !== id);
  return { order: orderWith(rest, id, after), items: sequence.items };
}

/** The id below the given one, null where it is at the bottom. */
export function predecessor(order: readonly string[], id: string): string | null {
  const index = order.indexOf(id);
  if (index < 0) throw new Error(`order does not hold ${id}`);
  return order[index - 1] ?? null;
}

function orderWith(order: readonly string[], id: string, after: Placement): readonly string[] {
  if (after === undefined) return [...order, id];
  if (after === null) return [id, ...order];
  const index = order.indexOf(after);
  return index < 0 ? [...order, id] : order.toSpliced(index + 1, 0, id);
}
