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
