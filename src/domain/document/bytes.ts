/** How many bytes a value takes as JSON, without building the text: every change to a document keeps its size this way. */
import type { Json, JsonObject } from "../json.js";

/**
 * The UTF-8 bytes of `JSON.stringify(value)`. The value must be plain JSON of bounded depth (`checkJson` accepted it),
 * since this recurses into it.
 */
export function jsonBytes(value: Json): number {
  switch (typeof value) {
    case "string":
      return stringBytes(value);
    case "number":
      return numberBytes(value);
    case "boolean":
      return value ? 4 : 5;
    default:
      if (value === null) return 4;
      return Array.isArray(value) ? arrayBytes(value) : objectBytes(value as JsonObject);
  }
}

/** Units compared at once: comparing slices is the engine's own work and much faster than looking at each unit. */
const COMPARED_UNITS = 512;

/**
 * `jsonBytes(after) - jsonBytes(before)`; of two long strings only the part in which they differ is measured, since
 * every keystroke in a long text asks.
 */
export function jsonBytesChange(before: Json, after: Json): number {
  if (typeof before !== "string" || typeof after !== "string") {
    return jsonBytes(after) - jsonBytes(before);
  }
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (
    start + COMPARED_UNITS <= shorter &&
    before.slice(start, start + COMPARED_UNITS) === after.slice(start, start + COMPARED_UNITS)
  ) {
    start += COMPARED_UNITS;
  }
  let end = 0;
  while (
    start + end + COMPARED_UNITS <= shorter &&
    before.slice(before.length - end - COMPARED_UNITS, before.length - end) ===
      after.slice(after.length - end - COMPARED_UNITS, after.length - end)
  ) {
    end += COMPARED_UNITS;
  }
  // A surrogate pair on a border counts on one side of it.
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start -= 1;
  if (end > 0 && isLowSurrogate(before.charCodeAt(before.length - end))) end -= 1;
  return (
    stringBytes(after.slice(start, after.length - end)) -
    stringBytes(before.slice(start, before.length - end))
  );
}

function arrayBytes(list: readonly Json[]): number {
  // Brackets, and a comma after each item but the last.
  let bytes = list.length === 0 ? 2 : 1 + list.length;
  for (const item of list) bytes += jsonBytes(item);
  return bytes;
}

function objectBytes(object: JsonObject): number {
  const keys = Object.keys(object);
  // Braces, a colon per property and a comma after each but the last.
  let bytes = keys.length === 0 ? 2 : 1 + 2 * keys.length;
  for (const key of keys) bytes += stringBytes(key) + jsonBytes(object[key] as Json);
  return bytes;
}

function numberBytes(value: number): number {
  // Small whole numbers are most of a drawing, and counting their digits needs no text.
  if (Number.isInteger(value) && value >= 0 && value < 10_000) {
    if (value < 10) return 1;
    if (value < 100) return 2;
    return value < 1_000 ? 3 : 4;
  }
  return Number.isFinite(value) ? String(value).length : 4;
}

function stringBytes(text: string): number {
  const length = text.length;
  let bytes = length + 2;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      if (unit < 0x20) bytes += hasShortEscape(unit) ? 1 : 5;
      else if (unit === 0x22 || unit === 0x5c) bytes += 1;
    } else if (unit < 0x800) {
      bytes += 1;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      bytes += 2;
    } else if (unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      // Two units, four bytes.
      bytes += 2;
      index += 1;
    } else {
      // JSON.stringify writes a lone surrogate as an escape of six characters.
      bytes += 5;
    }
  }
  return bytes;
}

/** Backspace, tab, line feed, form feed and carriage return are written with two characters. */
function hasShortEscape(unit: number): boolean {
  return unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
