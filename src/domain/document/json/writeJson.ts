/** JSON as text in steps: a large value is written in parts, so that no text of its whole length is made in one go. */
import type { Steps } from "../../steps.js";
import { canonicalJson, sortedKeys } from "./canonicalJson.js";
import { isSmall, runEnd } from "../smallParts.js";

/** How values are written. */
interface Format {
  readonly text: (value: unknown) => string;
  readonly keys: (object: object) => readonly string[];
}

const plain: Format = { text: (value) => JSON.stringify(value) ?? "null", keys: Object.keys };
const canonical: Format = {
  text: canonicalJson as Format["text"],
  keys: sortedKeys as Format["keys"],
};

/** What object properties of a large object are gathered to before they are handed on. */
const TEXT_UNITS = 16_384;

/** Told of each part of the text, in order. */
export type TakeText = (text: string) => void;

/** The text that JSON.stringify makes of a value without `toJSON` in its large parts. */
export function writeJsonSteps(value: unknown, take: TakeText): Steps<void> {
  return write(value, plain, take);
}

/** The text of `canonicalJson`. */
export function writeCanonicalSteps(value: unknown, take: TakeText): Steps<void> {
  return write(value, canonical, take);
}

/** The text as a whole. */
export function* jsonTextSteps(value: unknown): Steps<string> {
  const parts: string[] = [];
  yield* writeJsonSteps(value, (text) => parts.push(text));
  return parts.join("");
}

function* write(value: unknown, format: Format, take: TakeText): Steps<void> {
  if (typeof value !== "object" || value === null || isSmall(value)) {
    take(format.text(value));
    yield;
  } else {
    yield* writeLarge(value, format, take);
  }
}

/** What is known to be large: looking at it again would take as long as writing some of it. */
function* writeLarge(value: unknown, format: Format, take: TakeText): Steps<void> {
  if (typeof value !== "object" || value === null) {
    take(format.text(value));
    yield;
  } else if (Array.isArray(value)) {
    yield* writeList(value, format, take);
  } else {
    yield* writeObject(value as { readonly [key: string]: unknown }, format, take);
  }
}

function* writeList(list: readonly unknown[], format: Format, take: TakeText): Steps<void> {
  take("[");
  let index = 0;
  while (index < list.length) {
    if (index > 0) take(",");
    const end = runEnd(list, index);
    if (end === index) {
      yield* write(list[index], format, take);
      index += 1;
    } else {
      take(format.text(list.slice(index, end)).slice(1, -1));
      yield;
      index = end;
    }
  }
  take("]");
}

function* writeObject(
  object: { readonly [key: string]: unknown },
  format: Format,
  take: TakeText,
): Steps<void> {
  let text = "{";
  let isFirst = true;
  for (const key of format.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    text += `${isFirst ? "" : ","}${JSON.stringify(key)}:`;
    isFirst = false;
    if (isSmall(value)) {
      text += format.text(value);
      if (text.length < TEXT_UNITS) continue;
      take(text);
      yield;
    } else {
      take(text);
      yield* writeLarge(value, format, take);
    }
    text = "";
  }
  take(text + "}");
}
