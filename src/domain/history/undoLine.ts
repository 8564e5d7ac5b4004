/**
 * What one person can undo and redo: their own batches in the order they were made, told from the log alone, so that
 * it is the same after a restart and on every node. An edit after an undo ends what could be redone.
 */
import type { LoggedOperation } from "../operations/operation.js";

/** An operation as far as its place in the line matters. */
export type OwnOperation = Pick<
  LoggedOperation,
  "id" | "resultingVersion" | "batchId" | "clientId" | "undoes" | "redoes"
>;

/** An operation whose person is not known by where it comes from. */
type AnyonesOperation = OwnOperation & Pick<LoggedOperation, "userId">;

/** Whose line: of all clients of the person where none is named. */
export interface LineOwner {
  readonly userId: string | null;
  readonly clientId: string | null;
}

/**
 * Whether the operation may count on the line. What was undone without naming a client counts on the line of the client
 * that made it, too, which only the line itself tells.
 */
export function mayCountFor({ userId, clientId }: LineOwner, operation: AnyonesOperation): boolean {
  if (operation.userId !== userId) return false;
  if (clientId === null || operation.clientId === clientId) return true;
  return operation.clientId === null && isStep(operation);
}

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

/** The line of one person, on the client or on all of theirs, from what may count on it, oldest first. */
export function undoLine(own: readonly OwnOperation[], clientId: string | null): UndoLine {
  const events = eventsOf(own, clientId);
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

function eventsOf(line: readonly OwnOperation[], clientId: string | null): BatchEvent[] {
  const events: (BatchEvent & { readonly operations: OwnOperation[] })[] = [];
  const made = new Set<string>();
  for (const operation of line) {
    const last = events.at(-1);
    const { undoes, redoes } = operation;
    const batchId = undoes ?? redoes ?? operation.batchId;
    const kind = undoes !== null ? "undone" : redoes !== null ? "redone" : "made";
    if (kind === "made") made.add(batchId);
    else if (operation.clientId !== clientId && clientId !== null && !made.has(batchId)) continue;
    const eventId = operation.batchId;
    if (last?.eventId === eventId && last.kind === kind && last.batchId === batchId) {
      last.operations.push(operation);
    } else events.push({ batchId, kind, eventId, operations: [operation] });
  }
  return events;
}

function isStep({ undoes, redoes }: OwnOperation): boolean {
  return undoes !== null || redoes !== null;
}

function remove(events: BatchEvent[], batchId: string): void {
  const index = events.findLastIndex((event) => event.batchId === batchId);
  if (index >= 0) events.splice(index, 1);
}
