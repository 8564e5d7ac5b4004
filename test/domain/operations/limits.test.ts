/** OP-16: each limit at its bound and one beyond. */
import { describe, expect, test } from "vitest";
import { jsonBytes } from "../../../src/domain/document/bytes.js";
import type { Design } from "../../../src/domain/document/design.js";
import { jsonValues } from "../../../src/domain/document/size.js";
import type { Json } from "../../../src/domain/json.js";
import { defaultDomainLimits } from "../../../src/domain/limits.js";
import type { DomainLimits } from "../../../src/domain/limits.js";
import { parseOperation } from "../../../src/domain/operations/registry.js";
import { pageWith, tooLargeAt, tryAll } from "./support.js";
import type { Sent } from "./support.js";

const element = { pageId: "p", elementId: "n" };
const rect = (more: object = {}) => ({ type: "rect", x: 0, y: 0, ...more });
const addElement = (payload: object = {}): Sent => ({
  type: "ADD_ELEMENT",
  target: element,
  payload: rect(payload),
});

/** What the operation answers where the limit is the value: "ok", or code and path. */
function answer(design: Design, sent: Sent, limits: Partial<DomainLimits>): unknown {
  const result = tryAll(design, [sent], { ...defaultDomainLimits, ...limits });
  return "code" in result ? { code: result.code, path: (result.path as string[]).join(".") } : "ok";
}

const layered: Design = {
  canvas: {},
  pages: [],
  audioLayers: [{ id: "l", clips: [{ id: "a" }, { id: "b" }] }],
};
const elements = [
  { id: "a", ...rect() },
  { id: "b", ...rect() },
];
const clips = [{ id: "a" }, { id: "b" }];
const nested = [[[1]]];

type Limit = keyof DomainLimits;

