import { describe, expect, it } from "vitest";
import {
  anchorState,
  checkAnchor,
  placeAnchor,
  type Anchor,
} from "../../../src/domain/comments/anchor.js";
import { bodyProblem } from "../../../src/domain/comments/body.js";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { defaultDomainLimits } from "../../../src/domain/limits.js";

const document = documentOf({
  canvas: {},
  pages: [
    { id: "p", elements: [{ id: "e", type: "rect", x: 10, y: -20 }] },
    { id: "empty", elements: [] },
  ],
  audioLayers: [],
});
const anchor = (given: Partial<Anchor>): Anchor => ({
  ...{ pageId: null, elementId: null, x: null, y: null, elementX: null, elementY: null },
  ...given,
});

describe("anchors", () => {
  it.each<[string, Partial<Anchor>]>([
    ["pageId", { elementId: "e" }],
    ["pageId", { x: 1, y: 1 }],
    ["pageId", { y: 1 }],
    ["elementId", { pageId: "p", elementId: "e", x: 1, y: 1 }],
    ["y", { pageId: "p", x: 1 }],
    ["x", { pageId: "p", y: 1 }],
    ["x", { pageId: "p", x: 1e300, y: 1 }],
    ["y", { pageId: "p", x: 1, y: Number.NaN }],
    ["pageId", { elementX: 0, elementY: 0 }],
    ["elementId", { pageId: "p", elementX: 0, elementY: 0 }],
    ["elementY", { pageId: "p", elementId: "e", elementX: 1 }],
    ["elementX", { pageId: "p", elementId: "e", elementY: 1 }],
    ["elementX", { pageId: "p", elementId: "e", elementX: -0.1, elementY: 1 }],
    ["elementY", { pageId: "p", elementId: "e", elementX: 0, elementY: 1.5 }],
    ["elementY", { pageId: "p", elementId: "e", elementX: 0, elementY: Number.NaN }],
    ["pageId", { pageId: "" }],
    ["pageId", { pageId: "\0" }],
    ["elementId", { pageId: "p", elementId: "x".repeat(129) }],
  ])("COM-4 %s is refused in what is no anchor (%#)", (field, given) => {
    expect(checkAnchor(anchor(given), defaultDomainLimits)).toMatchObject({
      ...{ kind: "invalid", path: [field] },
    });
  });

  it("COM-4 what it names must be there; an element is placed where it is", () => {
    const all = [{}, { pageId: "empty" }, { pageId: "p", x: -1, y: 0.5 }];
    for (const given of all.map(anchor)) {
      expect(checkAnchor(given, defaultDomainLimits)).toBeUndefined();
      expect(placeAnchor(document, given)).toEqual({ ok: true, value: given });
    }
    const onElement = anchor({ pageId: "p", elementId: "e" });
    expect(placeAnchor(document, onElement)).toEqual({
      ...{ ok: true, value: { ...onElement, x: 10, y: -20 } },
    });
    for (const [field, given] of [
      ["pageId", { pageId: "gone" }],
      ["pageId", { pageId: "gone", elementId: "e" }],
      ["pageId", { pageId: "gone", x: 1, y: 1 }],
      ["elementId", { pageId: "empty", elementId: "e" }],
    ] as const) {
      expect(placeAnchor(document, anchor(given))).toMatchObject({
        ...{ ok: false, error: { kind: "notThere", path: [field] } },
      });
    }
  });

  it("COM-5 what is gone keeps the place where it was", () => {
    const seen = anchor({ pageId: "p", elementId: "e", x: 1, y: 2 });
    expect(anchorState(document, seen)).toEqual({ ...seen, x: 10, y: -20, isGone: false });
    const lost = { ...seen, elementId: "gone" };
    expect(anchorState(document, lost)).toEqual({ ...lost, isGone: true });
    const point = anchor({ pageId: "gone", x: 1, y: 2 });
    expect(anchorState(document, point)).toEqual({ ...point, isGone: true });
    expect(anchorState(document, anchor({}))).toEqual({ ...anchor({}), isGone: false });
  });
});

describe("a place in an element", () => {
  const at = (properties: object, elementX: number, elementY: number) => {
    const element = { id: "e", type: "rect", x: 100, y: 10, ...properties };
    const page = { id: "p", elements: [element] };
    const design = documentOf({ canvas: {}, pages: [page], audioLayers: [] });
    const pinned = anchor({ pageId: "p", elementId: "e", elementX, elementY });
    const { x, y, isGone } = anchorState(design, pinned);
    return [x, y, isGone];
  };

  it("COM-30 follows its size, its rotation about the middle, and its points", () => {
    const size = { width: 40, height: 20 };
    expect(at(size, 0.5, 0.25)).toEqual([120, 15, false]);
    expect(at({ ...size, rotation: 90 }, 0, 0)).toEqual([130, 0, false]);
    expect(at({ ...size, rotation: -180 }, 1, 1)).toEqual([100, 10, false]);
    expect(at({ width: 0, height: 0 }, 1, 1)).toEqual([100, 10, false]);
    const points = [
      [-10, 0],
      [10, 50],
    ];
    expect(at({ points }, 0, 1)).toEqual([90, 60, false]);
    expect(at({}, 0.5, 0.5)).toEqual([100, 10, false]);
    expect(at({ points: [] }, 0.5, 0.5)).toEqual([100, 10, false]);
  });
});

describe("what is said", () => {
  it.each([
    "",
    " \n ",
    "\u200b \u200d",
    "x".repeat(11),
    "\ud800",
    "a\0",
    "a\rb",
    "\u3164",
    "\u0085",
    "\u001b[0m",
  ])("COM-1 is refused (%#)", (body) => expect(bodyProblem(body, 10)).toBeTypeOf("string"));

  it.each(["a", "a\nb", "a\tb", " a ", "🎨 键 \u200d", "x".repeat(10)])(
    "COM-1 is accepted (%#)",
    (body) => expect(bodyProblem(body, 10)).toBeUndefined(),
  );
});
