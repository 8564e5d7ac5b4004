/**
 * What one person can undo and redo: their own batches in the order they were made, told from the log alone, so that
 * it is the same after a restart and on every node. An edit after an undo ends what could be redone.
 */
import type { LoggedOperation } from "../operations/operation.js";

/** An operation as far as its place in the line matters. */
export type OwnOperation = Pick<
  LoggedOperation,
  "id" | "resultingVersion" | "batchId" | "undoes" | "redoes"
>;

/** One event of the line: the operations that made, undid or redid a batch. */
export interface BatchEvent {
  /** The batch that was made in the first place. */
  readonly batchId: string;
  readonly kind: "made" | "undone" | "redone";
  /** The batch in which the event itself was committed. */
  readonly eventId: string;
  /** Oldest first. */
  readonly operations: readonly OwnOperation[];
}

export interface UndoLine {
  /** The event to invert by the next undo: the newest batch that is in effect. */
  readonly undoable: BatchEvent | undefined;
  /** The event to invert by the next redo: the undoing of the batch that was undone last. */
  readonly redoable: BatchEvent | undefined;
  readonly events: readonly BatchEvent[];
}

/** The line of one person (on one client) from their operations, oldest first. */
export function undoLine(own: readonly OwnOperation[]): UndoLine {
  const events = eventsOf(own);
  const undoable: BatchEvent[] = [];
  let redoable: BatchEvent[] = [];
  for (const event of events) {
    switch (event.kind) {
      case "made":
        undoable.push(event);
        redoable = [];
        break;
      case "undone":
        remove(undoable, event.batchId);
        redoable.push(event);
        break;
      case "redone":
        remove(redoable, event.batchId);
        undoable.push(event);
    }
  }
  return { undoable: undoable.at(-1), redoable: redoable.at(-1), events };
}

/** Two events of one batch that follow each other and leave things as they were before the first. */
export interface CancelledPair {
  readonly first: BatchEvent;
  readonly second: BatchEvent;
}

/** The pairs that cancel out among the events whose operations all come after the version. */
export function cancelledPairs(
  events: readonly BatchEvent[],
  afterVersion: number,
): readonly CancelledPair[] {
  const open = new Map<string, BatchEvent>();
  const pairs: CancelledPair[] = [];
  for (const event of events) {
    const [oldest] = event.operations;
    if (oldest === undefined || oldest.resultingVersion <= afterVersion) continue;
    const first = open.get(event.batchId);
    if (first === undefined) open.set(event.batchId, event);
    else {
      pairs.push({ first, second: event });
      open.delete(event.batchId);
    }
  }
  return pairs;
}

/** The pairs of other people that cancel out in a history, apart from those given. */
export function othersCancelledPairs(
  history: readonly OwnOperation[],
  own: readonly CancelledPair[],
): readonly CancelledPair[] {
  if (history.every(({ undoes, redoes }) => undoes === null && redoes === null)) return [];
  const taken = new Set(own.flatMap(({ first, second }) => [first.eventId, second.eventId]));
  const batches = new Map<string, OwnOperation[]>();
  for (const operation of history) {
    if (taken.has(operation.batchId)) continue;
    const batch = batches.get(operation.batchId);
    if (batch === undefined) batches.set(operation.batchId, [operation]);
    else batch.push(operation);
  }
  return cancelledPairs([...batches.values()].flatMap(eventsOf), 0);
}

/**
 * Of others' pairs those that lie wholly in or wholly beside each of the rest, and around none of the versions: what
 * crosses cannot be taken out of a text by itself.
 */
export function uncrossed(
  others: readonly CancelledPair[],
  own: readonly CancelledPair[],
  versions: readonly number[],
): readonly CancelledPair[] {
  const kept = own.map(spanOf);
  return others.filter((pair) => {
    const span = spanOf(pair);
    if (versions.some((version) => span.start < version && version < span.end)) return false;
    if (kept.some((other) => cross(span, other) || cross(other, span))) return false;
    kept.push(span);
    return true;
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function spanOf({ first, second }: CancelledPair): Span {
  return {
    start: first.operations[0]?.resultingVersion ?? 0,
    end: second.operations.at(-1)?.resultingVersion ?? 0,
  };
}

/** Whether `b` begins in `a` and ends after it. */
function cross(a: Span, b: Span): boolean {
  return a.start < b.start && b.start < a.end && a.end < b.end;
}

function eventsOf(own: readonly OwnOperation[]): BatchEvent[] {
  const events: (BatchEvent & { readonly operations: OwnOperation[] })[] = [];
  for (const operation of own) {
    const last = events.at(-1);
    if (last?.eventId === operation.batchId) {
      last.operations.push(operation);
      continue;
    }
    const { batchId, undoes, redoes } = operation;
    events.push({
      batchId: undoes ?? redoes ?? batchId,
      kind: undoes !== null ? "undone" : redoes !== null ? "redone" : "made",
      eventId: batchId,
      operations: [operation],
    });
  }
  return events;
}

function remove(events: BatchEvent[], batchId: string): void {
  const index = events.findLastIndex((event) => event.batchId === batchId);
  if (index >= 0) events.splice(index, 1);
}
