/** The log as decisions see it: what each operation touched and who made it, without what it said. */
import type { LoggedOperation } from "../operations/operation.js";

/** A committed operation as merging sees it: payload and inverse are read only where they are needed. */
export type HistoryEntry = Pick<
  LoggedOperation,
  "id" | "footprint" | "clientId" | "clientTimestamp" | "serverTimestamp"
>;

/** What is asked of a committed operation that was read wholly. */
export type WholeOperation = Pick<LoggedOperation, "id" | "type" | "payload" | "inverse">;

/** An operation as far as its place in the line matters. */
export type OwnOperation = Pick<
  LoggedOperation,
  "id" | "resultingVersion" | "batchId" | "clientId" | "undoes" | "redoes"
>;

/**
 * An entry of the history since some version. Payloads and inverses are read only of those entries that a decision
 * needs, so that the cost of being far behind is that of footprints.
 */
export type LogEntry = HistoryEntry & OwnOperation & Pick<LoggedOperation, "userId" | "skipped">;

/** What is equal for all that made, undid and redid one batch of a person. */
export function stepKey({
  userId,
  batchId,
  undoes,
  redoes,
}: Pick<LogEntry, "userId" | "batchId" | "undoes" | "redoes">): string {
  return JSON.stringify([userId, undoes ?? redoes ?? batchId]);
}

/** The entry of an operation that was read wholly. */
export function logEntryOf(operation: LoggedOperation): LogEntry {
  const { id, resultingVersion, batchId, userId, clientId, clientTimestamp } = operation;
  const { serverTimestamp, undoes, redoes, footprint, skipped } = operation;
  return {
    id,
    resultingVersion,
    batchId,
    userId,
    clientId,
    clientTimestamp,
    serverTimestamp,
    undoes,
    redoes,
    footprint,
    ...(skipped === undefined ? {} : { skipped }),
  };
}
