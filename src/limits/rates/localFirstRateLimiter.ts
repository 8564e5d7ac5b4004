/**
 * Limits for the hot path: a decision is made in memory, and what was taken is told to Redis a moment later, added up.
 * What Redis answers, the sum over all nodes, raises the count here. So nothing waits for Redis, and what nodes
 * can let through too much together is what they take within one such moment.
 */
import { Buckets } from "./buckets.js";
import type { RateLimiter, Taken } from "./rateLimiter.js";
import type { SharedRateLimiterOptions } from "./sharedRateLimiter.js";

const SHARE_MS = 100;

export class LocalFirstRateLimiter implements RateLimiter {
  readonly #options: SharedRateLimiterOptions;
  readonly #buckets: Buckets;
  /** Points by key that Redis does not know of yet. */
  #untold = new Map<string, number>();
  #cancelTelling: (() => void) | undefined;

  constructor(options: SharedRateLimiterOptions) {
    this.#options = options;
    this.#buckets = new Buckets(options.rate, options.clock);
  }

  async take(key: string, points: number): Promise<Taken> {
    const taken = this.#buckets.take(key, points);
    if (taken.ok) this.#tell(key, Math.min(points, this.#options.rate.points));
    return taken;
  }

  charge(key: string, points: number): void {
    this.#buckets.add(key, points);
    this.#tell(key, points);
  }

  close(): void {
    this.#cancelTelling?.();
  }

  #tell(key: string, points: number): void {
    this.#untold.set(key, (this.#untold.get(key) ?? 0) + points);
    this.#cancelTelling ??= this.#options.clock.after(SHARE_MS, () => {
      this.#cancelTelling = undefined;
      this.#tellAll();
    });
  }

  #tellAll(): void {
    const untold = this.#untold;
    this.#untold = new Map();
    for (const [key, points] of untold) void this.#tellOne(key, points);
  }

  async #tellOne(key: string, points: number): Promise<void> {
    const count = await this.#options.counter.add(key, points);
    if (count !== undefined) {
      this.#buckets.raise(key, count.points + (this.#untold.get(key) ?? 0));
    }
  }
}
