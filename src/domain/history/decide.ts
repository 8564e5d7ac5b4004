/**
 * The decision about one batch of operations: pure, so that it can be made again on a newer state whenever another
 * writer was first. The order of the checks is part of the promise: ids come before versions, so that a retry after
 * a lost answer is a duplicate and never a conflict (SPEC.md, LOG).
 */
import type { Sha256 } from "../hashing.js";
import type { DomainLimits } from "../limits.js";
import type { LoggedOperation } from "../operations/operation.js";
import {
  append,
  type AppendFailure,
  type Appended,
  type Authorship,
  type DocumentState,
  type IncomingOperation,
} from "./append.js";

export interface BatchRequest {
  readonly authorship: Authorship;
  readonly policy: "REJECT" | "FORCE";
  readonly operations: readonly IncomingOperation[];
}

export interface BatchContext {
  readonly state: DocumentState;
  /** The operations after the base version, oldest first; undefined where the log no longer reaches back. */
  readonly history: () => readonly LoggedOperation[] | undefined;
  /** The operation that the log holds under an id. */
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
    }
  /** Everything is in the log already. */
  | { readonly kind: "duplicate"; readonly duplicates: readonly LoggedOperation[] }
  | { readonly kind: "idReused"; readonly index: number; readonly operationId: string }
  | { readonly kind: "baseAhead" }
  /** Others committed since the base version; `history` is what they did, where the log still tells. */
  | {
      readonly kind: "conflict";
      readonly operations: readonly IncomingOperation[];
      readonly history: readonly LoggedOperation[] | undefined;
    }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

/** Decides about a batch of at least one operation with distinct ids. */
export function decide(request: BatchRequest, context: BatchContext): BatchDecision {
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

  if (request.policy === "REJECT" && baseVersion < context.state.version) {
    const history = othersSince(context, duplicates);
    if (history === undefined || history.length > 0) {
      return { kind: "conflict", operations: fresh, history };
    }
  }
  const { sha256, limits } = context;
  const appended = append(context.state, fresh, {
    authorship: request.authorship,
    sha256,
    limits,
  });
  if (appended.ok) return { kind: "accepted", appended: appended.value, duplicates };
  return { kind: "refused", refusal: placedInRequest(request, appended.error) };
}

/** What others did since the base: the part of this very batch that an earlier try committed is no conflict. */
function othersSince(
  context: BatchContext,
  own: readonly LoggedOperation[],
): readonly LoggedOperation[] | undefined {
  const history = context.history();
  if (history === undefined || own.length === 0) return history;
  const ownIds = new Set(own.map((operation) => operation.id));
  return history.filter((operation) => !ownIds.has(operation.id));
}

function placedInRequest(request: BatchRequest, refusal: AppendFailure): AppendFailure {
  const index = request.operations.findIndex((operation) => operation.id === refusal.operationId);
  return { ...refusal, index };
}
