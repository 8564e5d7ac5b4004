/** The decision about a conflict's resolution, on the state of the moment. */
import { appendSteps, type Appended, type IncomingOperation } from "../../domain/history/append.js";
import { decideSteps, type BatchDecision, type BatchRequest } from "../../domain/merge/decide.js";
import { stepsBetween } from "../../domain/diff/diff.js";
import { requestHash } from "../../domain/history/versionHash.js";
import { unbounded } from "../../domain/limits.js";
import { NO_OP } from "../../domain/operations/noOp.js";
import { clientWins, reportCollisions } from "../../domain/merge/judging/verdict.js";
import { mergeNonConflictingSteps } from "../../domain/merge/mergeNonConflicting.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import type { Steps } from "../../domain/steps.js";
import type { Decision, DecisionContext } from "../../live/liveTemplates.js";
import { batchRefusal } from "../editing/batchRefusal.js";
import { newestOf, isHeadNewer, undecidedOf, type Undecided } from "./undecided.js";
import type { ConflictResolved, ResolveConflictOutcome } from "../outcomes.js";
import { invalidInput } from "../requestError.js";
import type { Services } from "../services.js";
import {
  hasLeftRows,
  isRetry,
  rowsOfChoice,
  type ResolutionRequest,
  type SettledChoice,
} from "./settledChoice.js";
import { mergeInput, versionConflictSteps, type ConflictOrNeeds } from "./versionConflict.js";

type Answer = Decision<ResolveConflictOutcome>;

/**
 * Ids come before versions, as with every edit: a choice that is in the log already is answered from there. `sinceBase` knows
 * what was committed since the base, also where the given state of a choice needs less.
 */
