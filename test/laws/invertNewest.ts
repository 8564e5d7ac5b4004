/** Undo and redo as the server does them, on a log in memory. */
import assert from "node:assert/strict";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { DocumentState } from "../../src/domain/history/append.js";
import { runOf, undoLine } from "../../src/domain/undo/undoLine.js";
import { unbounded } from "../../src/domain/limits.js";
import {
  PassedOver,
  undoNewest,
  type UndoNewestInput,
  type UndoNewestOutcome,
} from "../../src/domain/undo/undoNewest.js";
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
  const input = {
    state,
    direction,
    candidates,
    steps: line.steps,
    history: log,
    canReachBack: false,
    partial,
    restrictions: [],
    idOf: (number: number) => `${undoId}-${number}`,
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
  };
  const outcome = undoNewest({
    ...input,
    whole: (operationId) => byId.get(operationId),
    passedOver: new PassedOver(),
  });
  if (outcome.kind === "needs") throw new Error(`the log does not hold ${outcome.operationIds[0]}`);
  if (outcome.kind === "needsHistory") throw new Error("the log is there from its start");
  const inPieces = comparable(readOnDemand(input, byId));
  assert.deepEqual(inPieces, comparable(outcome), "UNDO-22: decided in pieces");
  return outcome.kind === "nothing" ? undefined : outcome;
}

/** The outcome with the design in place of the document, which keeps some of what it was asked for. */
function comparable(outcome: UndoNewestOutcome): unknown {
  if (!("appended" in outcome)) return outcome;
  const { next } = outcome.appended;
  const state = { ...next, document: designOf(next.document) };
  return { ...outcome, appended: { ...outcome.appended, next: state } };
}

/** As a node does it: it reads operations when the decision asks for them, and goes on where the decision stopped. */
function readOnDemand(
  input: Omit<UndoNewestInput, "whole" | "passedOver">,
  byId: ReadonlyMap<string, LoggedOperation>,
): UndoNewestOutcome {
  const passedOver = new PassedOver();
  const read = new Set<string>();
  for (;;) {
    const outcome = undoNewest({
      ...input,
      whole: (operationId) => (read.has(operationId) ? byId.get(operationId) : undefined),
      passedOver,
    });
    if (outcome.kind !== "needs") return outcome;
    for (const operationId of outcome.operationIds) read.add(operationId);
  }
}
