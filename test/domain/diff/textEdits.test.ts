import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textDelta } from "../../../src/domain/diff/diffText.js";
import { textEdits } from "../../../src/domain/diff/textEdits.js";
import { applyDelta } from "../../../src/domain/text/delta.js";
import type { RichText } from "../../../src/domain/text/richText.js";
import { textArbitrary } from "./designArbitrary.js";

const plain = fc.string({
  unit: fc.constantFrom("a", "b", "c", "😀", "😁", "\u{10000}"),
  maxLength: 30,
});

/** Length of the longest common subsequence, the slow way. */
function commonCharacters(a: string[], b: string[]): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const character of a) {
    let diagonal = 0;
    for (let index = 1; index <= b.length; index += 1) {
      const above = row[index]!;
      row[index] = character === b[index - 1] ? diagonal + 1 : Math.max(above, row[index - 1]!);
      diagonal = above;
    }
  }
  return row[b.length]!;
}

describe("text edits", () => {
  test("DOC-11 lead from one text to the other in whole characters, as few as there can be", () => {
    fc.assert(
      fc.property(plain, plain, (from, to) => {
        let [x, y, made, kept] = [0, 0, "", 0];
        for (const { kind, units } of textEdits(from, to)) {
          const piece = kind === "insert" ? to.slice(y, y + units) : from.slice(x, x + units);
          expect(/\p{Surrogate}/u.test(piece)).toBe(false);
          if (kind !== "delete") made += piece;
          if (kind === "keep") kept += Array.from(piece).length;
          if (kind !== "insert") x += units;
          if (kind !== "delete") y += units;
        }
        expect([made, x]).toEqual([to, from.length]);
        expect(kept).toBe(commonCharacters(Array.from(from), Array.from(to)));
      }),
      { numRuns: 1_000 },
    );
  });

  test("DOC-11 cover texts that have little in common", () => {
    const from = "ab".repeat(60_000);
    const to = "ba".repeat(50_000).replaceAll("bab", "c");
    const edits = textEdits(from, to);
    const units = (kinds: string[]) =>
      edits.filter(({ kind }) => kinds.includes(kind)).reduce((sum, edit) => sum + edit.units, 0);
    expect(units(["keep", "delete"])).toBe(from.length);
    expect(units(["keep", "insert"])).toBe(to.length);
  });

  test("DOC-11 carry attributes", () => {
    fc.assert(
      fc.property(textArbitrary, textArbitrary, (from, to) => {
        const [a, b] = [from as unknown as RichText, to as unknown as RichText];
        expect(applyDelta(a, textDelta(a, b))).toEqual({ ok: true, value: b });
        expect(textDelta(a, a)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
