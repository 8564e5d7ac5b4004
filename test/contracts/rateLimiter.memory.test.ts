/** The memory adapter of rate limits: the contract, and that its memory is bounded. */
import { expect, it } from "vitest";
import { Buckets } from "../../src/limits/rates/buckets.js";
import { MemoryRateLimiter } from "../../src/limits/rates/memoryRateLimiter.js";
import { rateLimiterContract } from "./rateLimiter.js";

rateLimiterContract("memory", {
  async open(rate) {
    let now = 1_800_000_000_000;
    const limiter = new MemoryRateLimiter(rate, { monotonic: () => now });
    return {
      limiter,
      async pass(milliseconds) {
        now += milliseconds;
      },
    };
  },
  async close() {},
});

it("LIM-10 in the long run as much passes as leaks, whatever the steps", () => {
  let now = 0;
  const buckets = new Buckets({ points: 2_000, perMs: 120_000 }, { monotonic: () => now });
  let passed = 0;
  for (let step = 0; step < 60_000; step += 1) {
    if (buckets.take("ada", 1 + (step % 3)).ok) passed += 1 + (step % 3);
    now += 7 + (step % 11);
  }
  const leaked = (now * 2_000) / 120_000;
  expect(passed).toBeLessThanOrEqual(2_000 + leaked);
  expect(passed).toBeGreaterThan(2_000 + leaked - 10);
});

it("LIM-10 a clock that is set back gives nothing and takes nothing", () => {
  let now = 1_000_000;
  const buckets = new Buckets({ points: 10, perMs: 1_000 }, { monotonic: () => now });
  expect(buckets.take("ada", 10).ok).toBe(true);
  now -= 500_000;
  expect(buckets.take("ada", 1).ok).toBe(false);
  now += 1_000;
  expect(buckets.take("ada", 10).ok).toBe(true);
});

it("LIM-12 keys beyond the bound push out those longest unused", () => {
  const buckets = new Buckets({ points: 1, perMs: 60_000 }, { monotonic: () => 0 }, 100);
  for (let index = 0; index < 10_000; index += 1) buckets.take(`key-${index}`, 1);
  expect(buckets.size).toBe(100);
  expect(buckets.take("key-9999", 1).ok).toBe(false);
  expect(buckets.take("key-0", 1).ok).toBe(true);
});
