/** Applies commits to a client's copy, and keeps them as the history that a merge asks. */
import type { Document } from "../document/document.js";
import { unbounded } from "../limits.js";
import { applyOperation, footprintOf, invertOperation } from "../operations/registry.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import type { HistoryEntry, WholeOperation } from "../history/logEntry.js";

/** The server's document at a version. */
export interface Confirmed {
  readonly version: number;
  readonly document: Document;
}

/** An operation as commits bring it. Who made it and when is needed only where the later writer wins. */
export type CommittedOperation = OperationContent &
  Pick<LoggedOperation, "id" | "resultingVersion"> &
  Partial<Pick<LoggedOperation, "clientId" | "clientTimestamp" | "serverTimestamp">>;

/** A commit with all that a merge may ask of it. */
export interface AppliedCommit extends HistoryEntry {
  readonly version: number;
  readonly operation: CommittedOperation;
  readonly before: Document;
}

/** The commits, which must follow the confirmed version without a gap, and the server's document after them. */
export function applyCommits(from: Confirmed, commits: readonly CommittedOperation[]) {
  let { version, document } = from;
  const history: AppliedCommit[] = [];
  for (const operation of commits) {
    const { resultingVersion } = operation;
    if (resultingVersion !== version + 1) {
      throw new Error(`commits lead from version ${version} to ${resultingVersion}`);
    }
    const applied = applyOperation(document, operation, unbounded);
    if (!applied.ok) {
      throw new Error(`version ${resultingVersion} does not apply: ${applied.error.message}`);
    }
    version = resultingVersion;
    history.push(appliedCommit(document, operation));
    document = applied.value;
  }
  return { history, confirmed: { version, document } };
}

/** One commit, with the document before it. */
export function appliedCommit(before: Document, operation: CommittedOperation): AppliedCommit {
  const { id, resultingVersion: version } = operation;
  const { clientId = null, clientTimestamp = null } = operation;
  const { serverTimestamp = clientTimestamp ?? 0 } = operation;
  const footprint = footprintOf(before, operation);
  return { id, version, footprint, clientId, clientTimestamp, serverTimestamp, operation, before };
}

/** What merges ask of commits wholly. Inverses are made when they are asked for, which is rare. */
export function wholeOf(history: readonly AppliedCommit[]) {
  const byId = new Map(history.map((commit) => [commit.id, commit]));
  return (id: string): WholeOperation | undefined => {
    const commit = byId.get(id);
    if (commit === undefined) return undefined;
    const { operation, before } = commit;
    return {
      id,
      type: operation.type,
      payload: operation.payload,
      get inverse() {
        return invertOperation(before, operation);
      },
    };
  };
}
