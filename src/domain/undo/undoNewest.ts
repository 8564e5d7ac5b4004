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
} from "./undoLine.js";
import type { LoggedOperation } from "../operations/operation.js";
import { undoSteps } from "./undo.js";
import type { UndoOutcome } from "./undoInput.js";
import type { StepRowsInput } from "./stepRows.js";

/** So many steps that leave nothing to do are passed over in one request at most. */
const STEPS_PASSED_OVER_MAX = 50;

/**
 * A request ends behind the step with which it has gone through so many entries of the history: deciding about one step goes
 * through all entries since, 10 to 20 microseconds each.
 */
const ENTRIES_PASSED_MAX = 50_000;

/**
 * The steps that were passed over already. Each reading of what is missing begins the decision anew: on the same state it goes
 * on behind these, so that a line of many such steps is gone along once and not once for each reading.
 */
export class PassedOver {
  private decidedOn: Pick<UndoNewestInput, "state" | "restrictions"> | undefined;
  private operations: readonly LoggedOperation[] = [];
  private next: DocumentState | undefined;
  private steps: readonly LineStep[] = [];
  /** Entries of the history since each of them, in sum. */
  private entries = 0;
  /** How many candidates they were. */
  count = 0;

  /** Whether the request ends here and leaves the older steps to the next one. */
  get isEnough(): boolean {
    return this.count >= STEPS_PASSED_OVER_MAX || this.entries >= ENTRIES_PASSED_MAX;
  }

  /** The line behind them: all of it where they were decided about on another state, or for who might do something else. */
  behind({ state, restrictions, history, steps }: UndoNewestInput): Along {
    const isSame =
      this.decidedOn?.state.versionHash === state.versionHash &&
      this.decidedOn.restrictions === restrictions;
    if (!isSame) {
      this.decidedOn = { state, restrictions };
      [this.next, this.operations, this.steps] = [undefined, [], steps];
      [this.count, this.entries] = [0, 0];
    }
    const { operations } = this;
    return {
      ...{ state: this.next ?? state, steps: this.steps, operations },
      history: operations.length === 0 ? history : [...history, ...operations.map(logEntryOf)],
    };
  }

  /** Adds a step behind whose first operation `entries` entries follow. */
  add({ operations, next }: Appended, entries: number): void {
    const [event] = stepsOf(operations);
    this.operations = [...this.operations, ...operations];
    this.next = next;
    this.entries += entries;
    if (event !== undefined) this.steps = [...this.steps, event];
    this.count += 1;
  }
}

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
  /** Of this very request, whenever it is decided; its ids and authorship stay the same, too. */
  readonly passedOver: PassedOver;
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
  const { passedOver } = input;
  let along = passedOver.behind(input);
  const start = (input.history[0]?.resultingVersion ?? input.state.version + 1) - 1;
  for (const step of input.candidates.slice(passedOver.count)) {
    if (passedOver.isEnough) break;
    const afterVersion = firstVersionOf(step) - 1;
    if (afterVersion < start) {
      if (!input.canReachBack) break;
      return { kind: "needsHistory", afterVersion, step };
    }
    const outcome = yield* undoStep(input, step, along);
    if (outcome.kind === "undone") {
      const { operations, next } = outcome.appended;
      if (outcome.hasEffect) return undone([...along.operations, ...operations], next);
      passedOver.add(outcome.appended, along.state.version - afterVersion);
      along = passedOver.behind(input);
    } else if (outcome.kind === "needs" || outcome.kind === "needsHistory") {
      return { ...outcome, step };
    } else if (along.operations.length === 0) return { ...outcome, step };
    else break;
  }
  return along.operations.length === 0
    ? { kind: "nothing" }
    : undone(along.operations, along.state);
}

function undone(
  operations: readonly LoggedOperation[],
  next: DocumentState,
): Extract<UndoNewestOutcome, { kind: "undone" }> {
  return { kind: "undone", appended: { operations, next } };
}

/** Where the line stands, and the operations of the steps before that were passed over. */
interface Along extends Pick<UndoNewestInput, "state" | "history" | "steps"> {
  readonly operations: readonly LoggedOperation[];
}

function* undoStep(
  input: UndoNewestInput,
  step: LineStep,
  { state, history, steps, operations: passed }: Along,
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
    idOf: (number) => input.idOf(passed.length + number),
    settings: { ...settings, authorship: { ...settings.authorship, ...stamp } },
  });
}
