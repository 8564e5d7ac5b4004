import { describe, expect, test } from "vitest";
import { LargeRequests, NodeBusy } from "../../src/limits/work/largeRequests.js";
import { defaultWorkSettings } from "../../src/limits/work/workSettings.js";

/** A clock whose timers run when the test says so. */
function timers() {
  const waiting = new Set<() => void>();
  return {
    clock: {
      after(_ms: number, task: () => void) {
        waiting.add(task);
        return () => void waiting.delete(task);
      },
    },
    runAll() {
      for (const task of [...waiting]) {
        waiting.delete(task);
        task();
      }
    },
  };
}

describe("LIM-72 of requests that read much", () => {
  const settings = { ...defaultWorkSettings, largeRequestsMax: 2, largeRequestsQueuedMax: 2 };

  test("a few are under way, and the others go on in their order", async () => {
    const places = new LargeRequests(settings, timers().clock);
    const order: string[] = [];
    const enter = (name: string) =>
      places.enter().then((leave) => {
        order.push(name);
        return leave;
      });
    const [first, second] = await Promise.all([enter("a"), enter("b")]);
    const third = enter("c");
    const fourth = enter("d");
    await Promise.resolve();
    expect(order).toEqual(["a", "b"]);
    first();
    // More than once is as once.
    first();
    const leaveThird = await third;
    expect(order).toEqual(["a", "b", "c"]);
    second();
    (await fourth)();
    leaveThird();
    expect(order).toEqual(["a", "b", "c", "d"]);
    await Promise.all([enter("e"), enter("f")]);
  });

  test("one too many in line, and one that waited too long, are told when to come again", async () => {
    const { clock, runAll } = timers();
    const places = new LargeRequests(settings, clock);
    const [leave] = await Promise.all([places.enter(), places.enter()]);
    const waiting = [places.enter(), places.enter()];
    await expect(places.enter()).rejects.toMatchObject({ name: "NodeBusy", retryAfterMs: 1_000 });
    const outcomes = Promise.allSettled(waiting);
    runAll();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(NodeBusy) as object });
    }
    leave();
    await places.enter();
  });
});
