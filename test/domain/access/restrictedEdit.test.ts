import { expect, it } from "vitest";
import type { Design } from "../../../src/domain/document/design.js";
import { unrestricted, type Restriction } from "../../../src/domain/access/grant.js";
import { firstBeyondGrant, isLockWithinGrant } from "../../../src/domain/access/restrictedEdit.js";
import { unbounded } from "../../../src/domain/limits.js";
import { NO_OP } from "../../../src/domain/operations/noOp.js";
import type {
  LoggedOperation,
  OperationContent,
  OperationType,
} from "../../../src/domain/operations/operation.js";
import {
  applyOperation,
  footprintOf,
  operationReference,
  settleOperation,
} from "../../../src/domain/operations/registry.js";
import { finished } from "../../../src/domain/steps.js";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { change, lockedPage } from "../locks/lockedPage.js";

const pages = (...pageIds: string[]): Restriction => ({ ...unrestricted, pageIds });
const types = (...elementTypes: string[]): Restriction => ({ ...unrestricted, elementTypes });
const elements = (...elementIds: string[]): Restriction => ({ ...unrestricted, elementIds });
const operations = (...operationTypes: OperationType[]): Restriction => ({
  ...unrestricted,
  operationTypes,
});

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
  return finished(firstBeyondGrant(lockedPage, logged, [restrictions].flat()));
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
  const together = { ...unrestricted, pageIds: ["p2"], elementTypes: ["rect"] };
  expect(firstBeyond(together, change.move("leaf", "p2"))).toBeUndefined();
  expect(firstBeyond(together, change.move("free"))).toBe(0);
  expect(firstBeyond(together, change.page("p2"))).toBe(0);
});

it("ACC-18 the elements and what is in them may be edited, by what they are in before and after", () => {
  const inner = elements("inner");
  expect(firstBeyond(inner, change.move("inner"), change.move("leaf"))).toBeUndefined();
  expect(firstBeyond(inner, change.add("new", { parentId: "inner" }))).toBeUndefined();
  expect(firstBeyond(inner, change.add("new", { parentId: "leaf" }))).toBeUndefined();
  expect(firstBeyond(inner, change.remove("leaf"), change.add("leaf", { parentId: "inner" }))).toBe(
    undefined,
  );
  expect(firstBeyond(inner, change.clear(["leaf"]))).toBeUndefined();
  expect(firstBeyond(inner, change.reparent("inner", "outer"))).toBeUndefined();
  for (const beyond of [
    ...[change.move("outer"), change.move("free"), change.add("new"), change.remove("outer")],
    ...[change.reparent("free", "inner"), change.reparent("leaf", null), change.page("p1")],
    ...[change.remove("inner"), change.clear(["inner"]), change.reparent("inner", null)],
    ...[change.clear(["leaf", "free"]), change.canvas(), change.clip(), change.removePage("p1")],
  ]) {
    expect(firstBeyond(inner, change.move("inner"), beyond)).toBe(1);
  }
  expect(firstBeyond(elements("leaf"), change.move("leaf", "p2"))).toBeUndefined();
  // What is named and in another one that is named goes with that.
  const nested = elements("outer", "inner", "new");
  expect(firstBeyond(nested, change.remove("inner"))).toBeUndefined();
  expect(firstBeyond(nested, change.reparent("leaf", "outer"))).toBeUndefined();
  expect(firstBeyond(nested, change.reparent("inner", null))).toBe(0);
  expect(firstBeyond(nested, change.add("new"))).toBe(0);
  const onOne = { ...elements("leaf"), pageIds: ["p1"] };
  expect(firstBeyond(onOne, change.move("leaf"), change.move("leaf", "p2"))).toBe(1);
  const rectsIn = { ...elements("outer"), elementTypes: ["rect"] };
  expect(firstBeyond(rectsIn, change.move("leaf"), change.move("outer"))).toBe(1);
});

