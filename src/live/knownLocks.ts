/**
 * The locks of a template as this node knows them. A commit names their revision, so that none is made under locks that
 * changed; whether a lease ran out meanwhile is asked of the store where it matters.
 */
import { noLocks } from "../domain/locks/lock.js";
import { LockIndex } from "../domain/locks/lockIndex.js";
import type { LogReader } from "./templateMemory.js";

export class KnownLocks {
  private index = new LockIndex(noLocks);

  constructor(private readonly templateId: string) {}

  /** The locks at the revision or later; reads only where memory is behind. */
  async at(atLeastRevision: number, log: LogReader): Promise<LockIndex> {
    if (this.index.set.revision < atLeastRevision) await this.read(log);
    return this.index;
  }

  /** Reads them anew, without those whose lease ran out. */
  async read(log: LogReader): Promise<void> {
    const sets = await log.readLocks([this.templateId]);
    this.index = new LockIndex(sets.get(this.templateId) ?? noLocks);
  }

  /** A store that was set back to an older state knows fewer than this node does. */
  forgetAbove(revision: number): void {
    if (this.index.set.revision > revision) this.index = new LockIndex(noLocks);
  }
}
