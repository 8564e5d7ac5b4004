/** Notes that PostgreSQL found no disk space to write to, for those who ask after the health of this process. */

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
