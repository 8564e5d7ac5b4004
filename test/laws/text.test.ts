/** The laws of text: two sides converge, whatever they do, and on what an oracle says that follows every character. */
import { describe, expect, test } from "vitest";
import { TextRebase } from "../../src/domain/merge/textRebase.js";
import type { RichText } from "../../src/domain/text/richText.js";
import { fastDraw, randomOf } from "./fastDraw.js";
import { drawText } from "./generators.js";
import { checkSequences, checkTwoDeltas, drawDeltas, sameText } from "./textLaw.js";

const RANDOM_SEQUENCES = 1_500;

describe("transforming deltas", () => {
  test.each([
    ["", []],
    ["a", [1]],
    ["😀", [2]],
    [
      [{ insert: "a", attributes: { bold: true } }, { insert: "😀" }],
      [1, 2],
    ],
  ] as [RichText, number[]][])(
    "two deltas of %j give one text from both sides (TEXT-1, TEXT-2, TEXT-3)",
    checkTwoDeltas,
  );
});

describe("rebasing edits of a text", () => {
  test("many edits over many give what follows every character (TEXT-4)", () => {
    expect(checkSequences(RANDOM_SEQUENCES)).toBeGreaterThan(RANDOM_SEQUENCES / 2);
  });

  test("in steps or at once is the same (TEXT-5)", () => {
    const draw = fastDraw(randomOf(8));
    for (let count = 0; count < RANDOM_SEQUENCES; count += 1) {
      const text = drawText(draw) as unknown as RichText;
      const [one, other] = drawDeltas(draw, text, 2).map((delta) => ({ id: "", delta }));
      const mine = drawDeltas(draw, text, 2);
      const atOnce = new TextRebase([one!, other!]);
      const first = new TextRebase([one!]);
      const second = new TextRebase([other!]);
      for (const delta of mine) {
        const stepped = second.next(first.next(delta).delta);
        const expected = atOnce.next(delta);
        sameText(stepped.delta, expected.delta, [text, one, other, mine]);
      }
    }
  });
});
