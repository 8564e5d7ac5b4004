/**
 * Where the elements of a page are drawn. Positions are on the page, also those of what is in a group: moving a group
 * moves nothing else. A group is drawn as what is in it, and what is in a turned one may be drawn turned with it or not,
 * which editors do differently: both count.
 */
import type { DesignElement } from "../document/design.js";
import type { Page } from "../document/document.js";
import { parentOf } from "../document/elementTree.js";
import { present } from "../document/sequence.js";
import { around, isBounded, nowhere, turned, type Bounds, type Turn } from "./bounds.js";
import { boxBounds, elementBounds, rotationOf } from "./elementBounds.js";

/** Turned groups around an element that are reckoned with one by one; what is deeper counts as its group. */
const TURNS_MAX = 8;

/** What the groups around an element do to it: turn it, innermost first; or it counts as the group that is named. */
type Surroundings = { readonly turns: readonly Turn[] } | { readonly countsAs: string };

export class PageAreas {
  readonly #page: Page;
  /** Of groups, what they and all in them fill, before the groups around them turn that. */
  readonly #filled = new Map<string, Bounds>();
  readonly #surroundings = new Map<string, Surroundings>();

  constructor(page: Page) {
    this.#page = page;
  }

  /** Bounds of all places where the element may be drawn; those of a group hold those of all that is in it. */
  areaOf(element: DesignElement): Bounds {
    const parentId = parentOf(element);
    const filled = this.#filledBy(element);
    if (parentId === null) return filled;
    const surroundings = this.#surroundingsIn(parentId);
    if ("countsAs" in surroundings) return this.areaOf(this.#element(surroundings.countsAs));
    return surroundings.turns.reduce((area, turn) => around(area, turned(area, turn)), filled);
  }

  #element(id: string): DesignElement {
    return present(this.#page.elements, id);
  }

  #filledBy(element: DesignElement): Bounds {
    if (!this.#page.children.has(element.id)) return emptyOrDrawn(element);
    const ids = [element.id];
    for (const id of ids) {
      for (const child of this.#page.children.get(id)!) {
        if (this.#page.children.has(child) && !this.#filled.has(child)) ids.push(child);
      }
    }
    // Groups come after those around them.
    for (const id of ids.toReversed()) {
      if (!this.#filled.has(id)) this.#filled.set(id, this.#fillGroup(this.#element(id)));
    }
    return this.#filled.get(element.id)!;
  }

  #fillGroup(group: DesignElement): Bounds {
    const inside = this.#inside(group.id);
    const drawn = around(elementBounds(group), inside);
    const turn = this.#turnOf(group);
    return turn === undefined ? drawn : around(drawn, turned(inside, turn));
  }

  /** What the children of a group fill, each of which is known. */
  #inside(groupId: string): Bounds {
    let inside = nowhere;
    for (const child of this.#page.children.get(groupId)!) {
      inside = around(inside, this.#filled.get(child) ?? emptyOrDrawn(this.#element(child)));
    }
    return inside;
  }

  #turnOf(group: DesignElement): Turn | undefined {
    const degrees = rotationOf(group);
    if (degrees === 0) return undefined;
    const box = boxBounds(group);
    return { degrees, about: isBounded(box) ? box : this.#inside(group.id) };
  }

  #surroundingsIn(groupId: string): Surroundings {
    const unknown: DesignElement[] = [];
    let id: string | null = groupId;
    while (id !== null && !this.#surroundings.has(id)) {
      const group = this.#element(id);
      unknown.push(group);
      id = parentOf(group);
    }
    let outer: Surroundings = id === null ? { turns: [] } : this.#surroundings.get(id)!;
    for (const group of unknown.toReversed()) {
      outer = this.#surroundingsOfChildren(group, outer);
      this.#surroundings.set(group.id, outer);
    }
    return outer;
  }

  #surroundingsOfChildren(group: DesignElement, outer: Surroundings): Surroundings {
    if ("countsAs" in outer || rotationOf(group) === 0) return outer;
    if (outer.turns.length === TURNS_MAX) return { countsAs: group.id };
    this.#filledBy(group);
    return { turns: [this.#turnOf(group)!, ...outer.turns] };
  }
}

/** A group that holds nothing and has no size is where it stands. */
function emptyOrDrawn(element: DesignElement): Bounds {
  const bounds = elementBounds(element);
  if (bounds !== nowhere) return bounds;
  const { x, y } = element;
  return { left: x, top: y, right: x, bottom: y };
}

const remembered = new WeakMap<Page, PageAreas>();

/** The areas of a page, worked out once for each state of it. */
export function areasOf(page: Page): PageAreas {
  const known = remembered.get(page);
  if (known !== undefined) return known;
  const made = new PageAreas(page);
  remembered.set(page, made);
  return made;
}
