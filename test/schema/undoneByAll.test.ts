/** One person deletes something, another stands against its return, and both undo: it is there as before, through the API. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set } from "./board.js";

let api: Api;
let ada: Client;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
afterAll(() => api.stop());

const me = { clientId: "me" };
const other = { clientId: "other" };
const REVERT = `mutation ($input: RevertTemplateInput!) {
  result: revertTemplate(input: $input) { __typename ... on UserError { code message } }
}`;
const revert = async (board: Board, targetVersion: number) => {
  const input = { templateId: board.id, targetVersion, clientId: "other", batchId: "revert" };
  expect((await ada.data(REVERT, { input })).result).toMatchObject({
    __typename: "TemplateReverted",
  });
};
const applied = { __typename: "OperationsApplied" };
const page = { id: "page", type: "DELETE_PAGE", target: { pageId: "p1" } };
const design = async (board: Board) => (await board.read("designData")).designData;

function typed(id: string, insert: string) {
  const target = { pageId: "p1", elementId: "n" };
  return { id, type: "EDIT_TEXT", target, payload: { delta: [{ insert }] } };
}

/** A group with a child beside the rectangles. */
async function opened(): Promise<Board> {
  const board = await Board.open(ada);
  const group = [add("g", "g", { type: "group" }), add("k", "k", { parentId: "g" })];
  await board.edit(group, { clientId: "third" });
  return board;
}

describe("what one deleted and another brought back", () => {
  test.each([
    ["element", remove("a")],
    ["group with its child", remove("a", "g")],
    ["page with its elements", page],
    ["cleared page", { id: "a", type: "CLEAR_PAGE", target: { pageId: "p1" } }],
  ])("UNDO-41: by a revert: the %s is there when both undid", async (_what, deletion) => {
    const board = await opened();
    const start = await design(board);
    const version = await board.version();
    await board.edit([deletion], me);
    await revert(board, version);
    const passed = await board.undo("me");
    expect(passed.passedOver).toHaveLength(1);
    expect(passed.skipped[0].reason).toBe("ID_TAKEN");
    expect(await board.undo("other")).toMatchObject({ ...applied, skipped: [] });
    expect(await design(board)).toEqual(start);
    await board.redo("other");
    expect(await design(board)).toEqual(start);
  });

  test("UNDO-41: by a resolution that wins over the deletion of the group", async () => {
    const board = await opened();
    const start = await design(board);
    const baseVersion = await board.version();
    await board.edit([remove("a", "g")], me);
    const clientOperations = [set("b", { fill: "red" }, {}, "k")];
    const input = { baseVersion, headVersion: baseVersion + 1, ...other };
    const resolved = await board.resolve({ ...input, resolution: "CLIENT_WINS", clientOperations });
    expect(resolved.__typename).toBe("ConflictResolved");
    await board.undo("me");
    expect(await board.undo("other")).toMatchObject(applied);
    expect(await design(board)).toEqual(start);
  });

  test("UNDO-41: by another thing under its id; what was undone on it stays undone", async () => {
    const board = await opened();
    const start = await design(board);
    await board.edit([set("f", { fill: "red" })], me);
    await board.edit([remove("a")], me);
    await board.edit([add("b", "e1", { type: "text" })], other);
    expect(await board.undo("me")).toMatchObject({ passedOver: ["a", "f"] });
    expect(await board.undo("other")).toMatchObject(applied);
    expect(await design(board)).toEqual(start);
    await board.redo("other");
    expect((await board.first()).type).toBe("text");
    await board.undo("other");
    expect(await design(board)).toEqual(start);
  });

  test("UNDO-41: nothing comes back that is deleted again by a redo", async () => {
    const board = await opened();
    await board.edit([remove("a")], me);
    await board.edit([add("b", "e1")], other);
    await board.undo("me");
    await board.redo("me");
    await board.undo("other");
    expect(await board.first()).toBeUndefined();
  });
});

test("UNDO-41: a deleted child is back once the deletion of its group is undone, too", async () => {
  const board = await opened();
  const start = await design(board);
  await board.edit([remove("a", "k")], me);
  await board.edit([remove("b", "g")], other);
  await board.undo("me");
  expect(await board.undo("other")).toMatchObject(applied);
  expect(await design(board)).toEqual(start);
});

