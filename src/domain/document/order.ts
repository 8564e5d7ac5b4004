/**
 * A persistent order of ids: each knows its neighbours, so that placing, removing and asking what lies below cost the same
 * in an order of ten and of fifty thousand. What changed since an array of ids was given is kept beside that array.
 */
import { Map as PersistentMap } from "immutable";

/** Where a thing goes: above the one with this id, at the bottom (null) or on top (undefined). */
export type Placement = string | null | undefined;

/** The ids next to one; null at an end. */
interface Neighbours {
  readonly below: string | null;
  readonly above: string | null;
}

/** An order as it was given, with the place of each id. */
interface Base {
  readonly ids: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
}

interface State {
  readonly base: Base;
  /** The neighbours that differ from the base's; of an id that was removed, `gone`. */
  readonly changed: PersistentMap<string, Neighbours>;
  readonly bottom: string | null;
  readonly top: string | null;
  readonly size: number;
}

const gone: Neighbours = { below: null, above: null };

/** From which part of an order on its removal is done by building it anew. */
const REBUILT_PART = 8;

/** Up to which length copying an order is cheaper than linking a new id into it. */
const COPIED_IDS_MAX = 64;

export class Order {
  private constructor(
    private list: readonly string[] | undefined,
    private state: State | undefined,
  ) {}

  /** The order of the ids, which must differ. */
  static of(ids: readonly string[]): Order {
    return new Order(ids, undefined);
  }

  get size(): number {
    return this.state?.size ?? this.list!.length;
  }

  /** The ids, the last on top. Made when first asked for after a change. */
  get ids(): readonly string[] {
    if (this.list !== undefined) return this.list;
    const { base, changed, bottom } = this.linked();
    const ids: string[] = [];
    for (let id = bottom; id !== null; id = neighboursIn(base, changed, id)!.above) ids.push(id);
    return (this.list = ids);
  }

  /** Whether the id is in the order. */
  has(id: string): boolean {
    const { base, changed } = this.linked();
    return neighboursIn(base, changed, id) !== undefined;
  }

  /** The id below the given one, which must be there; null where it is at the bottom. */
  below(id: string): string | null {
    const { base, changed } = this.linked();
    const neighbours = neighboursIn(base, changed, id);
    if (neighbours === undefined) throw new Error(`order does not hold ${id}`);
    return neighbours.below;
  }

  /** The order with an id that it does not hold; a neighbour that is not there means on top. */
  with(id: string, after: Placement): Order {
    if (this.list !== undefined && this.list.length <= COPIED_IDS_MAX) {
      return Order.of(arrayWith(this.list, id, after));
    }
    const { base, changed, bottom, top, size } = this.linked();
    const isThere =
      after !== undefined && (after === null || neighboursIn(base, changed, after) !== undefined);
    const below = isThere ? after : top;
    const above = below === null ? bottom : neighboursIn(base, changed, below)!.above;
    const next = changed.withMutations((links) => {
      links.set(id, { below, above });
      relink(base, links, below, { above: id });
      relink(base, links, above, { below: id });
    });
    return new Order(undefined, {
      base,
      changed: next,
      bottom: below === null ? id : bottom,
      top: above === null ? id : top,
      size: size + 1,
    });
  }

  /** The order without the ids; those that it does not hold are skipped. */
  without(ids: ReadonlySet<string>): Order {
    if (ids.size * REBUILT_PART > this.size) return Order.of(this.ids.filter((id) => !ids.has(id)));
    const { base, changed, bottom, top, size } = this.linked();
    const state = { base, bottom, top, size };
    const next = changed.withMutations((links) => {
      for (const id of ids) {
        const neighbours = neighboursIn(base, links, id);
        if (neighbours === undefined) continue;
        const { below, above } = neighbours;
        relink(base, links, below, { above });
        relink(base, links, above, { below });
        links.set(id, gone);
        if (below === null) state.bottom = above;
        if (above === null) state.top = below;
        state.size -= 1;
      }
    });
    return new Order(undefined, { ...state, changed: next });
  }

  /** The links; an order whose ids are known begins anew once more changed than it holds. */
  private linked(): State {
    const { state, list } = this;
    if (state !== undefined && (list === undefined || state.changed.size <= state.size)) {
      return state;
    }
    const ids = list!;
    return (this.state = {
      base: { ids, positions: new Map(ids.map((id, position) => [id, position])) },
      changed: PersistentMap(),
      bottom: ids[0] ?? null,
      top: ids.at(-1) ?? null,
      size: ids.length,
    });
  }
}

function arrayWith(ids: readonly string[], id: string, after: Placement): readonly string[] {
  if (after === null) return [id, ...ids];
  const index = after === undefined ? -1 : ids.indexOf(after);
  return index < 0 ? [...ids, id] : ids.toSpliced(index + 1, 0, id);
}

function neighboursIn(
  base: Base,
  changed: PersistentMap<string, Neighbours>,
  id: string,
): Neighbours | undefined {
  const neighbours = changed.get(id);
  if (neighbours !== undefined) return neighbours === gone ? undefined : neighbours;
  const position = base.positions.get(id);
  if (position === undefined) return undefined;
  return { below: base.ids[position - 1] ?? null, above: base.ids[position + 1] ?? null };
}

function relink(
  base: Base,
  links: PersistentMap<string, Neighbours>,
  id: string | null,
  change: Partial<Neighbours>,
): void {
  if (id !== null) links.set(id, { ...neighboursIn(base, links, id)!, ...change });
}
