/**
 * How large JSON is: the bytes of its text, and the number of its values, which is what it takes in memory. `{}` is two
 * bytes of text and sixty-four of memory, so bytes alone bound nothing.
 */
import type { Json, JsonObject } from "../json.js";
import type { Steps } from "../steps.js";
import { jsonBytes, jsonBytesChange } from "./bytes.js";
import { isSmall, runEnd } from "./smallParts.js";

/** A size, or by how much one grew. */
export interface JsonSize {
  /** UTF-8 bytes as JSON. */
  readonly bytes: number;
  /** Strings, numbers, booleans, nulls, lists and objects, nested ones included. */
  readonly values: number;
}

export const noSize: JsonSize = { bytes: 0, values: 0 };

/** An object or a list of its own takes so much in V8's heap, whatever it holds; other values take less. */
const HEAP_BYTES_PER_VALUE = 64;
/** A string with one character beyond Latin-1 takes two bytes for each of its characters. */
const HEAP_BYTES_PER_JSON_BYTE = 2;

/** About how many bytes of heap JSON of this size takes once it is parsed; rather too many than too few. */
export function heapBytes({ bytes, values }: JsonSize): number {
  return bytes * HEAP_BYTES_PER_JSON_BYTE + values * HEAP_BYTES_PER_VALUE;
}

/** The size of plain JSON of bounded depth. */
export function jsonSize(value: Json): JsonSize {
  return { bytes: jsonBytes(value), values: jsonValues(value) };
}

/** As `jsonSize`, in steps. */
export function* jsonSizeSteps(value: Json): Steps<JsonSize> {
  if (typeof value !== "object" || value === null || isSmall(value)) return jsonSize(value);
  if (Array.isArray(value)) return yield* listSizeSteps(value);
  const object = value as JsonObject;
  // Braces; a colon per property and a comma after each but the last are counted with it.
  let size: JsonSize = { bytes: 1, values: 1 };
  for (const key of Object.keys(object)) {
    const item = object[key]!;
    const itemSize = yield* jsonSizeSteps(item);
    size = sizeSum(size, { ...itemSize, bytes: jsonBytes(key) + 2 + itemSize.bytes });
    yield;
  }
  return size;
}

function* listSizeSteps(list: readonly Json[]): Steps<JsonSize> {
  // Brackets, and a comma after each item but the last.
  let size: JsonSize = { bytes: 1 + list.length, values: 1 };
  let index = 0;
  while (index < list.length) {
    const end = runEnd(list, index);
    if (end === index) {
      size = sizeSum(size, yield* jsonSizeSteps(list[index]!));
      index += 1;
    } else {
      size = sizeSum(size, runSize(list, index, end));
      index = end;
    }
    yield;
  }
  return size;
}

/** Of items that are small together; the run is what was looked at for that, so no item is looked at again. */
function runSize(list: readonly Json[], start: number, end: number): JsonSize {
  let [bytes, values] = [0, 0];
  for (let index = start; index < end; index += 1) {
    bytes += jsonBytes(list[index]!);
    values += jsonValues(list[index]!);
  }
  return { bytes, values };
}

/** How many values it holds, itself included. */
export function jsonValues(value: Json): number {
  if (typeof value !== "object" || value === null) return 1;
  let count = 1;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) count += jsonValues(item);
  } else {
    const object = value as JsonObject;
    for (const key in object) if (Object.hasOwn(object, key)) count += jsonValues(object[key]!);
  }
  return count;
}

/** `jsonSize(after) - jsonSize(before)`, measuring of two long strings only what differs. */
export function jsonSizeChange(before: Json, after: Json): JsonSize {
  return {
    bytes: jsonBytesChange(before, after),
    values: jsonValues(after) - jsonValues(before),
  };
}

export function sizeSum(a: JsonSize, b: JsonSize): JsonSize {
  return { bytes: a.bytes + b.bytes, values: a.values + b.values };
}

export function sizeDifference(a: JsonSize, b: JsonSize): JsonSize {
  return { bytes: a.bytes - b.bytes, values: a.values - b.values };
}

/** A size of text alone, such as commas. */
export function textSize(bytes: number): JsonSize {
  return { bytes, values: 0 };
}
