/** Pages and the canvas (SPEC.md, Operations). */
import { describe, expect, test } from "vitest";
import type { Design } from "../../../src/domain/document/design.js";
import {
  after,
  elementIn,
  invalidAt,
  inverseOf,
  pageWith,
  paintOrder,
  refusalOf,
} from "./support.js";
import type { Sent } from "./support.js";

const pages = (...ids: readonly string[]): Design => ({
  canvas: {},
  pages: ids.map((id) => ({ id, elements: [] })),
  audioLayers: [],
});
const idsOf = (design: Design) => design.pages.map(({ id }) => id).join(" ");
const add = (pageId: string, payload: object = {}): Sent => ({
  type: "ADD_PAGE",
  target: { pageId },
  payload,
});
const rect = (id: string, more: object = {}) => ({ id, type: "rect", x: 0, y: 0, ...more });

describe("ADD_PAGE", () => {
  test.each([
    ["absent", {}, "1 2 n"],
    ["null", { afterId: null }, "n 1 2"],
    ["a page", { afterId: "1" }, "1 n 2"],
    ["one that is gone", { afterId: "9" }, "1 2 n"],
  ])("OP-12 afterId %s", (_, payload, order) => {
    expect(idsOf(after(pages("1", "2"), add("n", payload)))).toBe(order);
  });

  test("OP-14 takes elements in paint order, a child before its parent too", () => {
    const elements = [rect("child", { parentId: "group", label: null }), rect("group")];
    const design = after(pages(), add("p", { name: null, note: 1, elements }));
    expect(design.pages).toEqual([
      { id: "p", note: 1, elements: [rect("child", { parentId: "group" }), rect("group")] },
    ]);
    const cleared = after(design, {
      type: "DELETE_ELEMENT",
      target: { pageId: "p", elementId: "group" },
    });
    expect(paintOrder(cleared)).toBe("");
  });

  test("OP-6 may come without a payload", () => {
    expect(idsOf(after(pages(), { type: "ADD_PAGE", target: { pageId: "1" } }))).toBe("1");
  });

  test.each<[string, Sent, string]>([
    ["OP-11 an id already there", add("1"), "target.pageId"],
    ["a name that is no text", add("n", { name: 1 }), "payload.name"],
    ["elements that are no list", add("n", { elements: {} }), "payload.elements"],
    [
      "an element without id",
      add("n", { elements: [{ type: "r", x: 0, y: 0 }] }),
      "payload.elements.0.id",
    ],
    [
      "an element without x",
      add("n", { elements: [{ id: "a", type: "r", y: 0 }] }),
      "payload.elements.0.x",
    ],
    [
      "a place in an element",
      add("n", { elements: [rect("a", { afterId: null })] }),
      "payload.elements.0.afterId",
    ],
    [
      "OP-11 an element id twice",
      add("n", { elements: [rect("a"), rect("a")] }),
      "payload.elements.1.id",
    ],
    [
      "OP-14 a parent not there",
      add("n", { elements: [rect("a", { parentId: "b" })] }),
      "payload.elements.0.parentId",
    ],
    [
      "OP-14 elements in each other",
      add("n", { elements: [rect("a", { parentId: "b" }), rect("b", { parentId: "a" })] }),
      "payload.elements.0.parentId",
    ],
  ])("refuses %s", (_, sent, path) => {
    expect(refusalOf(pages("1", "2"), sent)).toMatchObject(invalidAt(path));
  });
});

