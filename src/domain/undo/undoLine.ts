/**
 * What one person can undo and redo: their own batches in the order they were made, told from the log alone, so that
 * it is the same after a restart and on every node. An edit after an undo ends what could be redone.
 */
import type { OwnOperation } from "../history/logEntry.js";
import type { LoggedOperation } from "../operations/operation.js";

/** An operation whose person is not known by where it comes from. */
type AnyonesOperation = OwnOperation & Pick<LoggedOperation, "userId">;

/** What tells whose operation it is, and whether it undid or redid something. */
type Ownership = Pick<LoggedOperation, "userId" | "clientId" | "undoes" | "redoes">;

/** Whose line: of all clients of the person where none is named. */
export interface LineOwner {
  readonly userId: string | null;
  readonly clientId: string | null;
}

/**
 * Whether the operation may count on the line. What was undone without naming a client counts on the line of the client
 * that made it, too, which only the line itself tells.
 */
export function mayCountFor({ userId, clientId }: LineOwner, operation: Ownership): boolean {
  if (operation.userId !== userId) return false;
  if (clientId === null || operation.clientId === clientId) return true;
  return operation.clientId === null && isStep(operation);
}

/** Operations that follow each other in the log and belong to one event. */
export interface OwnRun extends Pick<
  LoggedOperation,
  "batchId" | "clientId" | "undoes" | "redoes"
> {
  readonly firstVersion: number;
  readonly lastVersion: number;
}

/** The run that one operation is. */
export function runOf(operation: OwnOperation): OwnRun {
  const { batchId, clientId, undoes, redoes, resultingVersion } = operation;
  const [firstVersion, lastVersion] = [resultingVersion, resultingVersion];
  return { batchId, clientId, undoes, redoes, firstVersion, lastVersion };
}

interface LineEvent {
  /** The batch that was made in the first place. */
  readonly batchId: string;
  readonly kind: "made" | "undone" | "redone";
  /** The batch in which the event itself was committed. */
  readonly eventId: string;
}

/** One event of the line, by where its operations stand in the log: they made, undid or redid a batch. */
export interface LineStep extends LineEvent {
  /** Oldest first. */
  readonly runs: readonly OwnRun[];
}

/** One event of the line with its operations. */
export interface BatchEvent extends LineEvent {
  /** Oldest first. */
  readonly operations: readonly OwnOperation[];
}

/** The version of the step's oldest operation. */
export function firstVersionOf({ runs }: LineStep): number {
  return runs[0]?.firstVersion ?? 0;
}

/** The step's operations among those of a history that has no gap. */
export function operationsOf<T extends OwnOperation>(
  { runs }: LineStep,
  history: readonly T[],
): readonly T[] {
  const start = history[0]?.resultingVersion ?? 0;
  return runs.flatMap(({ firstVersion, lastVersion }) =>
    history.slice(Math.max(0, firstVersion - start), Math.max(0, lastVersion - start + 1)),
  );
}

export interface UndoLine {
  /**
   * The steps that undo would take back, the next one first: batches in effect. One that was redone is taken back as it was
   * made, since the redo may have left parts to others.
   */
  readonly undoable: readonly LineStep[];
  /** The steps that redo would take back, the next one first: the undoing of the batches that were undone last. */
  readonly redoable: readonly LineStep[];
  /** All steps, oldest first. */
  readonly steps: readonly LineStep[];
}

/** The steps that operations of one person make, which follow each other. */
export function stepsOf(operations: readonly OwnOperation[]): LineStep[] {
  return grouped(operations.map(runOf), null, (run) => run).map(
    ({ items, ...event }): LineStep => ({ ...event, runs: items }),
  );
}

/** The line of one person, on the client or on all of theirs, from what may count on it, oldest first. */
export function undoLine(own: readonly OwnRun[], clientId: string | null): UndoLine {
  const steps = grouped(own, clientId, (run) => run).map(({ items, ...event }): LineStep => ({
    ...event,
    runs: items,
  }));
  const undoable: LineStep[] = [];
  let redoable: LineStep[] = [];
  for (const step of steps) {
    switch (step.kind) {
      case "made":
        undoable.push(step);
        redoable = [];
        break;
      case "undone":
        remove(undoable, step.batchId);
        redoable.push(step);
        break;
      case "redone":
        remove(redoable, step.batchId);
        undoable.push(madeBefore(steps, step));
    }
  }
  return { undoable: undoable.toReversed(), redoable: redoable.toReversed(), steps };
}

/** Two events of one batch that follow each other and leave things as they were before the first. */
export interface CancelledPair {
  readonly first: BatchEvent;
  readonly second: BatchEvent;
}

