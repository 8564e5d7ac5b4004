/**
 * Keeps of a batch what merges and leaves out the rest: what SERVER_WINS means, and what a client does with its own
 * operations when others' commits come in.
 */
import type { Appended } from "../history/append.js";
import { footprintOf } from "../operations/registry.js";
import type { SentOperation } from "../operations/operation.js";
import type { Document } from "../document/document.js";
import type { Collision } from "./collide.js";
import type { Footprint } from "./footprint.js";
import { growing } from "./grownValues.js";
import { merge, type MergeInput } from "./merge.js";

export type FittingOutcome =
  | {
      readonly kind: "merged";
      readonly appended: Appended;
      /** Ids of the operations that were left out, in the order of the batch. */
      readonly discarded: readonly string[];
      readonly collisions: readonly Collision[];
    }
  /** These operations have to be read wholly before the merge can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] };

/**
 * Merges the operations but for those that collide, those that cannot apply, and those that build on one of them: an
 * edit of a text means nothing on another text. Pure.
 */
export function mergeWhatFits(input: MergeInput): FittingOutcome {
  const discarded = new Set<string>();
  const collisions: Collision[] = [];
  for (;;) {
    const kept = input.operations.filter(({ id }) => !discarded.has(id));
    const outcome = merge({ ...input, operations: kept });
    switch (outcome.kind) {
      case "needs":
        return outcome;
      case "merged": {
        const ids = input.operations.map(({ id }) => id).filter((id) => discarded.has(id));
        return { kind: "merged", appended: outcome.appended, discarded: ids, collisions };
      }
      case "collides":
        collisions.push(...outcome.collisions);
        for (const { clientOperation } of outcome.collisions) discarded.add(clientOperation);
        break;
      case "refused":
        discarded.add(outcome.refusal.operationId);
    }
    discardDependents(input.operations, input.state.document, discarded);
  }
}

/** Adds what builds on a discarded operation that came before it, told on the document before all of them. */
export function discardDependents(
  operations: readonly SentOperation[],
  document: Document,
  discarded: Set<string>,
): void {
  const lost: Footprint[] = [];
  for (const operation of operations) {
    const footprint = footprintOf(document, operation);
    // What an element held goes with it, and that may be what a discarded operation was to take out.
    const held = operation.type === "DELETE_ELEMENT" ? footprint.slice(1) : [];
    if (!discarded.has(operation.id)) {
      if (!lost.some((earlier) => buildsOn(footprint, earlier) || regroups(earlier, held)))
        continue;
      discarded.add(operation.id);
    }
    lost.push(footprint);
  }
}

/** Whether the later one is about something that the earlier one created, or goes on from a value it left. */
function buildsOn(later: Footprint, earlier: Footprint): boolean {
  return later.some((mine) =>
    earlier.some((theirs) => {
      if (theirs.kind === "create") return `${mine.path}/`.startsWith(`${theirs.path}/`);
      if (mine.kind !== "blend" || mine.path !== theirs.path) return false;
      if (theirs.kind !== "write" && theirs.kind !== "blend") return false;
      return mine.properties.some((name) => growing.has(name) && theirs.properties.includes(name));
    }),
  );
}

/** Whether the operation put one of the deleted elements into another group. */
function regroups(earlier: Footprint, deleted: Footprint): boolean {
  return earlier.some(
    (touch) =>
      touch.kind === "write" &&
      touch.properties.includes("parentId") &&
      deleted.some(({ path }) => path === touch.path),
  );
}
