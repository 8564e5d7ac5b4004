/** How much of something one person or address may do in a time: the port, and what a limit is. */

/** At most `points` at once, and no more than `points` per `perMs` in the long run: a bucket that leaks evenly. */
export interface Rate {
  readonly points: number;
  readonly perMs: number;
}

/** Whether there was room; if not, after how many milliseconds the same will fit. */
export type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

export interface RateLimiter {
  /**
   * Takes points where they fit; what is refused costs nothing. More points than there are at all count as all of
   * them. Never rejects: where the count that nodes share is away, this node's own decides.
   */
  take(key: string, points: number): Promise<Taken>;
  /** Counts what was done without asking; negative points give back. What is done already may exceed the limit. */
  charge(key: string, points: number): void;
  /** Stops talking to other nodes. */
  close(): void;
}

/** So many a minute in the long run, and as many again at once. */
export function perMinute(points: number): Rate {
  return { points: 2 * points, perMs: 120_000 };
}

/** The rates that commands hold people and addresses to. */
export interface Rates {
  /** Edits by what they cost (`takeOperations`), by person. */
  readonly operations: RateLimiter;
  /** Bytes of documents stored in full (snapshots, copies, new templates), by person. */
  readonly copies: RateLimiter;
  /** Accounts made, by address. */
  readonly signUps: RateLimiter;
  /** Sessions that guests open, by address. */
  readonly guestSessions: RateLimiter;
  /** Passwords tried on one account from one address. */
  readonly passwordsOfAccount: RateLimiter;
  /** Passwords tried on one account from everywhere: beyond it the next ones wait, and none is refused. */
  readonly passwordsUnslowed: RateLimiter;
  /** Passwords tried from one address, on whichever account. */
  readonly passwordsOfAddress: RateLimiter;
}
