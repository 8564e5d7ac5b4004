/** Commits a batch of operations, all or none: the edit itself. */
import type { Viewer } from "../domain/access/access.js";
import {
  decide,
  type BatchDecision,
  type BatchRequest,
  type MismatchPolicy,
} from "../domain/history/decide.js";
import { isNothing } from "../domain/merge/nothing.js";
import { lastWriterWins, reportCollisions } from "../domain/merge/verdict.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { Decision, DecisionContext } from "../live/liveTemplates.js";
import { authorize } from "./authorize.js";
import type { ApplyOperationsInput, ConflictPolicy } from "./inputs.js";
import type { Applied, ApplyOperationsOutcome } from "./outcomes.js";
import { checkBatchInput, parseBatch } from "./parseBatch.js";
import { refused } from "./requestError.js";
import type { Services } from "./services.js";
import { submit } from "./submit.js";
import { versionConflict } from "./versionConflict.js";

/**
 * Answers once PostgreSQL committed. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT,
 * INVALID_OPERATION, PAYLOAD_TOO_LARGE, OPERATION_ID_REUSED, RATE_LIMITED. Rejects with StorageUnavailable: then
 * sending the same request again finds out whether it took effect, and applies nothing twice.
 */
export async function applyOperations(
  services: Services,
  viewer: Viewer,
  input: ApplyOperationsInput,
): Promise<ApplyOperationsOutcome> {
  const access = await authorize(services, viewer, "edit", input.templateId);
  if (access.kind === "refused") return access;
  const problem = checkBatchInput(services, input);
  if (problem !== undefined) return problem;
  const batch = parseBatch(services, input.operations);
  if (batch.kind === "refused") return batch;

  const { operations } = batch;
  const request: BatchRequest = {
    policy: policyOf(input.onConflict, services),
    operations,
    authorship: {
      baseVersion: input.baseVersion,
      batchId: input.batchId ?? operations[0]?.id ?? "",
      userId: access.viewer.userId,
      clientId: input.clientId ?? null,
      sessionSequence: input.sessionSequence ?? null,
      serverTimestamp: services.clock.now(),
    },
  };
  return submit<ApplyOperationsOutcome>(services, input.templateId, {
    historySince: input.onConflict === "FORCE" ? undefined : input.baseVersion,
    operationIds: operations.map(({ id }) => id),
    atLeastVersion: access.head.version,
    decide: (context) => answer(services, input.templateId, request, context),
  });
}

function policyOf(policy: ConflictPolicy, { limits }: Services): MismatchPolicy {
  switch (policy) {
    case "REJECT":
      return { kind: "reject" };
    case "FORCE":
      return { kind: "force" };
    case "MERGE":
      return { kind: "merge", judge: reportCollisions };
    case "LAST_WRITER_WINS":
      return { kind: "merge", judge: lastWriterWins(limits.clientClockSkewMsMax) };
  }
}

function answer(
  services: Services,
  templateId: string,
  request: BatchRequest,
  context: DecisionContext,
): Decision<ApplyOperationsOutcome> {
  const { sha256, limits } = services;
  const decision = decide(request, { ...context, sha256, limits });
  switch (decision.kind) {
    case "accepted": {
      const { appended, duplicates } = decision;
      const applied = [...appended.operations, ...duplicates];
      return {
        kind: "append",
        appended,
        answer: answerOf(templateId, request, applied, duplicates),
      };
    }
    case "duplicate": {
      const { duplicates } = decision;
      return { kind: "answer", answer: answerOf(templateId, request, duplicates, duplicates) };
    }
    case "conflict":
      return {
        kind: "answer",
        answer: versionConflict(services, templateId, request, decision, context),
      };
    case "needs":
      return decision;
    case "idReused":
    case "baseAhead":
    case "baseOutOfReach":
    case "refused":
      return { kind: "answer", answer: refusalOf(request, decision, context) };
  }
}

/** The answer to a request whose operations are all in the log: the same for the first try and every later one. */
function answerOf(
  templateId: string,
  request: BatchRequest,
  logged: readonly LoggedOperation[],
  duplicates: readonly LoggedOperation[],
): Applied {
  const byId = new Map(logged.map((operation) => [operation.id, operation]));
  const operations = request.operations.flatMap(({ id }) => byId.get(id) ?? []);
  let newest = operations[0];
  for (const operation of operations) {
    if (newest === undefined || operation.resultingVersion > newest.resultingVersion) {
      newest = operation;
    }
  }
  return {
    kind: "applied",
    templateId,
    operations,
    appliedOps: operations.map(({ id }) => id),
    duplicateOps: duplicates.map(({ id }) => id),
    supersededOps: operations.filter(isNothing).map(({ id }) => id),
    newVersion: newest?.resultingVersion ?? 0,
    serverTimestamp: newest?.serverTimestamp ?? 0,
  };
}

function refusalOf(
  request: BatchRequest,
  decision: Extract<
    BatchDecision,
    { kind: "idReused" | "baseAhead" | "baseOutOfReach" | "refused" }
  >,
  { state }: DecisionContext,
) {
  switch (decision.kind) {
    case "idReused":
      return refused(
        "OPERATION_ID_REUSED",
        "another operation with this id is in the log already",
        {
          operationId: decision.operationId,
          path: ["operations", String(decision.index), "id"],
        },
      );
    case "baseAhead":
      return refused(
        "INVALID_INPUT",
        `baseVersion ${request.authorship.baseVersion} is ahead of the template's version ${state.version}`,
        { path: ["baseVersion"] },
      );
    case "baseOutOfReach":
      return refused(
        "VERSION_CONFLICT",
        `the log no longer reaches back to version ${request.authorship.baseVersion}: read the template again and ` +
          "make the operations on its current version",
        { path: ["baseVersion"] },
      );
    case "refused": {
      const { index, operationId, failure } = decision.refusal;
      return refused(failure.code, failure.message, {
        operationId,
        path: ["operations", String(index), ...failure.path],
      });
    }
  }
}
