import type { Json, JsonObject } from "../json.js";

/**
 * The one text of a value by RFC 8785 (JCS): no white space, keys sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them, -0 as 0. Equal values, whatever the order of their keys, give equal texts. The value must
 * be plain JSON of bounded depth (`checkJson` accepted it).
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? canonicalList(value) : canonicalObject(value as JsonObject);
}

function canonicalList(list: readonly Json[]): string {
  let text = "[";
  for (let index = 0; index < list.length; index += 1) {
    if (index > 0) text += ",";
    text += canonicalJson(list[index]!);
  }
  return text + "]";
}

function canonicalObject(object: JsonObject): string {
  // Without a comparator the sort is by UTF-16 code units, which is what the RFC asks for.
  const keys = Object.keys(object).sort();
  let text = "{";
  for (const key of keys) {
    if (text.length > 1) text += ",";
    text += JSON.stringify(key) + ":" + canonicalJson(object[key]!);
  }
  return text + "}";
}