/** The pairs that cancel out among the steps of a line whose operations all come after the version. */
export function cancelledSteps(
  steps: readonly LineStep[],
  afterVersion: number,
  history: readonly OwnOperation[],
): readonly CancelledPair[] {
  const since = steps.filter((step) => firstVersionOf(step) > afterVersion);
  const events = since.map(({ runs, ...event }) => {
    return { ...event, operations: operationsOf({ ...event, runs }, history) };
  });
  return cancelledPairs(events, afterVersion);
}

/** The pairs that cancel out among the events whose operations all come after the version. */
function cancelledPairs(
  events: readonly BatchEvent[],
  afterVersion: number,
): readonly CancelledPair[] {
  const open = new Map<string, BatchEvent[]>();
  const pairs: CancelledPair[] = [];
  for (const event of events) {
    const [oldest] = event.operations;
    if (oldest === undefined || oldest.resultingVersion <= afterVersion) continue;
    const before = open.get(event.batchId) ?? [];
    open.set(event.batchId, before);
    const first = before.at(-1);
    // Another batch may have been made under the same id: what was undone is the newest in effect.
    if (first === undefined || !cancels(event, first)) before.push(event);
    else pairs.push({ first: before.pop() ?? first, second: event });
  }
  return pairs;
}

function cancels({ kind }: BatchEvent, before: BatchEvent): boolean {
  if (kind === "made") return false;
  return (kind === "undone") !== (before.kind === "undone");
}

/** The pairs of other people that cancel out in a history, apart from those given: each told from its person's line. */
export function othersCancelledPairs(
  history: readonly AnyonesOperation[],
  own: readonly CancelledPair[],
): readonly CancelledPair[] {
  const owners = new Map<string, LineOwner>();
  for (const operation of history) {
    const { userId, clientId } = operation;
    if (isStep(operation)) owners.set(JSON.stringify([userId, clientId]), { userId, clientId });
  }
  const taken = new Set(idsOf(own));
  const pairs: CancelledPair[] = [];
  for (const owner of owners.values()) {
    const line = history.filter((operation) => mayCountFor(owner, operation));
    for (const pair of cancelledPairs(eventsOf(line, owner.clientId), 0)) {
      if (pair.second.operations[0]?.clientId !== owner.clientId) continue;
      const ids = idsOf([pair]);
      if (ids.some((id) => taken.has(id))) continue;
      for (const id of ids) taken.add(id);
      pairs.push(pair);
    }
  }
  return pairs;
}

/** Ids of the operations of pairs. */
export function idsOf(pairs: readonly CancelledPair[]): string[] {
  return pairs.flatMap(({ first, second }) =>
    [...first.operations, ...second.operations].map(({ id }) => id),
  );
}

function eventsOf(line: readonly OwnOperation[], clientId: string | null): BatchEvent[] {
  return grouped(line, clientId, (operation) => operation).map(({ items, ...event }) => ({
    ...event,
    operations: items,
  }));
}

/** The events of the line. A batch may have been committed in parts, where nothing else of the line lies between. */
function grouped<T>(
  line: readonly T[],
  clientId: string | null,
  stampOf: (item: T) => Pick<OwnRun, "batchId" | "clientId" | "undoes" | "redoes">,
): (LineEvent & { readonly items: readonly T[] })[] {
  const events: (LineEvent & { readonly items: T[] })[] = [];
  const made = new Set<string>();
  for (const item of line) {
    const last = events.at(-1);
    const { batchId: eventId, clientId: maker, undoes, redoes } = stampOf(item);
    const batchId = undoes ?? redoes ?? eventId;
    const kind = undoes !== null ? "undone" : redoes !== null ? "redone" : "made";
    if (kind === "made") made.add(batchId);
    else if (maker !== clientId && clientId !== null && !made.has(batchId)) continue;
    if (last?.eventId === eventId && last.kind === kind && last.batchId === batchId) {
      last.items.push(item);
    } else events.push({ batchId, kind, eventId, items: [item] });
  }
  return events;
}

function isStep({ undoes, redoes }: Pick<OwnRun, "undoes" | "redoes">): boolean {
  return undoes !== null || redoes !== null;
}

/** The step that made the batch; the step itself where the line does not reach back to it. */
function madeBefore(steps: readonly LineStep[], step: LineStep): LineStep {
  const earlier = steps.slice(0, steps.indexOf(step));
  return (
    earlier.findLast(({ kind, batchId }) => kind === "made" && batchId === step.batchId) ?? step
  );
}

function remove(events: LineStep[], batchId: string): void {
  const index = events.findLastIndex((event) => event.batchId === batchId);
  if (index >= 0) events.splice(index, 1);
}
