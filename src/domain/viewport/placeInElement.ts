/** Where a place in an element is on its page, however the element was moved, resized and turned since. */
import type { DesignElement } from "../document/design.js";
import { isBounded, turnedPoint } from "./bounds.js";
import { boxBounds, pointBounds, rotationOf } from "./elementBounds.js";

/**
 * The place, in canvas units. `partX` and `partY` are parts of the element's width and height, before it is turned; of
 * one without a size, of what its points fill. Where neither tells, it is the element's position.
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
