/** Commits a batch of operations, all or none: the edit itself. */
import type { Viewer } from "../../domain/access/access.js";
import type { Authorship } from "../../domain/history/append.js";
import { decideSteps, type BatchRequest, type MismatchPolicy } from "../../domain/merge/decide.js";
import { ruledMerge } from "../../domain/merge/judging/mergeRules.js";
import {
  lastWriterWins,
  reportCollisions,
  type Judge,
} from "../../domain/merge/judging/verdict.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import type { Steps } from "../../domain/steps.js";
import type { Decision, DecisionContext } from "../../live/liveTemplates.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { authorize, type SignedInViewer } from "../authorize.js";
import type { ApplyOperationsInput, ConflictPolicy } from "../inputs.js";
import { appliedAnswer } from "./appliedAnswer.js";
import { batchRefusal } from "./batchRefusal.js";
import { decidedConflict, recordConflict } from "../conflicts/recordConflict.js";
import { farPast } from "./farPast.js";
import type { ApplyOperationsOutcome } from "../outcomes.js";
import { checkBatchInput, parseBatch } from "./parseBatch.js";
import type { Services } from "../services.js";
import { editorOf, submit } from "./submit.js";
import { chargeOperations, takeOperations } from "./takeOperations.js";
import { versionConflictSteps } from "../conflicts/versionConflict.js";

/**
 * Answers once PostgreSQL committed. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT,
 * INVALID_OPERATION, PAYLOAD_TOO_LARGE, OPERATION_ID_REUSED, LOCKED, RATE_LIMITED. Rejects with StorageUnavailable: then
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
  const count = input.operations.length;
  const tooMany = await takeOperations(services, access.viewer, count);
  if (tooMany !== undefined) return tooMany;
  const batch = parseBatch(services, input.operations);
  if (batch.kind === "refused") return batch;

  const { operations, heldBytes } = batch;
  const authorship = authorshipOf(services, access.viewer, input);
  const request = { operations, authorship };
  const initial = policyOf(input.onConflict, services);
  const readFar = () => farPast(services, access.head, input.baseVersion, operations);
  let far = initial.kind === "merge" ? await readFar() : undefined;
  if (far?.kind === "refused") return far;
  let isOutOfReach = false;
  const submitWith = async (policy: MismatchPolicy, ruled?: Judge) => {
    const past = far?.kind === "farPast" ? far : undefined;
    const outcome = await submit<ApplyOperationsOutcome>(
      services,
      access.viewer,
      input.templateId,
      {
        historySince:
          policy.kind === "force" ? undefined : (past?.throughVersion ?? input.baseVersion),
        operationIds: operations.map(({ id }) => id),
        heldBytes,
        atLeastVersion: access.head.version,
        editor: editorOf(access, input.clientId, input.fence),
        decide: (context) => {
          const known = past === undefined ? context : past.in(context);
          isOutOfReach = policy.kind === "reject" && known.history() === undefined;
          return answer(services, access.head, { ...request, policy }, known, ruled);
        },
      },
    );
    if (outcome.kind === "applied") {
      // What a retry finds in the log was counted when it got there.
      const known = new Set(outcome.duplicateOps);
      const fresh = outcome.operations.filter(({ id }) => !known.has(id));
      chargeOperations(services, access.viewer, count, fresh);
    }
    return outcome;
  };
  let outcome = await submitWith(initial);
  if (outcome.kind === "versionConflict" && isOutOfReach) {
    // Whoever is told of a conflict decides by what it says: it is judged as a merge on that base would be.
    far = await readFar();
    if (far?.kind === "refused") return far;
    if (far !== undefined) outcome = await submitWith(initial);
  }
  if (outcome.kind !== "versionConflict" || outcome.collisions.length === 0) return outcome;
  const judge = await ruledJudge(services, input.templateId);
  if (judge !== undefined) {
    // MERGE goes by the rules; the other policies only tell what MERGE would make of the operations.
    const isMerge = input.onConflict === "MERGE";
    outcome = await submitWith(isMerge ? { kind: "merge", judge } : initial, judge);
  }
  if (outcome.kind === "versionConflict") {
    await recordConflict(services, authorship, operations, outcome);
  }
  return outcome;
}

function authorshipOf(
  services: Services,
  { userId }: SignedInViewer,
  { baseVersion, batchId, operations, clientId, sessionSequence }: ApplyOperationsInput,
): Authorship {
  return {
    ...{ baseVersion, userId },
    batchId: batchId ?? operations[0]?.id ?? "",
    clientId: clientId ?? null,
    sessionSequence: sessionSequence ?? null,
    serverTimestamp: services.clock.now(),
    authorSalt: services.newSalt(),
  };
}

/** The template's own rules, where it has any; they are asked for only where something collided. */
async function ruledJudge(
  { templates, limits }: Services,
  templateId: string,
): Promise<Judge | undefined> {
  const stored = await templates.readMergeRules(templateId);
  if (stored === undefined || stored.rules.length === 0) return undefined;
  return ruledMerge(stored.rules, limits.clientClockSkewMsMax);
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

function* answer(
  services: Services,
  { templateId, logStartVersion }: TemplateHead,
  request: BatchRequest,
  context: DecisionContext,
  ruled: Judge | undefined,
): Steps<Decision<ApplyOperationsOutcome>> {
  const { sha256, limits } = services;
  let decision = yield* decideSteps(request, { ...context, sha256, limits });
  if (decision.kind === "accepted" && mayBeARetry(request, logStartVersion)) {
    decision = { kind: "baseOutOfReach" };
  }
  if (decision.kind === "baseOutOfReach" && request.policy.kind === "merge") {
    // What cannot be merged is for a person to settle on the state as it is: nothing is refused for being late.
    decision = { kind: "conflict", operations: request.operations, history: undefined };
  }
  switch (decision.kind) {
    case "accepted": {
      const { appended, duplicates } = decision;
      const applied = [...appended.operations, ...duplicates];
      return {
        kind: "append",
        appended,
        decided: decidedConflict(services, templateId, request, decision),
        answer: appliedAnswer(templateId, inRequestOrder(request, applied), duplicates),
      };
    }
    case "duplicate": {
      const { duplicates } = decision;
      const operations = inRequestOrder(request, duplicates);
      return { kind: "answer", answer: appliedAnswer(templateId, operations, duplicates) };
    }
    case "conflict": {
      const conflict = yield* versionConflictSteps(
        services,
        templateId,
        request,
        decision,
        context,
        ruled,
      );
      return conflict.kind === "needs" ? conflict : { kind: "answer", answer: conflict };
    }
    case "needs":
      return decision;
    case "idReused":
    case "baseAhead":
    case "baseOutOfReach":
    case "refused":
      return { kind: "answer", answer: batchRefusal(request, decision, context.state) };
  }
}

/**
 * FORCE looks at no history, so it is the log alone that knows a retry, by its ids: where it was cut above the base,
 * they may have been there.
 */
function mayBeARetry({ policy, authorship }: BatchRequest, logStartVersion: number): boolean {
  return policy.kind === "force" && authorship.baseVersion < logStartVersion;
}

function inRequestOrder(
  request: BatchRequest,
  logged: readonly LoggedOperation[],
): readonly LoggedOperation[] {
  const byId = new Map(logged.map((operation) => [operation.id, operation]));
  return request.operations.flatMap(({ id }) => byId.get(id) ?? []);
}
