/** Leaking buckets by key, in memory. Their number is bounded: the one longest unused is the emptiest, as a rule. */
import type { Clock } from "../../platform/clock.js";
import type { Rate, Taken } from "./rateLimiter.js";

interface Bucket {
  level: number;
  /** When the level was that. */
  at: number;
}

/** Debts end: what exceeds the limit counts up to as much again. */
const FULL_TIMES_MAX = 2;

const taken: Taken = { ok: true };

export class Buckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly clock: Pick<Clock, "monotonic">,
    private readonly keysMax = 100_000,
  ) {}

  take(key: string, points: number): Taken {
    const bucket = this.#current(key);
    const wanted = bucket.level + Math.min(points, this.rate.points);
    // Leaking leaves fractions, whose sum may miss a whole number by a hair.
    const excess = wanted - this.rate.points;
    if (excess > 1e-6) return { ok: false, retryAfterMs: Math.ceil(this.#msOf(excess)) };
    bucket.level = wanted;
    return taken;
  }

  add(key: string, points: number): void {
    const bucket = this.#current(key);
    bucket.level = this.#bounded(bucket.level + points);
  }

  /** What others counted too: the level is at least this. */
  raise(key: string, level: number): void {
    const bucket = this.#current(key);
    bucket.level = this.#bounded(Math.max(bucket.level, level));
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** The bucket as of now, as the one most recently used. */
  #current(key: string): Bucket {
    const now = this.clock.monotonic();
    const bucket = this.#buckets.get(key) ?? { level: 0, at: now };
    const leaked = (Math.max(0, now - bucket.at) * this.rate.points) / this.rate.perMs;
    bucket.level = Math.max(0, bucket.level - leaked);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.keysMax) this.#forgetOldest();
    return bucket;
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }

  #bounded(level: number): number {
    return Math.min(Math.max(0, level), FULL_TIMES_MAX * this.rate.points);
  }

  #msOf(points: number): number {
    return (points * this.rate.perMs) / this.rate.points;
  }
}
