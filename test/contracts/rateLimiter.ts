/** What every rate limiter promises. */
import { afterEach, describe, expect, it } from "vitest";
import type { Rate, RateLimiter } from "../../src/limits/rates/rateLimiter.js";

export interface RateLimiterHarness {
  /** Opens a limiter with counts of its own. Its clock is moved by `pass`, or by itself where that waits. */
  open(rate: Rate): Promise<{ limiter: RateLimiter; pass(milliseconds: number): Promise<void> }>;
  close(): Promise<void>;
}

export function rateLimiterContract(name: string, harness: RateLimiterHarness): void {
  describe(`rate limiter: ${name}`, () => {
    afterEach(() => harness.close());

    it("LIM-10 lets through what fits at once, and refuses the rest with the time to come back", async () => {
      const { limiter } = await harness.open({ points: 10, perMs: 60_000 });
      expect(await limiter.take("ada", 4)).toEqual({ ok: true });
      expect(await limiter.take("ada", 5)).toEqual({ ok: true });
      const refused = await limiter.take("ada", 5);
      // Four points leak in 24 seconds, a little of which has gone by.
      expect(refused).toMatchObject({ ok: false });
      const { retryAfterMs } = refused as { retryAfterMs: number };
      expect(retryAfterMs).toBeGreaterThan(14_000);
      expect(retryAfterMs).toBeLessThanOrEqual(24_000);
      // What was refused cost nothing.
      expect(await limiter.take("ada", 1)).toEqual({ ok: true });
      expect(await limiter.take("ada", 1)).toMatchObject({ ok: false });
    });

    it("LIM-10 one who used it up may go on after the time told", async () => {
      const { limiter, pass } = await harness.open({ points: 100, perMs: 2_000 });
      expect(await limiter.take("ada", 100)).toEqual({ ok: true });
      let tries = 0;
      for (let taken = await limiter.take("ada", 10); !taken.ok; tries += 1) {
        expect(taken.retryAfterMs).toBeLessThanOrEqual(200);
        await pass(taken.retryAfterMs + 1);
        taken = await limiter.take("ada", 10);
      }
      // Nodes may hear a moment later of what they took themselves.
      expect(tries).toBeGreaterThan(0);
      expect(tries).toBeLessThan(4);
    });

    it("LIM-10 counts each key by itself", async () => {
      const { limiter } = await harness.open({ points: 2, perMs: 60_000 });
      expect(await limiter.take("ada", 2)).toEqual({ ok: true });
      expect(await limiter.take("ben", 2)).toEqual({ ok: true });
      expect(await limiter.take("ada", 1)).toMatchObject({ ok: false });
    });

    it("LIM-10 what exceeds the limit by itself counts as all of it", async () => {
      const { limiter } = await harness.open({ points: 10, perMs: 60_000 });
      expect(await limiter.take("ada", 50)).toEqual({ ok: true });
      expect(await limiter.take("ada", 1)).toMatchObject({ ok: false });
    });

    it("LIM-11 what is charged afterwards counts, and what is given back does not", async () => {
      const { limiter } = await harness.open({ points: 10, perMs: 60_000 });
      expect(await limiter.take("ada", 1)).toEqual({ ok: true });
      limiter.charge("ada", 12);
      expect(await limiter.take("ada", 1)).toMatchObject({ ok: false });
      limiter.charge("ada", -13);
      expect(await limiter.take("ada", 10)).toEqual({ ok: true });
    });

    it("LIM-10 many at once get what there is and no more", async () => {
      const { limiter } = await harness.open({ points: 20, perMs: 3_600_000 });
      const all = await Promise.all(Array.from({ length: 60 }, () => limiter.take("ada", 1)));
      expect(all.filter(({ ok }) => ok)).toHaveLength(20);
    });
  });
}
