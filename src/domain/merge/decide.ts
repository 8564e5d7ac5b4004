/**
 * The decision about one batch of operations: pure, so that it can be made again on a newer state whenever another
 * writer was first. The order of the checks is part of the promise: ids come before versions, so that a retry after
 * a lost answer is a duplicate and never a conflict (SPEC.md, LOG).
 */
import type { Sha256 } from "../hashing.js";
import type { DomainLimits } from "../limits.js";
import type { LoggedOperation } from "../operations/operation.js";
import { mergeSteps } from "./merge.js";
import type { MergeDecisions } from "./judging/decisions.js";
import type { Decider, Judge } from "./judging/verdict.js";
import {
  appendSteps,
  type AppendFailure,
  type Appended,
  type Authorship,
  type DocumentState,
  type IncomingOperation,
} from "../history/append.js";
import { finished, type Steps } from "../steps.js";
import type { LogEntry } from "../history/logEntry.js";

/**
 * What to do where others committed since the base version: `reject` answers a conflict, `force` applies regardless,
 * `merge` rebases and asks the judge about what collides.
 */
export type MismatchPolicy =
  | { readonly kind: "reject" }
  | { readonly kind: "force" }
  | { readonly kind: "merge"; readonly judge: Judge };

export interface BatchRequest {
  readonly authorship: Authorship;
  readonly policy: MismatchPolicy;
  readonly operations: readonly IncomingOperation[];
}

export interface BatchContext {
  readonly state: DocumentState;
  /**
   * What was committed after the base version, oldest first, or what of it matters to the operations where that is long;
   * undefined where the log no longer reaches back.
   */
  readonly history: () => readonly LogEntry[] | undefined;
  /** The operation that the log holds under an id, where it was read. */
  readonly known: (operationId: string) => LoggedOperation | undefined;
  readonly sha256: Sha256;
  readonly limits: DomainLimits;
}

export type BatchDecision =
  /** `appended` holds the new operations; `duplicates` those an earlier try had brought into the log. */
  | {
      readonly kind: "accepted";
      readonly appended: Appended;
      readonly duplicates: readonly LoggedOperation[];
      /** What was decided where the operations met others', by clock or rule; absent where nothing was. */
      readonly decided?: MergeDecisions & { readonly by: Decider };
    }
  /** Everything is in the log already. */
  | { readonly kind: "duplicate"; readonly duplicates: readonly LoggedOperation[] }
  | { readonly kind: "idReused"; readonly index: number; readonly operationId: string }
  | { readonly kind: "baseAhead" }
  /** The log no longer tells what happened since the base version, so nothing can be merged. */
  | { readonly kind: "baseOutOfReach" }
  /** Others committed since the base version; `history` is what they did, where the log still tells. */
  | {
      readonly kind: "conflict";
      readonly operations: readonly IncomingOperation[];
      readonly history: readonly LogEntry[] | undefined;
    }
  /** These committed operations have to be read wholly; then the decision can be made. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

/** Decides about a batch of at least one operation with distinct ids. */
export function decide(request: BatchRequest, context: BatchContext): BatchDecision {
  return finished(decideSteps(request, context));
}

/** As `decide`, an operation a step. */
export function* decideSteps(request: BatchRequest, context: BatchContext): Steps<BatchDecision> {
  const duplicates: LoggedOperation[] = [];
  const fresh: IncomingOperation[] = [];
  for (const [index, operation] of request.operations.entries()) {
    const logged = context.known(operation.id);
    if (logged === undefined) fresh.push(operation);
    else if (logged.requestHash === operation.requestHash) duplicates.push(logged);
    else return { kind: "idReused", index, operationId: operation.id };
  }
  if (fresh.length === 0) return { kind: "duplicate", duplicates };
  const { baseVersion } = request.authorship;
  if (baseVersion > context.state.version) return { kind: "baseAhead" };

  if (request.policy.kind !== "force" && baseVersion < context.state.version) {
    const history = othersSince(context, duplicates);
    // A history may hold only what matters to the operations; REJECT goes by versions all the same.
    const isRejected =
      request.policy.kind === "reject" && isBehindOthers(request, context, duplicates);
    if (history === undefined || history.length > 0 || isRejected) {
      return yield* decideStale(request, context, { fresh, duplicates, history });
    }
  }
  const { sha256, limits } = context;
  const appended = yield* appendSteps(context.state, fresh, {
    authorship: request.authorship,
    sha256,
    limits,
  });
  if (appended.ok) return { kind: "accepted", appended: appended.value, duplicates };
  return { kind: "refused", refusal: placedInRequest(request, appended.error) };
}

/** The decision where others committed since the base version. */
function* decideStale(
  request: BatchRequest,
  context: BatchContext,
  stale: {
    readonly fresh: readonly IncomingOperation[];
    readonly duplicates: readonly LoggedOperation[];
    readonly history: readonly LogEntry[] | undefined;
  },
): Steps<BatchDecision> {
  const { fresh: operations, duplicates, history } = stale;
  if (request.policy.kind !== "merge") return { kind: "conflict", operations, history };
  if (history === undefined) return { kind: "baseOutOfReach" };
  const { judge } = request.policy;
  const { sha256, limits, known: whole, state } = context;
  const outcome = yield* mergeSteps({
    state,
    operations,
    history,
    judge,
    whole,
    settings: { authorship: request.authorship, sha256, limits },
    clockSkewMsMax: limits.clientClockSkewMsMax,
  });
  switch (outcome.kind) {
    case "merged": {
      const { appended, decisions } = outcome;
      const isDecided = judge.decider !== undefined && decisions.count > 0;
      const decided = isDecided ? { decided: { ...decisions, by: judge.decider } } : {};
      return { kind: "accepted", appended, duplicates, ...decided };
    }
    case "collides":
      return { kind: "conflict", operations, history };
    case "needs":
      return outcome;
    case "refused":
      return { kind: "refused", refusal: placedInRequest(request, outcome.refusal) };
  }
}

/** What others did since the base: the part of this very batch that an earlier try committed is no conflict. */
function othersSince(
  context: BatchContext,
  own: readonly LoggedOperation[],
): readonly LogEntry[] | undefined {
  const history = context.history();
  if (history === undefined || own.length === 0) return history;
  const ownIds = new Set(own.map((operation) => operation.id));
  return history.filter((operation) => !ownIds.has(operation.id));
}

/** Whether the head moved on since the base by more than what an earlier try of this very batch committed. */
function isBehindOthers(
  { authorship: { baseVersion } }: BatchRequest,
  { state }: BatchContext,
  own: readonly LoggedOperation[],
): boolean {
  const ownSince = own.filter(({ resultingVersion }) => resultingVersion > baseVersion);
  return state.version - baseVersion > ownSince.length;
}

function placedInRequest(request: BatchRequest, refusal: AppendFailure): AppendFailure {
  const index = request.operations.findIndex((operation) => operation.id === refusal.operationId);
  return { ...refusal, index };
}
