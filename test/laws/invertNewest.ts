/** Undo and redo as the server does them, on a log in memory. */
import type { DocumentState } from "../../src/domain/history/append.js";
import { runOf, undoLine } from "../../src/domain/history/undoLine.js";
import { unbounded } from "../../src/domain/limits.js";
import { undoNewest, type UndoNewestOutcome } from "../../src/domain/merge/undoNewest.js";
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
  /** Whether what can be undone of a step is undone, where not all can. */
  readonly partial?: boolean;
}

/** What comes of undoing the person's newest batch; undefined where there is none. */
export function invertNewest({
  state,
  log,
  person,
  direction,
  id,
  partial = true,
}: Inverting):
  | Exclude<UndoNewestOutcome, { kind: "needs" | "needsHistory" | "nothing" }>
  | undefined {
  const own = log.filter(({ clientId }) => clientId === person);
  const line = undoLine(own.map(runOf), person);
  const candidates = direction === "undo" ? line.undoable : line.redoable;
  const undoId = `${direction}-${person}-${id}`;
  const byId = new Map(log.map((operation) => [operation.id, operation]));
  const outcome = undoNewest({
    state,
    direction,
    candidates,
    steps: line.steps,
    history: log,
    canReachBack: false,
    whole: (operationId) => byId.get(operationId),
    partial,
    restrictions: [],
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
      },
      sha256: () => "",
      limits: unbounded,
    },
  });
  if (outcome.kind === "needs") throw new Error(`the log does not hold ${outcome.operationIds[0]}`);
  if (outcome.kind === "needsHistory") throw new Error("the log is there from its start");
  return outcome.kind === "nothing" ? undefined : outcome;
}
