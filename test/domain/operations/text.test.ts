/** EDIT_TEXT and the deltas it carries (SPEC.md, Operations). */
import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/domain/json.js";
import { defaultDomainLimits } from "../../../src/domain/limits.js";
import {
  after,
  elementIn,
  invalidAt,
  inverseOf,
  pageWith,
  refusalOf,
  tooLargeAt,
  tryAll,
} from "./support.js";
import type { Sent } from "./support.js";

const target = { pageId: "p", elementId: "t" };
const edit = (delta: unknown): Sent => ({ type: "EDIT_TEXT", target, payload: { delta } });
const withText = (text: Json) => pageWith({ id: "t", text });
const bold = { bold: true };

/** The text after the delta; and undoing it must lead back. */
function edited(text: Json, delta: Json): Json | undefined {
  const before = withText(text);
  const changed = after(before, edit(delta));
  expect(after(changed, ...inverseOf(before, edit(delta)))).toEqual(before);
  return elementIn(changed, "t")["text"];
}

describe("OP-18 EDIT_TEXT", () => {
  test.each<[string, Json, Json, Json]>([
    ["inserts at the start", "bc", [{ insert: "a" }], "abc"],
    ["inserts in the middle", "ac", [{ retain: 1 }, { insert: "b" }], "abc"],
    ["inserts at the end", "ab", [{ retain: 2 }, { insert: "c" }], "abc"],
    ["deletes", "abc", [{ retain: 1 }, { delete: 1 }], "ac"],
    ["deletes all", "abc", [{ delete: 3 }], ""],
    ["replaces", "abc", [{ delete: 1 }, { insert: "x" }], "xbc"],
    ["does nothing", "abc", [], "abc"],
    ["keeps all", "abc", [{ retain: 3 }], "abc"],
    ["counts UTF-16 units", "a😀b", [{ retain: 3 }, { delete: 1 }], "a😀"],
    ["takes a whole pair", "a😀b", [{ retain: 1 }, { delete: 2 }], "ab"],
    [
      "begins a list of inserts with the first attribute",
      "abc",
      [{ retain: 1 }, { retain: 1, attributes: bold }],
      [{ insert: "a" }, { insert: "b", attributes: bold }, { insert: "c" }],
    ],
    [
      "ends it with the last",
      [{ insert: "a" }, { insert: "b", attributes: bold }],
      [{ retain: 1 }, { retain: 1, attributes: { bold: null } }],
      "ab",
    ],
    [
      "joins neighbours with equal attributes",
      [{ insert: "a", attributes: { ...bold, size: 1 } }, { insert: "c" }],
      [{ retain: 1 }, { insert: "b", attributes: { size: 1, bold: true } }],
      [{ insert: "ab", attributes: { ...bold, size: 1 } }, { insert: "c" }],
    ],
    [
      "adds to attributes and changes them",
      [{ insert: "ab", attributes: { bold: true, size: 1 } }],
      [{ retain: 1, attributes: { size: 2, italic: true } }],
      [
        { insert: "a", attributes: { bold: true, size: 2, italic: true } },
        { insert: "b", attributes: { bold: true, size: 1 } },
      ],
    ],
    ["drops null attributes of an insert", "", [{ insert: "a", attributes: { bold: null } }], "a"],
  ])("%s, and is undone", (_, text, delta, expected) => {
    expect(edited(text, delta)).toEqual(expected);
  });

  test("an element without text has an empty one; undoing takes it away again", () => {
    const before = pageWith({ id: "t" });
    const changed = after(before, edit([{ insert: "a" }]));
    expect(elementIn(changed, "t")["text"]).toBe("a");
    expect(after(changed, ...inverseOf(before, edit([{ insert: "a" }])))).toEqual(before);
    expect(after(before, edit([]))).toEqual(before);
  });

  test("the inverse of a delta is a delta", () => {
    const delta = [{ retain: 1, attributes: { bold: true } }, { insert: "xy" }, { delete: 2 }];
    expect(inverseOf(withText("abcd"), edit(delta))).toEqual([
      {
        type: "EDIT_TEXT",
        target,
        payload: {
          delta: [{ retain: 1, attributes: { bold: null } }, { delete: 2 }, { insert: "bc" }],
        },
      },
    ]);
  });
});

describe("OP-17 a delta must fit the text", () => {
  test.each<[string, Json, unknown, string]>([
    ["keeps beyond the end", "abc", [{ retain: 4 }], "payload.delta.0"],
    ["deletes beyond the end", "abc", [{ retain: 2 }, { delete: 2 }], "payload.delta.1"],
    ["counts what it inserted", "a", [{ insert: "bc" }, { delete: 2 }], "payload.delta.1"],
    ["keeps half a pair", "a😀b", [{ retain: 2 }], "payload.delta.0"],
    ["deletes half a pair", "😀", [{ delete: 1 }], "payload.delta.0"],
    ["inserts half a pair", "a", [{ insert: "\ude00" }], "payload.delta.0.insert"],
    ["keeps nothing", "abc", [{ retain: 0 }], "payload.delta.0.retain"],
    ["deletes a fraction", "abc", [{ delete: 1.5 }], "payload.delta.0"],
    ["deletes less than nothing", "abc", [{ delete: -1 }], "payload.delta.0.delete"],
    ["inserts nothing", "abc", [{ insert: "" }], "payload.delta.0.insert"],
    ["inserts an embed", "abc", [{ insert: { image: "x" } }], "payload.delta.0"],
    ["does two things at once", "abc", [{ insert: "a", delete: 1 }], "payload.delta.0"],
    [
      "styles what it deletes",
      "abc",
      [{ delete: 1, attributes: bold }],
      "payload.delta.0.attributes",
    ],
    ["is no list", "abc", { insert: "a" }, "payload.delta"],
    ["is absent", "abc", undefined, "payload.delta"],
  ])("refuses one that %s", (_, text, delta, path) => {
    const sent = delta === undefined ? { ...edit([]), payload: {} } : edit(delta);
    expect(refusalOf(withText(text), sent)).toMatchObject(invalidAt(path));
  });

  test("says how long the text is", () => {
    expect(refusalOf(withText("a😀"), edit([{ retain: 4 }])).message).toBe(
      "payload.delta.0 reaches beyond the end of the text's 3 units",
    );
  });

  test("OP-16 a text may grow to the limit and not beyond; shrinking is always fine", () => {
    const limits = { ...defaultDomainLimits, stringUnitsMax: 10 };
    expect(tryAll(withText("abcdefghi"), [edit([{ insert: "x" }])], limits)).not.toHaveProperty(
      "code",
    );
    expect(refusalOf(withText("abcdefghi"), edit([{ insert: "xy" }]), limits)).toMatchObject(
      tooLargeAt("payload.delta"),
    );
    expect(() => refusalOf(withText("abcdefghijklm"), edit([{ delete: 1 }]), limits)).toThrow(
      "not refused",
    );
  });

  test("OP-17 the text of an element that has none of the two forms is not there to edit", () => {
    expect(refusalOf(withText(3), edit([{ insert: "a" }]))).toMatchObject(
      invalidAt("target.elementId"),
    );
  });
});
