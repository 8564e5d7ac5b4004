import { expect, test } from "vitest";
import { systemClock } from "../../src/platform/clock.js";
import { timeOrderedIds } from "../../src/platform/timeOrderedId.js";

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("ids sort as they were made: within a millisecond, over one, and with the clock set back", () => {
  let now = 1_800_000_000_000;
  const newId = timeOrderedIds({ ...systemClock, now: () => now });
  const ids: string[] = [];
  for (let index = 0; index < 10_000; index += 1) {
    if (index === 6_000) now += 1;
    if (index === 8_000) now -= 5_000;
    ids.push(newId());
  }
  expect(ids.every((id) => form.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});
