/** Where an element by itself is drawn, as far as its fields tell; what is in a group is not looked at here. */
import type { DesignElement } from "../document/design.js";
import type { Json } from "../json.js";
import {
  around,
  boundsOfRectangle,
  everywhere,
  grown,
  isBounded,
  nowhere,
  turned,
  type Bounds,
  turnedPoint,
} from "./bounds.js";

/**
 * The bounds of an element's box and points, with its stroke and turned by its rotation. `everywhere` where neither size
 * nor points tell; `nowhere` for a group or frame of which nothing tells, since it is drawn as what is in it.
 */
export function elementBounds(element: DesignElement): Bounds {
  const known = remembered.get(element);
  if (known !== undefined) return known;
  const bounds = boundsByFields(element);
  remembered.set(element, bounds);
  return bounds;
}

const remembered = new WeakMap<DesignElement, Bounds>();

function boundsByFields(element: DesignElement): Bounds {
  const box = boxBounds(element);
  const points = pointBounds(element);
  const both = around(box, points);
  if (!isBounded(both)) return isContainer(element) ? nowhere : everywhere;
  const drawn = grown(both, strokeMargin(element["strokeWidth"]));
  const degrees = rotationOf(element);
  if (degrees === 0) return drawn;
  // Editors turn about the middle of the box or of the points, which differ where points lead out of the box.
  return [box, points]
    .filter(isBounded)
    .map((about) => turned(drawn, { degrees, about }))
    .reduce(around);
}

/** The box that position and size tell; `nowhere` without a size. */
export function boxBounds({ x, y, width, height }: DesignElement): Bounds {
  if (typeof width !== "number" || typeof height !== "number") return nowhere;
  return boundsOfRectangle({ x, y, width, height });
}

/** The rotation in degrees, 0 to below 360 in size. */
export function rotationOf({ rotation }: DesignElement): number {
  return typeof rotation === "number" ? rotation % 360 : 0;
}

function isContainer({ type }: DesignElement): boolean {
  return type === "group" || type === "frame";
}

/** What the points fill, which are relative to the element's position; `nowhere` without any. */
function pointBounds({ x, y, points }: DesignElement): Bounds {
  if (!Array.isArray(points)) return nowhere;
  let { left, top, right, bottom } = nowhere;
  for (const point of points as readonly (readonly [number, number])[]) {
    const [toRight, down] = point;
    left = Math.min(left, x + toRight);
    top = Math.min(top, y + down);
    right = Math.max(right, x + toRight);
    bottom = Math.max(bottom, y + down);
  }
  return { left, top, right, bottom };
}

/** Half of a stroke is outside; its corners and ends reach farther, seldom by more than the other half. */
function strokeMargin(strokeWidth: Json | undefined): number {
  return typeof strokeWidth === "number" && strokeWidth > 0 ? strokeWidth : 0;
}

/**
 * Where a place in an element is on its page, however the element was moved, resized and turned since. The place, in
 * canvas units. `partX` and `partY` are parts of the element's width and height, before it is turned; of one without a
 * size, of what its points fill. Where neither tells, it is the element's position.
 */
export function placeInElement(
  element: DesignElement,
  partX: number,
  partY: number,
): { readonly x: number; readonly y: number } {
  const box = [boxBounds(element), pointBounds(element)].find(isBounded);
  if (box === undefined) return { x: element.x, y: element.y };
  const x = box.left + partX * (box.right - box.left);
  const y = box.top + partY * (box.bottom - box.top);
  return turnedPoint({ x, y }, { degrees: rotationOf(element), about: box });
}
