import { expect, test } from "vitest";
import { checkNodesUndoneByAll } from "./undoneByAllLaw.js";

test("each node is as it was once all was undone, in whatever order (UNDO-23, UNDO-41, UNDO-43)", () => {
  expect(checkNodesUndoneByAll(1_500)).toBeGreaterThan(3_000);
});
