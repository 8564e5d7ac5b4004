/**
 * A transaction as its author would have made it having seen more than in the trace. With two people never needed:
 * what somebody saw of the other is always some version of the server's, with his own edits on top. With more, one may
 * have seen a second's text and not yet a third's that was committed before; then he sees both here, and types and
 * deletes the same characters between the same neighbours.
 */
import type { Delta, DeltaStep } from "../../src/domain/text/delta.js";
import type { View } from "./causality.js";
import { isVisible, type Character } from "./characterList.js";

/** The delta of a transaction on the text of somebody with the view, which holds at least what its author saw. */
export function deltaOn(characters: readonly Character[], transaction: number, view: View): Delta {
  const delta: DeltaStep[] = [];
  for (const character of characters) {
    const deletion = character.deletions.find((each) => each.transaction === transaction);
    if (character.transaction === transaction) {
      if (deletion === undefined) push(delta, { insert: character.text });
      continue;
    }
    if (!isVisible(character, view)) continue;
    const units = character.text.length;
    push(delta, deletion === undefined ? { retain: units } : { delete: units });
  }
  const last = delta.at(-1);
  if (last !== undefined && "retain" in last) delta.pop();
  return delta;
}

function push(delta: DeltaStep[], step: DeltaStep): void {
  const last = delta.at(-1);
  if (last === undefined) delta.push(step);
  else if ("insert" in step && "insert" in last)
    delta[delta.length - 1] = { insert: last.insert + step.insert };
  else if ("retain" in step && "retain" in last)
    delta[delta.length - 1] = { retain: last.retain + step.retain };
  else if ("delete" in step && "delete" in last)
    delta[delta.length - 1] = { delete: last.delete + step.delete };
  else delta.push(step);
}
