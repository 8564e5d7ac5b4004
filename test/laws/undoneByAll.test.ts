import { expect, test } from "vitest";
import { checkNodesInAnyOrder, checkNodesRedoneByAll } from "./nodesInAnyOrderLaw.js";
import { checkNodesUndoneByAll } from "./undoneByAllLaw.js";

test("each node is as it was once all was undone, in whatever order (UNDO-23, UNDO-41, UNDO-43)", () => {
  expect(checkNodesUndoneByAll(1_500)).toBeGreaterThan(3_000);
});

test("so it is where people undo and redo meanwhile, also in groups and pages that others added (UNDO-23, UNDO-43)", () => {
  expect(checkNodesInAnyOrder(600)).toBeGreaterThan(2_000);
});

test("what all undid and all redid is as it was, in whatever order (UNDO-13, UNDO-21)", () => {
  expect(checkNodesRedoneByAll(600)).toBeGreaterThan(2_000);
});