it("ACC-19 operations of the types may be sent, and no others that do the same", () => {
  const moving = operations("MOVE_ELEMENT");
  expect(firstBeyond(moving, change.move("leaf"), change.move("leaf", "p2"))).toBeUndefined();
  expect(firstBeyond(moving, change.set("leaf", { x: 1 }))).toBe(0);
  expect(firstBeyond(operations("UPDATE_CANVAS"), change.canvas())).toBeUndefined();
  expect(firstBeyond(operations("DELETE_PAGE"), change.removePage("p1"))).toBeUndefined();
  expect(firstBeyond(operations("CLEAR_PAGE"), change.clear(["free"]))).toBeUndefined();
  expect(firstBeyond(operations("CLEAR_PAGE"), change.remove("free"))).toBe(0);
  const movingRects = { ...moving, elementTypes: ["rect"] };
  expect(firstBeyond(movingRects, change.move("leaf"), change.move("outer"))).toBe(1);
  // Of several restrictions one has to let through both what and where.
  const either = [{ ...moving, elementIds: ["free"] }, { ...operations("DELETE_ELEMENT") }];
  expect(firstBeyond(either, change.move("free"), change.remove("leaf"))).toBeUndefined();
  expect(firstBeyond(either, change.move("leaf"))).toBe(0);
  // What one operation touches may be let through by several, each of which lets its type through.
  const [groups, rects] = [types("group"), types("rect")];
  expect(firstBeyond([groups, rects], change.remove("outer"))).toBeUndefined();
  const deleting = operations("DELETE_ELEMENT").operationTypes;
  const [deletesGroups, deletesRects] = [groups, rects].map((part) => ({
    ...part,
    operationTypes: deleting,
  }));
  expect(firstBeyond([deletesGroups!, deletesRects!], change.remove("outer"))).toBeUndefined();
  expect(firstBeyond([deletesGroups!, movingRects], change.remove("outer"))).toBe(0);
});

it("ACC-15 what a merge turned into nothing needs no right", () => {
  expect(firstBeyond(types("rect"), NO_OP)).toBeUndefined();
});

it("ACC-15 holds for every type of operation", () => {
  for (const { type, example } of operationReference()) {
    const { before, ...content } = example;
    const document = documentOf(before as unknown as Design);
    const settled = settleOperation(document, content as unknown as OperationContent);
    const logged = { ...settled, footprint: footprintOf(document, settled) };
    const restriction = {
      ...unrestricted,
      pageIds: ["no such page"],
      elementTypes: ["no such type"],
    };
    const operations = [logged as unknown as LoggedOperation];
    const first = finished(firstBeyondGrant(document, operations, [restriction]));
    expect([type, first]).toEqual([type, 0]);
  }
});

it("ACC-16 a lock is on what one may edit", () => {
  const leaf = "/pages/p1/elements/leaf";
  expect(isLockWithinGrant(lockedPage, leaf, [types("rect")])).toBe(true);
  expect(isLockWithinGrant(lockedPage, leaf, [types("group")])).toBe(false);
  expect(isLockWithinGrant(lockedPage, "/pages/p1", [pages("p1")])).toBe(true);
  expect(isLockWithinGrant(lockedPage, "", [pages("p1")])).toBe(false);
  expect(isLockWithinGrant(lockedPage, "", [])).toBe(true);
  const free = "/pages/p1/elements/free";
  expect(isLockWithinGrant(lockedPage, leaf, [elements("outer")])).toBe(true);
  expect(isLockWithinGrant(lockedPage, free, [elements("outer")])).toBe(false);
  expect(isLockWithinGrant(lockedPage, "/pages/p1", [elements("outer")])).toBe(false);
  const clip = "/audioLayers/l1/clips/c1";
  const moving = operations("MOVE_ELEMENT", "UPDATE_CANVAS", "UPDATE_PAGE");
  expect(isLockWithinGrant(lockedPage, leaf, [moving])).toBe(true);
  expect(isLockWithinGrant(lockedPage, clip, [operations("UPDATE_AUDIO_CLIP")])).toBe(true);
  for (const path of ["", "/pages/p1", "/audioLayers/l1", clip]) {
    expect(isLockWithinGrant(lockedPage, path, [moving])).toBe(false);
  }
});
