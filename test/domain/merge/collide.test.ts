/** Collisions rule by rule (SPEC.md, Merging), from the footprints of real operations. */
import { describe, expect, test } from "vitest";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { collisions } from "../../../src/domain/merge/collide.js";
import { targetOfPath } from "../../../src/domain/operations/paths.js";
import { nodePath } from "../../../src/domain/operations/footprint.js";
import type { OperationContent, OperationType } from "../../../src/domain/operations/operation.js";
import { footprintOf } from "../../../src/domain/operations/registry.js";
import { pageWith } from "../operations/support.js";

// Groups: outer holds inner, inner holds leaf; other stands alone.
const document = documentOf(
  pageWith(
    { id: "outer" },
    { id: "inner", parentId: "outer" },
    { id: "leaf", parentId: "inner" },
    { id: "other" },
  ),
);

const on = (
  type: OperationType,
  elementId: string,
  payload: OperationContent["payload"] = null,
) => ({
  type,
  target: { pageId: "p", elementId },
  payload,
});
const deletePage: OperationContent = {
  type: "DELETE_PAGE",
  target: { pageId: "p" },
  payload: null,
};
const move = on("MOVE_ELEMENT", "leaf", { x: 1, y: 1 });
const fill = on("UPDATE_ELEMENT_PROPS", "leaf", { fill: "red", label: "a" });
const add = (id: string, more: object = {}) =>
  on("ADD_ELEMENT", id, { type: "rect", x: 0, y: 0, ...more });

function found(client: OperationContent, server: OperationContent): string[] {
  const side = (id: string, operation: OperationContent) => [
    { id, footprint: footprintOf(document, operation) },
  ];
  return collisions(side("c", client), side("s", server)).map(
    ({ kind, path, properties }) => `${kind} ${path} ${properties.join()}`,
  );
}

const leaf = "/pages/p/elements/leaf";

describe("collisions", () => {
  test.each<[string, OperationContent, OperationContent, string[]]>([
    ["MERGE-4 different properties: none", fill, on("UPDATE_ELEMENT_PROPS", "leaf", { w: 1 }), []],
    [
      "MERGE-4 different elements: none",
      fill,
      on("UPDATE_ELEMENT_PROPS", "other", { fill: 1 }),
      [],
    ],
    [
      "MERGE-5 two writes of one property",
      fill,
      on("UPDATE_ELEMENT_PROPS", "leaf", { label: 1, fill: 2, z: 3 }),
      [`CONCURRENT_EDIT ${leaf} fill,label`],
    ],
    ["MERGE-6 two moves: none", move, on("MOVE_ELEMENT", "leaf", { x: 2, y: 2 }), []],
    [
      "MERGE-6 two deltas: none",
      on("EDIT_TEXT", "leaf", { delta: [] }),
      on("EDIT_TEXT", "leaf", { delta: [] }),
      [],
    ],
    [
      "MERGE-6 two strokes: none",
      on("EXTEND_STROKE", "leaf", { points: [] }),
      on("EXTEND_STROKE", "leaf", { points: [] }),
      [],
    ],
    [
      "MERGE-6 two places: none",
      on("REORDER_ELEMENT", "leaf", { afterId: null }),
      on("REORDER_ELEMENT", "leaf", { afterId: "other" }),
      [],
    ],
    [
      "MERGE-5 a move and a write of x",
      move,
      on("UPDATE_ELEMENT_PROPS", "leaf", { x: 5, fill: 1 }),
      [`CONCURRENT_EDIT ${leaf} x`],
    ],
    [
      "MERGE-7 delete and delete: none",
      on("DELETE_ELEMENT", "leaf"),
      on("DELETE_ELEMENT", "inner"),
      [],
    ],
    [
      "MERGE-7 delete and change",
      on("DELETE_ELEMENT", "leaf"),
      move,
      [`DELETED_TARGET ${leaf} x,y`],
    ],
    [
      "MERGE-7 delete of its group and change",
      on("DELETE_ELEMENT", "outer"),
      fill,
      [`DELETED_TARGET ${leaf} fill,label`],
    ],
    ["MERGE-7 delete of its page and change", deletePage, move, [`DELETED_TARGET ${leaf} x,y`]],
    [
      "MERGE-7 delete of the page and of an element: none",
      deletePage,
      on("DELETE_ELEMENT", "leaf"),
      [],
    ],
    ["MERGE-7 delete of the page and add", deletePage, add("n"), ["DELETED_TARGET /pages/p "]],
    [
      "MERGE-7 delete of the group and add into it",
      on("DELETE_ELEMENT", "inner"),
      add("n", { parentId: "inner" }),
      ["DELETED_TARGET /pages/p/elements/inner "],
    ],
    [
      "MERGE-7 clearing what the client saw and change of it",
      { type: "CLEAR_PAGE", target: { pageId: "p" }, payload: { elementIds: ["leaf"] } },
      move,
      [`DELETED_TARGET ${leaf} x,y`],
    ],
    [
      "MERGE-7 clearing and add: none",
      { type: "CLEAR_PAGE", target: { pageId: "p" }, payload: { elementIds: ["leaf"] } },
      add("n"),
      [],
    ],
    ["MERGE-8 adds: none", add("m"), add("n"), []],
    ["MERGE-8 one id used twice", add("n"), add("n"), ["DUPLICATE_ID /pages/p/elements/n "]],
    [
      "MERGE-9 two moves of one element between groups",
      on("REORDER_ELEMENT", "leaf", { parentId: null }),
      on("REORDER_ELEMENT", "leaf", { parentId: "other" }),
      [`CONCURRENT_EDIT ${leaf} parentId`],
    ],
    [
      "MERGE-9 two moves that would close a cycle",
      on("REORDER_ELEMENT", "other", { parentId: "leaf" }),
      on("REORDER_ELEMENT", "outer", { parentId: "other" }),
      [
        "CONCURRENT_EDIT /pages/p/elements/other parentId",
        "CONCURRENT_EDIT /pages/p/elements/outer parentId",
      ],
    ],
  ])("%s", (_, client, server, expected) => {
    expect(found(client, server).toSorted()).toEqual(expected);
    expect(found(server, client).toSorted()).toEqual(expected);
  });

  test("MERGE-10 a path leads back to the target", () => {
    expect(targetOfPath(nodePath("pages", "a/b", "elements", "~1"))).toEqual({
      pageId: "a/b",
      elementId: "~1",
    });
    expect(targetOfPath(nodePath("audioLayers", "l", "clips", "c"))).toEqual({
      audioLayerId: "l",
      clipId: "c",
    });
    expect(targetOfPath(nodePath("pages", "p"))).toEqual({ pageId: "p" });
    expect(targetOfPath(nodePath("audioLayers", "l"))).toEqual({ audioLayerId: "l" });
    expect(targetOfPath(nodePath("canvas"))).toEqual({});
    expect(targetOfPath(nodePath("pages"))).toEqual({});
  });
});
