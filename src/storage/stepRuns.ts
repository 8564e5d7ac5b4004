/**
 * Runs of operations in one commit that belong together: of one person and client, in one batch, taking back the same.
 * Each row of the log holds the version at which its run starts, so that whoever goes back along a person's steps takes
 * one look at each run, however many operations it has.
 */
import type { LoggedOperation } from "../domain/operations/operation.js";

/** For each operation of a commit the version of the first of its run. */
export function stepStarts(operations: readonly LoggedOperation[]): number[] {
  let start = operations[0];
  return operations.map((operation) => {
    if (start === undefined || !isSameRun(start, operation)) start = operation;
    return start.resultingVersion;
  });
}

function isSameRun(a: LoggedOperation, b: LoggedOperation): boolean {
  return (
    a.batchId === b.batchId &&
    a.userId === b.userId &&
    a.clientId === b.clientId &&
    a.undoes === b.undoes &&
    a.redoes === b.redoes
  );
}
