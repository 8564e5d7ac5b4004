/** Elements: their place in the paint order, their groups, deleting them (SPEC.md, Operations). */
import { describe, expect, test } from "vitest";
import type { Sent } from "./support.js";
import {
  after,
  elementIn,
  invalidAt,
  inverseOf,
  pageWith,
  paintOrder,
  refusalOf,
} from "./support.js";

const at = (elementId: string) => ({ pageId: "p", elementId });
const reorder = (id: string, payload: object): Sent => ({
  type: "REORDER_ELEMENT",
  target: at(id),
  payload,
});
const abc = pageWith({ id: "a" }, { id: "b" }, { id: "c" });

describe("REORDER_ELEMENT", () => {
  test.each([
    ["OP-12 to the top", "a", "c", "b c a"],
    ["OP-12 to the bottom", "c", null, "c a b"],
    ["OP-12 above a neighbour", "a", "b", "b a c"],
    ["OP-12 where it is", "b", "a", "a b c"],
    ["OP-12 above one that is gone", "a", "gone", "b c a"],
  ])("%s", (_, id, afterId, order) => {
    expect(paintOrder(after(abc, reorder(id, { afterId })))).toBe(order);
  });

  test("OP-14 parentId moves it into a group and out again, its place stays", () => {
    const grouped = after(abc, reorder("a", { parentId: "c" }));
    expect(elementIn(grouped, "a")["parentId"]).toBe("c");
    expect(paintOrder(grouped)).toBe("a b c");
    const out = after(grouped, reorder("a", { parentId: null }));
    expect(elementIn(out, "a")).not.toHaveProperty("parentId");
  });

  test("OP-14 what was moved into a group is deleted with it", () => {
    const design = after(abc, reorder("a", { parentId: "b", afterId: "c" }), {
      type: "DELETE_ELEMENT",
      target: at("b"),
    });
    expect(paintOrder(design)).toBe("c");
  });

  const nested = pageWith({ id: "a" }, { id: "b", parentId: "a" }, { id: "c", parentId: "b" });
  test.each<[string, object, string]>([
    ["OP-14 itself as parent", { parentId: "a" }, "payload.parentId"],
    ["OP-14 its child as parent", { parentId: "b" }, "payload.parentId"],
    ["OP-14 a descendant as parent", { parentId: "c" }, "payload.parentId"],
    ["a parent that is not there", { parentId: "gone" }, "payload.parentId"],
    ["its place above itself", { afterId: "a" }, "payload.afterId"],
    ["neither key", {}, "payload"],
    ["OP-6 another key", { afterId: "b", z: 1 }, "payload.z"],
  ])("refuses %s", (_, payload, path) => {
    expect(refusalOf(nested, reorder("a", payload))).toMatchObject(invalidAt(path));
  });
});

describe("DELETE_ELEMENT", () => {
  // Painted from the bottom: a child below its group, one above, a stranger between them.
  const design = pageWith(
    { id: "below", parentId: "group" },
    { id: "stranger" },
    { id: "group", parentId: "outer" },
    { id: "deep", parentId: "above" },
    { id: "outer" },
    { id: "above", parentId: "group" },
  );
  const sent: Sent = { type: "DELETE_ELEMENT", target: at("group") };

  test("OP-13 takes its descendants along", () => {
    expect(paintOrder(after(design, sent))).toBe("stranger outer");
  });

  test("OP-13 its inverse adds parents before children, each above what is below it by then", () => {
    const inverse = inverseOf(design, sent);
    expect(inverse.map(({ target }) => target.elementId)).toEqual([
      "group",
      "below",
      "above",
      "deep",
    ]);
    expect(inverse.map(({ payload }) => payload?.["afterId"])).toEqual([
      "stranger",
      null,
      "outer",
      "group",
    ]);
    expect(after(after(design, sent), ...inverse)).toEqual(design);
  });

  test("refuses one that is not there, and a payload", () => {
    expect(refusalOf(abc, { ...sent, target: at("z") })).toMatchObject(
      invalidAt("target.elementId"),
    );
    expect(refusalOf(abc, { ...sent, payload: { x: 1 } })).toMatchObject(invalidAt("payload"));
  });
});
