import { expect, test } from "vitest";
import { seedsOf } from "../setup/seeds.js";
import { checkNodesInAnyOrder, checkNodesRedoneByAll } from "./nodesInAnyOrderLaw.js";
import { checkNodesUndoneByAll } from "./undoneByAllLaw.js";

test("each node is as it was once all was undone, in whatever order (UNDO-23, UNDO-41, UNDO-43)", () => {
  expect(checkNodesUndoneByAll(seedsOf(1_500))).toBeGreaterThan(seedsOf(3_000));
});

test("so it is where people undo and redo meanwhile, also in groups and pages that others added (UNDO-23, UNDO-43)", () => {
  expect(checkNodesInAnyOrder(seedsOf(2_000))).toBeGreaterThan(seedsOf(6_000));
});

test("what all undid and all redid is as it was, in whatever order (UNDO-13, UNDO-21)", () => {
  expect(checkNodesRedoneByAll(seedsOf(1_000))).toBeGreaterThan(seedsOf(3_000));
});
