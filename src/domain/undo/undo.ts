/**
 * Undoes one event of a person's line at the head, whatever others did since. What cannot be undone without undoing
 * others' work stays as it is and is told; an undo brings nothing back that its author has undone since.
 */
import type { Steps } from "../steps.js";
import { EffectLedger } from "./effectLedger.js";
import { Inversion } from "./inversion.js";
import { Settlement } from "./settlement.js";
import { StepRows } from "./stepRows.js";
import { needsOf, since, type UndoInput, type UndoOutcome } from "./undoInput.js";

/** Undoes the operations, an operation a step; pure, and to be called again with what it needs. */
export function* undoSteps(input: UndoInput): Steps<UndoOutcome> {
  const { operations, partial, whole, cancelled } = input;
  const rows = new StepRows(input);
  const history = since(input.history, operations[0]?.resultingVersion ?? 0);
  const ledger = new EffectLedger({ history: input.history, operations, whole });
  const inversion = new Inversion(
    { operations, history, longHistory: input.history, whole, cancelled, ledger, partial },
    rows,
  );
  yield* ledger.replay();
  const before = needsOf(inversion, yield* ledger.needed());
  if (before !== undefined) return before;
  const refusal = yield* inversion.run();
  const meanwhile = needsOf(inversion);
  if (meanwhile !== undefined) return meanwhile;
  if (!partial && inversion.collisions.length > 0) {
    return { kind: "collides", collisions: inversion.collisions };
  }
  if (refusal !== undefined) return { kind: "refused", refusal };
  const settlement = new Settlement(input, rows, inversion, ledger);
  const needs = yield* settlement.run();
  return needs ?? { kind: "undone", ...rows.finished(yield* settlement.skipped()) };
}
