import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonBytes } from "../../../src/domain/document/bytes.js";
import { canonicalJson } from "../../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../../src/domain/document/design.js";
import type { Document } from "../../../src/domain/document/document.js";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { parseDesign } from "../../../src/domain/document/parseDesign.js";
import { designOf } from "../../../src/domain/document/toDesign.js";
import { operationsBetween } from "../../../src/domain/diff/diff.js";
import { defaultDomainLimits } from "../../../src/domain/limits.js";
import type { OperationContent } from "../../../src/domain/operations/operation.js";
import { applyOperation, parseOperation } from "../../../src/domain/operations/registry.js";
import { designPairArbitrary } from "./designArbitrary.js";

const limits = defaultDomainLimits;

/** The document after operations that have to pass the checks of clients' operations. */
function applied(
  document: Document,
  operations: readonly OperationContent[],
  within = limits,
): Document {
  let next = document;
  for (const operation of operations) {
    const parsed = parseOperation(operation, within);
    if (!parsed.ok) throw new Error(`${operation.type}: ${JSON.stringify(parsed.error)}`);
    const after = applyOperation(next, parsed.value, within);
    if (!after.ok) throw new Error(`${operation.type}: ${JSON.stringify(after.error)}`);
    next = after.value;
  }
  return next;
}

function expectWay(from: Design, to: Design): OperationContent[] {
  const operations = operationsBetween(documentOf(from), documentOf(to));
  const reached = applied(documentOf(from), operations);
  expect(canonicalJson(designOf(reached))).toBe(canonicalJson(to));
  expect(reached.bytes).toBe(jsonBytes(to));
  return operations;
}

function types(operations: readonly OperationContent[]): string[] {
  return operations.map(({ type }) => type);
}

function element(id: string, properties: object = {}) {
  return { id, type: "rect", x: 0, y: 0, ...properties };
}

