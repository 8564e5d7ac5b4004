/** What of a choice the log does not hold yet, where other requests committed some of its operations. */
import type { IncomingOperation } from "../../domain/history/append.js";
import type { LogEntry } from "../../domain/history/logEntry.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import type { DecisionContext } from "../../live/liveTemplates.js";

export interface Undecided {
  /** The operations that are not in the log: each of them gets a decision. */
  readonly operations: readonly IncomingOperation[];
  readonly logged: readonly LoggedOperation[];
  /** What was committed since the base, without `logged`; undefined where the log no longer tells. */
  readonly history: readonly LogEntry[] | undefined;
}

/** Splits the operations of a choice into those that are in the log and those to decide about. */
export function undecidedOf(
  operations: readonly IncomingOperation[],
  context: DecisionContext,
): Undecided {
  const logged = operations.flatMap(({ id }) => context.known(id) ?? []);
  const history = context.history();
  if (logged.length === 0) return { operations, logged, history };
  const isLogged = new Set(logged.map(({ id }) => id));
  return {
    operations: operations.filter(({ id }) => !isLogged.has(id)),
    logged,
    history: history?.filter(({ id }) => !isLogged.has(id)),
  };
}

/**
 * Whether others committed after the head that was seen. What was committed together with operations of the choice, also
 * what was restored for them, is no news to who sends these again; nor are operations without effect.
 */
export function isHeadNewer(
  headVersion: number,
  { logged, history }: Undecided,
  version: number,
): boolean {
  if (history === undefined) return headVersion < version;
  const batches = new Set(logged.map(batchKey));
  const own = new Set(
    [...logged, ...history]
      .filter((row) => row.resultingVersion > headVersion)
      .filter((row) => batches.has(batchKey(row)) || touchesNothing(row))
      .map(({ resultingVersion }) => resultingVersion),
  );
  return own.size < version - headVersion;
}

/** Whether the row is of an operation without effect. */
function touchesNothing({ footprint }: LogEntry): boolean {
  return footprint.every((touch) => touch.kind === "write" && touch.properties.length === 0);
}

function batchKey({ userId, batchId }: Pick<LogEntry, "userId" | "batchId">): string {
  return JSON.stringify([userId, batchId]);
}

/** The operation with the highest version; undefined where there is none. */
export function newestOf(operations: readonly LoggedOperation[]): LoggedOperation | undefined {
  let newest = operations[0];
  for (const operation of operations) {
    if (operation.resultingVersion > newest!.resultingVersion) newest = operation;
  }
  return newest;
}
