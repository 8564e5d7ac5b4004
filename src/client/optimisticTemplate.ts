/**
 * A template as one of its editors sees it: what the server committed, and on top of it what this editor did since,
 * applied at once. It sends nothing and knows no time; `TemplateClient` drives it. All rules are in
 * `domain/client/localState.ts` and `incoming.ts`; this holds the state, and commits that come too early.
 *
 *     confirmed document, at `version`  ->  batch in flight  ->  pending operations  =  `document`
 */
import type { Document } from "../domain/document/document.js";
import { unbounded, type DomainLimits } from "../domain/limits.js";
import type { Collision } from "../domain/merge/collide.js";
import type { ClientRules } from "../domain/client/predict.js";
import {
  insisting,
  insistingInFlight,
  receiveCommits,
  type ReceivedCommits,
} from "../domain/client/receiveCommits.js";
import { edited, givenUp, localState, sent, type LocalState } from "../domain/client/localState.js";
import { reportCollisions } from "../domain/merge/judging/verdict.js";
import type {
  OperationContent,
  OperationResult,
  SentOperation,
} from "../domain/operations/operation.js";
import { success } from "../domain/result.js";
import type { Batch, CommittedOperation } from "./transport.js";

export interface BatchChoice {
  /** Of operations. */
  readonly max: number;
  /** Whether a pending operation may leave yet; the batch ends before the first that may not. */
  readonly ready?: (operation: SentOperation) => boolean;
}

/** What waits collides with what came in. */
export interface PendingConflict {
  readonly collisions: readonly Collision[];
  /** The newest version that was looked at. */
  readonly version: number;
  /** All that waits. */
  readonly operations: readonly SentOperation[];
}

/** MERGE, and no rules of the template that the client would know of. */
const defaultRules: ClientRules = { judge: reportCollisions, clientId: null };

export class OptimisticTemplate {
  private local: LocalState;
  private batch: Batch | undefined;
  private obstacle: ReceivedCommits["obstacle"];
  /** Commits that were not taken yet: an older one is missing, or they collide. */
  private readonly ahead = new Map<number, CommittedOperation>();

  /** `start`: the document that the server holds at a version. */
  constructor(
    start: { readonly version: number; readonly document: Document },
    private readonly rules: ClientRules = defaultRules,
  ) {
    this.local = localState(start.version, start.document);
  }

  /** As this editor sees it, with all it did. */
  get document(): Document {
    return this.local.document;
  }

  /** As the server committed it at `version`. */
  get confirmed(): Document {
    return this.local.confirmed.document;
  }

  get version(): number {
    return this.local.confirmed.version;
  }

  /** The batch that was handed out and is not known to be committed wholly. */
  get inFlight(): Batch | undefined {
    return this.batch;
  }

  /** The operations that are not known to be committed, those of the batch in flight first. */
  get unconfirmed(): readonly SentOperation[] {
    const pending = this.local.pending.map(({ after: _after, ...operation }) => operation);
    return [...(this.batch?.operations ?? []), ...pending];
  }

  /** Operations that wait for their batch. */
  get pendingCount(): number {
    return this.local.pending.length;
  }

  /** Set where somebody has to choose between `giveUp` and `insist` before anything goes on. */
  get pendingConflict(): PendingConflict | undefined {
    if (this.obstacle?.of !== "pending") return undefined;
    const { collisions } = this.obstacle;
    const version = this.version + this.next().length;
    return { collisions, version, operations: this.local.pending };
  }

  /** Applies the operation at once, or says why it cannot be. */
  edit(operation: SentOperation, limits: DomainLimits = unbounded): OperationResult<undefined> {
    const made = edited(this.local, operation, limits);
    if (!made.ok) return made;
    this.local = made.value;
    return success(undefined);
  }

  /** The next batch, which is in flight from now on; undefined while one is, or where nothing may leave. */
  nextBatch({ max, ready }: BatchChoice): Batch | undefined {
    if (this.batch !== undefined || this.obstacle !== undefined) return undefined;
    const { pending } = this.local;
    let count = 0;
    while (count < max && count < pending.length) {
      if (ready !== undefined && !ready(pending[count]!)) break;
      count += 1;
    }
    if (count === 0) return undefined;
    const local = sent(this.local, count);
    this.local = local;
    const { baseVersion, operations } = local.inFlight;
    this.batch = { batchId: operations[0]!.id, baseVersion, operations };
    return this.batch;
  }

  /**
   * Takes what the server committed, from whatever told of it and as often as it does: what is known is ignored, what
   * comes too early waits. Answers the ids of own operations that are gone since they no longer apply. Throws where a
   * commit does not apply: then this copy and the server have parted.
   */
  take(commits: readonly CommittedOperation[]): readonly string[] {
    for (const commit of commits) {
      if (commit.resultingVersion <= this.version) continue;
      this.ahead.set(commit.resultingVersion, { ...commit, target: targetOf(commit) });
    }
    // While it stands still only an answer to its batch leads on.
    return this.obstacle === undefined || this.isAnswer(commits) ? this.goOn() : [];
  }

  /**
   * Gives up operations, which the server did not apply; where the batch in flight held one all others of it wait
   * again. Answers the ids of all that went: with an operation goes what was built on it.
   */
  giveUp(operationIds: readonly string[]): readonly string[] {
    const { local, gone } = givenUp(this.local, operationIds);
    this.local = local;
    return [...gone, ...this.goOn()];
  }

  /** What waits is to stay over all that is committed up to the version. Answers as `take`. */
  insist(version: number): readonly string[] {
    this.local = insisting(this.local, version);
    return this.goOn();
  }

  /** As `insist`, for the batch in flight and what waits behind it. */
  insistInFlight(version: number): readonly string[] {
    const { local, gone } = insistingInFlight(this.local, version, this.rules);
    this.local = local;
    return [...gone, ...this.goOn()];
  }

  private goOn(): readonly string[] {
    const step = receiveCommits(this.local, this.next(), this.rules);
    const { version } = this.local.confirmed;
    for (let taken = 1; taken <= step.taken; taken += 1) this.ahead.delete(version + taken);
    this.local = step.local;
    this.obstacle = step.obstacle;
    if (this.local.inFlight === undefined) this.batch = undefined;
    return step.gone;
  }

  /** The commits that follow the confirmed version without a gap. */
  private next(): CommittedOperation[] {
    const commits: CommittedOperation[] = [];
    for (;;) {
      const commit = this.ahead.get(this.version + commits.length + 1);
      if (commit === undefined) return commits;
      commits.push(commit);
    }
  }

  private isAnswer(commits: readonly CommittedOperation[]): boolean {
    const ids = new Set(this.batch?.operations.map(({ id }) => id));
    return commits.some(({ id }) => ids.has(id));
  }
}

/** The target without the ids that are null, as GraphQL says them. */
function targetOf({ target }: OperationContent): OperationContent["target"] {
  return Object.fromEntries(Object.entries(target).filter(([, id]) => id != null));
}
