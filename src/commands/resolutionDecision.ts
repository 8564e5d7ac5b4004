/** The decision about a conflict's resolution, on the state of the moment. */
import type { Document } from "../domain/document/document.js";
import {
  appendSteps,
  type Appended,
  type Authorship,
  type IncomingOperation,
} from "../domain/history/append.js";
import { decideSteps, type BatchDecision, type BatchRequest } from "../domain/history/decide.js";
import { stepsBetween } from "../domain/history/diff.js";
import { requestHash } from "../domain/history/versionHash.js";
import { unbounded } from "../domain/limits.js";
import { clientWins, reportCollisions } from "../domain/merge/verdict.js";
import { mergeWhatFitsSteps } from "../domain/merge/whatFits.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { Steps } from "../domain/steps.js";
import type { Decision, DecisionContext } from "../live/liveTemplates.js";
import { batchRefusal } from "./batchRefusal.js";
import type { ConflictResolved, ResolveConflictOutcome } from "./outcomes.js";
import { invalidInput } from "./requestError.js";
import type { Services } from "./services.js";
import { mergeInput, versionConflict } from "./versionConflict.js";

/** The way out, with what it takes. */
export type SettledChoice =
  | {
      readonly kind: "CLIENT_WINS" | "SERVER_WINS";
      readonly operations: readonly IncomingOperation[];
      readonly operationIds: readonly string[];
    }
  | {
      readonly kind: "MANUAL";
      readonly goal: Document;
      readonly batchId: string;
      readonly discardedOps: readonly string[];
      /** That of the first operation, which tells whether the choice was made already. */
      readonly operationIds: readonly string[];
    };

export interface ResolutionRequest {
  readonly templateId: string;
  readonly headVersion: number;
  readonly authorship: Authorship;
  readonly choice: SettledChoice;
}

type Answer = Decision<ResolveConflictOutcome>;

/** Whether the choice is in the log already, by the ids of its operations. */
export function isRetry({ choice }: ResolutionRequest, context: DecisionContext): boolean {
  return choice.operationIds.some((id) => context.known(id) !== undefined);
}

/** Ids come before versions, as with every edit: a choice that is in the log already is answered from there. */
export function* decideResolution(
  services: Services,
  request: ResolutionRequest,
  context: DecisionContext,
): Steps<Answer> {
  const { choice, headVersion } = request;
  if (isRetry(request, context)) return answerOfRetry(services, request, context);
  const { version } = context.state;
  if (headVersion > version) {
    return answer(
      invalidInput(`headVersion ${headVersion} is ahead of the template's`, "headVersion"),
    );
  }
  if (headVersion < version) {
    const operations = choice.kind === "MANUAL" ? [] : choice.operations;
    const conflict = { operations, history: context.history() };
    return conflictOrNeeds(
      versionConflict(services, request.templateId, request, conflict, context),
    );
  }
  switch (choice.kind) {
    case "CLIENT_WINS":
      return yield* keepAll(services, request, choice.operations, context);
    case "SERVER_WINS":
      return yield* keepWhatFits(services, request, choice.operations, context);
    case "MANUAL":
      return yield* leadTo(services, request, choice, context);
  }
}

function* keepAll(
  services: Services,
  request: ResolutionRequest,
  operations: readonly IncomingOperation[],
  context: DecisionContext,
): Steps<Answer> {
  const { sha256, limits } = services;
  const batch: BatchRequest = {
    authorship: request.authorship,
    policy: { kind: "merge", judge: clientWins },
    operations,
  };
  const decision = yield* decideSteps(batch, { ...context, sha256, limits });
  if (decision.kind === "accepted") return appended(request, decision.appended, []);
  return notAccepted(services, request, batch, decision, context);
}

/** Drops what collides, and what cannot apply without it. Nothing is dropped because of a fault of its own. */
function* keepWhatFits(
  services: Services,
  request: ResolutionRequest,
  operations: readonly IncomingOperation[],
  context: DecisionContext,
): Steps<Answer> {
  const history = context.history();
  if (history === undefined) return outOfReach(services, request, operations, context);
  const outcome = yield* mergeWhatFitsSteps(
    mergeInput(services, request, operations, history, context, reportCollisions),
  );
  if (outcome.kind === "needs") return outcome;
  const { appended: kept, discarded, refusal } = outcome;
  if (refusal !== undefined) {
    const batch = batchOf(request, operations);
    return notAccepted(services, request, batch, { kind: "refused", refusal }, context);
  }
  if (kept.operations.length === 0) return nothingKept(request, discarded, context);
  return appended(request, kept, discarded);
}

