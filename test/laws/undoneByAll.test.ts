import { describe, expect, test } from "vitest";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { seedsOf } from "../setup/seeds.js";
import { checkNodesInAnyOrder, checkNodesRedoneByAll } from "./nodesInAnyOrderLaw.js";
import { checkNodesUndoneByAll } from "./undoneByAllLaw.js";
import { textTable, type Table } from "./undoTable.js";

test("each node is as it was once all was undone, in whatever order (UNDO-23, UNDO-41, UNDO-43)", () => {
  expect(checkNodesUndoneByAll(seedsOf(1_500))).toBeGreaterThan(seedsOf(3_000));
});

test("so it is where people undo and redo meanwhile, also in groups and pages that others added (UNDO-23, UNDO-43)", () => {
  expect(checkNodesInAnyOrder(seedsOf(2_000))).toBeGreaterThan(seedsOf(6_000));
});

test("what all undid and all redid is as it was, in whatever order (UNDO-13, UNDO-21)", () => {
  expect(checkNodesRedoneByAll(seedsOf(1_000))).toBeGreaterThan(seedsOf(3_000));
});

describe("a text that one person types in and another deletes", () => {
  const target = { pageId: "p", elementId: "e" };
  const typed: OperationContent = {
    type: "EDIT_TEXT",
    target,
    payload: { delta: [{ retain: 1 }, { insert: "Q" }] },
  };
  const deleted: OperationContent = { type: "DELETE_ELEMENT", target, payload: null };
  const textNow = ({ design }: Table) => design.pages[0]!.elements[0]?.["text"];
  const tableOfText = () => textTable(2).table;

  test("comes back as it was before both, where both were one batch (UNDO-1)", () => {
    const table = tableOfText();
    table.edit("a", [typed, deleted]);
    table.invertPartly("a", "undo");
    expect([textNow(table), table.log.at(-1)?.skipped]).toEqual(["abc", undefined]);
  });

  test("has what was typed once that is redone, after the undo of the deletion took it away (UNDO-21)", () => {
    const table = tableOfText();
    table.edit("b", [typed]);
    table.edit("a", [deleted]);
    for (const person of ["b", "a"]) table.invertPartly(person, "undo");
    expect(textNow(table)).toBe("abc");
    table.invertPartly("b", "redo");
    expect(textNow(table)).toBe("aQbc");
  });
});

test("UNDO-41: of two things under one id the one is there whose batch is in effect, and a redo that has to wait tells it", () => {
  const target = { pageId: "p", elementId: "e" };
  const { table } = textTable(2);
  const typeNow = () => table.design.pages[0]!.elements[0]?.type;
  table.edit("b", [{ type: "DELETE_ELEMENT", target, payload: null }]);
  table.edit("a", [{ type: "ADD_ELEMENT", target, payload: { type: "rect", x: 0, y: 0 } }]);
  for (const person of ["a", "b"]) table.invertPartly(person, "undo");
  table.invertPartly("a", "redo");
  expect([typeNow(), table.log.at(-1)?.skipped?.[0]?.reason]).toEqual(["text", "ID_TAKEN"]);
  table.invertPartly("b", "redo");
  expect(typeNow()).toBe("rect");
});

test("UNDO-1: a batch that deletes and adds under one id several times is taken back whole, and again", () => {
  const target = { pageId: "p", elementId: "e" };
  const choices: OperationContent[] = [
    { type: "DELETE_ELEMENT", target, payload: null },
    { type: "ADD_ELEMENT", target, payload: { type: "rect", x: 1, y: 1 } },
    { type: "UPDATE_ELEMENT_PROPS", target, payload: { fill: "red" } },
    { type: "DELETE_PAGE", target: { pageId: "p" }, payload: null },
    { type: "ADD_PAGE", target: { pageId: "p" }, payload: {} },
  ];
  const batches = choices.flatMap((first) =>
    choices.flatMap((second) => choices.map((third) => [first, second, third])),
  );
  let taken = 0;
  for (const batch of batches) {
    const { table } = textTable(2);
    try {
      table.edit("a", batch);
    } catch {
      continue;
    }
    const [before, after] = [table.start, table.design];
    for (const direction of ["undo", "redo", "undo"] as const) {
      table.invertPartly("a", direction);
      expect(table.design, JSON.stringify([batch, direction])).toEqual(
        direction === "undo" ? before : after,
      );
    }
    taken += 1;
  }
  expect(taken).toBeGreaterThan(10);
});
