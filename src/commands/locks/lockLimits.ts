/** How long locks last and how many there may be; each name carries its unit. */
export interface LockLimits {
  /** The lease that a session gets and that each of its heartbeats starts anew, unless it asks for another. */
  readonly lockLeaseMs: number;
  /** How long a lock may be held with all renewals; also the longest lease. */
  readonly lockHoldMsMax: number;
  /** Locks of one editor on one template. */
  readonly locksPerSessionMax: number;
}

/** A shorter lease would be over before anybody could use it. */
export const LOCK_LEASE_MS_MIN = 1_000;

/** The path is part of an index key, which PostgreSQL bounds; where ids may be as long as they can be set to, it matters. */
export const LOCK_PATH_BYTES_MAX = 2_000;

export const defaultLockLimits: LockLimits = {
  lockLeaseMs: 30_000,
  lockHoldMsMax: 3_600_000,
  locksPerSessionMax: 100,
};
