/** Upright bounds on a page, in canvas units: what is inside them is not told, only that nothing is outside. */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  /** May be negative: to the left of x. */
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Of what may be anywhere. */
export const everywhere: Bounds = {
  left: -Infinity,
  top: -Infinity,
  right: Infinity,
  bottom: Infinity,
};

/** Of nothing. */
export const nowhere: Bounds = {
  left: Infinity,
  top: Infinity,
  right: -Infinity,
  bottom: -Infinity,
};

/** The bounds of a rectangle, whatever the sign of its size. */
export function boundsOfRectangle({ x, y, width, height }: Rectangle): Bounds {
  return {
    left: Math.min(x, x + width),
    top: Math.min(y, y + height),
    right: Math.max(x, x + width),
    bottom: Math.max(y, y + height),
  };
}

/** Whether two bounds have a point in common, their edges included. */
export function overlap(a: Bounds, b: Bounds): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

/** The smallest bounds around both. */
export function around(a: Bounds, b: Bounds): Bounds {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** The bounds with a margin on each side. */
export function grown({ left, top, right, bottom }: Bounds, margin: number): Bounds {
  return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
}

/** A turn by degrees about the middle of some bounds. */
export interface Turn {
  readonly degrees: number;
  readonly about: Bounds;
}

/** Where a point is after the turn. */
export function turnedPoint({ x, y }: Point, { degrees, about }: Turn): Point {
  const middle = { x: (about.left + about.right) / 2, y: (about.top + about.bottom) / 2 };
  const [cosine, sine] = directionOf(degrees);
  const [fromX, fromY] = [x - middle.x, y - middle.y];
  return {
    x: middle.x + fromX * cosine - fromY * sine,
    y: middle.y + fromX * sine + fromY * cosine,
  };
}

/** The bounds of what was in the given ones, after the turn. */
export function turned(bounds: Bounds, turn: Turn): Bounds {
  if (!isBounded(bounds) || !isBounded(turn.about)) return bounds;
  const [cosine, sine] = directionOf(turn.degrees);
  const [halfWidth, halfHeight] = [
    (bounds.right - bounds.left) / 2,
    (bounds.bottom - bounds.top) / 2,
  ];
  const middle = turnedPoint({ x: bounds.left + halfWidth, y: bounds.top + halfHeight }, turn);
  const reachX = halfWidth * Math.abs(cosine) + halfHeight * Math.abs(sine);
  const reachY = halfWidth * Math.abs(sine) + halfHeight * Math.abs(cosine);
  return {
    left: middle.x - reachX,
    top: middle.y - reachY,
    right: middle.x + reachX,
    bottom: middle.y + reachY,
  };
}

/** Whether the bounds are of something, and of something that is somewhere. */
export function isBounded({ left, right, top, bottom }: Bounds): boolean {
  return left <= right && [left, right, top, bottom].every(Number.isFinite);
}

/** Cosine and sine; exact for quarter turns. */
function directionOf(degrees: number): readonly [number, number] {
  const quarters = degrees / 90;
  if (Number.isInteger(quarters)) {
    const quarter = ((quarters % 4) + 4) % 4;
    return [[1, 0, -1, 0][quarter]!, [0, 1, 0, -1][quarter]!];
  }
  const radians = (degrees * Math.PI) / 180;
  return [Math.cos(radians), Math.sin(radians)];
}
