/**
 * Where the things of one list stood before they were deleted or moved: told by walking back over what was committed, newest
 * first, from the order at the head. A place that was left stays in the row, right above the one below it at the time.
 */
import { idsInPlace } from "../../diff/sequenceChanges.js";
import type { Placing } from "../../operations/hooks.js";
import { LIVE, PlaceLine, SEEN, type Place } from "./placeLine.js";

/** A committed operation that brought things into the list, took some out or moved some. */
export interface OrderChange {
  readonly operationId: string;
  readonly created: readonly string[];
  /** What undoes it, in the list. */
  readonly inverse: readonly Placing[];
}

export class FormerPlaces {
  private readonly line = new PlaceLine();
  /** Where a thing is now. */
  private readonly live = new Map<string, Place>();
  /** Where it was at the version that the walk led back to, or where the batch in turn put it since. */
  private readonly seen = new Map<string, Place>();
  /** By operation: the places that it took things from. */
  private readonly left = new Map<string, Map<string, Place>>();

  /** `order` is the list at the head; what changed it since is given newest first. */
  constructor(order: readonly string[], changes: Iterable<OrderChange>) {
    let below: Place | undefined;
    for (const id of order) {
      below = this.line.above(below, id, LIVE | SEEN);
      this.live.set(id, below);
      this.seen.set(id, below);
    }
    for (const change of changes) this.walkBack(change);
  }

  /** The neighbour above which a thing goes back to where the committed operation took it from; undefined if it took none. */
  formerNeighbour(operationId: string, id: string): string | null | undefined {
    const place = this.left.get(operationId)?.get(id);
    return place === undefined ? undefined : this.liveBelow(place, id);
  }

  /** The neighbour there is in the place of one that is gone; undefined where it never was. */
  neighbourInPlaceOf(afterId: string, id: string): string | null | undefined {
    const place = this.seen.get(afterId);
    if (place === undefined) return undefined;
    return place.has(LIVE) && place.id !== id ? place.id : this.liveBelow(place, id);
  }

  /** The thing is back where the committed operation took it from. */
  cameBack(operationId: string, id: string): void {
    const place = this.left.get(operationId)?.get(id);
    if (place !== undefined) this.settle(id, place);
  }

  /** The batch in turn put the thing above another, which its client saw there or moved there. */
  placed({ id, afterId }: { readonly id: string; readonly afterId: OperationAfterId }): void {
    const place = this.line.above(this.anchor(afterId, LIVE | SEEN), id, 0);
    this.settle(id, place);
  }

  /** The thing is gone. */
  gone(id: string): void {
    const place = this.live.get(id);
    if (place === undefined) return;
    this.live.delete(id);
    this.line.mark(place, LIVE, false);
  }

  /** The batch in turn put all into an order. */
  reordered(order: readonly string[]): void {
    const there = order.filter((id) => this.live.has(id));
    this.moveInto(there, LIVE, (id, below) => this.settle(id, this.line.above(below, id, 0)));
  }

  private settle(id: string, place: Place): void {
    this.gone(id);
    const before = this.seen.get(id);
    if (before !== undefined) this.line.mark(before, SEEN, false);
    this.line.mark(place, LIVE | SEEN, true);
    this.live.set(id, place);
    this.seen.set(id, place);
  }

  private liveBelow(place: Place, id: string): string | null {
    let below = this.line.below(place, LIVE);
    if (below?.id === id) below = this.line.below(below, LIVE);
    return below?.id ?? null;
  }

  private anchor(afterId: OperationAfterId, marks: number): Place | undefined {
    if (afterId === null) return undefined;
    const named = afterId === undefined ? undefined : this.seen.get(afterId);
    return (
      named ?? (afterId === undefined ? undefined : this.live.get(afterId)) ?? this.line.top(marks)
    );
  }

  private walkBack({ operationId, created, inverse }: OrderChange): void {
    for (const id of created) this.unsee(id);
    for (const placing of inverse) {
      if ("order" in placing) {
        const there = placing.order.filter((id) => this.seen.has(id));
        this.moveInto(there, SEEN, (id, below) => this.seeAgain(operationId, id, below));
      } else {
        this.unsee(placing.id);
        const below = this.anchor(placing.afterId, SEEN);
        this.seeAgain(operationId, placing.id, below);
      }
    }
  }

  private unsee(id: string): void {
    const place = this.seen.get(id);
    if (place === undefined) return;
    this.seen.delete(id);
    this.line.mark(place, SEEN, false);
  }

  /** The thing stood right above the other. Where it stands there again, by whoever's doing, that is its place still. */
  private seeAgain(operationId: string, id: string, below: Place | undefined): void {
    this.unsee(id);
    const now = this.live.get(id);
    const isBack = now !== undefined && !now.has(SEEN) && this.line.below(now, SEEN) === below;
    const place = isBack ? now : this.line.above(below, id, 0);
    this.line.mark(place, SEEN, true);
    this.seen.set(id, place);
    const left = this.left.get(operationId) ?? new Map<string, Place>();
    left.set(id, place);
    this.left.set(operationId, left);
  }

  /** Moves as few as possible of the things with the mark, so that they stand in the order. */
  private moveInto(
    order: readonly string[],
    mark: number,
    move: (id: string, below: Place | undefined) => void,
  ): void {
    const places = mark === LIVE ? this.live : this.seen;
    const now = [...this.line.downwards(mark)].map(({ id }) => id).toReversed();
    const staying = idsInPlace(now, order);
    let below: Place | undefined;
    for (const id of order) {
      if (!staying.has(id)) move(id, below);
      below = places.get(id);
    }
  }
}

type OperationAfterId = string | null | undefined;
