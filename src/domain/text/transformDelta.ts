/**
 * Operational transformation of text deltas: what a delta has to become so that it means the same after another one
 * that was made on the same text. With `a` committed before `b`, applying `a` and then `transformDelta(b, a, "later")`
 * gives the text that `b` and then `transformDelta(a, b, "earlier")` gives.
 *
 * - Text inserted at one position stands in the order of commit.
 * - Of two values for one attribute of one character, the later committed wins.
 * - What both delete is deleted once; what one deletes the other no longer styles.
 */
import type { JsonObject } from "../json.js";
import type { Delta, DeltaStep } from "./delta.js";

/** Whether the transformed delta is committed after the other one or before it. */
export type Side = "later" | "earlier";

/**
 * The delta as it has to be applied after `over`; in normal form, without a plain retain at the end. `attributes` says
 * which side it is on where both set one attribute: an inverse is applied later, but gives way to what others set.
 */
export function transformDelta(
  delta: Delta,
  over: Delta,
  side: Side,
  attributes: Side = side,
): Delta {
  const result: DeltaStep[] = [];
  const theirs = cursorOf(over);
  for (const step of delta) {
    if ("insert" in step) {
      if (side === "later") passInserts(theirs, result);
      push(result, step);
      continue;
    }
    let left = "retain" in step ? step.retain : step.delete;
    while (left > 0) {
      passInserts(theirs, result);
      const { units, step: their } = theirs.take(left);
      left -= units;
      if (their !== undefined && "delete" in their) continue;
      if ("delete" in step) push(result, { delete: units });
      else push(result, retain(units, keptAttributes(step.attributes, their, attributes)));
    }
  }
  const last = result.at(-1);
  if (last !== undefined && "retain" in last && last.attributes === undefined) result.pop();
  return result;
}

/** Steps over what the other side inserted here. */
function passInserts(theirs: Cursor, result: DeltaStep[]): void {
  for (let text = theirs.takeInsert(); text !== undefined; text = theirs.takeInsert()) {
    push(result, { retain: text.length });
  }
}

/** The attributes that still are to be set on characters on which the other side set its own. */
function keptAttributes(
  mine: JsonObject | undefined,
  their: DeltaStep | undefined,
  side: Side,
): JsonObject | undefined {
  if (mine === undefined || side === "later" || their === undefined || !("retain" in their)) {
    return mine;
  }
  const kept = Object.entries(mine).filter(([key]) => !Object.hasOwn(their.attributes ?? {}, key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function retain(units: number, attributes: JsonObject | undefined): DeltaStep {
  return attributes === undefined ? { retain: units } : { retain: units, attributes };
}

/** Adds a step at the end, as part of the last one where both only keep or only delete. */
function push(steps: DeltaStep[], step: DeltaStep): void {
  const last = steps.at(-1);
  if (last === undefined) {
    steps.push(step);
  } else if ("delete" in last && "delete" in step) {
    steps[steps.length - 1] = { delete: last.delete + step.delete };
  } else if (
    "retain" in last &&
    "retain" in step &&
    last.attributes === undefined &&
    step.attributes === undefined
  ) {
    steps[steps.length - 1] = { retain: last.retain + step.retain };
  } else {
    steps.push(step);
  }
}

interface Cursor {
  /** The text inserted here, if the next step is an insert. */
  takeInsert(): string | undefined;
  /** Up to so many units of the next step, which is no insert; beyond the end everything is kept. */
  take(unitsMax: number): { readonly units: number; readonly step: DeltaStep | undefined };
}

function cursorOf(delta: Delta): Cursor {
  let index = 0;
  let offset = 0;
  return {
    takeInsert() {
      const step = delta[index];
      if (step === undefined || !("insert" in step)) return undefined;
      index += 1;
      return step.insert;
    },
    take(unitsMax) {
      const step = delta[index];
      if (step === undefined || "insert" in step) return { units: unitsMax, step: undefined };
      const length = "retain" in step ? step.retain : step.delete;
      const units = Math.min(unitsMax, length - offset);
      offset += units;
      if (offset === length) {
        index += 1;
        offset = 0;
      }
      return { units, step };
    },
  };
}
