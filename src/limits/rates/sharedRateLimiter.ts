/** Limits that hold over all nodes exactly, at a round trip to Redis each: for what is rare and must not be exceeded. */
import type { Clock } from "../../platform/clock.js";
import { MemoryRateLimiter } from "./memoryRateLimiter.js";
import type { Rate, RateLimiter, Taken } from "./rateLimiter.js";
import type { SharedCounter } from "./sharedCounter.js";

export interface SharedRateLimiterOptions {
  readonly counter: SharedCounter;
  readonly rate: Rate;
  readonly clock: Clock;
}

export class SharedRateLimiter implements RateLimiter {
  readonly #options: SharedRateLimiterOptions;
  /** Decides alone while Redis is away. */
  readonly #insurance: MemoryRateLimiter;

  constructor(options: SharedRateLimiterOptions) {
    this.#options = options;
    this.#insurance = new MemoryRateLimiter(options.rate, options.clock);
  }

  async take(key: string, points: number): Promise<Taken> {
    const { counter, rate } = this.#options;
    const wanted = Math.min(points, rate.points);
    const local = await this.#insurance.take(key, wanted);
    if (!local.ok) return local;
    const count = await counter.add(key, wanted);
    if (count === undefined || count.points <= rate.points) return local;
    this.charge(key, -wanted);
    return { ok: false, retryAfterMs: count.retryAfterMs };
  }

  charge(key: string, points: number): void {
    this.#insurance.charge(key, points);
    void this.#options.counter.add(key, points);
  }

  close(): void {}
}
