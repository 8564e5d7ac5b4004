/**
 * Notes when PostgreSQL cannot be reached, answers again, or found no disk space, for what this process reports of its
 * health.
 */

export interface DatabaseWatcher {
  /** The first statement failed for want of a connection. */
  readonly lost: (error: unknown) => void;
  /** A statement was answered again. */
  readonly back: () => void;
}

const watchers = new Set<DatabaseWatcher>();
let isAway = false;

/** Tells from now on; returns how to end that. */
export function watchDatabase(watcher: DatabaseWatcher): () => void {
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) isAway = false;
  };
}

/** A statement found no server. */
export function noteUnreachable(error: unknown): void {
  if (isAway || watchers.size === 0) return;
  isAway = true;
  for (const { lost } of watchers) lost(error);
}

/** A statement was answered. */
export function noteReached(): void {
  if (!isAway) return;
  isAway = false;
  for (const { back } of watchers) back();
}

const FULL_MS = 30_000;

let failures = 0;

/** A statement failed for want of disk space. */
export function noteDiskFull(): void {
  failures += 1;
}

/** Tells whether a statement failed so within the last half minute; writes are tried again all the time. */
export function createDiskWatch(clock: { monotonic(): number }): () => boolean {
  let seen = failures;
  let fullUntil = -Infinity;
  return () => {
    if (failures !== seen) fullUntil = clock.monotonic() + FULL_MS;
    seen = failures;
    return clock.monotonic() < fullUntil;
  };
}
