/**
 * The properties of an element that mean something to Strata; all others are the editor's own and kept as sent.
 * The Zod schemas describe them (JSON Schema, the reference); the hand check beside them says the same and is what
 * runs over whole documents, where schemas would cost seconds.
 */
import { z } from "zod";
import type { JsonIssue } from "./validation.js";

const point = z.union([
  z.tuple([z.number(), z.number()]),
  z.tuple([z.number(), z.number(), z.number()]),
]);

const insert = z.strictObject({
  insert: z.string().min(1),
  attributes: z.record(z.string(), z.json()).optional(),
});

/** The schema of each known property. `x`, `y`, `width`, `height` are in canvas units, `rotation` in degrees. */
export const knownElementProperties = {
  type: z.string().min(1),
  x: z.number(),
  y: z.number(),
  width: z.number().nonnegative(),
  height: z.number().nonnegative(),
  rotation: z.number(),
  /** The id of a frame or group on the same page. */
  parentId: z.string().min(1),
  /** A plain string, or the inserts of a rich text. */
  text: z.union([z.string(), z.array(insert)]),
  /** `[x, y]` or `[x, y, pressure]` each. */
  points: z.array(point),
} as const;

/** What an element cannot be without, besides its id. */
export const requiredElementProperties = ["type", "x", "y"] as const;

type Loose = { readonly [key: string]: unknown };

/**
 * What is wrong with the shape of an element's known properties, those it must have included. A property that is
 * null is absent. The values must be plain JSON already; `path` is where the element stands.
 */
export function checkElementShape(element: Loose, path: readonly string[]): JsonIssue | undefined {
  for (const key of requiredElementProperties) {
    if (element[key] === undefined || element[key] === null) {
      return { code: "INVALID", message: "is required", path: [...path, key] };
    }
  }
  return checkElementProperties(element, path);
}

/** As `checkElementShape` for some properties of an element, of which none need be there. */
export function checkElementProperties(
  properties: Loose,
  path: readonly string[],
): JsonIssue | undefined {
  return (
    first(path, "type", properties["type"], isFilled, "must be a non-empty string") ??
    first(path, "x", properties["x"], isNumber, "must be a number") ??
    first(path, "y", properties["y"], isNumber, "must be a number") ??
    first(path, "width", properties["width"], isLength, "must be a number, 0 or more") ??
    first(path, "height", properties["height"], isLength, "must be a number, 0 or more") ??
    first(path, "rotation", properties["rotation"], isNumber, "must be a number of degrees") ??
    first(path, "parentId", properties["parentId"], isFilled, "must be the id of an element") ??
    first(path, "text", properties["text"], isText, "must be a string or a list of inserts") ??
    first(path, "points", properties["points"], isPoints, "must be a list of [x, y, pressure?]")
  );
}

function first(
  path: readonly string[],
  key: string,
  value: unknown,
  accepts: (value: unknown) => boolean,
  message: string,
): JsonIssue | undefined {
  if (value === undefined || value === null || accepts(value)) return undefined;
  return { code: "INVALID", message, path: [...path, key] };
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

function isLength(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

function isText(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.every(isInsert));
}

function isInsert(value: unknown): boolean {
  if (!isObject(value) || !isFilled(value["insert"])) return false;
  const { attributes } = value;
  if (attributes !== undefined && !isObject(attributes)) return false;
  return Object.keys(value).length === (attributes === undefined ? 1 : 2);
}

function isPoints(value: unknown): boolean {
  return Array.isArray(value) && value.every(isPoint);
}

function isPoint(value: unknown): boolean {
  return (
    Array.isArray(value) && (value.length === 2 || value.length === 3) && value.every(isNumber)
  );
}

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
