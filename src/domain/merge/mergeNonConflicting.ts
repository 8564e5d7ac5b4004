/**
 * Keeps of a batch what merges and leaves out the rest. This is what SERVER_WINS means: for the server, which commits it
 * and announces what it would drop, and for a client's own operations when others' commits come in.
 */
import type { AppendFailure, Appended } from "../history/append.js";
import { finished, type Steps } from "../steps.js";
import type { Collision } from "./collide.js";
import { LeftOut } from "./leftOut.js";
import { mergeSteps } from "./merge.js";
import type { MergeInput } from "./mergeInput.js";

export type NonConflictingOutcome =
  | {
      readonly kind: "merged";
      readonly appended: Appended;
      /** Ids of the operations that were left out, in the order of the batch. */
      readonly discarded: readonly string[];
      readonly collisions: readonly Collision[];
      /** Why the whole batch does not apply, although nothing of it collides. */
      readonly refusal?: AppendFailure;
    }
  /** These operations have to be read wholly before the merge can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] };

/**
 * Merges the operations but for those that collide, those that cannot apply, and those that build on one of them: an
 * edit of a text means nothing on another text. Pure; two passes over the batch, however much is left out.
 */
export function mergeNonConflicting(input: MergeInput): NonConflictingOutcome {
  return finished(mergeNonConflictingSteps(input));
}

/** As `mergeNonConflicting`, an operation a step. */
export function* mergeNonConflictingSteps(input: MergeInput): Steps<NonConflictingOutcome> {
  const whole = yield* mergeSteps(input);
  if (whole.kind === "needs") return whole;
  if (whole.kind === "merged") {
    return { kind: "merged", appended: whole.appended, discarded: [], collisions: [] };
  }
  const found = whole.kind === "collides" ? whole.collisions : [];
  const leftOut = new LeftOut(
    input.state.document,
    input.operations,
    found.map(({ clientOperation }) => clientOperation),
  );
  const rest = yield* mergeSteps(input, leftOut);
  if (rest.kind === "needs") return rest;
  if (rest.kind !== "merged") throw new Error("what does not fit was not left out");
  return {
    kind: "merged",
    appended: rest.appended,
    discarded: leftOut.idsAmong(input.operations),
    collisions: found,
    ...(whole.kind === "refused" && { refusal: whole.refusal }),
  };
}
