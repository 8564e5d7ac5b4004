/**
 * The counts that all nodes share, in Redis, through rate-limiter-flexible. Its own script counts in fixed windows,
 * which would let a person who used a window up wait for the whole rest of it; this one leaks evenly, by Redis' clock.
 */
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { RedisClient } from "../../redis/redisConnection.js";
import { RedisNames } from "../../redis/redisNames.js";
import type { Warn } from "../../platform/logging.js";
import type { Rate } from "./rateLimiter.js";

/**
 * KEYS[1] a bucket; ARGV: points to add, its time to live (not used), what it holds, seconds in which it runs empty.
 * Answers the level, and the milliseconds until it is no more than full, or empty where it is not. A limiter defines
 * its script under one name per connection, so all limits share this one.
 */
const LEAK_AND_ADD = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local capacity = tonumber(ARGV[3])
local leakPerMs = capacity / (ARGV[4] * 1000)
local level = 0
local stored = redis.call('HMGET', KEYS[1], 'level', 'at')
if stored[1] and stored[2] then
  level = math.max(0, stored[1] - math.max(0, now - stored[2]) * leakPerMs)
end
level = math.min(math.max(0, level + ARGV[1]), 2 * capacity)
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(level / leakPerMs) + 1)
local excess = level
if level > capacity then excess = level - capacity end
return { math.ceil(level - 0.000001), math.ceil(excess / leakPerMs) }
`;

/** What is counted under a key by all nodes now. */
export interface SharedCount {
  readonly points: number;
  /** Until it fits the limit again, where it exceeds it. */
  readonly retryAfterMs: number;
}

export interface SharedCounterOptions {
  readonly redis: RedisClient;
  readonly names?: RedisNames;
  /** Part of the keys: what is counted. */
  readonly name: string;
  readonly rate: Rate;
  readonly warn: Warn;
}

export class SharedCounter {
  readonly #limiter: RateLimiterRedis;
  readonly #warn: Warn;
  #away = false;

  constructor({ redis, names = new RedisNames(), name, rate, warn }: SharedCounterOptions) {
    this.#warn = warn;
    this.#limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: names.limit(name),
      points: rate.points,
      duration: rate.perMs / 1_000,
      customIncrTtlLuaScript: LEAK_AND_ADD,
      rejectIfRedisNotReady: true,
    });
  }

  /** Adds points, which may be negative, and tells the sum; undefined where Redis does not answer. */
  async add(key: string, points: number): Promise<SharedCount | undefined> {
    try {
      const { consumedPoints, msBeforeNext } = await this.#limiter.penalty(key, points);
      this.#away = false;
      return { points: consumedPoints, retryAfterMs: msBeforeNext };
    } catch (error) {
      if (!this.#away)
        this.#warn("limits: Redis is unavailable, this node counts on its own", error);
      this.#away = true;
      return undefined;
    }
  }
}
