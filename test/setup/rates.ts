/** Rate limits in memory for tests: as generous as the test does not say otherwise. */
import { MemoryRateLimiter } from "../../src/limits/memoryRateLimiter.js";
import type { Rate } from "../../src/limits/rateLimiter.js";
import type { Rates } from "../../src/limits/rates.js";
import { systemClock, type Clock } from "../../src/live/clock.js";

const generous: Rate = { points: 1e9, perMs: 60_000 };

export function testRates(
  given: { readonly [name in keyof Rates]?: Rate } = {},
  clock: Clock = systemClock,
): Rates {
  const limiter = (name: keyof Rates) => new MemoryRateLimiter(given[name] ?? generous, clock);
  return { operations: limiter("operations"), signUps: limiter("signUps") };
}
