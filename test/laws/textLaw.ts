/** The law of two deltas made on one text, over every delta of short texts. */
import type { Json } from "../../src/domain/json.js";
import { TextRebase } from "../../src/domain/merge/textRebase.js";
import { applyDelta, type Delta } from "../../src/domain/text/delta.js";
import { sameJson, type RichText } from "../../src/domain/text/richText.js";
import { transformDelta } from "../../src/domain/text/transformDelta.js";
import { fastDraw, randomOf } from "./fastDraw.js";
import { drawText, type Draw } from "./generators.js";
import { drawDelta } from "./operationGenerators.js";
import { mergedText } from "./textOracle.js";
import { LawBroken } from "./lawBroken.js";

/** The text after deltas that fit it. */
function applied(text: RichText, ...deltas: readonly Delta[]): RichText {
  return deltas.reduce((current, delta) => {
    const result = applyDelta(current, delta);
    if (!result.ok) throw new Error(`${JSON.stringify([text, deltas])}: ${result.error.message}`);
    return result.value;
  }, text);
}

/** Every delta of a text of characters of these lengths: at each place an insert or none, of each its fate. */
function deltasOf(lengths: readonly number[], inserted: string): Delta[] {
  const fates = (units: number): Delta[] => [
    [{ retain: units }],
    [{ delete: units }],
    [{ retain: units, attributes: { bold: true } }],
    [{ retain: units, attributes: { bold: null } }],
    [{ retain: units, attributes: { bold: "very", color: "red" } }],
  ];
  const inserts: Delta[] = [[], [{ insert: inserted, attributes: { bold: true } }]];
  let deltas: Delta[] = inserts;
  for (const units of lengths) {
    deltas = deltas.flatMap((delta) =>
      fates(units).flatMap((fate) => inserts.map((insert) => [...delta, ...fate, ...insert])),
    );
  }
  return deltas;
}

/** Throws where the two differ. */
export function sameText(actual: unknown, expected: unknown, told: unknown): void {
  if (sameJson(actual as Json, expected as Json)) return;
  throw new LawBroken(JSON.stringify({ actual, expected, told }));
}

/** Every pair of deltas on the text, whose characters have these lengths: from both sides, and against the oracle. */
export function checkTwoDeltas(text: RichText, lengths: readonly number[]): void {
  const theirs = deltasOf(lengths, "y");
  for (const first of deltasOf(lengths, "X")) {
    for (const second of theirs) {
      const server = applied(text, first, transformDelta(second, first, "later"));
      const client = applied(text, second, transformDelta(first, second, "earlier"));
      sameText(client, server, [text, first, second]);
      const expected = mergedText(text as Json, [first as Json], [second as Json]);
      sameText(server, expected, [text, first, second]);
    }
  }
}

/** Deltas one after another, and the text they lead to. */
export function drawDeltas(draw: Draw, text: RichText, count: number): Delta[] {
  const deltas: Delta[] = [];
  let current = text;
  for (let index = 0; index < count; index += 1) {
    const delta = drawDelta(draw, current as Json) as unknown as Delta;
    deltas.push(delta);
    current = applied(current, delta);
  }
  return deltas;
}

/** So many times some edits over some others, against the oracle. Answers how often one changed another. */
export function checkSequences(count: number): number {
  const random = randomOf(7);
  const draw = fastDraw(random);
  let changed = 0;
  for (let left = count; left > 0; left -= 1) {
    const text = drawText(draw) as unknown as RichText;
    const first = drawDeltas(draw, text, 1 + Math.floor(random() * 4));
    const second = drawDeltas(draw, text, 1 + Math.floor(random() * 4));
    const rebase = new TextRebase(first.map((delta, index) => ({ id: `${index}`, delta })));
    const next = second.map((delta) => rebase.next(delta));
    const result = applied(text, ...first, ...next.map(({ delta }) => delta));
    const expected = mergedText(text as Json, first as unknown as Json[], second as Json[]);
    sameText(result, expected, [text, first, second]);
    if (next.some(({ changedBy }) => changedBy.length > 0)) changed += 1;
  }
  return changed;
}
