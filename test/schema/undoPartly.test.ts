/** Undo and redo of steps of which others changed, deleted or undid a part, and of very large ones, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set, text } from "./board.js";

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
const ids = async () => (await board.elements()).map(({ id }: { id: string }) => id);
const applied = { __typename: "OperationsApplied" };
const on = (id: string, type: string, target: object, payload: object | null = null) => ({
  ...{ id, type, target },
  ...(payload !== null && { payload }),
});

describe("a step of which others changed a part", () => {
  test("UNDO-20: a later colour of others' stays in a text, and the answer says so", async () => {
    await board.edit([text("t", { insert: "hello" })], other);
    await board.edit([text("a", { retain: 5, attributes: { color: "red" } })], me);
    await board.edit([text("b", { retain: 2, attributes: { color: "blue", link: "x" } })], other);
    const stays = {
      ...{ batchId: "a", operationId: "a", reason: "CHANGED_BY_OTHERS", type: "EDIT_TEXT" },
      ...{ properties: ["text"], attributes: ["color"] },
      causes: [{ operationId: "b", user: { id: ada.id } }],
    };
    expect(await board.undo("me")).toMatchObject({ ...applied, skipped: [stays], passedOver: [] });
    const left = [{ insert: "he", attributes: { color: "blue", link: "x" } }, { insert: "llo" }];
    expect((await board.first()).text).toEqual(left);
    await board.edit([text("c", { retain: 3, attributes: { link: null } })], other);
    expect(await board.redo("me")).toMatchObject({ ...applied, skipped: [] });
    expect((await board.first()).text).toEqual([
      { insert: "he", attributes: { color: "blue" } },
      { insert: "llo", attributes: { color: "red" } },
    ]);
  });

  test("UNDO-21: of twenty moved elements nineteen go back, and redo moves those again", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `m${index}`);
    await board.edit(
      names.map((name) => add(`add ${name}`, name)),
      other,
    );
    await board.edit(
      names.map((name) => set(`a ${name}`, { x: 50, fill: "red" }, {}, name)),
      me,
    );
    await board.edit([set("b", { x: 7 }, {}, "m3"), remove("c", "m4")], other);
    const undone = await board.undo("me");
    expect(undone.operations).toHaveLength(19);
    expect(undone.skipped).toMatchObject([
      { reason: "DELETED_BY_OTHERS", target: { elementId: "m4" }, causes: [{ operationId: "c" }] },
      { reason: "CHANGED_BY_OTHERS", target: { elementId: "m3" }, properties: ["x"] },
    ]);
    const placed = async () =>
      new Map((await board.elements()).map(({ id, x, fill }) => [id, { x, fill }]));
    const before = await placed();
    expect(before.get("m3")).toEqual({ x: 7, fill: undefined });
    expect(before.get("m5")).toEqual({ x: 1, fill: undefined });
    expect(await board.redo("me")).toMatchObject({ ...applied, skipped: [] });
    const after = await placed();
    expect(after.get("m3")).toEqual({ x: 7, fill: "red" });
    expect(after.get("m5")).toEqual({ x: 50, fill: "red" });
  });

  test("UNDO-21: sent again, a step is answered as the first time, with what it skipped and passed over", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { stroke: "red" }), set("c", { fill: "green" })], me);
    await board.edit([set("d", { opacity: 1 })], me);
    await board.edit([set("e", { opacity: 0.5, fill: "blue" })], other);
    const step = { batchId: "step" };
    const first = await board.undo("me", ada, step);
    expect(first).toMatchObject({ ...applied, passedOver: ["d"] });
    expect(first.skipped).toMatchObject([
      { batchId: "d", properties: ["opacity"] },
      { batchId: "b", operationId: "c", properties: ["fill"] },
    ]);
    await board.edit([set("f", { opacity: 0.1 })], other);
    const again = await board.undo("me", ada, step);
    expect(again).toEqual({ ...first, duplicateOps: first.appliedOps, template: again.template });
  });

  test("UNDO-22: the line goes on behind what others deleted, and does not come back to it", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { fill: "green" }, {}, "e2")], me);
    await board.edit([set("c", { stroke: "green" }, {}, "e2")], me);
    await board.edit([remove("d", "e2")], other);
    expect(await board.undo("me")).toMatchObject({ ...applied, passedOver: ["c", "b"] });
    expect((await board.first()).fill).toBeUndefined();
    await board.undo("other");
    expect(await board.undo("me")).toMatchObject({ code: "INVALID_INPUT" });
    const { fill, stroke } = (await board.elements())[1];
    expect([fill, stroke]).toEqual([undefined, undefined]);
    expect(await board.redo("me")).toMatchObject({ operations: [{ redoes: "a" }] });
  });

  test("UNDO-22: a line of which nothing is left to undo says so once", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { fill: "blue" })], other);
    const undone = await board.undo("me");
    expect(undone).toMatchObject({ ...applied, passedOver: ["a"], skipped: [{ batchId: "a" }] });
    expect(await board.undo("me")).toMatchObject({ code: "INVALID_INPUT" });
    expect((await board.first()).fill).toBe("blue");
  });
});

describe("what two people undid", () => {
  test.each([
    ["element", add("a", "new"), remove("b", "new")],
    [
      "page",
      on("a", "ADD_PAGE", { pageId: "new" }, { name: "new" }),
      on("b", "DELETE_PAGE", { pageId: "new" }),
    ],
    [
      "audio layer",
      on("a", "ADD_AUDIO_LAYER", { audioLayerId: "new" }, { name: "new" }),
      on("b", "DELETE_AUDIO_LAYER", { audioLayerId: "new" }),
    ],
    [
      "element that a clear took",
      add("a", "new"),
      on("b", "CLEAR_PAGE", { pageId: "p1" }, { elementIds: ["new"] }),
    ],
    ["value", set("a", { fill: "red" }), set("b", { fill: "blue" })],
    ["size", set("a", { width: 3 }), set("b", { width: 4 })],
    [
      "attribute",
      text("a", { retain: 5, attributes: { color: "red" } }),
      text("b", { retain: 5, attributes: { color: "blue" } }),
    ],
    ["text", text("a", { retain: 5 }, { insert: "!" }), text("b", { retain: 5 }, { delete: 1 })],
    ["part of a text", text("a", { insert: "abc" }), text("b", { retain: 1 }, { delete: 1 })],
    [
      "text's attribute that was deleted",
      text("a", { retain: 5, attributes: { b: true } }),
      text("b", { delete: 5 }),
    ],
    ["value of a deleted element", set("a", { fill: "red" }), remove("b")],
  ])("UNDO-23: of an %s nothing comes back", async (_what, mine, theirs) => {
    await board.edit([text("t", { insert: "world" })], { clientId: "third" });
    const { designData: start } = await board.read("designData");
    await board.edit([mine], me);
    await board.edit([theirs], other);
    expect((await board.undo("me")).skipped).not.toEqual([]);
    expect(await board.undo("other")).toMatchObject(applied);
    expect((await board.read("designData")).designData).toEqual(start);
  });

  test("UNDO-23: what its author stands behind again comes back", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { fill: "blue" })], other);
    await board.undo("me");
    await board.redo("me");
    await board.undo("other");
    expect((await board.first()).fill).toBe("red");
  });
});

describe("ids that are used again", () => {
  test("UNDO-25: a deletion is undone after others added and deleted the id", async () => {
    await board.edit([add("c", "child", { parentId: "e1" })], me);
    await board.edit([set("f", { fill: "red" })], me);
    await board.edit([remove("a")], me);
    await board.edit([add("b", "e1", { fill: "blue" })], other);
    await board.edit([remove("d")], other);
    expect(await board.undo("me")).toMatchObject({ ...applied, skipped: [] });
    expect(await board.first()).toMatchObject({ x: 0, fill: "red" });
    expect((await board.elements()).find(({ id }) => id === "child")?.parentId).toBe("e1");
    expect(await board.undo("me")).toMatchObject({ operations: [{ undoes: "f" }], skipped: [] });
    expect((await board.first()).fill).toBeUndefined();
  });

  test("UNDO-25: what others put under the id is left alone", async () => {
    await board.edit([set("f", { fill: "red" })], me);
    await board.edit([remove("a")], me);
    await board.edit([add("b", "e1", { fill: "blue" })], other);
    const undone = await board.undo("me");
    expect(undone).toMatchObject({ ...applied, passedOver: ["a", "f"] });
    expect(undone.skipped).toMatchObject([{ reason: "ID_TAKEN" }, { reason: "ID_TAKEN" }]);
    expect(await board.first()).toMatchObject({ x: 1, fill: "blue" });
  });
});

describe("large steps", () => {
  const names = Array.from({ length: 6_000 }, (_, index) => `n${index}`);
  const onPage = async () => (await ids()).length;

  test("UNDO-24: pastes, clears and what undid them are found however large they are", async () => {
    await board.edit([set("small", { fill: "red" })], me);
    for (let from = 0; from < names.length; from += 1_000) {
      const part = names.slice(from, from + 1_000).map((name) => add(name, name));
      await board.edit(part, { ...me, batchId: "paste" });
    }
    await board.edit([on("clear", "CLEAR_PAGE", { pageId: "p1" })], me);
    expect(await onPage()).toBe(0);
    for (const [step, expected] of [
      ["undo", 6_002],
      ["redo", 0],
      ["undo", 6_002],
      ["undo", 2],
      ["redo", 6_002],
      ["undo", 2],
    ] as const) {
      expect(await board[step]("me")).toMatchObject(applied);
      expect(await onPage()).toBe(expected);
    }
    expect((await board.first()).fill).toBe("red");
    expect(await board.undo("me")).toMatchObject({ operations: [{ undoes: "small" }] });
    expect((await board.first()).fill).toBeUndefined();
  });
});
