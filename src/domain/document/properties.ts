/**
 * Changing the properties of a node. A property that is null is absent: setting null removes, and a new node
 * drops its nulls, so that the inverse of every change can say what was there before.
 */
import type { Json, JsonObject } from "../json.js";
import { jsonBytes } from "./bytes.js";
import {
  jsonSizeChange,
  jsonValues,
  noSize,
  sizeDifference,
  sizeSum,
  type JsonSize,
} from "./size.js";

/** The changed object, and by how much it grew. */
export interface PropertyChange<T extends JsonObject> {
  readonly object: T;
  readonly added: JsonSize;
}

/**
 * The object with the changes made; null removes a property. Only the changed properties are measured.
 * The caller vouches that the result is a `T` still: schemas refuse removing what a node cannot be without.
 */
export function withProperties<T extends JsonObject>(
  object: T,
  changes: JsonObject,
): PropertyChange<T> {
  const result: Record<string, Json> = { ...object };
  let added = noSize;
  for (const [key, value] of Object.entries(changes)) {
    const before = result[key];
    added = sizeSum(
      added,
      before === undefined || before === null || value === null
        ? sizeDifference(memberSize(key, value), memberSize(key, before))
        : jsonSizeChange(before, value),
    );
    if (value === null) delete result[key];
    else result[key] = value;
  }
  return { object: result as T, added };
}

/** The changes that lead back: each changed property as it is now, null where it is absent. */
export function previousProperties(object: JsonObject, changes: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(changes).map((key) => [key, object[key] ?? null]));
}

/** The object without its null properties and without the named ones. */
export function storedProperties(
  object: JsonObject,
  left: readonly string[] = [],
): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(object).filter(([key, value]) => value !== null && !left.includes(key)),
  );
}

/** The size of `"key":value,` in compact JSON; nothing for an absent property. */
function memberSize(key: string, value: Json | undefined): JsonSize {
  if (value === undefined || value === null) return noSize;
  return { bytes: jsonBytes(key) + jsonBytes(value) + 2, values: jsonValues(value) };
}

/** Commas between the members of an object or list of the given length. */
export function commaBytes(length: number): number {
  return Math.max(0, length - 1);
}
