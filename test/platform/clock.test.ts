/** The system's clock: when what is due at once runs. */
import { stat } from "node:fs/promises";
import { stat as statThen } from "node:fs";
import { expect, test } from "vitest";
import { Pace } from "../../src/live/pace.js";
import { systemClock } from "../../src/platform/clock.js";
import type { Steps } from "../../src/domain/steps.js";

test("ENG-46: what is due at once runs in the turn of the loop that asked for it, before any timer", async () => {
  const ran = await new Promise<string[]>((resolve) => {
    const order: string[] = [];
    // From the callback of a file, the loop goes on with what is due at once and then with timers.
    statThen(".", () => {
      setTimeout(() => resolve([...order, "timer"]), 0);
      systemClock.after(0, () => order.push("due"));
    });
  });
  expect(ran).toEqual(["due", "timer"]);
});

test("what is due at once can be cancelled", async () => {
  const ran: string[] = [];
  systemClock.after(0, () => ran.push("cancelled"))();
  await new Promise<void>((resolve) => void systemClock.after(0, resolve));
  expect(ran).toEqual([]);
});

test("ENG-46: files and sockets have their turn between slices", async () => {
  const stopping = new AbortController();
  let steps = 0;
  const endless = function* (): Steps<number> {
    while (!stopping.signal.aborted) {
      steps += 1;
      yield;
    }
    return steps;
  };
  const work = new Pace(systemClock, 0).taken(endless());
  for (let file = 0; file < 3; file += 1) await stat(".");
  stopping.abort();
  expect(await work).toBeGreaterThan(1);
});
