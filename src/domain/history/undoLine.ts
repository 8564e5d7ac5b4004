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
