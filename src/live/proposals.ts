/** Requests that wait for one template, and the plan that decides them in order, each on the state before it. */
import { firstBeyondGrant } from "../domain/access/restrictedEdit.js";
import type { DocumentState } from "../domain/history/append.js";
import type { LogEntry } from "../domain/history/logEntry.js";
import type { LockIndex } from "../domain/locks/lockIndex.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { DecidedConflict } from "../storage/conflicts/conflictStore.js";
import type {
  Decision,
  DecisionContext,
  LockRefusal,
  Proposal,
  ProposalEditor,
} from "./liveTemplates.js";
import type { OlderLog } from "./olderLog.js";
import type { Paced } from "./pace.js";
import type { RecentLog } from "./recentLog.js";

/** A request in the queue. */
export interface Waiting {
  readonly proposal: Proposal<unknown>;
  /** As they were last asked about. */
  editor: ProposalEditor;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A decision; that its editor may not edit all of what it would append, or locks stand against it; or the exception that
 * a defect made of it: one request's defect is not its neighbours' failure.
 */
type Verdict =
  | Decision<unknown>
  | { readonly kind: "beyondGrant"; readonly operationId: string | undefined }
  | { readonly kind: "locked"; readonly refusal: LockRefusal }
  | { readonly kind: "threw"; readonly error: unknown };

/** All decisions of one round: what will be committed and what to answer when it is. */
export interface Plan {
  readonly operations: readonly LoggedOperation[];
  readonly next: DocumentState;
  /** What was decided over them. */
  readonly decided: readonly DecidedConflict[];
  /** That of the locks it was decided under. */
  readonly lockRevision: number;
  readonly answers: readonly { readonly waiting: Waiting; readonly decision: Verdict }[];
}

/** What a round of decisions may look at. */
interface Known {
  readonly head: DocumentState;
  readonly recent: RecentLog;
  readonly older: OlderLog;
  readonly locks: LockIndex;
  /** A base version below this one is too far behind. */
  readonly horizonVersion: number;
}

/** The lowest version after which the requests want the history, of those that are not too far behind. */
export function lowestBase(requests: readonly Waiting[], horizonVersion: number): number {
  const bases = requests
    .filter((waiting) => isInReach(waiting, horizonVersion))
    .map(({ proposal }) => proposal.historySince ?? Infinity);
  return Math.min(...bases, Infinity);
}

/** Whether the history that the request wants is not more than one may read. */
function isInReach({ proposal }: Waiting, horizonVersion: number): boolean {
  const { historySince = Infinity, ownOperations = 0 } = proposal;
  return historySince >= horizonVersion - ownOperations;
}

/** The committed operations that have to be read wholly before the decisions can be made. */
export function neededIds({ answers }: Plan): readonly string[] {
  return answers.flatMap(({ decision }) =>
    decision.kind === "needs" ? decision.operationIds : [],
  );
}

/**
 * Whether a request that appends nothing has an id out of memory's sight: it could be in the log. What is appended
 * needs no such look: the log takes an id only once.
 */
export function hasIdsOutOfSight({ answers }: Plan, recent: RecentLog): boolean {
  if (recent.start <= 1) return false;
  return answers.some(
    ({ waiting, decision }) =>
      (decision.kind === "answer" ||
        decision.kind === "locked" ||
        decision.kind === "beyondGrant") &&
      waiting.proposal.operationIds.some((id) => recent.find(id) === undefined),
  );
}

/** Whether locks stand against a request. */
export function meetsLocks({ answers }: Plan): boolean {
  return answers.some(({ decision }) => decision.kind === "locked");
}

/** Decides the requests in order, on a history that reaches back to `lowestBase`. */
export async function plan(known: Known, requests: readonly Waiting[], pace: Paced): Promise<Plan> {
  const { recent, older, locks } = known;
  let state = known.head;
  const operations: LoggedOperation[] = [];
  const decidedConflicts: DecidedConflict[] = [];
  const planned = new Map<string, LoggedOperation>();
  const answers: Plan["answers"][number][] = [];
  // Memory may move ahead while a decision rests, so what it is made on is taken before the first.
  const histories = new Map(requests.map((waiting) => [waiting, committedSince(waiting, known)]));
  for (const waiting of requests) {
    const decided = await decideOne(pace, waiting, {
      state,
      history: () => withPlanned(waiting, histories.get(waiting), operations),
      restrictions: waiting.editor.restrictions,
      known: (id) => planned.get(id) ?? recent.find(id) ?? older.find(id),
    });
    const decision = await judged(pace, locks, state, waiting, decided);
    if (decision.kind === "append") {
      for (const operation of decision.appended.operations) {
        operations.push(operation);
        planned.set(operation.id, operation);
      }
      state = decision.appended.next;
      if (decision.decided !== undefined) decidedConflicts.push(decision.decided);
    }
    answers.push({ waiting, decision });
  }
  const { revision: lockRevision } = locks.set;
  return { operations, next: state, decided: decidedConflicts, lockRevision, answers };
}

async function decideOne(
  pace: Paced,
  waiting: Waiting,
  context: DecisionContext,
): Promise<Verdict> {
  try {
    const decided = waiting.proposal.decide(context);
    return "next" in decided ? await pace.taken(decided) : decided;
  } catch (error) {
    return { kind: "threw", error };
  }
}

/** The one place where grants and locks are asked: whatever appends, under whichever policy, passes here. */
async function judged(
  pace: Paced,
  locks: LockIndex,
  state: DocumentState,
  waiting: Waiting,
  decision: Verdict,
): Promise<Verdict> {
  if (decision.kind !== "append") return decision;
  const { operations } = decision.appended;
  const { restrictions } = waiting.editor;
  const beyond =
    restrictions.length === 0
      ? undefined
      : await pace.taken(firstBeyondGrant(state.document, operations, restrictions));
  if (beyond !== undefined) {
    return { kind: "beyondGrant", operationId: sentFrom(operations, beyond, waiting) };
  }
  const refusal = lockRefusal(locks, state, waiting, operations);
  return refusal === undefined ? decision : { kind: "locked", refusal };
}

function lockRefusal(
  locks: LockIndex,
  { document }: DocumentState,
  waiting: Waiting,
  operations: readonly LoggedOperation[],
): LockRefusal | undefined {
  const { editor } = waiting;
  const { fence } = editor;
  if (fence !== undefined && locks.ownFence(fence, editor) === undefined) {
    return { kind: "fenceLost", fence };
  }
  const touched = locks.firstTouched(document, operations, editor);
  if (touched === undefined) return undefined;
  const operationId = sentFrom(operations, touched.index, waiting);
  return { kind: "touches", operationId, lock: touched.lock };
}

/**
 * The operation of the request that stands there or follows: what was restored for one comes before it, under an id that
 * the request does not know.
 */
function sentFrom(
  operations: readonly LoggedOperation[],
  index: number,
  { proposal: { operationIds } }: Waiting,
): string | undefined {
  return operations.slice(index).find(({ id }) => operationIds.includes(id))?.id;
}

function committedSince(
  waiting: Waiting,
  { recent, older, horizonVersion }: Known,
): readonly LogEntry[] | undefined {
  const since = waiting.proposal.historySince;
  if (since === undefined || !isInReach(waiting, horizonVersion)) return undefined;
  const before = since < recent.start ? older.between(since, recent.start) : [];
  const committed = recent.since(Math.max(since, recent.start));
  if (before === undefined || committed === undefined) return undefined;
  return before.length === 0 ? committed : [...before, ...committed];
}

/** With what was planned since; a base that lies within this very plan sees only what comes after it. */
function withPlanned(
  { proposal: { historySince: since } }: Waiting,
  committed: readonly LogEntry[] | undefined,
  planned: readonly LoggedOperation[],
): readonly LogEntry[] | undefined {
  if (since === undefined) throw new Error("the request did not ask for history");
  if (committed === undefined || planned.length === 0) return committed;
  return [...committed, ...planned.filter((row) => row.resultingVersion > since)];
}
