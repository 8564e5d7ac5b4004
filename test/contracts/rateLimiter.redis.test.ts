/** The Redis adapters of rate limits: the contract, several nodes, and a Redis that is away. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { LocalFirstRateLimiter } from "../../src/limits/rates/localFirstRateLimiter.js";
import type { Rate, RateLimiter } from "../../src/limits/rates/rateLimiter.js";
import { SharedCounter } from "../../src/limits/rates/sharedCounter.js";
import { SharedRateLimiter } from "../../src/limits/rates/sharedRateLimiter.js";
import { systemClock } from "../../src/platform/clock.js";
import { redisConnection, type RedisClient } from "../../src/redis/redisConnection.js";
import { redisUrl } from "../setup/redis.js";
import { rateLimiterContract } from "./rateLimiter.js";

const kinds = { shared: SharedRateLimiter, "local first": LocalFirstRateLimiter } as const;
const opened: { redis: RedisClient; limiter: RateLimiter }[] = [];

async function open(
  kind: keyof typeof kinds,
  rate: Rate,
  name: string = randomUUID(),
  url = redisUrl(),
) {
  const redis = redisConnection({ url }, "limits", () => {});
  if (url === redisUrl()) await new Promise((resolve) => redis.once("ready", resolve));
  const warnings: string[] = [];
  const limiter = new kinds[kind]({
    counter: new SharedCounter({ redis, name, rate, warn: (message) => warnings.push(message) }),
    rate,
    clock: systemClock,
  });
  opened.push({ redis, limiter });
  return { limiter, redis, warnings, pass: (milliseconds: number) => wait(milliseconds) };
}

async function closeAll(): Promise<void> {
  for (const { redis, limiter } of opened.splice(0)) {
    limiter.close();
    redis.disconnect();
  }
}

for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
  rateLimiterContract(`Redis, ${kind}`, { open: (rate) => open(kind, rate), close: closeAll });
}

describe("rate limits on several nodes", () => {
  afterEach(closeAll);
  const rate = { points: 20, perMs: 3_600_000 };

  it("LIM-12 exact ones let through no more together than one would", async () => {
    const name = randomUUID();
    const nodes = await Promise.all([1, 2, 3].map(() => open("shared", rate, name)));
    const all = await Promise.all(
      nodes.flatMap(({ limiter }) => Array.from({ length: 20 }, () => limiter.take("ada", 1))),
    );
    const passed = all.filter(({ ok }) => ok).length;
    // Those refused stood in the way of others for a moment.
    expect(passed).toBeLessThanOrEqual(20);
    expect(passed).toBeGreaterThan(0);
  });

  it("LIM-12 local ones hear what others took", async () => {
    const name = randomUUID();
    const [here, there] = await Promise.all([
      open("local first", rate, name),
      open("local first", rate, name),
    ]);
    expect(await here.limiter.take("ada", 19)).toEqual({ ok: true });
    // Each question tells the other's count a moment later; small ones pass until then.
    let passed = 0;
    while ((await there.limiter.take("ada", 1)).ok) {
      passed += 1;
      expect(passed).toBeLessThan(20);
      await wait(150);
    }
    expect(passed).toBeGreaterThan(0);
  });

  it("LIM-12 without Redis each node counts alone", async () => {
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      const { limiter, warnings } = await open(kind, rate, randomUUID(), "redis://127.0.0.1:1");
      expect(await limiter.take("ada", 20)).toEqual({ ok: true });
      expect(await limiter.take("ada", 1)).toMatchObject({ ok: false });
      limiter.charge("ada", -20);
      expect(await limiter.take("ada", 20)).toEqual({ ok: true });
      await expect.poll(() => warnings.length).toBe(1);
    }
  });
});

it("LIM-10 buckets leave Redis when they are empty", async () => {
  const name = randomUUID();
  const { limiter, redis } = await open("shared", { points: 10, perMs: 1_000 }, name);
  expect(await limiter.take("ada", 5)).toEqual({ ok: true });
  const key = `strata:limits:${name}:ada`;
  expect(await redis.exists(key)).toBe(1);
  await expect.poll(() => redis.exists(key)).toBe(0);
  await closeAll();
});
