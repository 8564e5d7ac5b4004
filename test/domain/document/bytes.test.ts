import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonBytes, jsonBytesChange } from "../../../src/domain/document/bytes.js";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { replaced } from "../../../src/domain/document/sequence.js";
import { jsonValues } from "../../../src/domain/document/size.js";
import { designOf } from "../../../src/domain/document/toDesign.js";
import type { Json } from "../../../src/domain/json.js";
import { designArbitrary } from "../diff/designArbitrary.js";

function written(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

describe("the size of a document", () => {
  test("DOC-8 is that of its JSON, whatever characters it holds", () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const text = `a${String.fromCharCode(unit)}b`;
      if (jsonBytes(text) !== written(text)) expect.fail(`unit ${unit}`);
    }
    const pairs = ["\ud800\udc00", "\udbff\udfff", "\udc00\ud800", "\ud800\ud800\udc00", "\ud800"];
    for (const text of pairs) expect(jsonBytes(text)).toBe(written(text));
  });

  test("DOC-8 is that of its JSON, whatever numbers it holds", () => {
    fc.assert(fc.property(fc.double(), (value) => jsonBytes(value) === written(value)));
    const whole = [
      0,
      -0,
      9,
      10,
      99,
      100,
      999,
      1_000,
      9_999,
      10_000,
      -1,
      1e21,
      2 ** 53,
      NaN,
      Infinity,
    ];
    for (const value of whole) expect(jsonBytes(value)).toBe(written(value));
  });

  test("DOC-8 is that of its JSON, however it is nested", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => jsonBytes(value as Json) === written(value as Json)),
    );
  });

  test("DOC-8 a design comes back from its document, of which the size is known", () => {
    fc.assert(
      fc.property(designArbitrary, (design) => {
        const document = documentOf(design);
        expect(designOf(document)).toEqual(design);
        expect(document.bytes).toBe(written(designOf(document)));
        expect(document.values).toBe(jsonValues(design as unknown as Json));
      }),
      { numRuns: 200 },
    );
  });

  test("DOC-8 pages that did not change are not built again", () => {
    const pages = ["p1", "p2"].map((id) => ({ id, elements: [] }));
    const document = documentOf({ canvas: {}, pages, audioLayers: [] });
    const renamed = { ...document.pages.items.get("p1")!, properties: { name: "n" } };
    const [first, second] = designOf({
      ...document,
      pages: replaced(document.pages, renamed),
    }).pages;
    expect(first).toEqual({ id: "p1", name: "n", elements: [] });
    expect(second).toBe(designOf(document).pages[1]);
  });

  test("DOC-8: the change of a long text is measured where it differs", () => {
    const block = fc.constantFrom("a".repeat(512), "é".repeat(300), "😀".repeat(257), '"\n', "😀");
    const text = fc.array(block, { maxLength: 6 }).map((blocks) => blocks.join(""));
    const cut = fc.tuple(text, text, text, text);
    fc.assert(
      fc.property(cut, ([head, before, after, tail]) => {
        const [a, b] = [head + before + tail, head + after + tail];
        return jsonBytesChange(a, b) === written(b) - written(a);
      }),
    );
    const pair = "x".repeat(511) + "😀" + "x".repeat(511);
    const other = "x".repeat(511) + "😁" + "x".repeat(511);
    for (const [a, b] of [
      [pair, other],
      [pair, pair.slice(0, 511) + pair.slice(513)],
      ["y" + pair, pair],
    ] as const) {
      expect(jsonBytesChange(a, b)).toBe(written(b) - written(a));
    }
  });
});
