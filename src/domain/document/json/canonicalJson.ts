import type { Json, JsonObject } from "../../json.js";

/**
 * The one text of a value by RFC 8785 (JCS): no white space, keys sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them, -0 as 0. Equal values, whatever the order of their keys, give equal texts. The value must
 * be plain JSON of bounded depth (`checkJson` accepted it).
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "string") return quoted(value);
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
  let text = "{";
  for (const key of sortedKeys(object)) {
    if (text.length > 1) text += ",";
    text += quoted(key) + ":" + canonicalJson(object[key]!);
  }
  return text + "}";
}

/** In the order of UTF-16 code units, by which strings compare. What is sorted already is most of what was stored once. */
export function sortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object);
  for (let index = 1; index < keys.length; index += 1) {
    if (keys[index - 1]! > keys[index]!) return keys.sort();
  }
  return keys;
}

/** The string as JSON.stringify writes it, which takes longer for the many that need no escape. */
function quoted(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

// oxlint-disable-next-line no-control-regex -- JSON escapes them
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;