function page(elements: readonly object[], properties: object = {}): Design {
  const made = { canvas: {}, pages: [{ id: "p", ...properties, elements }], audioLayers: [] };
  const parsed = parseDesign(made, { ...limits, documentBytesMax: Infinity });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

describe("operations between two documents", () => {
  test("DOC-9 lead from any document to any other", () => {
    fc.assert(
      fc.property(designPairArbitrary, ([from, to]) => {
        expect(parseDesign(from, limits)).toEqual({ ok: true, value: from });
        expect(parseDesign(to, limits)).toEqual({ ok: true, value: to });
        expectWay(from, to);
      }),
      { numRuns: 500 },
    );
  });

  test("DOC-9 are none between equal documents", () => {
    fc.assert(
      fc.property(designPairArbitrary, ([design]) => {
        const copy = JSON.parse(JSON.stringify(design)) as Design;
        expect(operationsBetween(documentOf(design), documentOf(copy))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("DOC-9 keep small limits on each operation by splitting additions", () => {
    const small = {
      ...limits,
      operationBytesMax: 1_000,
      idUnitsMax: 9,
      propertiesPerObjectMax: 14,
      jsonDepthMax: 5,
    };
    fc.assert(
      fc.property(designPairArbitrary, ([from, to]) => {
        const operations = operationsBetween(documentOf(from), documentOf(to), small);
        const reached = applied(documentOf(from), operations, small);
        expect(canonicalJson(designOf(reached))).toBe(canonicalJson(to));
      }),
      { numRuns: 300 },
    );
  });

  test("DOC-10 move one element by one operation", () => {
    const ids = Array.from({ length: 200 }, (_, index) => `e${index}`);
    const from = page(ids.map((id) => element(id)));
    const order = [...ids.slice(0, 50), ...ids.slice(51), ids[50]!];
    const operations = expectWay(from, page(order.map((id) => element(id))));
    expect(operations).toEqual([
      {
        type: "REORDER_ELEMENT",
        target: { pageId: "p", elementId: "e50" },
        payload: { afterId: "e199" },
      },
    ]);
  });

  test.each([
    ["position", { x: 5 }, [{ type: "MOVE_ELEMENT", payload: { x: 5, y: 0 } }]],
    [
      "size",
      { width: 2, height: 3 },
      [{ type: "RESIZE_ELEMENT", payload: { width: 2, height: 3 } }],
    ],
    [
      "size, position and angle",
      { x: 1, width: 2, height: 1, rotation: 9 },
      [
        { type: "RESIZE_ELEMENT", payload: { width: 2, height: 1, x: 1, y: 0 } },
        { type: "ROTATE_ELEMENT", payload: { rotation: 9 } },
      ],
    ],
    [
      "position and color",
      { x: 5, fill: "red" },
      [{ type: "UPDATE_ELEMENT_PROPS", payload: { x: 5, fill: "red" } }],
    ],
    [
      "width without height",
      { height: null },
      [{ type: "UPDATE_ELEMENT_PROPS", payload: { height: null } }],
    ],
  ])("DOC-10 change %s by the operations made for it", (_name, changes, expected) => {
    const before = { width: 1, height: 1 };
    const operations = expectWay(
      page([element("e", before)]),
      page([element("e", { ...before, ...changes })]),
    );
    expect(operations.map(({ type, payload }) => ({ type, payload }))).toEqual(expected);
  });

  test("DOC-10 extend a stroke that grew", () => {
    const from = page([element("e", { points: [[0, 0]] })]);
    const to = page([
      element("e", {
        points: [
          [0, 0],
          [1, 1, 0.5],
        ],
      }),
    ]);
    expect(expectWay(from, to)[0]?.payload).toEqual({ points: [[1, 1, 0.5]] });
  });

  test("DOC-10 change a text by what differs", () => {
    const from = page([element("e", { text: "The quick brown fox" })]);
    const to = page([element("e", { text: "A quick brown foxy" })]);
    const [edit] = expectWay(from, to);
    expect(edit?.type).toBe("EDIT_TEXT");
    expect(JSON.stringify(edit?.payload).length).toBeLessThan(110);
    expect(edit?.payload?.["delta"]).toContainEqual({ retain: " quick brown fox".length });
  });

  test("DOC-10 delete a group with its content by one operation", () => {
    const rest = element("r");
    const group = [element("g", { type: "group" }), element("a", { parentId: "g" })];
    expect(types(expectWay(page([rest, ...group]), page([rest])))).toEqual(["DELETE_ELEMENT"]);
  });

  test("DOC-10 keep what stays of a group that goes", () => {
    const from = page([
      element("g"),
      element("a", { parentId: "g" }),
      element("b", { parentId: "g" }),
    ]);
    expect(types(expectWay(from, page([element("a")])))).toEqual(["CLEAR_PAGE"]);
  });

  test("DOC-10 delete and add again an element that changed its type, its children kept", () => {
    const children = [element("a", { parentId: "g" }), element("b", { parentId: "g" })];
    const from = page([children[0]!, element("g", { type: "group" }), children[1]!]);
    const to = page([children[0]!, element("g", { type: "frame" }), children[1]!]);
    expect(types(expectWay(from, to))).toEqual([
      "CLEAR_PAGE",
      "ADD_ELEMENT",
      "REORDER_ELEMENT",
      "REORDER_ELEMENT",
    ]);
  });

  test("DOC-10 turn a group inside out without a cycle on the way", () => {
    const from = page([
      element("a"),
      element("b", { parentId: "a" }),
      element("c", { parentId: "b" }),
    ]);
    const to = page([
      element("a", { parentId: "b" }),
      element("b", { parentId: "c" }),
      element("c"),
    ]);
    expect(types(expectWay(from, to))).toEqual(Array(3).fill("REORDER_ELEMENT"));
  });

  test("DOC-10 split a page that exceeds what one operation may hold", () => {
    const text = "x".repeat(150_000);
    const elements = Array.from({ length: 9 }, (_, index) =>
      element(`e${index}`, { text, more: text }),
    );
    const to = page(elements, { name: "large" });
    expect(types(expectWay({ ...to, pages: [] }, to))).toEqual([
      "ADD_PAGE",
      ...Array(9).fill("ADD_ELEMENT"),
    ]);
  });

  test("DOC-10 are found for a full page of which every element changed", () => {
    const ids = Array.from({ length: limits.elementsPerPageMax }, (_, index) => `e${index}`);
    const from = page(ids.map((id) => element(id, { fill: "red", rotation: 1 })));
    const to = page(
      ids.toReversed().map((id) => element(id, { x: 1, width: 1, height: 1, rotation: 2 })),
    );
    const operations = operationsBetween(documentOf(from), documentOf(to));
    expect(operations).toHaveLength(2 * ids.length - 1);
  });

  test("DOC-10 skip what the documents share", () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      element(`e${index}`, { fill: "red" }),
    );
    const document = documentOf(page(many));
    const target = { pageId: "p", elementId: "e777" };
    const change: OperationContent = { type: "MOVE_ELEMENT", target, payload: { x: 9, y: 9 } };
    const after = applied(document, [change]);
    // A getter that fails stands for the parts that need not be looked at.
    const untouched = after.pages.items.get("p")!.elements.items.get("e5")!;
    Object.defineProperty(untouched, "fill", { get: () => expect.unreachable(), enumerable: true });
    expect(operationsBetween(document, after)).toEqual([change]);
  });
});