export function* decideResolution(
  services: Services,
  request: ResolutionRequest,
  context: DecisionContext,
  sinceBase: DecisionContext,
): Steps<Answer> {
  const { choice, headVersion } = request;
  if (isRetry(request, context)) return yield* answerOfRetry(services, request, context);
  const { version } = context.state;
  if (headVersion > version) {
    return answer(
      invalidInput(`headVersion ${headVersion} is ahead of the template's`, "headVersion"),
    );
  }
  const undecided = undecidedOf(choice.kind === "MANUAL" ? [] : choice.operations, context);
  const { logged, history, operations } = undecided;
  // Where the log was cut, what it does not hold may have been decided.
  if (logged.length > 0 && history === undefined) {
    return yield* outOfReach(services, request, operations, context);
  }
  const reused = idReusedIn(choice, logged);
  if (reused !== undefined) return yield* notAccepted(services, request, [], reused, context);
  if (isHeadNewer(headVersion, undecided, version)) {
    const { templateId } = request;
    const sides =
      choice.kind === "MANUAL"
        ? undecidedOf(choice.operations, sinceBase)
        : { operations, history };
    return conflictOrNeeds(
      yield* versionConflictSteps(services, templateId, request, sides, sinceBase),
    );
  }
  switch (choice.kind) {
    case "CLIENT_WINS":
      return yield* keepAll(services, request, choice.operations, context);
    case "SERVER_WINS":
      return yield* keepWhatFits(services, request, undecided, context);
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
  if (decision.kind !== "accepted") {
    return yield* notAccepted(services, request, operations, decision, context);
  }
  return appended(request, decision.appended, decision.duplicates, []);
}

/**
 * Drops what collides, and what cannot apply without it. Nothing is dropped because of a fault of its own. Where the choice
 * names no operations the server's state stays, whatever it was made on.
 */
function* keepWhatFits(
  services: Services,
  request: ResolutionRequest,
  { operations, logged, history }: Undecided,
  context: DecisionContext,
): Steps<Answer> {
  if (request.choice.operations.length === 0) {
    return yield* appendedEmpty(services, request, context, [], []);
  }
  if (history === undefined) return yield* outOfReach(services, request, operations, context);
  const outcome = yield* mergeNonConflictingSteps(
    mergeInput(services, request, operations, history, context, reportCollisions),
  );
  if (outcome.kind === "needs") return outcome;
  const { appended: kept, discarded, refusal } = outcome;
  if (refusal !== undefined) {
    return yield* notAccepted(services, request, operations, { kind: "refused", refusal }, context);
  }
  if (kept.operations.length > 0) return appended(request, kept, logged, discarded);
  return yield* appendedEmpty(services, request, context, logged, discarded);
}

/** A choice that changes nothing leaves a row, too: sent again on a newer head, it is answered as the first time. */
function* appendedEmpty(
  services: Services,
  request: ResolutionRequest,
  { state }: DecisionContext,
  logged: readonly LoggedOperation[],
  discardedOps: readonly string[],
): Steps<Answer> {
  const { sha256, limits } = services;
  const { authorship, choice } = request;
  const hash = requestHash(sha256, NO_OP);
  const row = { ...NO_OP, id: choice.emptyRowId, timestamp: null, requestHash: hash };
  const left = yield* appendSteps(state, [row], { authorship, sha256, limits });
  if (!left.ok) throw new Error(`no row can be left: ${left.error.failure.message}`);
  return appended(request, left.value, logged, discardedOps);
}

function* leadTo(
  services: Services,
  request: ResolutionRequest,
  { goal, batchId, discardedOps }: Extract<SettledChoice, { kind: "MANUAL" }>,
  context: DecisionContext,
): Steps<Answer> {
  const { sha256, limits } = services;
  const contents = yield* stepsBetween(context.state.document, goal, limits);
  if (contents.length === 0) {
    return yield* appendedEmpty(services, request, context, [], discardedOps);
  }
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
  return appended(request, led.value, [], discardedOps);
}

function* answerOfRetry(
  services: Services,
  request: ResolutionRequest,
  context: DecisionContext,
): Steps<Answer> {
  const { choice, earlier } = request;
  const history = context.history();
  if (choice.kind === "MANUAL") {
    if (earlier) return answer(resolved(request, earlier, choice.discardedOps, earlier));
    if (history === undefined) return yield* outOfReach(services, request, [], context);
    const ids = history.flatMap(({ id, batchId }) => (batchId === choice.batchId ? id : []));
    const unread = ids.filter((id) => context.known(id) === undefined);
    if (unread.length > 0) return { kind: "needs", operationIds: unread };
    const operations = ids.flatMap((id) => context.known(id) ?? []);
    return answer(resolved(request, operations, choice.discardedOps, operations));
  }
  const { operations, logged } = undecidedOf(choice.operations, context);
  const reused = idReusedIn(choice, logged);
  if (reused !== undefined) return yield* notAccepted(services, request, [], reused, context);
  // What is not there was dropped, unless the log no longer holds all that it held.
  if (operations.length > 0 && history === undefined) {
    return yield* outOfReach(services, request, choice.operations, context);
  }
  const { kept, discardedOps, rows } = rowsOfChoice(choice, logged, context);
  // What other requests committed was kept, all of it, whatever is chosen now.
  const isOther = operations.length === 0 && !hasLeftRows(choice, context);
  const made = resolved(request, kept, discardedOps, rows);
  return answer(isOther ? { ...made, resolution: "CLIENT_WINS" } : made);
}

/** The first operation whose id stands in the log for another one. */
function idReusedIn(
  choice: SettledChoice,
  logged: readonly LoggedOperation[],
): Extract<BatchDecision, { kind: "idReused" }> | undefined {
  if (choice.kind === "MANUAL") return undefined;
  const hashes = new Map(logged.map(({ id, requestHash }) => [id, requestHash]));
  const index = choice.operations.findIndex(
    ({ id, requestHash }) => (hashes.get(id) ?? requestHash) !== requestHash,
  );
  const operation = choice.operations[index];
  return operation && { kind: "idReused", index, operationId: operation.id };
}

function* outOfReach(
  services: Services,
  request: ResolutionRequest,
  operations: readonly IncomingOperation[],
  context: DecisionContext,
): Steps<Answer> {
  return yield* notAccepted(services, request, operations, { kind: "baseOutOfReach" }, context);
}

function* notAccepted(
  services: Services,
  { templateId, authorship, choice }: ResolutionRequest,
  operations: readonly IncomingOperation[],
  decision: BatchDecision,
  context: DecisionContext,
): Steps<Answer> {
  const batch: BatchRequest = { authorship, operations, policy: { kind: "reject" } };
  switch (decision.kind) {
    case "needs":
      return decision;
    case "conflict":
      return conflictOrNeeds(
        yield* versionConflictSteps(services, templateId, batch, decision, context),
      );
    case "refused": {
      const { operationId } = decision.refusal;
      const index = choice.operationIds.indexOf(operationId);
      const refused = { ...decision, refusal: { ...decision.refusal, index } };
      return answer(batchRefusal(batch, refused, context.state, "clientOperations"));
    }
    case "idReused":
    case "baseAhead":
    case "baseOutOfReach":
      return answer(batchRefusal(batch, decision, context.state, "clientOperations"));
    case "accepted":
    case "duplicate":
      throw new Error(`${decision.kind} is no refusal`);
  }
}

/** `logged` are those of the choice's operations that other requests committed before. */
function appended(
  request: ResolutionRequest,
  value: Appended,
  logged: readonly LoggedOperation[],
  discardedOps: readonly string[],
): Answer {
  const operations = sentOf(request, [...logged, ...value.operations]);
  return {
    kind: "append",
    appended: value,
    answer: resolved(request, operations, discardedOps, [...operations, ...value.operations]),
  };
}

/** Without what had to be restored for them: a retry, which finds operations by their ids, answers the same. */
function sentOf(
  { choice }: ResolutionRequest,
  operations: readonly LoggedOperation[],
): readonly LoggedOperation[] {
  if (choice.kind === "MANUAL") return operations;
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  return choice.operationIds.flatMap((id) => byId.get(id) ?? []);
}

/** `rows` are all that the choice left in the log. */
function resolved(
  { templateId, authorship, headVersion, choice }: ResolutionRequest,
  operations: readonly LoggedOperation[],
  discardedOps: readonly string[],
  rows: readonly LoggedOperation[],
): ConflictResolved {
  const last = newestOf(rows);
  return {
    kind: "resolved",
    templateId,
    resolution: choice.kind,
    newVersion: last?.resultingVersion ?? headVersion,
    discardedOps,
    operations,
    resolvedAt: last?.serverTimestamp ?? authorship.serverTimestamp,
  };
}

function conflictOrNeeds(conflict: ConflictOrNeeds): Answer {
  return conflict.kind === "needs" ? conflict : answer(conflict);
}

function answer(value: ResolveConflictOutcome): Answer {
  return { kind: "answer", answer: value };
}
