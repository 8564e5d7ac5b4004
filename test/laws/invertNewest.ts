/** Undo and redo as the server does them, on a log in memory. */
import type { DocumentState } from "../../src/domain/history/append.js";
import { cancelledPairs, undoLine } from "../../src/domain/history/undoLine.js";
import { unbounded } from "../../src/domain/limits.js";
import { undoOperations, type UndoOutcome } from "../../src/domain/merge/undo.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";

export interface Inverting {
  readonly state: DocumentState;
  /** From version 2 on. */
  readonly log: readonly LoggedOperation[];
  /** The client id of whose newest batch it is. */
  readonly person: string;
  readonly direction: "undo" | "redo";
  /** Tells the new batch apart. */
  readonly id: number;
}

/** What comes of undoing the person's newest batch; undefined where there is none. */
export function invertNewest({
  state,
  log,
  person,
  direction,
  id,
}: Inverting): Exclude<UndoOutcome, { kind: "needs" }> | undefined {
  const own = log.filter(({ clientId }) => clientId === person);
  const line = undoLine(own, person);
  const event = direction === "undo" ? line.undoable : line.redoable;
  const [oldest] = event?.operations ?? [];
  if (event === undefined || oldest === undefined) return undefined;
  const undoId = `${direction}-${person}-${id}`;
  const ids = new Set(event.operations.map((operation) => operation.id));
  const history = log.slice(oldest.resultingVersion - 2);
  const outcome = undoOperations({
    state,
    operations: history.filter((operation) => ids.has(operation.id)),
    history,
    whole: (operationId) => history.find((operation) => operation.id === operationId),
    cancelled: cancelledPairs(line.events, oldest.resultingVersion),
    idOf: (number) => `${undoId}-${number}`,
    hashOf: () => "",
    settings: {
      authorship: {
        baseVersion: state.version,
        batchId: undoId,
        userId: own[0]?.userId ?? null,
        clientId: person,
        sessionSequence: null,
        serverTimestamp: 0,
        ...(direction === "undo" ? { undoes: event.batchId } : { redoes: event.batchId }),
      },
      sha256: () => "",
      limits: unbounded,
    },
  });
  if (outcome.kind === "needs") throw new Error(`the log does not hold ${outcome.operationIds[0]}`);
  return outcome;
}
