/** Makes the rate limiters of a node: with Redis they hold over all nodes, without it on this one. */
import type { Clock } from "../../platform/clock.js";
import type { RedisClient } from "../../redis/redisConnection.js";
import type { RedisNames } from "../../redis/redisNames.js";
import type { Warn } from "../../platform/logging.js";
import { LocalFirstRateLimiter } from "./localFirstRateLimiter.js";
import { MemoryRateLimiter } from "./memoryRateLimiter.js";
import type { Rate, RateLimiter } from "./rateLimiter.js";
import { SharedCounter } from "./sharedCounter.js";
import { SharedRateLimiter } from "./sharedRateLimiter.js";

export interface RateLimitersParts {
  /** Undefined on one node. */
  readonly redis: RedisClient | undefined;
  readonly names: RedisNames;
  readonly clock: Clock;
  readonly warn: Warn;
}

export class RateLimiters {
  readonly #parts: RateLimitersParts;
  readonly #made: RateLimiter[] = [];

  constructor(parts: RateLimitersParts) {
    this.#parts = parts;
  }

  /** For what is rare and must not be exceeded, such as guesses of a password: asks Redis each time. */
  exact(name: string, rate: Rate): RateLimiter {
    return this.#make(SharedRateLimiter, name, rate);
  }

  /** For what is frequent: decides in memory and hears of other nodes a moment later. */
  localFirst(name: string, rate: Rate): RateLimiter {
    return this.#make(LocalFirstRateLimiter, name, rate);
  }

  close(): void {
    for (const limiter of this.#made) limiter.close();
    this.#parts.redis?.disconnect();
  }

  #make(
    Shared: typeof SharedRateLimiter | typeof LocalFirstRateLimiter,
    name: string,
    rate: Rate,
  ): RateLimiter {
    const { redis, names, clock, warn } = this.#parts;
    const limiter =
      redis === undefined
        ? new MemoryRateLimiter(rate, clock)
        : new Shared({
            counter: new SharedCounter({ redis, names, name, rate, warn }),
            rate,
            clock,
          });
    this.#made.push(limiter);
    return limiter;
  }
}
