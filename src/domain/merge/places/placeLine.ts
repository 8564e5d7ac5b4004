/**
 * Places in a row, taken or empty, in an order that never changes: a new place goes right above another, none goes away.
 * The nearest place below that has a mark is found in the logarithm of their number (a treap, whose priorities come from a
 * fixed sequence, so that equal input gives equal trees).
 */

/** A thing is there now. */
export const LIVE = 1;
/** A thing was there at the version that the places lead back to. */
export const SEEN = 2;

export class Place {
  parent: Place | undefined;
  left: Place | undefined;
  right: Place | undefined;
  marks = 0;
  /** The marks of the place and of all below it in the tree. */
  held = 0;

  constructor(
    readonly id: string,
    readonly priority: number,
  ) {}

  has(mark: number): boolean {
    return (this.marks & mark) !== 0;
  }
}

export class PlaceLine {
  private root: Place | undefined;
  private priority = 1;

  /** A new place right above the given one; at the bottom where that is undefined. */
  above(place: Place | undefined, id: string, marks: number): Place {
    this.priority = (Math.imul(this.priority, 1_664_525) + 1_013_904_223) | 0;
    const made = new Place(id, this.priority);
    made.marks = marks;
    if (place !== undefined && place.right === undefined) attach(place, "right", made);
    else {
      let next = place === undefined ? this.root : place.right;
      while (next?.left !== undefined) next = next.left;
      if (next === undefined) this.root = made;
      else attach(next, "left", made);
    }
    refresh(made);
    while (made.parent !== undefined && made.parent.priority < made.priority) rotateUp(made);
    if (made.parent === undefined) this.root = made;
    refreshUp(made);
    return made;
  }

  /** Sets or removes a mark. */
  mark(place: Place, mark: number, isSet: boolean): void {
    place.marks = isSet ? place.marks | mark : place.marks & ~mark;
    refreshUp(place);
  }

  /** The nearest place below with the mark; undefined where there is none. */
  below(place: Place, mark: number): Place | undefined {
    if (holds(place.left, mark)) return topmost(place.left, mark);
    let current = place;
    for (let parent = current.parent; parent !== undefined; parent = current.parent) {
      if (current === parent.right) {
        if (parent.has(mark)) return parent;
        if (holds(parent.left, mark)) return topmost(parent.left, mark);
      }
      current = parent;
    }
    return undefined;
  }

  /** The topmost place with the mark. */
  top(mark: number): Place | undefined {
    return holds(this.root, mark) ? topmost(this.root, mark) : undefined;
  }

  /** The places with the mark, from the top down. */
  *downwards(mark: number): Generator<Place> {
    for (let place = this.top(mark); place !== undefined; place = this.below(place, mark)) {
      yield place;
    }
  }
}

function holds(place: Place | undefined, mark: number): place is Place {
  return place !== undefined && (place.held & mark) !== 0;
}

function topmost(from: Place, mark: number): Place {
  let place = from;
  for (;;) {
    if (holds(place.right, mark)) place = place.right;
    else if (place.has(mark)) return place;
    else place = place.left!;
  }
}

function attach(parent: Place, side: "left" | "right", child: Place | undefined): void {
  parent[side] = child;
  if (child !== undefined) child.parent = parent;
}

function rotateUp(place: Place): void {
  const parent = place.parent!;
  const above = parent.parent;
  if (parent.left === place) {
    attach(parent, "left", place.right);
    attach(place, "right", parent);
  } else {
    attach(parent, "right", place.left);
    attach(place, "left", parent);
  }
  place.parent = above;
  if (above !== undefined) {
    if (above.left === parent) above.left = place;
    else above.right = place;
  }
  refresh(parent);
  refresh(place);
}

function refresh(place: Place): void {
  place.held = place.marks | (place.left?.held ?? 0) | (place.right?.held ?? 0);
}

function refreshUp(from: Place): void {
  for (let place: Place | undefined = from; place !== undefined; place = place.parent) {
    refresh(place);
  }
}