test("UNDO-41: a child does not come back into something else under the id of its group", async () => {
  const board = await opened();
  const start = await design(board);
  await board.edit([remove("a", "g")], me);
  await board.edit([add("b", "g")], other);
  const reasons = (await board.undo("me")).skipped.map(({ reason }: { reason: string }) => reason);
  expect(reasons).toEqual(["ID_TAKEN", "ID_TAKEN"]);
  await board.undo("other");
  expect(await design(board)).toEqual(start);
});

const stroke = (id: string, point: number[]) => ({
  ...{ id, type: "EXTEND_STROKE", payload: { points: [point] } },
  target: { pageId: "p1", elementId: "s" },
});
const layer = (id: string, type: string, payload: object) => ({
  ...{ id, type, payload },
  target: { audioLayerId: "l" },
});
test.each([
  ["points on which others appended", stroke("a", [2, 2]), stroke("b", [3, 3])],
  ["an element that others changed", add("a", "n"), set("b", { fill: "red" }, {}, "n")],
  [
    "a page that others put something on",
    { id: "a", type: "ADD_PAGE", target: { pageId: "z" }, payload: {} },
    add("b", "n", {}, "z"),
  ],
  [
    "a group that others put something into",
    add("a", "n", { type: "group" }),
    add("b", "m", { parentId: "n" }),
  ],
  [
    "a layer that others named",
    layer("a", "ADD_AUDIO_LAYER", {}),
    layer("b", "UPDATE_AUDIO_LAYER", { name: "x" }),
  ],
])("UNDO-43: %s are gone when both undid", async (_what, mine, theirs) => {
  const board = await Board.open(ada);
  const points = [
    [0, 0],
    [1, 1],
  ];
  await board.edit([add("s", "s", { type: "drawing", points })], { clientId: "third" });
  const start = await design(board);
  await board.edit([mine], me);
  await board.edit([theirs], other);
  const built = await design(board);
  expect((await board.undo("me")).skipped).not.toEqual([]);
  await board.undo("other");
  expect(await design(board)).toEqual(start);
  await board.redo("other");
  expect(await design(board)).toEqual(built);
  await board.undo("other");
  expect(await design(board)).toEqual(start);
});

test("UNDO-43: what others changed otherwise stays until that is undone, too", async () => {
  const board = await Board.open(ada);
  const start = await design(board);
  await board.edit([add("a", "n")], me);
  await board.edit([set("b", { fill: "red" }, {}, "n")], other);
  await board.edit([set("c", { x: 9 }, {}, "n")], { clientId: "third" });
  await board.undo("me");
  await board.undo("other");
  expect((await board.elements()).find(({ id }) => id === "n")).toMatchObject({ x: 9 });
  await board.undo("third");
  expect(await design(board)).toEqual(start);
});

describe("UNDO-46: what was added and changed in one batch goes when everybody undid their work on it", () => {
  test.each([
    ["a colour", set("a2", { fill: "red" }, {}, "n"), set("b", { fill: "blue" }, {}, "n")],
    ["another property", set("a2", { fill: "red" }, {}, "n"), set("b", { x: 9 }, {}, "n")],
    ["a text", typed("a2", "hi"), typed("b", "!")],
  ])("%s", async (_, mine, theirs) => {
    const board = await Board.open(ada);
    const start = await design(board);
    await board.edit([add("a1", "n", { type: "text" }), mine], me);
    await board.edit([theirs], other);
    expect((await board.undo("me")).skipped).not.toEqual([]);
    await board.undo("other");
    expect(await design(board)).toEqual(start);
  });
});

test("UNDO-46: a deletion that was redone in part, and completed by another's undo, is undone", async () => {
  const board = await Board.open(ada);
  const start = await design(board);
  await board.edit([remove("a")], me);
  await board.undo("me");
  await board.edit([set("b", { fill: "red" })], other);
  expect((await board.redo("me")).skipped).not.toEqual([]);
  await board.undo("other");
  expect((await board.elements()).find(({ id }) => id === "e1")).toBeUndefined();
  await board.undo("me");
  expect(await design(board)).toEqual(start);
});

test("UNDO-46: a value that was redone behind another's is one's own to undo", async () => {
  const board = await Board.open(ada);
  const start = await design(board);
  await board.edit([set("a", { fill: "red" })], me);
  await board.undo("me");
  await board.edit([set("b", { fill: "blue" })], other);
  expect((await board.redo("me")).skipped).not.toEqual([]);
  await board.undo("other");
  await board.undo("me");
  expect(await design(board)).toEqual(start);
});
