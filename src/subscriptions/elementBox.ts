/** The upright rectangle that an element certainly lies in, as far as its fields tell. */
import type { DesignElement } from "../domain/document/design.js";
import type { Json } from "../domain/json.js";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Whether two rectangles have a point in common, their edges included. */
export function intersect(a: Rectangle, b: Rectangle): boolean {
  return (
    Math.min(a.x, a.x + a.width) <= Math.max(b.x, b.x + b.width) &&
    Math.min(b.x, b.x + b.width) <= Math.max(a.x, a.x + a.width) &&
    Math.min(a.y, a.y + a.height) <= Math.max(b.y, b.y + b.height) &&
    Math.min(b.y, b.y + b.height) <= Math.max(a.y, a.y + a.height)
  );
}

/**
 * The rectangle of an element without children. Undefined where its fields do not tell: no size; points, which may
 * lead out of the box; a group or frame and what is in one, because they are drawn with each other.
 */
export function boxOf(element: DesignElement): Rectangle | undefined {
  const { x, y, width, height, rotation } = element;
  if (typeof x !== "number" || typeof y !== "number") return undefined;
  if (typeof width !== "number" || typeof height !== "number") return undefined;
  if (isThere(rotation) && typeof rotation !== "number") return undefined;
  if (isThere(element["points"]) || isThere(element["parentId"])) return undefined;
  if (element["type"] === "group" || element["type"] === "frame") return undefined;
  return around({ x, y, width, height }, typeof rotation === "number" ? rotation : 0);
}

function isThere(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** Upright rectangle around a box, whatever its rotation in degrees and the sign of its size. */
function around(box: Rectangle, rotation: number): Rectangle {
  const x = Math.min(box.x, box.x + box.width);
  const y = Math.min(box.y, box.y + box.height);
  const [width, height] = [Math.abs(box.width), Math.abs(box.height)];
  if (rotation % 360 === 0) return { x, y, width, height };
  // Whatever point it is turned about (its centre, or the corner that x and y name): a circle holds it.
  const diagonal = Math.hypot(width, height);
  return {
    x: box.x - diagonal * 1.5,
    y: box.y - diagonal * 1.5,
    width: diagonal * 3,
    height: diagonal * 3,
  };
}
