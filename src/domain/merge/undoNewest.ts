/**
 * Goes along a person's line: undoes the newest step that anything can be undone of. Steps before it that leave nothing
 * to do are taken, too, by operations that change nothing, so that the log tells that the line went on behind them.
 */
import { finished, type Steps } from "../steps.js";
import type { Appended, AppendSettings, DocumentState } from "../history/append.js";
import { logEntryOf, type LogEntry } from "../history/logEntry.js";
import {
  cancelledSteps,
  firstVersionOf,
  operationsOf,
  stepsOf,
  type LineStep,
} from "../history/undoLine.js";
import type { LoggedOperation } from "../operations/operation.js";
import { undoSteps, type UndoOutcome } from "./undo.js";
import type { StepRowsInput } from "./stepRows.js";

/** So many steps that leave nothing to do are passed over at once. */
const STEPS_PASSED_OVER_MAX = 50;

export interface UndoNewestInput extends Omit<StepRowsInput, "settings"> {
  readonly state: DocumentState;
  readonly direction: "undo" | "redo";
  /** Those to go along, the next one first. */
  readonly candidates: readonly LineStep[];
  /** All steps of the line, oldest first. */
  readonly steps: readonly LineStep[];
  /** Everything after a version that is no later than the first candidate, oldest first. */
  readonly history: readonly LogEntry[];
  readonly canReachBack: boolean;
  readonly whole: (operationId: string) => LoggedOperation | undefined;
  readonly partial: boolean;
  readonly settings: Omit<AppendSettings, "ignoresDesignLocks">;
}

export type UndoNewestOutcome =
  | { readonly kind: "undone"; readonly appended: Appended }
  /** There is no step, or none that the history reaches back to. */
  | { readonly kind: "nothing" }
  | (Exclude<UndoOutcome, { kind: "undone" }> & { readonly step: LineStep });

/** Undoes or redoes along the line; pure, and to be called again with what it needs. */
export function undoNewest(input: UndoNewestInput): UndoNewestOutcome {
  return finished(undoNewestSteps(input));
}

/** As `undoNewest`, an operation a step. */
export function* undoNewestSteps(input: UndoNewestInput): Steps<UndoNewestOutcome> {
  const operations: LoggedOperation[] = [];
  let along: Along = input;
  const start = (input.history[0]?.resultingVersion ?? input.state.version + 1) - 1;
  for (const step of input.candidates.slice(0, STEPS_PASSED_OVER_MAX)) {
    const afterVersion = firstVersionOf(step) - 1;
    if (afterVersion < start) {
      if (!input.canReachBack) break;
      return { kind: "needsHistory", afterVersion, step };
    }
    const outcome = yield* undoStep(input, step, along, operations.length);
    if (outcome.kind === "undone") {
      for (const operation of outcome.appended.operations) operations.push(operation);
      along = behind(along, outcome.appended);
      if (outcome.hasEffect) break;
    } else if (outcome.kind === "needs" || outcome.kind === "needsHistory") {
      return { ...outcome, step };
    } else if (operations.length === 0) return { ...outcome, step };
    else break;
  }
  return operations.length === 0
    ? { kind: "nothing" }
    : { kind: "undone", appended: { operations, next: along.state } };
}

/** Where the line stands. */
type Along = Pick<UndoNewestInput, "state" | "history" | "steps">;

/** The line behind a step that was passed over. */
function behind({ history, steps }: Along, { operations, next }: Appended): Along {
  const [event] = stepsOf(operations);
  return {
    state: next,
    history: [...history, ...operations.map(logEntryOf)],
    steps: event === undefined ? steps : [...steps, event],
  };
}

function* undoStep(
  input: UndoNewestInput,
  step: LineStep,
  { state, history, steps }: Along,
  count: number,
): Steps<UndoOutcome> {
  const { whole, settings, direction } = input;
  const ids = operationsOf(step, history).map(({ id }) => id);
  const operationIds = ids.filter((id) => whole(id) === undefined);
  if (operationIds.length > 0) return { kind: "needs", operationIds };
  const stamp = direction === "undo" ? { undoes: step.batchId } : { redoes: step.batchId };
  return yield* undoSteps({
    ...input,
    state,
    history,
    operations: ids.flatMap((id) => whole(id) ?? []),
    cancelled: cancelledSteps(steps, firstVersionOf(step), history),
    idOf: (number) => input.idOf(count + number),
    settings: { ...settings, authorship: { ...settings.authorship, ...stamp } },
  });
}
