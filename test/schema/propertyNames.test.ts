/** Properties of an editor's own whose names are those that Strata uses for something else. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, set } from "./board.js";

let api: Api;
let ada: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
beforeEach(async () => {
  board = await Board.open(ada);
});
afterAll(() => api.stop());

const me = { clientId: "me" };
const other = { clientId: "other" };
const applied = { __typename: "OperationsApplied" };
const reorder = (id: string, payload: object) => ({
  ...{ id, type: "REORDER_ELEMENT", target: { pageId: "p1", elementId: "e1" }, payload },
});
const onTop = (id: string) => reorder(id, { afterId: "e2" });
const ids = async () => (await board.elements()).map(({ id }: { id: string }) => id);

describe("MERGE-61: a property `order`", () => {
  test.each(["MERGE", "LAST_WRITER_WINS"])("merges with a place by %s", async (onConflict) => {
    await board.edit([onTop("theirs")]);
    const mine = set("mine", { order: 7, fill: "blue" });
    expect(await board.apply([mine], { onConflict })).toMatchObject({
      ...applied,
      supersededOps: [],
      operations: [{ id: "mine", payload: { order: 7, fill: "blue" }, transformedFrom: [] }],
    });
    const placed = reorder("back", { afterId: null });
    expect(await board.apply([placed], { baseVersion: 2, onConflict })).toMatchObject({
      ...applied,
      operations: [{ id: "back", payload: { afterId: null }, transformedFrom: [] }],
    });
    expect(await board.first()).toMatchObject({ order: 7, fill: "blue" });
    expect(await ids()).toEqual(["e1", "e2"]);
  });

  test("collides with the same property, and only that is told", async () => {
    await board.edit([set("theirs", { order: 1 }), onTop("place")]);
    const conflict = await board.apply([set("mine", { order: 2 })], { onConflict: "MERGE" });
    expect(conflict.conflicts).toMatchObject([
      { clientOperation: "mine", serverOperation: "theirs", properties: ["order"] },
    ]);
    expect(conflict.conflicts).toHaveLength(1);
    const [announced] = conflict.resolutionOptions.strategies;
    expect(announced.overriddenOps).toEqual(["theirs"]);
  });

  test("is not announced as overridden by a place that CLIENT_WINS keeps", async () => {
    await board.edit([set("theirs", { order: 1, fill: "red" })]);
    const mine = [onTop("place"), set("mine", { fill: "blue" })];
    const { resolutionOptions } = await board.apply(mine, { onConflict: "MERGE" });
    expect(resolutionOptions.strategies[0].warning).toContain("fill of element");
    expect(resolutionOptions.strategies[0].warning).not.toContain("order");
  });

  test("stays as others set it later, when an earlier value is undone", async () => {
    await board.edit([set("mine", { order: 1, fill: "blue" })], me);
    await board.edit([set("theirs", { order: 2 })], other);
    expect(await board.undo("me")).toMatchObject({
      ...applied,
      skipped: [
        { operationId: "mine", properties: ["order"], causes: [{ operationId: "theirs" }] },
      ],
    });
    expect((await board.first()).order).toBe(2);
    expect((await board.first()).fill).toBeUndefined();
    expect(await board.redo("me")).toMatchObject(applied);
    expect(await board.first()).toMatchObject({ order: 2, fill: "blue" });
  });

  test("is undone whatever became of the place, and the place whatever became of it", async () => {
    await board.edit([set("mine", { order: 1 })], me);
    await board.edit([onTop("theirs")], other);
    expect(await board.undo("me")).toMatchObject({ ...applied, skipped: [] });
    expect((await board.first()).order).toBeUndefined();
    expect(await ids()).toEqual(["e2", "e1"]);
    await board.edit([set("again", { order: 3 })], me);
    expect(await board.undo("other")).toMatchObject({ ...applied, skipped: [] });
    expect(await ids()).toEqual(["e1", "e2"]);
    expect((await board.first()).order).toBe(3);
  });
});

test("UNDO-21: of a move into a group and to a place the place stays where others put it", async () => {
  await board.edit([add("g", "g", {}), add("h", "h", {})]);
  await board.edit([reorder("mine", { afterId: "e2", parentId: "g" })], me);
  await board.edit([reorder("theirs", { afterId: "h" })], other);
  const before = await ids();
  expect(await board.undo("me")).toMatchObject({
    ...applied,
    skipped: [{ properties: ["order"], causes: [{ operationId: "theirs" }] }],
  });
  expect(await ids()).toEqual(before);
  expect((await board.first()).parentId).toBeUndefined();
});
