/** Requests that wait for one template, and the plan that decides them in order, each on the state before it. */
import type { DocumentState } from "../domain/history/append.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { Decision, DecisionContext, Proposal } from "./liveTemplates.js";
import type { RecentLog } from "./recentLog.js";

/** History older than the recent log, read for one request: what lies between its base and `through`. */
export type OlderHistory =
  | {
      readonly kind: "read";
      readonly through: number;
      readonly operations: readonly LoggedOperation[];
    }
  | { readonly kind: "outOfReach" };

/** A request in the queue, with what had to be read from the log for it. */
export interface Waiting {
  readonly proposal: Proposal<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Whether the log was asked about the request's ids. */
  asked: boolean;
  /** What was read from the log for the request: operations under its ids, and others that it needed. */
  readonly lookedUp: Map<string, LoggedOperation>;
  older: OlderHistory | undefined;
}

/** A decision, or the exception that a defect made of it: one request's defect is not its neighbours' failure. */
type Verdict = Decision<unknown> | { readonly kind: "threw"; readonly error: unknown };

/** All decisions of one round: what will be committed and what to answer when it is. */
export interface Plan {
  readonly operations: readonly LoggedOperation[];
  readonly next: DocumentState;
  readonly answers: readonly { readonly waiting: Waiting; readonly decision: Verdict }[];
}

/** Whether the history the request wants is at hand. */
export function hasHistory(waiting: Waiting, recent: RecentLog): boolean {
  const since = waiting.proposal.historySince;
  if (since === undefined || since >= recent.start) return true;
  const { older } = waiting;
  return older !== undefined && (older.kind === "outOfReach" || older.through >= recent.start);
}

/**
 * The operations to look for in the log before the decision stands: those it needs, and its own ids where it appends
 * nothing, since they could be in the log out of memory's sight. What is appended needs no such look: the log takes
 * an id only once.
 */
export function missingIds(
  { waiting, decision }: Plan["answers"][number],
  recent: RecentLog,
): readonly string[] {
  if (decision.kind === "needs") return decision.operationIds;
  if (decision.kind !== "answer" || waiting.asked || recent.start <= 1) return [];
  return waiting.proposal.operationIds.filter((id) => recent.find(id) === undefined);
}

/** Decides the requests in order. Every request has its history (`hasHistory`). */
export function plan(head: DocumentState, recent: RecentLog, requests: readonly Waiting[]): Plan {
  let state = head;
  const operations: LoggedOperation[] = [];
  const planned = new Map<string, LoggedOperation>();
  const answers: Plan["answers"][number][] = [];
  for (const waiting of requests) {
    const decision = decideOne(waiting, {
      state,
      history: () => historyOf(waiting, recent, operations),
      known: (id) => planned.get(id) ?? recent.find(id) ?? waiting.lookedUp.get(id),
    });
    if (decision.kind === "append") {
      for (const operation of decision.appended.operations) {
        operations.push(operation);
        planned.set(operation.id, operation);
      }
      state = decision.appended.next;
    }
    answers.push({ waiting, decision });
  }
  return { operations, next: state, answers };
}

function decideOne(waiting: Waiting, context: DecisionContext): Verdict {
  try {
    return waiting.proposal.decide(context);
  } catch (error) {
    return { kind: "threw", error };
  }
}

function historyOf(
  { proposal: { historySince: since }, older }: Waiting,
  recent: RecentLog,
  planned: readonly LoggedOperation[],
): readonly LoggedOperation[] | undefined {
  if (since === undefined) throw new Error("the request did not ask for history");
  if (since >= recent.start) {
    const committed = recent.since(since) ?? [];
    // A base that lies within this very plan sees only what comes after it.
    return [...committed, ...planned.filter((operation) => operation.resultingVersion > since)];
  }
  if (older === undefined || older.kind === "outOfReach") return undefined;
  const committed = recent.since(older.through);
  if (committed === undefined) throw new Error("the recent log moved on while a plan was made");
  return [...older.operations, ...committed, ...planned];
}
