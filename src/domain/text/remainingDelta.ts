/** What of a delta is left to do where another one was done in its place. */
import type { Delta, DeltaStep } from "./delta.js";

/** Stands for characters whose text the deltas do not tell. */
const UNKNOWN = "\uFFFD";

/**
 * The delta that leads from where `done` leads to where `meant` leads; both were made on the same text. It is exact in
 * what it keeps, inserts and deletes. It tells nothing of attributes, nor the text that only `done` deletes.
 */
export function remainingDelta(done: Delta, meant: Delta): Delta {
  const result: DeltaStep[] = [];
  const [ours, theirs] = [cursorOf(done), cursorOf(meant)];
  let [inserted, wanted] = ["", ""];
  const settle = () => {
    pushChange(result, inserted, wanted);
    [inserted, wanted] = ["", ""];
  };
  for (;;) {
    inserted += ours.inserts();
    wanted += theirs.inserts();
    const units = Math.min(ours.length(), theirs.length());
    if (units === Infinity) break;
    const [isGone, isUnwanted] = [ours.take(units), theirs.take(units)];
    if (isGone && isUnwanted) continue;
    if (isGone) wanted += UNKNOWN.repeat(units);
    else {
      settle();
      push(result, isUnwanted ? { delete: units } : { retain: units });
    }
  }
  settle();
  const last = result.at(-1);
  if (last !== undefined && "retain" in last) result.pop();
  return result;
}

/** Turns one inserted text into another, of which what they begin and end with alike stays. */
function pushChange(result: DeltaStep[], from: string, to: string): void {
  const most = Math.min(from.length, to.length);
  let start = 0;
  while (start < most && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < most - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  push(result, { retain: start });
  const fresh = to.slice(start, to.length - end);
  if (fresh !== "") result.push({ insert: fresh });
  push(result, { delete: from.length - start - end });
  push(result, { retain: end });
}

/** Adds so many units, to those of the last step where that is alike. */
function push(steps: DeltaStep[], step: { retain: number } | { delete: number }): void {
  const last = steps.at(-1);
  if ("retain" in step) {
    if (step.retain === 0) return;
    if (last !== undefined && "retain" in last) {
      steps[steps.length - 1] = { retain: last.retain + step.retain };
      return;
    }
  } else {
    if (step.delete === 0) return;
    if (last !== undefined && "delete" in last) {
      steps[steps.length - 1] = { delete: last.delete + step.delete };
      return;
    }
  }
  steps.push(step);
}

interface Cursor {
  /** What is inserted here. */
  inserts(): string;
  /** How far the step reaches that is next; beyond the end everything is kept. */
  length(): number;
  /** Whether the next so many units are deleted. */
  take(units: number): boolean;
}

function cursorOf(delta: Delta): Cursor {
  let index = 0;
  let offset = 0;
  const length = () => {
    const step = delta[index];
    if (step === undefined || "insert" in step) return Infinity;
    return ("retain" in step ? step.retain : step.delete) - offset;
  };
  return {
    inserts() {
      let text = "";
      for (let step = delta[index]; step !== undefined && "insert" in step; step = delta[index]) {
        text += step.insert;
        index += 1;
      }
      return text;
    },
    length,
    take(units) {
      const step = delta[index];
      const isDeleted = step !== undefined && "delete" in step;
      if (units < length()) offset += units;
      else [index, offset] = [index + 1, 0];
      return isDeleted;
    },
  };
}
