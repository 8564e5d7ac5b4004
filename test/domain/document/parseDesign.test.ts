import { describe, expect, test } from "vitest";
import { jsonBytes } from "../../../src/domain/document/bytes.js";
import { emptyDesign } from "../../../src/domain/document/design.js";
import { parseDesign } from "../../../src/domain/document/parseDesign.js";
import { jsonValues } from "../../../src/domain/document/size.js";
import type { Json } from "../../../src/domain/json.js";
import { defaultDomainLimits } from "../../../src/domain/limits.js";
import type { DomainLimits } from "../../../src/domain/limits.js";

const limits: DomainLimits = {
  ...defaultDomainLimits,
  pagesPerDocumentMax: 2,
  elementsPerPageMax: 3,
  audioLayersPerDocumentMax: 2,
  clipsPerAudioLayerMax: 2,
};

const element = { id: "e", type: "rect", x: 0, y: 0 };

function numbered(count: number, item: object = {}): object[] {
  return Array.from({ length: count }, (_, index) => ({ ...item, id: `n${index}` }));
}

function withElement(properties: object): object {
  return { pages: [{ id: "p", elements: [{ ...element, ...properties }] }] };
}

function withElements(...elements: object[]): object {
  return { pages: [{ id: "p", elements: elements.map((given) => ({ ...element, ...given })) }] };
}

function withClip(properties: object): object {
  return { audioLayers: [{ id: "l", clips: [{ id: "c", ...properties }] }] };
}

