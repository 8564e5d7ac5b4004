/** What a merge decided over one collision, as the record of conflicts tells it. */
import { collisionOf, type MergeDecision } from "../../domain/merge/judging/decisions.js";
import type { Decider } from "../../domain/merge/judging/verdict.js";
import { builder } from "../builder.js";
import { CollisionObject } from "./versionConflict.js";

export const ConflictDeciderEnum = builder.enumType("ConflictDecider", {
  description: "How a conflict was decided.",
  values: {
    PERSON: { description: "A user, by `resolveConflict`." },
    RULE: { description: "A rule of the template (`mergeRules`), under MERGE." },
    CLOCK: {
      description: "The policy LAST_WRITER_WINS: the later client timestamp, or a deletion.",
    },
    DELETION: {
      description:
        "For one decision under LAST_WRITER_WINS: a deletion, which wins regardless of timestamps.",
    },
  } as const,
});

const ConflictSideEnum = builder.enumType("ConflictSide", {
  description: "One of the two sides of a conflict.",
  values: {
    CLIENT: { description: "The incoming operation." },
    SERVER: { description: "The operation already in the log." },
  } satisfies Record<MergeDecision["winner"], { description: string }>,
});

/** A decision with what decided the batch that it is of. */
interface DecisionView extends MergeDecision {
  readonly by: Decider;
}

export const ConflictDecisionObject = builder
  .objectRef<DecisionView>("ConflictDecision")
  .implement({
    description: "A decision between two operations, on one property or on a document node.",
    fields: (t) => ({
      collision: t.field({
        type: CollisionObject,
        description: "The two operations and the subject of their collision.",
        resolve: (decision) => collisionOf(decision),
      }),
      decidedBy: t.field({
        type: ConflictDeciderEnum,
        description: "How it was decided.",
        resolve: ({ by, kind }) => (by === "CLOCK" && kind === "DELETED_TARGET" ? "DELETION" : by),
      }),
      winner: t.expose("winner", { type: ConflictSideEnum, description: "The side that won." }),
      winningOperation: t.id({
        description: "The id of the winning operation.",
        resolve: (decision) => operationsOf(decision)[0],
      }),
      losingOperation: t.id({
        description:
          "The id of the losing operation; `Operation.requested` or `payload` holds its complete content.",
        resolve: (decision) => operationsOf(decision)[1],
      }),
      lost: t.field({
        type: "JSON",
        description:
          "The lost values by property; the payload of an operation that lost completely. Values over 1,000 bytes, and those beyond 20,000 bytes per record, are omitted.",
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
