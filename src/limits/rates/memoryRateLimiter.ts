/** Limits of one node, or of a node whose Redis is away. */
import type { Clock } from "../../platform/clock.js";
import { Buckets } from "./buckets.js";
import type { Rate, RateLimiter, Taken } from "./rateLimiter.js";

export class MemoryRateLimiter implements RateLimiter {
  readonly #buckets: Buckets;

  constructor(rate: Rate, clock: Pick<Clock, "monotonic">) {
    this.#buckets = new Buckets(rate, clock);
  }

  async take(key: string, points: number): Promise<Taken> {
    return this.#buckets.take(key, points);
  }

  charge(key: string, points: number): void {
    this.#buckets.add(key, points);
  }

  close(): void {}
}