describe("a design that comes in", () => {
  test("DOC-6 what is absent is empty", () => {
    const empty = { canvas: {}, pages: [], audioLayers: [] };
    expect(parseDesign({}, limits)).toEqual({ ok: true, value: empty });
    const nulls = { canvas: null, pages: null, audioLayers: null };
    expect(parseDesign(nulls, limits)).toEqual({ ok: true, value: empty });
    const bare = { pages: [{ id: "p" }], audioLayers: [{ id: "l", clips: null }] };
    expect(parseDesign(bare, limits)).toEqual({
      ok: true,
      value: {
        canvas: {},
        pages: [{ id: "p", elements: [] }],
        audioLayers: [{ id: "l", clips: [] }],
      },
    });
    expect(parseDesign(emptyDesign("p"), limits)).toEqual({ ok: true, value: emptyDesign("p") });
  });

  test("DOC-6 a property that is null is absent, a null inside of one stays", () => {
    const nulls = { gone: null, own: { kept: null } };
    const stored = { own: { kept: null } };
    const design = {
      canvas: nulls,
      pages: [
        { id: "p", ...nulls, elements: [{ ...element, ...nulls, parentId: null, text: null }] },
      ],
      audioLayers: [{ id: "l", ...nulls, clips: [{ id: "c", ...nulls, start: null }] }],
    };
    expect(parseDesign(design, limits)).toEqual({
      ok: true,
      value: {
        canvas: stored,
        pages: [{ id: "p", ...stored, elements: [{ ...element, ...stored }] }],
        audioLayers: [{ id: "l", ...stored, clips: [{ id: "c", ...stored }] }],
      },
    });
  });

  test("DOC-6 a text gets its normal form", () => {
    const bold = { bold: true };
    const runs = [
      { insert: "a", attributes: bold },
      { insert: "b", attributes: { bold: true, i: null } },
      { insert: "c" },
    ];
    const parsed = parseDesign(withElement({ text: runs }), limits);
    const plain = parseDesign(withElement({ text: [{ insert: "a" }, { insert: "b" }] }), limits);
    expect(parsed.ok && parsed.value.pages[0]?.elements[0]?.["text"]).toEqual([
      { insert: "ab", attributes: bold },
      { insert: "c" },
    ]);
    expect(plain.ok && plain.value.pages[0]?.elements[0]?.["text"]).toBe("ab");
  });

  test.each<[string, object]>([
    ["the most pages", { pages: numbered(2) }],
    ["the most elements", { pages: [{ id: "p", elements: numbered(3, element) }] }],
    ["the most audio layers", { audioLayers: numbered(2) }],
    ["the most clips", { audioLayers: [{ id: "l", clips: numbered(2) }] }],
    ["one id on two pages", { pages: numbered(2, { elements: [element] }) }],
    ["a group painted above its children", withElements({ id: "a", parentId: "g" }, { id: "g" })],
    ["no size", withElement({ width: 0, height: 0, rotation: -720 })],
    [
      "points",
      withElement({
        points: [
          [0, 1],
          [2, 3, 0.5],
        ],
      }),
    ],
    ["start and duration", withClip({ start: 0, duration: 1.5 })],
  ])("DOC-7 may have %s", (_name, design) => {
    expect(parseDesign(design, limits).ok).toBe(true);
  });

  test.each<[string, unknown, string, string]>([
    ["one page more", { pages: numbered(3) }, "TOO_LARGE", "pages"],
    [
      "one element more",
      { pages: [{ id: "p", elements: numbered(4, element) }] },
      "TOO_LARGE",
      "pages.0.elements",
    ],
    ["one audio layer more", { audioLayers: numbered(3) }, "TOO_LARGE", "audioLayers"],
    [
      "one clip more",
      { audioLayers: [{ id: "l", clips: numbered(3) }] },
      "TOO_LARGE",
      "audioLayers.0.clips",
    ],
    ["no object", [], "INVALID", ""],
    ["null", null, "INVALID", ""],
    ["another part", { extra: 1 }, "INVALID", "extra"],
    ["__proto__", JSON.parse('{"__proto__":{}}'), "INVALID", "__proto__"],
    [
      "__proto__ on a page",
      JSON.parse('{"pages":[{"id":"p","__proto__":{}}]}'),
      "INVALID",
      "pages.0.__proto__",
    ],
    [
      "an id that is inherited",
      JSON.parse('{"pages":[{"__proto__":{"id":"p"}}]}'),
      "INVALID",
      "pages.0.id",
    ],
    ["pages that are no list", { pages: {} }, "INVALID", "pages"],
    ["a canvas that is no object", { canvas: [] }, "INVALID", "canvas"],
    ["a page that is no object", { pages: ["p"] }, "INVALID", "pages.0"],
    ["no page id", { pages: [{}] }, "INVALID", "pages.0.id"],
    ["one page id twice", { pages: [{ id: "p" }, { id: "p" }] }, "INVALID", "pages.1.id"],
    ["one element id twice", withElements({}, {}), "INVALID", "pages.0.elements.1.id"],
    [
      "one layer id twice",
      { audioLayers: [{ id: "l" }, { id: "l" }] },
      "INVALID",
      "audioLayers.1.id",
    ],
    [
      "one clip id twice",
      { audioLayers: [{ id: "l", clips: [{ id: "c" }, { id: "c" }] }] },
      "INVALID",
      "audioLayers.0.clips.1.id",
    ],
    ["a name that is no text", { pages: [{ id: "p", name: 1 }] }, "INVALID", "pages.0.name"],
    ["a place", { pages: [{ id: "p", afterId: null }] }, "INVALID", "pages.0.afterId"],
    ["no type", withElement({ type: null }), "INVALID", "pages.0.elements.0.type"],
    ["an empty type", withElement({ type: "" }), "INVALID", "pages.0.elements.0.type"],
    ["no x", withElement({ x: null }), "INVALID", "pages.0.elements.0.x"],
    ["a y in words", withElement({ y: "1" }), "INVALID", "pages.0.elements.0.y"],
    ["a negative width", withElement({ width: -1 }), "INVALID", "pages.0.elements.0.width"],
    ["a negative height", withElement({ height: -1e-9 }), "INVALID", "pages.0.elements.0.height"],
    [
      "a rotation in words",
      withElement({ rotation: "90deg" }),
      "INVALID",
      "pages.0.elements.0.rotation",
    ],
    ["a text that is a number", withElement({ text: 1 }), "INVALID", "pages.0.elements.0.text"],
    [
      "an empty insert",
      withElement({ text: [{ insert: "" }] }),
      "INVALID",
      "pages.0.elements.0.text",
    ],
    [
      "an embed",
      withElement({ text: [{ insert: { image: "x" } }] }),
      "INVALID",
      "pages.0.elements.0.text",
    ],
    [
      "a retain in a text",
      withElement({ text: [{ insert: "a", retain: 1 }] }),
      "INVALID",
      "pages.0.elements.0.text",
    ],
    [
      "a point of one number",
      withElement({ points: [[1]] }),
      "INVALID",
      "pages.0.elements.0.points",
    ],
    [
      "a point of four numbers",
      withElement({ points: [[1, 2, 3, 4]] }),
      "INVALID",
      "pages.0.elements.0.points",
    ],
    [
      "a parent that is not there",
      withElement({ parentId: "g" }),
      "INVALID",
      "pages.0.elements.0.parentId",
    ],
    [
      "a parent on another page",
      {
        pages: [
          { id: "q", elements: [element] },
          { id: "p", elements: [{ ...element, id: "f", parentId: "e" }] },
        ],
      },
      "INVALID",
      "pages.1.elements.0.parentId",
    ],
    ["its own parent", withElement({ parentId: "e" }), "INVALID", "pages.0.elements.0.parentId"],
    [
      "a circle of parents",
      withElements({ id: "a", parentId: "b" }, { id: "b", parentId: "a" }),
      "INVALID",
      "pages.0.elements.0.parentId",
    ],
    ["a negative start", withClip({ start: -1 }), "INVALID", "audioLayers.0.clips.0.start"],
    [
      "a duration in words",
      withClip({ duration: "1s" }),
      "INVALID",
      "audioLayers.0.clips.0.duration",
    ],
  ])("DOC-7 may not have %s", (_name, design, code, path) => {
    const parsed = parseDesign(design, limits);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ error: { code, path: path === "" ? [] : path.split(".") } });
  });

  test("DOC-7 a circle of parents is named where the walk enters it, however long the way", () => {
    const ids = Array.from({ length: 30_000 }, (_, index) => `e${index}`);
    const chain = ids.map((id, index) => ({ ...element, id, parentId: ids[index + 1] ?? null }));
    expect(parseDesign({ pages: [{ id: "p", elements: chain }] }, defaultDomainLimits).ok).toBe(
      true,
    );
    const circle = [...chain.slice(0, -1), { ...chain.at(-1)!, parentId: "e1" }];
    expect(
      parseDesign({ pages: [{ id: "p", elements: circle }] }, defaultDomainLimits),
    ).toMatchObject({
      error: { code: "INVALID", path: ["pages", "0", "elements", "0", "parentId"] },
    });
  });

  test("DOC-7 may have the most bytes and not one more", () => {
    const design = { ...emptyDesign("p"), canvas: { note: "é".repeat(100) } };
    const bytes = jsonBytes(design);
    expect(parseDesign(design, { ...limits, documentBytesMax: bytes }).ok).toBe(true);
    expect(parseDesign(design, { ...limits, documentBytesMax: bytes - 1 })).toMatchObject({
      error: { code: "TOO_LARGE", path: [] },
    });
  });

  test("DOC-20 may hold the most values and not one more", () => {
    const design = { ...emptyDesign("p"), canvas: { list: [{}, {}, [[], 1, null, "a"]] } };
    const values = jsonValues(design as unknown as Json);
    expect(values).toBe(15);
    expect(parseDesign(design, { ...limits, documentValuesMax: values }).ok).toBe(true);
    expect(parseDesign(design, { ...limits, documentValuesMax: values - 1 })).toMatchObject({
      error: { code: "TOO_LARGE", path: [] },
    });
  });

  test("DOC-2 a property may be nested as deeply as the operation that sets it allows", () => {
    let deep: unknown = 1;
    for (let level = 1; level < limits.jsonDepthMax; level += 1) deep = [deep];
    expect(parseDesign(withElement({ deep }), limits).ok).toBe(true);
    expect(parseDesign(withElement({ deep: [deep] }), limits)).toMatchObject({
      error: { code: "TOO_LARGE" },
    });
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    expect(parseDesign({ canvas: deep }, limits)).toMatchObject({ error: { code: "TOO_LARGE" } });
    expect(parseDesign({ pages: deep }, limits)).toMatchObject({ error: { code: "INVALID" } });
  });
});
