/** The twin of the locks' store, in memory: the locks are part of the rows of the templates' twin. */
import { isHeldBy, type Editor, type Lock, type LockSet } from "../../src/domain/locks/lock.js";
import type {
  LockingSession,
  LockOutcome,
  LockRequest,
  LockStore,
} from "../../src/storage/locks/lockStore.js";
import {
  copyOf,
  lockSetOf,
  shownLock,
  type MemoryLock,
  type MemoryRow,
} from "./memoryTemplateRow.js";
import type { MemoryTemplateStore } from "./memoryTemplateStore.js";

export class MemoryLockStore implements LockStore {
  /** `isOpen`: whether the session is there. */
  constructor(
    private readonly templates: MemoryTemplateStore,
    private readonly isOpen: (session: LockingSession) => boolean,
  ) {}

  async acquire<R>(
    request: LockRequest,
    refuse: (held: LockSet) => R | undefined,
  ): Promise<LockOutcome<R>> {
    const { templateId } = request;
    const outcome = await this.templates.changeLocks(templateId, (row, now): LockOutcome<R> => {
      const reason = refuse(copyOf(lockSetOf(row, now)));
      if (reason !== undefined) return { kind: "refused", reason };
      if (!this.isOpen({ templateId, id: request.sessionId })) return { kind: "gone" };
      return take(row, request, now);
    });
    return outcome ?? { kind: "gone" };
  }

  async renew(sessions: readonly LockingSession[], leaseMs: number): Promise<void> {
    for (const { templateId, id } of sessions) {
      await this.templates.changeLocks(templateId, (row, now) => {
        row.locks = row.locks.map((lock) => {
          if (lock.sessionId !== id || lock.expiresAt <= now) return lock;
          const expiresAt = Math.min(now + leaseMs, lock.expiresMaxAt);
          return { ...lock, expiresAt: Math.max(lock.expiresAt, expiresAt) };
        });
      });
    }
  }

  async release(
    templateId: string,
    path: string,
    holder: Editor | null,
  ): Promise<Lock | undefined> {
    return this.templates.changeLocks(templateId, (row, now) => {
      const lock = lockSetOf(row, now).locks.find(
        (held) => held.path === path && (holder === null || isHeldBy(held, holder)),
      );
      if (lock === undefined) return undefined;
      row.lockRevision += 1;
      row.locks = row.locks.filter((held) => held.path !== path);
      return copyOf(lock);
    });
  }

  /** The end of a session, which takes its locks with it. */
  async releaseAll(session: LockingSession): Promise<void> {
    await this.templates.changeLocks(session.templateId, (row) => {
      const kept = row.locks.filter(({ sessionId }) => sessionId !== session.id);
      if (kept.length < row.locks.length) row.lockRevision += 1;
      row.locks = kept;
    });
  }

  async dropExpired(): Promise<string[]> {
    return this.templates.dropExpiredLocks();
  }
}

function take<R>(row: MemoryRow, request: LockRequest, now: number): LockOutcome<R> {
  const { path, sessionId, userId, clientId, leaseMs, holdMsMax } = request;
  const own = row.locks.find((lock) => lock.path === path && lock.expiresAt > now);
  const others = row.locks.filter((lock) => lock.path !== path);
  const taken = (lock: MemoryLock, isNew: boolean): LockOutcome<R> => {
    row.locks = [...others, lock];
    return { kind: "acquired", lock: shownLock(lock), isNew };
  };
  if (own !== undefined && isHeldBy(own, request)) {
    const expiresAt = Math.min(now + leaseMs, own.expiresMaxAt);
    return taken({ ...own, sessionId, expiresAt }, false);
  }
  row.lockRevision += 1;
  const instants = {
    acquiredAt: now,
    expiresAt: now + Math.min(leaseMs, holdMsMax),
    expiresMaxAt: now + holdMsMax,
  };
  const fence = row.lockRevision;
  return taken({ path, sessionId, userId, clientId, fence, ...instants }, true);
}
