/**
 * Changes to a text in the quill-delta format: keep, insert or delete so many UTF-16 units, in order from the start;
 * what is not named at the end is kept. An attribute that is null is removed.
 */
import { failure, success } from "../result.js";
import type { Result } from "../result.js";
import type { JsonObject } from "../json.js";
import {
  pushRun,
  runsOf,
  sameJson,
  styled,
  textOf,
  textUnits,
  withAttributes,
} from "./richText.js";
import type { RichText, TextRun } from "./richText.js";

export type DeltaStep =
  | { readonly retain: number; readonly attributes?: JsonObject }
  | { readonly insert: string; readonly attributes?: JsonObject }
  | { readonly delete: number };

export type Delta = readonly DeltaStep[];

/** Why a delta does not fit a text; `step` is the place of the offending step in the delta. */
export interface DeltaFailure {
  readonly step: number;
  readonly message: string;
}

/**
 * The changed text in normal form. Refused: a step that reaches beyond the end, and one that starts or ends
 * inside a surrogate pair.
 */
export function applyDelta(text: RichText, delta: Delta): Result<RichText, DeltaFailure> {
  const runs: TextRun[] = [];
  const reader = readerOf(runsOf(text));
  for (const [index, step] of delta.entries()) {
    if ("insert" in step) {
      pushRun(runs, step);
      continue;
    }
    const taken = reader.take("retain" in step ? step.retain : step.delete);
    if (typeof taken === "string") {
      const message = `${taken} of the text's ${textUnits(text)} units`;
      return failure({ step: index, message });
    }
    if ("delete" in step) continue;
    for (const run of taken) {
      pushRun(runs, styled(run.insert, withAttributes(run.attributes, step.attributes)));
    }
  }
  for (const run of reader.rest()) pushRun(runs, run);
  return success(textOf(runs));
}

/** The delta that leads back to the text, in normal form, from what `applyDelta` makes of it. It must apply. */
export function invertDelta(text: RichText, delta: Delta): Delta {
  const inverse: DeltaStep[] = [];
  const reader = readerOf(runsOf(text));
  for (const step of delta) {
    if ("insert" in step) {
      inverse.push({ delete: step.insert.length });
      continue;
    }
    const taken = reader.take("retain" in step ? step.retain : step.delete);
    if (typeof taken === "string") throw new Error(`delta does not apply: ${taken} of the text`);
    if ("delete" in step) inverse.push(...taken);
    else for (const run of taken) pushRetain(inverse, run, step.attributes);
  }
  const last = inverse.at(-1);
  if (last !== undefined && "retain" in last && last.attributes === undefined) inverse.pop();
  return inverse;
}

/** Keeps the run and gives it back the attributes that the change takes from it. */
function pushRetain(delta: DeltaStep[], run: TextRun, changes: JsonObject | undefined): void {
  const retain = run.insert.length;
  const back = Object.keys(changes ?? {})
    .map((key) => [key, run.attributes?.[key] ?? null] as const)
    .filter(([key, value]) => !sameJson(value, changes?.[key]));
  if (back.length > 0) {
    delta.push({ retain, attributes: Object.fromEntries(back) });
    return;
  }
  const last = delta.at(-1);
  if (last !== undefined && "retain" in last && last.attributes === undefined) {
    delta[delta.length - 1] = { retain: last.retain + retain };
  } else {
    delta.push({ retain });
  }
}

interface Reader {
  /** The next so many units, or in words what is wrong with taking them. */
  take(units: number): readonly TextRun[] | string;
  rest(): readonly TextRun[];
}

function readerOf(runs: readonly TextRun[]): Reader {
  let index = 0;
  let offset = 0;
  function take(units: number): readonly TextRun[] | string {
    const taken: TextRun[] = [];
    let left = units;
    while (left > 0) {
      const run = runs[index];
      if (run === undefined) return "reaches beyond the end";
      const end = Math.min(run.insert.length, offset + left);
      if (splitsPair(run.insert, end)) return "ends inside a surrogate pair";
      taken.push(styled(run.insert.slice(offset, end), run.attributes));
      left -= end - offset;
      offset = end;
      if (end === run.insert.length) {
        index += 1;
        offset = 0;
      }
    }
    return taken;
  }
  function rest(): readonly TextRun[] {
    const run = runs[index];
    if (run === undefined) return [];
    return [styled(run.insert.slice(offset), run.attributes), ...runs.slice(index + 1)];
  }
  return { take, rest };
}

/** Whether the position lies between the two units of one character. */
function splitsPair(text: string, position: number): boolean {
  return isSurrogate(text, position - 1, 0xd800) && isSurrogate(text, position, 0xdc00);
}

function isSurrogate(text: string, position: number, first: number): boolean {
  const unit = text.charCodeAt(position);
  return unit >= first && unit < first + 0x400;
}
