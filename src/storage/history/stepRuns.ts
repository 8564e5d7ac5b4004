/**
 * Runs of operations that belong together: of one request, in one batch, taking back the same.
 * Each row of the log holds the version at which its run starts, so that whoever goes back along a person's steps takes
 * one look at each run, however many operations it has.
 */
import type { LoggedOperation } from "../../domain/operations/operation.js";

/** For each operation of a commit the version of the first of its run. */
export function stepStarts(operations: readonly LoggedOperation[]): number[] {
  let start = operations[0];
  return operations.map((operation) => {
    if (start === undefined || !isSameRun(start, operation)) start = operation;
    return start.resultingVersion;
  });
}

/** Whether two operations that follow each other in one commit are in one run. */
export function isSameRun(a: LoggedOperation, b: LoggedOperation): boolean {
  return (
    a.batchId === b.batchId &&
    authorOf(a) === authorOf(b) &&
    a.clientId === b.clientId &&
    a.undoes === b.undoes &&
    a.redoes === b.redoes
  );
}

/** The commitment is that of one request, and stays when its author is erased. Rows without one name the person. */
function authorOf({ authorProof, userId }: LoggedOperation): string | null {
  return authorProof?.commitment ?? userId;
}