describe("UPDATE_PAGE, DELETE_PAGE, UPDATE_CANVAS", () => {
  test("OP-10 UPDATE_PAGE sets properties, null removes one", () => {
    const named = after(pages("1"), {
      type: "UPDATE_PAGE",
      target: { pageId: "1" },
      payload: { name: "A", b: 1 },
    });
    expect(named.pages[0]).toEqual({ id: "1", name: "A", b: 1, elements: [] });
    const bare = after(named, {
      type: "UPDATE_PAGE",
      target: { pageId: "1" },
      payload: { name: null },
    });
    expect(bare.pages[0]).toEqual({ id: "1", b: 1, elements: [] });
  });

  test.each([
    ["id", { id: "2" }, "payload.id"],
    ["elements", { elements: [] }, "payload.elements"],
    ["afterId", { afterId: null }, "payload.afterId"],
    ["nothing", {}, "payload"],
    ["a name that is no text", { name: {} }, "payload.name"],
  ])("OP-7 UPDATE_PAGE refuses %s", (_, payload, path) => {
    const sent: Sent = { type: "UPDATE_PAGE", target: { pageId: "1" }, payload };
    expect(refusalOf(pages("1"), sent)).toMatchObject(invalidAt(path));
  });

  test("the last page may be deleted; one that is gone may not", () => {
    const sent: Sent = { type: "DELETE_PAGE", target: { pageId: "1" } };
    expect(after(pages("1"), sent).pages).toEqual([]);
    expect(refusalOf(pages("2"), sent)).toMatchObject(invalidAt("target.pageId"));
  });

  test("OP-10 UPDATE_CANVAS sets any properties and must name one", () => {
    const sent = (payload: object): Sent => ({ type: "UPDATE_CANVAS", target: {}, payload });
    const design = after(pages(), sent({ width: 1, id: "x" }), sent({ width: null, height: 2 }));
    expect(design.canvas).toEqual({ id: "x", height: 2 });
    expect(refusalOf(pages(), sent({}))).toMatchObject(invalidAt("payload"));
    expect(refusalOf(pages(), { ...sent({ a: 1 }), target: { pageId: "1" } })).toMatchObject(
      invalidAt("target.pageId"),
    );
  });
});

describe("OP-20 REORDER_PAGES", () => {
  const reorder = (...pageIds: readonly string[]): Sent => ({
    type: "REORDER_PAGES",
    target: {},
    payload: { pageIds },
  });

  test.each([
    ["the full order", ["3", "1", "4", "2"], "3 1 4 2"],
    ["a page it does not know stays after its predecessor", ["4", "3", "1"], "4 3 1 2"],
    ["several in a row stay together", ["4", "1"], "4 1 2 3"],
    ["those before all stay first", ["4", "3"], "1 2 4 3"],
    ["one that is gone is skipped", ["9", "2", "1", "8", "3", "4"], "2 1 3 4"],
    ["none", [], "1 2 3 4"],
  ])("%s", (_, order, expected) => {
    const before = pages("1", "2", "3", "4");
    const sent = reorder(...order);
    const design = after(before, sent);
    expect(idsOf(design)).toBe(expected);
    expect(after(design, ...inverseOf(before, sent))).toEqual(before);
  });

  test("refuses a page named twice", () => {
    expect(refusalOf(pages("1"), reorder("1", "1"))).toMatchObject(invalidAt("payload.pageIds"));
  });
});

describe("OP-21 CLEAR_PAGE", () => {
  const clear = (payload?: object): Sent => ({
    type: "CLEAR_PAGE",
    target: { pageId: "p" },
    payload: payload ?? null,
  });
  const design = pageWith({ id: "a", parentId: "g" }, { id: "g" }, { id: "b" });

  test("without ids: all that are there, and the log says which", () => {
    expect(paintOrder(after(design, clear()))).toBe("");
    expect(inverseOf(design, clear())).toHaveLength(3);
  });

  test("with ids: those, as far as they are there", () => {
    expect(paintOrder(after(design, clear({ elementIds: ["b", "gone", "b"] })))).toBe("a g");
    expect(paintOrder(after(design, clear({ elementIds: [] })))).toBe("a g b");
  });

  test("what is not named leaves a group that goes, and undoing puts it back", () => {
    const sent = clear({ elementIds: ["g"] });
    const cleared = after(design, sent);
    expect(paintOrder(cleared)).toBe("a b");
    expect(elementIn(cleared, "a")).not.toHaveProperty("parentId");
    expect(after(cleared, ...inverseOf(design, sent))).toEqual(design);
  });

  test("refuses a page that is not there and ids that are none", () => {
    expect(refusalOf(pages("1"), clear())).toMatchObject(invalidAt("target.pageId"));
    expect(refusalOf(design, clear({ elementIds: [1] }))).toMatchObject(
      invalidAt("payload.elementIds.0"),
    );
  });
});