describe("OP-16 limits", () => {
  test.each<[Limit, number, Design, Sent, string]>([
    ["elementsPerPageMax", 3, pageWith({ id: "a" }, { id: "b" }), addElement(), "payload"],
    [
      "elementsPerPageMax",
      2,
      pageWith(),
      { type: "ADD_PAGE", target: { pageId: "q" }, payload: { elements } },
      "payload.elements",
    ],
    [
      "pagesPerDocumentMax",
      2,
      pageWith(),
      { type: "ADD_PAGE", target: { pageId: "q" } },
      "payload",
    ],
    [
      "audioLayersPerDocumentMax",
      2,
      layered,
      { type: "ADD_AUDIO_LAYER", target: { audioLayerId: "m" } },
      "payload",
    ],
    [
      "clipsPerAudioLayerMax",
      3,
      layered,
      { type: "ADD_AUDIO_CLIP", target: { audioLayerId: "l", clipId: "c" }, payload: {} },
      "payload",
    ],
    [
      "clipsPerAudioLayerMax",
      2,
      layered,
      { type: "ADD_AUDIO_LAYER", target: { audioLayerId: "m" }, payload: { clips } },
      "payload.clips",
    ],
    ["stringUnitsMax", 12, pageWith(), addElement({ label: "x".repeat(12) }), "payload.label"],
    ["jsonDepthMax", 4, pageWith(), addElement({ nested }), "payload.nested.0.0"],
    [
      "idUnitsMax",
      3,
      pageWith(),
      { ...addElement(), target: { pageId: "p", elementId: "abc" } },
      "target.elementId",
    ],
    [
      "idUnitsMax",
      3,
      pageWith(),
      {
        type: "ADD_PAGE",
        target: { pageId: "q" },
        payload: { elements: [{ id: "abc", ...rect() }] },
      },
      "payload.elements.0.id",
    ],
    ["propertiesPerObjectMax", 4, pageWith(), addElement({ a: 1 }), "payload"],
    [
      "propertiesPerObjectMax",
      4,
      pageWith({ id: "n" }),
      { type: "UPDATE_ELEMENT_PROPS", target: element, payload: { a: 1 } },
      "payload",
    ],
    [
      "propertiesPerObjectMax",
      5,
      pageWith({ id: "n" }),
      { type: "RESIZE_ELEMENT", target: element, payload: { width: 1, height: 1 } },
      "payload",
    ],
    [
      "propertiesPerObjectMax",
      2,
      pageWith(),
      { type: "UPDATE_CANVAS", target: {}, payload: { a: 1, b: 2 } },
      "payload",
    ],
  ])("%s of %i is met and not exceeded", (limit, max, design, sent, path) => {
    expect(answer(design, sent, { [limit]: max })).toBe("ok");
    expect(answer(design, sent, { [limit]: max - 1 })).toEqual(tooLargeAt(path));
  });

  test("operationBytesMax counts target and payload in UTF-8", () => {
    const sent = addElement({ label: "é😀" });
    const bytes = jsonBytes(element) + jsonBytes({ ...rect(), label: "é😀" });
    expect(bytes).toBe(
      Buffer.byteLength(JSON.stringify(sent.target) + JSON.stringify(sent.payload)),
    );
    expect(answer(pageWith(), sent, { operationBytesMax: bytes })).toBe("ok");
    expect(answer(pageWith(), sent, { operationBytesMax: bytes - 1 })).toEqual(
      tooLargeAt("payload"),
    );
  });

  test("documentBytesMax bounds what a document may grow to; one beyond it may shrink", () => {
    const sent = addElement();
    const result = tryAll(pageWith(), [sent]);
    const bytes = Buffer.byteLength(JSON.stringify(result));
    expect(answer(pageWith(), sent, { documentBytesMax: bytes })).toBe("ok");
    expect(answer(pageWith(), sent, { documentBytesMax: bytes - 1 })).toEqual(
      tooLargeAt("payload"),
    );
    const remove: Sent = { type: "DELETE_ELEMENT", target: element };
    expect(answer(result as Design, remove, { documentBytesMax: 10 })).toBe("ok");
    expect(
      answer(
        result as Design,
        { type: "MOVE_ELEMENT", target: element, payload: { x: 1, y: 1 } },
        { documentBytesMax: 10 },
      ),
    ).toBe("ok");
  });

  test("DOC-20 documentValuesMax bounds what a document may grow to; one beyond it may shrink", () => {
    const sent = addElement({ list: [{}, [], 1, [[]]] });
    const result = tryAll(pageWith(), [sent]);
    const values = jsonValues(result as Json);
    expect(answer(pageWith(), sent, { documentValuesMax: values })).toBe("ok");
    expect(answer(pageWith(), sent, { documentValuesMax: values - 1 })).toEqual(
      tooLargeAt("payload"),
    );
    const beyond = { documentValuesMax: 10 };
    const remove: Sent = { type: "DELETE_ELEMENT", target: element };
    const move: Sent = { type: "MOVE_ELEMENT", target: element, payload: { x: 1, y: 1 } };
    expect(answer(result as Design, remove, beyond)).toBe("ok");
    expect(answer(result as Design, move, beyond)).toBe("ok");
  });

  test("numberMagnitudeMax", () => {
    const bounded = { numberMagnitudeMax: 100 };
    expect(answer(pageWith(), addElement({ x: -100 }), bounded)).toBe("ok");
    expect(answer(pageWith(), addElement({ x: 101 }), bounded)).toMatchObject({
      code: "INVALID_OPERATION",
      path: "payload.x",
    });
  });

  test("OP-9 a million levels are refused without being walked", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 1_000_000; level += 1) deep = [deep];
    expect(answer(pageWith(), addElement({ deep }), {})).toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
    });
  });

  test("OP-9 a type that is none", () => {
    const sent = { type: "EXPLODE" as never, target: {}, payload: null };
    const parsed = parseOperation(sent, defaultDomainLimits);
    expect(parsed).toMatchObject({
      ok: false,
      error: { code: "INVALID_OPERATION", path: ["type"] },
    });
  });
});
