import { expect, it } from "vitest";
import type { Design } from "../../../src/domain/document/design.js";
import type { Restriction } from "../../../src/domain/access/grant.js";
import { firstBeyondGrant, isWithinGrant } from "../../../src/domain/access/restrictedEdit.js";
import { unbounded } from "../../../src/domain/limits.js";
import { nothing } from "../../../src/domain/merge/nothing.js";
import type {
  LoggedOperation,
  OperationContent,
} from "../../../src/domain/operations/operation.js";
import {
  applyOperation,
  footprintOf,
  operationReference,
  settleOperation,
} from "../../../src/domain/operations/registry.js";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { change, lockedPage } from "../locks/lockedPage.js";

const pages = (...pageIds: string[]): Restriction => ({ pageIds, elementTypes: [] });
const types = (...elementTypes: string[]): Restriction => ({ pageIds: [], elementTypes });

/** The place of the first operation that is too much, as they are logged one after the other. */
function firstBeyond(
  restrictions: Restriction | readonly Restriction[],
  ...contents: readonly OperationContent[]
): number | undefined {
  let document = lockedPage;
  const logged = contents.map((content): LoggedOperation => {
    const settled = settleOperation(document, content);
    const footprint = footprintOf(document, settled);
    const applied = applyOperation(document, settled, unbounded);
    if (!applied.ok) throw new Error(applied.error.message);
    document = applied.value;
    return { ...settled, footprint } as unknown as LoggedOperation;
  });
  return firstBeyondGrant(lockedPage, logged, [restrictions].flat());
}

it("ACC-15 without a restriction everything may be edited", () => {
  expect(firstBeyond([], change.canvas(), change.removePage("p1"))).toBeUndefined();
});

it("ACC-15 what is on the pages may be edited, and nothing else", () => {
  const onOne = pages("p1");
  expect(firstBeyond(onOne, change.move("free"), change.add("new"))).toBeUndefined();
  expect(firstBeyond(onOne, change.page("p1"), change.remove("outer"))).toBeUndefined();
  expect(firstBeyond(onOne, change.clear(["free"]))).toBeUndefined();
  expect(firstBeyond(onOne, change.clear(["free"]), change.removePage("p1"))).toBe(1);
  expect(firstBeyond(onOne, change.move("free"), change.move("leaf", "p2"))).toBe(1);
  for (const other of [
    change.canvas(),
    change.clip(),
    change.page("p2"),
    change.removePage("p2"),
  ]) {
    expect(firstBeyond(onOne, other)).toBe(0);
  }
  const order = { type: "REORDER_PAGES", target: {}, payload: { pageIds: ["p2", "p1"] } } as const;
  expect(firstBeyond(onOne, { ...order, payload: { pageIds: ["p2", "p1"] } })).toBe(0);
  expect(
    firstBeyond(onOne, { type: "ADD_PAGE", target: { pageId: "p3" }, payload: { name: "n" } }),
  ).toBe(0);
});

it("ACC-15 elements of the types may be edited, whatever they were or become", () => {
  const rects = types("rect");
  expect(firstBeyond(rects, change.move("free"), change.remove("leaf"))).toBeUndefined();
  expect(firstBeyond(rects, change.add("new"), change.move("new"))).toBeUndefined();
  expect(firstBeyond(rects, change.add("new"), change.remove("new"))).toBeUndefined();
  expect(firstBeyond(rects, change.reparent("free", "outer"))).toBeUndefined();
  expect(firstBeyond(rects, change.add("new", { type: "group" }))).toBe(0);
  expect(firstBeyond(rects, change.move("inner"))).toBe(0);
  expect(firstBeyond(rects, change.remove("free"), change.add("free", { type: "group" }))).toBe(1);
  for (const other of [change.canvas(), change.clip(), change.page("p1")]) {
    expect(firstBeyond(rects, other)).toBe(0);
  }
});

it("ACC-15 deleting needs the right for all that goes", () => {
  expect(firstBeyond(types("group"), change.remove("outer"))).toBe(0);
  expect(firstBeyond(types("group", "rect"), change.remove("outer"))).toBeUndefined();
  expect(firstBeyond(types("group", "rect"), change.clear(["outer"]))).toBeUndefined();
  expect(firstBeyond(types("group"), change.clear(["outer", "leaf"]))).toBe(0);
  expect(firstBeyond(types("group", "rect"), change.removePage("p1"))).toBe(0);
});

it("ACC-13 of several restrictions one that lets it through is enough", () => {
  const both = [pages("p2"), types("rect")];
  expect(firstBeyond(both, change.move("free"), change.page("p2"))).toBeUndefined();
  expect(firstBeyond(both, change.page("p1"))).toBe(0);
  const together = { pageIds: ["p2"], elementTypes: ["rect"] };
  expect(firstBeyond(together, change.move("leaf", "p2"))).toBeUndefined();
  expect(firstBeyond(together, change.move("free"))).toBe(0);
  expect(firstBeyond(together, change.page("p2"))).toBe(0);
});

it("ACC-15 what a merge turned into nothing needs no right", () => {
  expect(firstBeyond(types("rect"), nothing)).toBeUndefined();
});

it("ACC-15 holds for every type of operation", () => {
  for (const { type, example } of operationReference()) {
    const { before, ...content } = example;
    const document = documentOf(before as unknown as Design);
    const settled = settleOperation(document, content as unknown as OperationContent);
    const logged = { ...settled, footprint: footprintOf(document, settled) };
    const first = firstBeyondGrant(
      document,
      [logged as unknown as LoggedOperation],
      [{ pageIds: ["no such page"], elementTypes: ["no such type"] }],
    );
    expect([type, first]).toEqual([type, 0]);
  }
});

it("ACC-16 a lock is on what one may edit", () => {
  const leaf = "/pages/p1/elements/leaf";
  expect(isWithinGrant([lockedPage], leaf, [types("rect")])).toBe(true);
  expect(isWithinGrant([lockedPage], leaf, [types("group")])).toBe(false);
  expect(isWithinGrant([lockedPage], "/pages/p1", [pages("p1")])).toBe(true);
  expect(isWithinGrant([lockedPage], "", [pages("p1")])).toBe(false);
  expect(isWithinGrant([lockedPage], "", [])).toBe(true);
});
