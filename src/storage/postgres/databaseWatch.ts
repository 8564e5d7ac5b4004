/** Notes when PostgreSQL cannot be reached and when it answers again, for those who tell people about it. */

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
