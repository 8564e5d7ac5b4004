import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/platform/clock.js";
import { DocumentRoom } from "../../src/live/documentRoom.js";

const MB = 1_000_000;

/** Work that ends when it is told to. */
function held(room: DocumentRoom, bytes: number) {
  let end = (): void => undefined;
  let began = false;
  const done = room.holding(bytes, () => {
    began = true;
    return new Promise<void>((resolve) => (end = resolve));
  });
  return { done, end: () => end(), began: () => began };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("ENG-20 documents that are read", () => {
  test("wait for room, in their order, and small ones for nobody", async () => {
    const room = new DocumentRoom(100 * MB, systemClock, () => 0);
    const [first, second, third] = [held(room, 40 * MB), held(room, 40 * MB), held(room, 40 * MB)];
    const fourth = held(room, 10 * MB);
    const small = held(room, 1_000);
    await settled();
    const began = () => [first, second, third, fourth, small].map((one) => one.began());
    expect(began()).toEqual([true, true, false, false, true]);
    first.end();
    await settled();
    expect(began()).toEqual([true, true, true, true, true]);
    for (const one of [second, third, fourth, small]) one.end();
    await Promise.all([first, second, third, fourth, small].map(({ done }) => done));
  });

  test("get the room of templates that nobody uses", async () => {
    let live = 90 * MB;
    const room = new DocumentRoom(100 * MB, systemClock, (wanted) => {
      if (live + wanted > 100 * MB) live = 20 * MB;
      return live;
    });
    const reader = held(room, 45 * MB);
    await settled();
    expect(reader.began()).toBe(true);
    expect(live).toBe(20 * MB);
    reader.end();
    await reader.done;
  });

  test("are let in when those that are in use leave, and one that is larger than all room is read alone", async () => {
    let live = 90 * MB;
    const room = new DocumentRoom(100 * MB, systemClock, () => live);
    const reader = held(room, 10_000 * MB);
    await settled();
    expect(reader.began()).toBe(false);
    live = 50 * MB;
    room.admit();
    await settled();
    expect(reader.began()).toBe(true);
    const other = held(room, 10_000 * MB);
    await settled();
    expect(other.began()).toBe(false);
    reader.end();
    await settled();
    expect(other.began()).toBe(true);
    other.end();
    await Promise.all([reader.done, other.done]);
  });

  test("are told when to come again where there is no room in time", async () => {
    const tasks: (() => void)[] = [];
    const clock = { after: (_ms: number, task: () => void) => (tasks.push(task), () => undefined) };
    const room = new DocumentRoom(100 * MB, clock, () => 100 * MB);
    const waiting = room.holding(10 * MB, async () => undefined);
    for (const task of tasks) task();
    await expect(waiting).rejects.toMatchObject({ name: "QueueFull", retryAfterMs: 1_000 });
  });
});
