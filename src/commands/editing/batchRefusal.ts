/** Why a batch was not applied, where it is no conflict: as the client is told. */
import type { DocumentState } from "../../domain/history/append.js";
import type { BatchDecision, BatchRequest } from "../../domain/merge/decide.js";
import { refused, type RequestError } from "../requestError.js";

type Refusal = Extract<
  BatchDecision,
  { kind: "idReused" | "baseAhead" | "baseOutOfReach" | "refused" }
>;

/** The refusal; `field` is where the input holds the operations. */
export function batchRefusal(
  { authorship: { baseVersion } }: BatchRequest,
  decision: Refusal,
  state: DocumentState,
  field = "operations",
): RequestError {
  switch (decision.kind) {
    case "idReused":
      return refused(
        "OPERATION_ID_REUSED",
        "the log already holds a different operation with this id",
        {
          operationId: decision.operationId,
          path: [field, String(decision.index), "id"],
        },
      );
    case "baseAhead":
      return refused(
        "INVALID_INPUT",
        `baseVersion ${baseVersion} is ahead of the template's version ${state.version}`,
        { path: ["baseVersion"] },
      );
    case "baseOutOfReach":
      return refused(
        "VERSION_CONFLICT",
        `the operations since version ${baseVersion} are pruned from the log or too many to merge: reload the template and make the operations on its current version`,
        { path: ["baseVersion"] },
      );
    case "refused": {
      const { index, operationId, failure } = decision.refusal;
      return refused(failure.code, failure.message, {
        operationId,
        path: [field, String(index), ...failure.path],
      });
    }
  }
}
