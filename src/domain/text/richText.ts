/**
 * The `text` of an element: a plain string while no character has attributes, else the list of inserts of the
 * quill-delta format. Lengths and positions are in UTF-16 units.
 */
import { isJsonObject } from "../json.js";
import type { Json, JsonObject } from "../json.js";

/** Characters with equal attributes; no `attributes` where they have none. */
export type TextRun = { readonly insert: string; readonly attributes?: JsonObject };

export type RichText = string | readonly TextRun[];

/** The runs of a text in normal form: none is empty, neighbours differ in attributes, no attribute is null. */
export function runsOf(text: RichText): TextRun[] {
  const runs: TextRun[] = [];
  for (const run of typeof text === "string" ? [{ insert: text }] : text) pushRun(runs, run);
  return runs;
}

/** The text of runs in normal form. */
export function textOf(runs: readonly TextRun[]): RichText {
  if (runs.length === 0) return "";
  const [first] = runs;
  return runs.length === 1 && first?.attributes === undefined ? first!.insert : runs;
}

/** The one way to write a text that many lists of inserts mean; a plain string stays what it is. */
export function normalText(text: RichText): RichText {
  return typeof text === "string" ? text : textOf(runsOf(text));
}

/** The text's length in UTF-16 units. */
export function textUnits(text: RichText): number {
  if (typeof text === "string") return text.length;
  return text.reduce((units, run) => units + run.insert.length, 0);
}

/** Adds a run at the end, as part of the last one where their attributes are equal. */
export function pushRun(runs: TextRun[], run: TextRun): void {
  if (run.insert === "") return;
  const attributes = withAttributes(undefined, run.attributes);
  const last = runs.at(-1);
  if (last !== undefined && sameJson(last.attributes, attributes)) {
    runs[runs.length - 1] = { ...last, insert: last.insert + run.insert };
  } else {
    runs.push(styled(run.insert, attributes));
  }
}

/** A run with the attributes, if there are any. */
export function styled(insert: string, attributes: JsonObject | undefined): TextRun {
  return attributes === undefined ? { insert } : { insert, attributes };
}

/** The attributes after a change in which null removes; undefined where none is left. */
export function withAttributes(
  attributes: JsonObject | undefined,
  changes: JsonObject | undefined,
): JsonObject | undefined {
  if (changes === undefined) return attributes;
  const left = Object.entries({ ...attributes, ...changes }).filter(([, value]) => value !== null);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
