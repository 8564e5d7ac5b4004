/** What a merge decided over one collision, as the record of conflicts tells it. */
import { collisionOf, type MergeDecision } from "../../domain/merge/judging/decisions.js";
import type { Decider } from "../../domain/merge/judging/verdict.js";
import { builder } from "../builder.js";
import { CollisionObject } from "./versionConflict.js";

export const ConflictDeciderEnum = builder.enumType("ConflictDecider", {
  description: "Who or what decided a conflict.",
  values: {
    PERSON: { description: "Somebody, by `resolveConflict`." },
    RULE: { description: "A rule of the template (`mergeRules`), under MERGE." },
    CLOCK: { description: "The policy LAST_WRITER_WINS: the later clock, or a deletion." },
    DELETION: {
      description:
        "Of one decision under LAST_WRITER_WINS: a deletion, which wins whatever the clocks say.",
    },
  } as const,
});

const ConflictSideEnum = builder.enumType("ConflictSide", {
  description: "One of the two sides of a conflict.",
  values: {
    CLIENT: { description: "The operation that came in." },
    SERVER: { description: "The operation that was in the log already." },
  } satisfies Record<MergeDecision["winner"], { description: string }>,
});

/** A decision with what decided the batch that it is of. */
interface DecisionView extends MergeDecision {
  readonly by: Decider;
}

export const ConflictDecisionObject = builder
  .objectRef<DecisionView>("ConflictDecision")
  .implement({
    description:
      "What was decided between two operations, over one property or over a whole thing.",
    fields: (t) => ({
      collision: t.field({
        type: CollisionObject,
        description: "The two operations and what they collided over.",
        resolve: (decision) => collisionOf(decision),
      }),
      decidedBy: t.field({
        type: ConflictDeciderEnum,
        description: "By what it was decided.",
        resolve: ({ by, kind }) => (by === "CLOCK" && kind === "DELETED_TARGET" ? "DELETION" : by),
      }),
      winner: t.expose("winner", { type: ConflictSideEnum, description: "Which side stayed." }),
      winningOperation: t.id({
        description: "The id of the operation that stayed.",
        resolve: (decision) => operationsOf(decision)[0],
      }),
      losingOperation: t.id({
        description:
          "The id of the operation that lost; `Operation.requested` or `payload` has all it said.",
        resolve: (decision) => operationsOf(decision)[1],
      }),
      lost: t.field({
        type: "JSON",
        description:
          "The values that lost, by property; of an operation that lost as a whole its payload. What is larger than 1,000 bytes, or beyond 20,000 in one record, is left out.",
        resolve: ({ lost }) => lost,
      }),
    }),
  });

/** The winner's and the loser's. */
function operationsOf({ winner, clientOperation, serverOperation }: MergeDecision) {
  return winner === "CLIENT"
    ? ([clientOperation, serverOperation] as const)
    : ([serverOperation, clientOperation] as const);
}
