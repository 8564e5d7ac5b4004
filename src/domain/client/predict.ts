/** Predicts what the server will make of operations, by the merge that the server uses. */
import type { Authorship } from "../history/append.js";
import type { Document } from "../document/document.js";
import { unbounded } from "../limits.js";
import type { SentOperation } from "../operations/operation.js";
import type { Collision } from "../merge/collide.js";
import { type Confirmed, wholeOf, type AppliedCommit } from "./applyCommits.js";
import type { Row } from "./localState.js";
import { merge } from "../merge/merge.js";
import type { MergeInput } from "../merge/mergeInput.js";
import type { Judge } from "../merge/judging/verdict.js";
import { mergeNonConflicting } from "../merge/mergeNonConflicting.js";

/** How the server judges what collides, as far as the client knows. */
export interface ClientRules {
  readonly judge: Judge;
  /** What the client calls itself to the server. */
  readonly clientId: string | null;
}

export type Prediction =
  | { readonly kind: "merged"; readonly rows: readonly Row[]; readonly document: Document }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  | { readonly kind: "refused" };

/** The operations merged over the history, at whose end the confirmed version is. */
export function predict(
  confirmed: Confirmed,
  operations: readonly SentOperation[],
  history: readonly AppliedCommit[],
  rules: ClientRules,
): Prediction {
  const outcome = merge(inputOf(confirmed, operations, history, rules));
  switch (outcome.kind) {
    case "merged": {
      const { operations: rows, next } = outcome.appended;
      return { kind: "merged", rows, document: next.document };
    }
    case "collides":
      return outcome;
    case "refused":
      return { kind: "refused" };
    case "needs":
      throw new Error(`commits do not hold ${outcome.operationIds[0]}`);
  }
}

/** As `predict`, without what collides, cannot apply, or builds on that. */
export function predictNonConflicting(
  confirmed: Confirmed,
  operations: readonly SentOperation[],
  history: readonly AppliedCommit[],
  rules: ClientRules,
) {
  const outcome = mergeNonConflicting(inputOf(confirmed, operations, history, rules));
  if (outcome.kind === "needs") throw new Error(`commits do not hold ${outcome.operationIds[0]}`);
  const { operations: rows, next } = outcome.appended;
  return { rows, document: next.document, discarded: outcome.discarded };
}

function inputOf(
  confirmed: Confirmed,
  operations: readonly SentOperation[],
  history: readonly AppliedCommit[],
  { judge, clientId }: ClientRules,
): MergeInput {
  return {
    state: { ...confirmed, versionHash: "" },
    operations: operations.map((operation) => ({ ...operation, requestHash: "" })),
    history,
    judge,
    whole: wholeOf(history),
    settings: { authorship: { ...nobody, clientId }, sha256: () => "", limits: unbounded },
    // By how much a clock may be ahead of the server's, only the server can tell.
    clockSkewMsMax: Infinity,
  };
}

/** Nothing is logged here. The server's clock will be past that of everything committed by now. */
const nobody: Authorship = {
  baseVersion: 0,
  batchId: "",
  userId: null,
  clientId: null,
  sessionSequence: null,
  serverTimestamp: Infinity,
};
