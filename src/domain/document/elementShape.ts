/**
 * The properties of an element that mean something to Strata; all others are the editor's own and kept as sent.
 * The payload schemas of the operations say the same of one element; this check runs over whole documents, where
 * schemas would cost seconds.
 */
import type { JsonIssue } from "./validation.js";

/** What an element cannot be without, besides its id. */
const requiredElementProperties = ["type", "x", "y"] as const;

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
  return (
    mismatch(path, "type", element["type"], isFilled, "must be a non-empty string") ??
    mismatch(path, "x", element["x"], isNumber, "must be a number") ??
    mismatch(path, "y", element["y"], isNumber, "must be a number") ??
    mismatch(path, "width", element["width"], isLength, "must be a number, 0 or more") ??
    mismatch(path, "height", element["height"], isLength, "must be a number, 0 or more") ??
    mismatch(path, "rotation", element["rotation"], isNumber, "must be a number of degrees") ??
    mismatch(path, "parentId", element["parentId"], isFilled, "must be the id of an element") ??
    mismatch(path, "text", element["text"], isText, "must be a string or a list of inserts") ??
    mismatch(path, "points", element["points"], isPoints, "must be a list of [x, y, pressure?]")
  );
}

function mismatch(
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
