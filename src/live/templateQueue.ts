/**
 * The queue of one template: group commit. One commit is on its way at a time; what arrives meanwhile is decided
 * against the state that commit left and goes with the next. A commit that fails leaves memory as it was.
 */
import { StorageUnavailable } from "../storage/storageUnavailable.js";
import type { Commit, TemplateStore } from "../storage/templates/templateStore.js";
import type { Committed } from "./committedBatch.js";
import { KnownLocks } from "./knownLocks.js";
import {
  AccessTakenAway,
  BeyondGrant,
  QueueFull,
  TargetLocked,
  TemplateGone,
  type Proposal,
} from "./liveTemplates.js";
import type { LiveSettings } from "./liveSettings.js";
import { OlderLog } from "./olderLog.js";
import type { Paced } from "./pace.js";
import {
  hasIdsOutOfSight,
  lowestBase,
  meetsLocks,
  neededIds,
  plan,
  type Plan,
  type Waiting,
} from "./proposals.js";
import type { LogReader, TemplateMemory } from "./templateMemory.js";

/** When a request that found the queue full may come again. */
const QUEUE_FULL_RETRY_MS = 500;

/** After so many records of decisions the oldest are dropped, in the same round trip. */
const DECIDED_DROPPED_EVERY = 50;

/** Requests that are decided together, with what had to be read for them. */
interface Round {
  /** Without those whose access was taken away. */
  requests: readonly Waiting[];
  readonly operationIds: readonly string[];
  readonly atLeastVersion: number;
  /** At least this set of locks; raised where a commit met a newer one. */
  atLeastLockRevision: number;
  /** Of the grants that it is committed under. */
  accessRevision: number;
  readonly older: OlderLog;
  /** The log was asked about the requests' own ids when memory was at this version. */
  askedAtVersion: number;
}

export class TemplateQueue {
  private waiting: Waiting[] = [];
  private waitingOperations = 0;
  private running: Promise<void> | undefined;
  private readonly locks: KnownLocks;
  /** Records of decisions since the oldest were dropped; what was recorded before this queue is not known. */
  private decidedSinceDrop = DECIDED_DROPPED_EVERY;

  constructor(
    private readonly memory: TemplateMemory,
    private readonly store: TemplateStore,
    private readonly settings: LiveSettings,
    private readonly pace: Paced,
    private readonly committed: Committed,
  ) {
    this.locks = new KnownLocks(memory.templateId);
  }

  /** Whether nothing waits and nothing is on its way. */
  get idle(): boolean {
    return this.running === undefined;
  }

