/**
 * How much of a large value is worked on at once. Work on documents goes in steps: what is small is worked on whole, by
 * the fast functions that recurse into it; a list is taken in runs of small items; what is large is entered.
 */
import type { Json } from "../json.js";

/** A value counts for so much, whatever it is, and a string for its units besides. */
const UNITS_PER_VALUE = 64;
const UNITS_AT_ONCE = 32_768;

/** Whether the value, plain JSON of any depth, is small enough to be worked on at once. */
export function isSmall(value: unknown): boolean {
  return unitsLeft(value, UNITS_AT_ONCE) >= 0;
}

/** Where the run of items that are small together ends; `start` itself where its item is large. */
export function runEnd(list: readonly unknown[], start: number): number {
  let left = UNITS_AT_ONCE;
  for (let index = start; index < list.length; index += 1) {
    left = unitsLeft(list[index], left);
    if (left < 0) return index;
  }
  return list.length;
}

/** What is left of the units. Looks no further, nor deeper, than they reach. */
function unitsLeft(value: unknown, units: number): number {
  if (typeof value === "string") return units - UNITS_PER_VALUE - value.length;
  let left = units - UNITS_PER_VALUE;
  if (typeof value !== "object" || value === null) return left;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index += 1) {
      left = unitsLeft(value[index], left);
    }
    return left;
  }
  const object = value as { readonly [key: string]: Json };
  for (const key in object) {
    if (left < 0) break;
    left = unitsLeft(object[key], left - key.length);
  }
  return left;
}
