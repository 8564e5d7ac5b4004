/** Two operations made on one design, one of them committed first: what the server makes of the other. */
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { Appender, type AppendSettings, type Authorship } from "../../src/domain/history/append.js";
import { unbounded } from "../../src/domain/limits.js";
import { merge } from "../../src/domain/merge/merge.js";
import type { MergeOutcome } from "../../src/domain/merge/mergeInput.js";
import { reportCollisions, type Judge } from "../../src/domain/merge/judging/verdict.js";
import type { LoggedOperation, OperationContent } from "../../src/domain/operations/operation.js";

/** An operation with what its client said about it. */
export interface Made {
  readonly id: string;
  readonly content: OperationContent;
  readonly clientId?: string;
  readonly timestamp?: number;
}

export interface PairOutcome {
  readonly committed: readonly LoggedOperation[];
  readonly between: Document;
  readonly outcome: MergeOutcome;
  /** The operations the log holds of the later one. */
  readonly merged: readonly LoggedOperation[];
  /** Undefined where the later ones collide or are refused. */
  readonly document: Document | undefined;
}

const authorship: Authorship = {
  baseVersion: 1,
  batchId: "batch",
  userId: null,
  clientId: null,
  sessionSequence: null,
  serverTimestamp: 1_000,
};

/** Commits the earlier ones, which apply, and merges the later ones, which were made on the same design. */
export function mergePair(
  design: Design,
  earlier: readonly Made[],
  later: readonly Made[],
  judge: Judge = reportCollisions,
  /** What is left of the history that the later ones are merged over. */
  historyOf: (history: readonly LoggedOperation[], head: Document) => readonly LoggedOperation[] = (
    history,
  ) => history,
): PairOutcome {
  const state = { version: 1, versionHash: "", document: documentOf(design) };
  const appender = new Appender(state, settingsOf(earlier[0]));
  for (const made of earlier) {
    const added = appender.add(incomingOf(made));
    if (!added.ok) throw new Error(`${JSON.stringify(made)}: ${added.error.message}`);
  }
  const { operations: committed, next } = appender.appended;
  const outcome = merge({
    state: next,
    operations: later.map(incomingOf),
    history: historyOf(committed, next.document),
    judge,
    whole: (id) => committed.find((operation) => operation.id === id),
    settings: settingsOf(later[0]),
    clockSkewMsMax: 0,
  });
  const appended = outcome.kind === "merged" ? outcome.appended : undefined;
  return {
    committed,
    between: next.document,
    outcome,
    merged: appended?.operations ?? [],
    document: appended?.next.document,
  };
}

function settingsOf(made: Made | undefined): AppendSettings {
  return {
    authorship: { ...authorship, clientId: made?.clientId ?? null },
    sha256: () => "",
    limits: unbounded,
  };
}

function incomingOf({ id, content, timestamp }: Made) {
  return { ...content, id, timestamp: timestamp ?? null, requestHash: id };
}
