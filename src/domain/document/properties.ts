/**
 * Changing the properties of a node. A property that is null is absent: setting null removes, and a new node
 * drops its nulls, so that the inverse of every change can say what was there before.
 */
import { jsonBytes, jsonBytesChange } from "./bytes.js";
import type { Json, JsonObject } from "../json.js";

/** The changed object, and by how many UTF-8 bytes its compact JSON grew. */
export interface PropertyChange<T extends JsonObject> {
  readonly object: T;
  readonly bytesAdded: number;
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
  let bytesAdded = 0;
  for (const [key, value] of Object.entries(changes)) {
    const before = result[key];
    bytesAdded +=
      before === undefined || before === null || value === null
        ? memberBytes(key, value) - memberBytes(key, before)
        : jsonBytesChange(before, value);
    if (value === null) delete result[key];
    else result[key] = value;
  }
  return { object: result as T, bytesAdded };
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

/** UTF-8 bytes of `"key":value,` in compact JSON; nothing for an absent property. */
function memberBytes(key: string, value: Json | undefined): number {
  if (value === undefined || value === null) return 0;
  return jsonBytes(key) + jsonBytes(value) + 2;
}

/** Commas between the members of an object or list of the given length. */
export function commaBytes(length: number): number {
  return Math.max(0, length - 1);
}
