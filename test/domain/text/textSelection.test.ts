import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyDelta, type Delta } from "../../../src/domain/text/delta.js";
import { runsOf } from "../../../src/domain/text/richText.js";
import {
  selectionAfterDelta,
  selectionWithin,
  type EditedBy,
} from "../../../src/domain/text/textSelection.js";

const place = { pageId: "p", elementId: "e" };
const after = (index: number, length: number, delta: Delta, by: EditedBy = "other") => {
  const moved = selectionAfterDelta({ ...place, index, length }, delta, by);
  return [moved.index, moved.length];
};

const insert = (at: number, text: string): Delta =>
  at === 0 ? [{ insert: text }] : [{ retain: at }, { insert: text }];
const remove = (at: number, units: number): Delta =>
  at === 0 ? [{ delete: units }] : [{ retain: at }, { delete: units }];

describe("a caret", () => {
  it("PRES-20 is pushed by what is inserted before it, and at it by its holder alone", () => {
    expect(after(3, 0, insert(0, "ab"))).toEqual([5, 0]);
    expect(after(3, 0, insert(2, "🎨"))).toEqual([5, 0]);
    expect(after(3, 0, insert(4, "ab"))).toEqual([3, 0]);
    expect(after(3, 0, insert(3, "ab"))).toEqual([3, 0]);
    expect(after(3, 0, insert(3, "ab"), "holder")).toEqual([5, 0]);
    expect(after(0, 0, insert(0, "ab"))).toEqual([0, 0]);
    expect(after(0, 0, insert(0, "ab"), "holder")).toEqual([2, 0]);
  });

  it("PRES-20 comes to where a deletion around it was", () => {
    expect(after(5, 0, remove(0, 2))).toEqual([3, 0]);
    expect(after(5, 0, remove(2, 9))).toEqual([2, 0]);
    expect(after(5, 0, remove(5, 3))).toEqual([5, 0]);
    expect(after(900, 0, remove(0, 2))).toEqual([898, 0]);
    expect(after(5, 0, [{ retain: 9, attributes: { bold: true } }])).toEqual([5, 0]);
  });
});

describe("a range", () => {
  it("PRES-20 holds what is inserted inside, and not what is inserted at its edges", () => {
    expect(after(2, 3, insert(3, "ab"))).toEqual([2, 5]);
    expect(after(2, 3, insert(2, "ab"))).toEqual([4, 3]);
    expect(after(2, 3, insert(5, "ab"))).toEqual([2, 3]);
    expect(after(2, 3, insert(2, "ab"), "holder")).toEqual([4, 3]);
  });

  it("PRES-20 loses what is deleted, and is a caret when all is replaced", () => {
    expect(after(2, 3, remove(1, 2))).toEqual([1, 2]);
    expect(after(2, 3, remove(3, 9))).toEqual([2, 1]);
    expect(after(2, 3, remove(0, 9))).toEqual([0, 0]);
    const typedOver: Delta = [{ retain: 2 }, { insert: "xy" }, { delete: 3 }];
    expect(after(2, 3, typedOver, "holder")).toEqual([4, 0]);
    const deletedFirst: Delta = [{ retain: 2 }, { delete: 3 }, { insert: "xy" }];
    expect(after(2, 3, deletedFirst, "holder")).toEqual([4, 0]);
    expect(after(2, 3, deletedFirst)).toEqual([2, 0]);
  });

  it("PRES-20 of a text that is set as a whole is as much as there is", () => {
    const within = (text: string) => selectionWithin({ ...place, index: 2, length: 3 }, text);
    expect(within("abcdefg")).toMatchObject({ index: 2, length: 3 });
    expect(within("abc")).toMatchObject({ index: 2, length: 1 });
    expect(within("")).toMatchObject({ index: 0, length: 0 });
  });

  /** Each character once, so that it is known by itself. */
  const text = "abcdefghij";
  const steps = fc.array(
    fc.oneof(
      fc.record({ retain: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ delete: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ insert: fc.constantFrom("X", "YZ") }),
    ),
    { maxLength: 6 },
  );

  it("PRES-20 selects the characters that it selected and that are left, with what came between them", () => {
    fc.assert(
      fc.property(fc.nat(9), fc.integer({ min: 1, max: 10 }), steps, (index, wanted, delta) => {
        const length = Math.min(wanted, text.length - index);
        const changed = applyDelta(text, delta);
        fc.pre(changed.ok);
        const now = changed.ok
          ? runsOf(changed.value)
              .map(({ insert: run }) => run)
              .join("")
          : "";
        const [begin = 0, units = 0] = after(index, length, delta);
        const selected = now.slice(begin, begin + units);
        const left = [...text.slice(index, index + length)].filter((one) => now.includes(one));
        expect([...selected].filter((one) => text.includes(one))).toEqual(left);
        // What was inserted at an edge is outside: an end that is left is still the end.
        const [first, last] = [text[index]!, text[index + length - 1]!];
        if (now.includes(first)) expect(selected[0]).toBe(first);
        if (now.includes(last)) expect(selected.at(-1)).toBe(last);
        expect(begin + units).toBeLessThanOrEqual(now.length);
      }),
      { numRuns: 2_000 },
    );
  });
});