function* leadTo(
  services: Services,
  request: ResolutionRequest,
  { goal, batchId, discardedOps }: Extract<SettledChoice, { kind: "MANUAL" }>,
  context: DecisionContext,
): Steps<Answer> {
  const { sha256, limits } = services;
  const contents = yield* stepsBetween(context.state.document, goal, limits);
  if (contents.length === 0) return nothingKept(request, discardedOps, context);
  const operations: IncomingOperation[] = [];
  for (const content of contents) {
    const id = `${batchId}-${operations.length + 1}`;
    operations.push({ ...content, id, timestamp: null, requestHash: requestHash(sha256, content) });
    yield;
  }
  // Both ends are within the limits; what lies between them need not be.
  const { authorship } = request;
  const settings = { authorship, sha256, limits: unbounded, ignoresDesignLocks: true };
  const led = yield* appendSteps(context.state, operations, settings);
  if (!led.ok) throw new Error(`the way does not apply: ${led.error.failure.message}`);
  return appended(request, led.value, discardedOps);
}

function answerOfRetry(
  services: Services,
  request: ResolutionRequest,
  context: DecisionContext,
): Answer {
  const { choice } = request;
  const history = context.history();
  if (choice.kind === "MANUAL") {
    if (history === undefined) return outOfReach(services, request, [], context);
    const ids = history.flatMap(({ id, batchId }) => (batchId === choice.batchId ? id : []));
    const unread = ids.filter((id) => context.known(id) === undefined);
    if (unread.length > 0) return { kind: "needs", operationIds: unread };
    const operations = ids.flatMap((id) => context.known(id) ?? []);
    return answer(resolved(request, operations, choice.discardedOps, context.state.version));
  }
  const logged: LoggedOperation[] = [];
  const discarded: string[] = [];
  for (const [index, operation] of choice.operations.entries()) {
    const found = context.known(operation.id);
    if (found === undefined) discarded.push(operation.id);
    else if (found.requestHash === operation.requestHash) logged.push(found);
    else {
      const decision = { kind: "idReused", index, operationId: operation.id } as const;
      return notAccepted(services, request, batchOf(request, choice.operations), decision, context);
    }
  }
  // What is not there was dropped, unless the log no longer holds all that it held.
  if (discarded.length > 0 && history === undefined) {
    return outOfReach(services, request, choice.operations, context);
  }
  return answer(resolved(request, logged, discarded, context.state.version));
}

function outOfReach(
  services: Services,
  request: ResolutionRequest,
  operations: readonly IncomingOperation[],
  context: DecisionContext,
): Answer {
  const batch = batchOf(request, operations);
  return notAccepted(services, request, batch, { kind: "baseOutOfReach" }, context);
}

function batchOf(
  { authorship }: ResolutionRequest,
  operations: readonly IncomingOperation[],
): BatchRequest {
  return { authorship, operations, policy: { kind: "reject" } };
}

function notAccepted(
  services: Services,
  { templateId }: ResolutionRequest,
  batch: BatchRequest,
  decision: BatchDecision,
  context: DecisionContext,
): Answer {
  switch (decision.kind) {
    case "needs":
      return decision;
    case "conflict":
      return conflictOrNeeds(versionConflict(services, templateId, batch, decision, context));
    case "idReused":
    case "baseAhead":
    case "baseOutOfReach":
    case "refused":
      return answer(batchRefusal(batch, decision, context.state, "clientOperations"));
    case "accepted":
    case "duplicate":
      throw new Error(`${decision.kind} is no refusal`);
  }
}

function appended(
  request: ResolutionRequest,
  value: Appended,
  discardedOps: readonly string[],
): Answer {
  return {
    kind: "append",
    appended: value,
    answer: resolved(request, sentOf(request, value), discardedOps, value.next.version),
  };
}

/** Without what had to be restored for them: a retry, which finds operations by their ids, answers the same. */
function sentOf(
  { choice }: ResolutionRequest,
  { operations }: Appended,
): readonly LoggedOperation[] {
  if (choice.kind === "MANUAL") return operations;
  const sent = new Set(choice.operationIds);
  return operations.filter(({ id }) => sent.has(id));
}

function nothingKept(
  request: ResolutionRequest,
  discardedOps: readonly string[],
  { state }: DecisionContext,
): Answer {
  return answer(resolved(request, [], discardedOps, state.version));
}

function resolved(
  { templateId, authorship }: ResolutionRequest,
  operations: readonly LoggedOperation[],
  discardedOps: readonly string[],
  headVersion: number,
): ConflictResolved {
  const last = operations.at(-1);
  return {
    kind: "resolved",
    templateId,
    newVersion: last?.resultingVersion ?? headVersion,
    discardedOps,
    operations,
    resolvedAt: last?.serverTimestamp ?? authorship.serverTimestamp,
  };
}

function conflictOrNeeds(conflict: ReturnType<typeof versionConflict>): Answer {
  return conflict.kind === "needs" ? conflict : answer(conflict);
}

function answer(value: ResolveConflictOutcome): Answer {
  return { kind: "answer", answer: value };
}