  /** Resolves when the queue has run empty. */
  async drained(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  submit<T>(proposal: Proposal<T>): Promise<T> {
    const count = sizeOf(proposal);
    const full = this.waitingOperations + count > this.settings.queuedOperationsMax;
    if (full && this.waiting.length > 0) return Promise.reject(new QueueFull(QUEUE_FULL_RETRY_MS));
    this.waitingOperations += count;
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        proposal,
        editor: proposal.editor,
        resolve: resolve as (answer: unknown) => void,
        reject,
      });
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    // Requests of the same turn of the event loop go together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const requests = this.take();
      try {
        const { answers } = await this.commitTogether(this.roundOf(requests));
        for (const { waiting, decision } of answers) {
          if (decision.kind === "threw") waiting.reject(decision.error);
          else if (decision.kind === "locked") waiting.reject(new TargetLocked(decision.refusal));
          else if (decision.kind === "beyondGrant")
            waiting.reject(new BeyondGrant(decision.operationId));
          else if (decision.kind !== "needs") waiting.resolve(decision.answer);
        }
      } catch (error) {
        // After a failure nobody knows whether the commit took effect: the log will tell before the next decision.
        if (error instanceof StorageUnavailable) this.memory.doubt();
        else this.memory.forget();
        for (const { reject } of requests) reject(error);
      }
    }
    this.running = undefined;
  }

  private take(): Waiting[] {
    let count = 0;
    let operations = 0;
    for (const { proposal } of this.waiting) {
      operations += sizeOf(proposal);
      if (count > 0 && operations > this.settings.commitOperationsMax) break;
      count += 1;
    }
    const requests = this.waiting.splice(0, count);
    for (const { proposal } of requests) this.waitingOperations -= sizeOf(proposal);
    return requests;
  }

  private roundOf(requests: readonly Waiting[]): Round {
    return {
      requests,
      operationIds: requests.flatMap(({ proposal }) => proposal.operationIds),
      atLeastVersion: Math.max(...requests.map(({ proposal }) => proposal.atLeastVersion)),
      atLeastLockRevision: Math.max(...requests.map(({ editor }) => editor.atLeastLockRevision)),
      accessRevision: Math.max(...requests.map(({ editor }) => editor.accessRevision)),
      older: new OlderLog(this.memory.templateId),
      askedAtVersion: 0,
    };
  }

  /** Decides and commits, again whenever another writer was first; after a few losses under the row lock. */
  private async commitTogether(round: Round): Promise<Plan> {
    for (let attempt = 0; attempt < this.settings.lostRacesMax; attempt += 1) {
      await authorizeAgain(round);
      const decided = await this.decideAll(round, round.atLeastVersion, this.store);
      if (decided.operations.length === 0) return decided;
      const outcome = await this.store.commit(this.commitOf(decided, round));
      if (outcome.kind === "committed") return this.adopt(decided, round);
      if (outcome.kind === "operationIdTaken") {
        await round.older.readRows(this.store, round.operationIds, []);
      } else await this.afterLostRace(round);
    }
    for (;;) {
      await authorizeAgain(round);
      const decided = await this.commitLocked(round);
      if (decided === undefined) continue;
      return decided.operations.length === 0 ? decided : this.adopt(decided, round);
    }
  }

  /** Undefined where grants changed: who may edit is asked over another connection, so not while the row is held. */
  private async commitLocked(round: Round): Promise<Plan | undefined> {
    const { templateId } = this.memory;
    return this.store.withLock(templateId, async (locked) => {
      const head = await locked.head();
      if (head.deleted) throw new TemplateGone(templateId);
      if (head.accessRevision !== round.accessRevision) {
        round.accessRevision = head.accessRevision;
        return undefined;
      }
      // Reads go over the connection that holds the lock: waiting for another one could wait for ever.
      const log: LogReader = {
        readLog: (range) => locked.readLog(range),
        readHistory: (range) => locked.readHistory(range),
        findOperations: (_templateId, ids) => locked.findOperations(ids),
        readLocks: async () => new Map([[templateId, await locked.readLocks()]]),
      };
      round.atLeastLockRevision = Math.max(round.atLeastLockRevision, head.lockRevision);
      await round.older.readRows(log, round.operationIds, []);
      round.askedAtVersion = head.version;
      const attempt = await this.decideAll(
        round,
        Math.max(round.atLeastVersion, head.version),
        log,
      );
      if (attempt.operations.length === 0) return attempt;
      const outcome = await locked.commit(this.commitOf(attempt, round));
      if (outcome.kind === "committed") return attempt;
      throw new Error(`a commit to ${templateId} under its lock ended as ${outcome.kind}`);
    });
  }

  private adopt(decided: Plan, { accessRevision }: Round): Plan {
    const fromVersion = decided.next.version - decided.operations.length;
    this.memory.adopt(decided.operations, decided.next);
    const count = this.decidedSinceDrop + decided.decided.length;
    if (decided.decided.length > 0) {
      this.decidedSinceDrop = count >= DECIDED_DROPPED_EVERY ? 0 : count;
    }
    this.committed(this.memory, {
      ...{ fromVersion, operations: decided.operations, accessRevision },
      ...(decided.decided.length > 0 && { decided: decided.decided }),
    });
    return decided;
  }

  private commitOf(plan: Plan, { accessRevision }: Round): Commit {
    const { operations, next, decided, lockRevision } = plan;
    const drops = this.decidedSinceDrop + decided.length >= DECIDED_DROPPED_EVERY;
    return {
      ...(decided.length > 0 && { decided }),
      ...(drops && { decidedKeptMax: this.settings.decidedConflictsKeptMax }),
      templateId: this.memory.templateId,
      expectedVersion: next.version - operations.length,
      expectedLockRevision: lockRevision,
      expectedAccessRevision: accessRevision,
      operations,
    };
  }

  /** Decides, and reads what turns out to be missing until nothing is. */
  private async decideAll(round: Round, atLeastVersion: number, log: LogReader): Promise<Plan> {
    const { requests, older } = round;
    let askedAboutLocks = false;
    for (;;) {
      const { head, recent } = await this.memory.fresh(atLeastVersion, log);
      const locks = await this.locks.at(round.atLeastLockRevision, log);
      const horizonVersion = head.version - this.settings.historyOperationsMax;
      const base = lowestBase(requests, horizonVersion);
      if (base < recent.start && !older.knows(base, recent.start)) {
        await older.readHistory(log, base, recent.start);
        continue;
      }
      const known = { head, recent, older, horizonVersion, locks };
      const decided = await plan(known, requests, this.pace);
      const needed = neededIds(decided);
      const isToAsk = round.askedAtVersion < recent.start && hasIdsOutOfSight(decided, recent);
      if (needed.length === 0 && !isToAsk) {
        if (askedAboutLocks || !meetsLocks(decided)) return decided;
        // Memory does not know that a lease ran out or was renewed: the store's clock decides.
        await this.locks.read(log);
        askedAboutLocks = true;
        continue;
      }
      await older.readRows(log, isToAsk ? round.operationIds : [], needed);
      if (isToAsk) round.askedAtVersion = head.version;
    }
  }

  private async afterLostRace(round: Round): Promise<void> {
    const { templateId } = this.memory;
    const head = (await this.store.heads([templateId])).get(templateId);
    if (head === undefined || head.deleted) throw new TemplateGone(templateId);
    this.memory.doubt();
    round.atLeastLockRevision = head.lockRevision;
    round.accessRevision = head.accessRevision;
    this.locks.forgetAbove(head.lockRevision);
    if (head.version >= (this.memory.current?.head.version ?? 0)) return;
    // A store that was set back to an older state: memory must not lead it.
    this.memory.forget();
    round.older.forget();
    round.askedAtVersion = 0;
  }
}

function sizeOf(proposal: Proposal<unknown>): number {
  return Math.max(1, proposal.operationIds.length);
}

/** Who was allowed to edit at another access revision is asked about again, and whoever may not any more is refused. */
async function authorizeAgain(round: Round): Promise<void> {
  for (;;) {
    const outdated = round.requests.filter(
      ({ editor }) => editor.accessRevision !== round.accessRevision,
    );
    if (outdated.length === 0) return;
    const refused = new Set<Waiting>();
    await Promise.all(
      outdated.map(async (waiting) => {
        const editor = await waiting.proposal.authorizeAgain();
        if (editor === undefined) {
          refused.add(waiting);
          waiting.reject(new AccessTakenAway());
        } else waiting.editor = editor;
      }),
    );
    round.requests = round.requests.filter((waiting) => !refused.has(waiting));
    const asked = outdated.filter((waiting) => !refused.has(waiting));
    if (asked.length > 0) {
      round.accessRevision = Math.max(...asked.map(({ editor }) => editor.accessRevision));
    }
  }
}
