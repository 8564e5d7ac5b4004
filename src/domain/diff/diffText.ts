/** The way from one text to another as a delta: what both have in common is kept, so that others' edits of it merge. */
import type { Json, JsonObject } from "../json.js";
import type { DeltaStep } from "../text/delta.js";
import { runsOf, sameJson } from "../text/richText.js";
import type { RichText, TextRun } from "../text/richText.js";
import { textEdits } from "./textEdits.js";

/** The delta that makes `to` of `from`; empty where they are equal. Lengths are in UTF-16 units. */
export function textDelta(from: RichText, to: RichText): DeltaStep[] {
  const before = readerOf(runsOf(from));
  const after = readerOf(runsOf(to));
  const delta: DeltaStep[] = [];
  for (const edit of textEdits(before.text, after.text)) {
    if (edit.kind === "keep") {
      keep(delta, before, after, edit.units);
    } else if (edit.kind === "delete") {
      before.skip(edit.units);
      delta.push({ delete: edit.units });
    } else {
      insert(delta, after, edit.units);
    }
  }
  const last = delta.at(-1);
  if (last !== undefined && "retain" in last && last.attributes === undefined) delta.pop();
  return delta;
}

/** Keeps so many units, piece by piece where either text changes its attributes. */
function keep(delta: DeltaStep[], before: Reader, after: Reader, units: number): void {
  for (let left = units; left > 0;) {
    const retain = Math.min(left, before.runLeft(), after.runLeft());
    const changes = attributeChanges(before.attributes(), after.attributes());
    const last = delta.at(-1);
    if (last !== undefined && "retain" in last && sameJson(last.attributes, changes)) {
      delta[delta.length - 1] = { ...last, retain: last.retain + retain };
    } else {
      delta.push(changes === undefined ? { retain } : { retain, attributes: changes });
    }
    before.skip(retain);
    after.skip(retain);
    left -= retain;
  }
}

function insert(delta: DeltaStep[], after: Reader, units: number): void {
  for (let left = units; left > 0;) {
    const length = Math.min(left, after.runLeft());
    const attributes = after.attributes();
    const text = after.skip(length);
    delta.push(attributes === undefined ? { insert: text } : { insert: text, attributes });
    left -= length;
  }
}

/** What to set, null for what goes; undefined where they are equal. */
function attributeChanges(
  from: JsonObject | undefined,
  to: JsonObject | undefined,
): JsonObject | undefined {
  const changes: Record<string, Json> = {};
  for (const key of Object.keys(from ?? {})) if (to?.[key] === undefined) changes[key] = null;
  for (const [key, value] of Object.entries(to ?? {})) {
    if (!sameJson(from?.[key], value)) changes[key] = value;
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** A text read from its start on, run by run. */
interface Reader {
  readonly text: string;
  attributes(): JsonObject | undefined;
  /** The units up to where the attributes may change. */
  runLeft(): number;
  /** Goes on by so many units and returns them where they lie in one run. */
  skip(units: number): string;
}

function readerOf(runs: readonly TextRun[]): Reader {
  const text = runs.map((run) => run.insert).join("");
  let index = 0;
  let offset = 0;
  let position = 0;
  return {
    text,
    attributes: () => runs[index]?.attributes,
    runLeft: () => (runs[index]?.insert.length ?? 0) - offset,
    skip(units) {
      const taken = text.slice(position, position + units);
      position += units;
      offset += units;
      for (
        let run = runs[index];
        run !== undefined && offset >= run.insert.length;
        run = runs[index]
      ) {
        offset -= run.insert.length;
        index += 1;
      }
      return taken;
    },
  };
}
