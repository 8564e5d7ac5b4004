/**
 * The queue of one template: group commit. One commit is on its way at a time; what arrives meanwhile is decided
 * against the state that commit left and goes with the next. A commit that fails leaves memory as it was.
 */
import type { LoggedOperation } from "../domain/operations/operation.js";
import { StorageUnavailable, type Commit, type TemplateStore } from "../storage/templateStore.js";
import { QueueFull, TemplateGone, type Proposal } from "./liveTemplates.js";
import type { LiveSettings } from "./liveSettings.js";
import { hasHistory, missingIds, plan, type Plan, type Waiting } from "./proposals.js";
import type { Loaded, LogReader, TemplateMemory } from "./templateMemory.js";

/** When a request that found the queue full may come again. */
const QUEUE_FULL_RETRY_MS = 500;

/** Told of each commit, in order, before its requests are answered. */
export type Committed = (
  memory: TemplateMemory,
  fromVersion: number,
  operations: readonly LoggedOperation[],
) => void;

export class TemplateQueue {
  private waiting: Waiting[] = [];
  private waitingOperations = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly memory: TemplateMemory,
    private readonly store: TemplateStore,
    private readonly settings: LiveSettings,
    private readonly committed: Committed,
  ) {}

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
        resolve: resolve as (answer: unknown) => void,
        reject,
        asked: false,
        lookedUp: new Map(),
        older: undefined,
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
        const { answers } = await this.commitTogether(requests);
        for (const { waiting, decision } of answers) {
          if (decision.kind === "threw") waiting.reject(decision.error);
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

  /** Decides and commits, again whenever another writer was first; after a few losses under the row lock. */
  private async commitTogether(requests: readonly Waiting[]): Promise<Plan> {
    const atLeastVersion = Math.max(...requests.map(({ proposal }) => proposal.atLeastVersion));
    for (let attempt = 0; attempt < this.settings.lostRacesMax; attempt += 1) {
      const decided = await this.decideAll(requests, atLeastVersion, this.store);
      if (decided.operations.length === 0) return decided;
      const outcome = await this.store.commit(commitOf(this.memory.templateId, decided));
      if (outcome.kind === "committed") return this.adopt(decided);
      if (outcome.kind === "operationIdTaken") await this.lookUp(requests, [], this.store);
      else await this.afterLostRace();
    }
    return this.commitLocked(requests, atLeastVersion);
  }

  private async commitLocked(requests: readonly Waiting[], atLeastVersion: number): Promise<Plan> {
    const { templateId } = this.memory;
    const decided = await this.store.withLock(templateId, async (locked) => {
      const head = await locked.head();
      if (head.deleted) throw new TemplateGone(templateId);
      // Reads go over the connection that holds the lock: waiting for another one could wait for ever.
      const log: LogReader = {
        readLog: (range) => locked.readLog(range),
        findOperations: (_templateId, ids) => locked.findOperations(ids),
      };
      await this.lookUp(requests, [], log);
      const attempt = await this.decideAll(requests, Math.max(atLeastVersion, head.version), log);
      if (attempt.operations.length === 0) return attempt;
      const outcome = await locked.commit(commitOf(templateId, attempt));
      if (outcome.kind === "committed") return attempt;
      throw new Error(`a commit to ${templateId} under its lock ended as ${outcome.kind}`);
    });
    return decided.operations.length === 0 ? decided : this.adopt(decided);
  }

  private adopt(decided: Plan): Plan {
    const fromVersion = decided.next.version - decided.operations.length;
    this.memory.adopt(decided.operations, decided.next);
    this.committed(this.memory, fromVersion, decided.operations);
    return decided;
  }

  private async decideAll(
    requests: readonly Waiting[],
    atLeastVersion: number,
    log: LogReader,
  ): Promise<Plan> {
    for (;;) {
      const loaded = await this.memory.fresh(atLeastVersion, log);
      const behind = requests.filter((waiting) => !hasHistory(waiting, loaded.recent));
      if (behind.length > 0) {
        for (const waiting of behind) await this.readOlder(waiting, loaded, log);
        continue;
      }
      const decided = plan(loaded.head, loaded.recent, requests);
      const missing = decided.answers.map((answer) => missingIds(answer, loaded.recent));
      if (missing.every((ids) => ids.length === 0)) return decided;
      await this.lookUp(requests, missing.flat(), log);
    }
  }

  /** Reads the log between the request's base and the part that memory holds. */
  private async readOlder(waiting: Waiting, { head, recent }: Loaded, log: LogReader) {
    const since = waiting.proposal.historySince ?? head.version;
    const through = recent.start;
    if (head.version - since > this.settings.historyOperationsMax) {
      waiting.older = { kind: "outOfReach" };
      return;
    }
    const operations = await log.readLog({
      templateId: this.memory.templateId,
      afterVersion: since,
      throughVersion: through,
      limit: through - since,
    });
    for (const operation of operations) waiting.lookedUp.set(operation.id, operation);
    waiting.older =
      operations.length === through - since
        ? { kind: "read", through, operations }
        : { kind: "outOfReach" };
  }

  /** Reads what the log holds under the requests' own ids and the others. */
  private async lookUp(
    requests: readonly Waiting[],
    others: readonly string[],
    log: LogReader,
  ): Promise<void> {
    const own = requests.flatMap(({ proposal }) => proposal.operationIds);
    const ids = [...new Set([...own, ...others])];
    const found = await log.findOperations(this.memory.templateId, ids);
    for (const waiting of requests) {
      waiting.asked = true;
      for (const operation of found) waiting.lookedUp.set(operation.id, operation);
    }
  }

  private async afterLostRace(): Promise<void> {
    const { templateId } = this.memory;
    const head = (await this.store.heads([templateId])).get(templateId);
    if (head === undefined || head.deleted) throw new TemplateGone(templateId);
    this.memory.doubt();
    // A store that was set back to an older state: memory must not lead it.
    if (head.version < (this.memory.current?.head.version ?? 0)) this.memory.forget();
  }
}

function sizeOf(proposal: Proposal<unknown>): number {
  return Math.max(1, proposal.operationIds.length);
}

function commitOf(templateId: string, { operations, next }: Plan): Commit {
  return { templateId, expectedVersion: next.version - operations.length, operations };
}
