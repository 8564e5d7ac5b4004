/** Two deltas, the second made on what the first leaves, as one. */
import type { Json, JsonObject } from "../json.js";
import type { Delta, DeltaStep } from "./delta.js";
import { withAttributes } from "./richText.js";

/** The delta that does what `first` and then `second` do. */
export function composeDelta(first: Delta, second: Delta): Delta {
  const result: DeltaStep[] = [];
  const rest = first.toReversed();
  const take = (units: number): DeltaStep => {
    // Deletions of the first are no part of what the second was made on.
    for (let next = rest.at(-1); next !== undefined && "delete" in next; next = rest.at(-1)) {
      result.push(next);
      rest.pop();
    }
    const step = rest.pop() ?? { retain: units };
    const [taken, left] = split(step, units);
    if (left !== undefined) rest.push(left);
    return taken;
  };
  for (const step of second) {
    if ("insert" in step) {
      result.push(step);
      continue;
    }
    for (let left = lengthOf(step); left > 0;) {
      const taken = take(left);
      left -= lengthOf(taken);
      const kept = composed(taken, step);
      if (kept !== undefined) result.push(kept);
    }
  }
  return [...result, ...rest.toReversed()];
}

function composed(first: DeltaStep, second: DeltaStep): DeltaStep | undefined {
  if ("delete" in second) return "insert" in first ? undefined : { delete: lengthOf(first) };
  const changes = "attributes" in second ? second.attributes : undefined;
  if ("delete" in first || changes === undefined) return first;
  if ("insert" in first) {
    const attributes = withAttributes(first.attributes, changes);
    return attributes === undefined
      ? { insert: first.insert }
      : { insert: first.insert, attributes };
  }
  // What is set to null is to be removed, so it stays in the delta.
  const attributes: Record<string, Json> = { ...first.attributes, ...changes };
  return { retain: first.retain, attributes: attributes satisfies JsonObject };
}

function lengthOf(step: DeltaStep): number {
  if ("insert" in step) return step.insert.length;
  return "retain" in step ? step.retain : step.delete;
}

/** At most so many units of the step, and what is left of it. */
function split(step: DeltaStep, units: number): [taken: DeltaStep, left: DeltaStep | undefined] {
  if (lengthOf(step) <= units) return [step, undefined];
  if ("insert" in step) {
    return [
      { ...step, insert: step.insert.slice(0, units) },
      { ...step, insert: step.insert.slice(units) },
    ];
  }
  if ("delete" in step) return [{ delete: units }, { delete: step.delete - units }];
  return [
    { ...step, retain: units },
    { ...step, retain: step.retain - units },
  ];
}
