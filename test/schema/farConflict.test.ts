/** Choices and undo on a base more operations behind than the server reads at once, and choices that nothing announced. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set } from "./board.js";

// Answers have the shape that the query asks for, which no type here knows.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any;

let api: Api;
let ada: Client;
let bob: Client;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
  bob = await api.signUp("Bob");
});
afterAll(() => api.stop());

const BATCHES = 11;
const BATCH_OPERATIONS = 1_000;

/** Version 1, what the batches of others say, and 11,000 operations of another element. */
async function farBoard(theirs: readonly object[]): Promise<Board> {
  const board = await Board.open(ada);
  const input = { templateId: board.id, userId: bob.id, role: "EDIT" };
  await ada.data(
    `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
    { input },
  );
  await board.edit(theirs, { clientId: "theirs" });
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const moves = Array.from({ length: BATCH_OPERATIONS }, (_, i) => ({
      id: `move-${batch}-${i}`,
      type: "MOVE_ELEMENT",
      target: { pageId: "p1", elementId: "e2" },
      payload: { x: i, y: batch },
    }));
    const answer = await board.apply(moves, { onConflict: "FORCE", clientId: "others" }, bob);
    expect(answer).toMatchObject({ __typename: "OperationsApplied" });
  }
  return board;
}

async function records(board: Board): Promise<Data[]> {
  const { conflicts } = await board.read(`conflicts(first: 10) { edges { node {
    baseVersion headVersion resolution clientOperations { id } serverOperations { id } } } }`);
  return conflicts.edges.map(({ node }: Data) => node);
}

describe("a base more than 10,000 operations behind", () => {
  const theirs = [set("red", { fill: "red" }), set("line", { stroke: "red" })];
  const mine = [set("blue", { fill: "blue" }), add("free", "n")];

  test.each(["CLIENT_WINS", "SERVER_WINS"])(
    "ENG-45 RES-12: REJECT tells what collides and what %s would lose, and the choice loses that",
    async (resolution) => {
      const board = await farBoard(theirs);
      const told = await board.apply(mine, { onConflict: "REJECT" });
      expect(told).toMatchObject({
        __typename: "VersionConflict",
        conflictingOps: ["blue"],
        conflicts: [{ clientOperation: "blue", serverOperation: "red", properties: ["fill"] }],
        serverOperations: [],
        suggestedResolution: "SERVER_WINS",
        resolutionOptions: {
          autoMerge: { available: false },
          strategies: [
            { warning: expect.stringContaining("overwrites"), overriddenOps: ["red"] },
            { warning: expect.stringContaining("drops"), discardedOps: ["blue"] },
            { discardedOps: ["blue", "free"] },
          ],
        },
      });
      const chosen = await board.resolve({
        headVersion: told.currentVersion,
        resolution,
        clientOperations: mine,
      });
      const isMine = resolution === "CLIENT_WINS";
      expect(chosen).toMatchObject({
        __typename: "ConflictResolved",
        discardedOps: isMine ? [] : ["blue"],
      });
      expect(await board.first()).toMatchObject({ fill: isMine ? "blue" : "red", stroke: "red" });
      expect(await records(board)).toEqual([
        {
          ...{ baseVersion: 1, headVersion: told.currentVersion, resolution },
          clientOperations: [{ id: "blue" }, { id: "free" }],
          serverOperations: [{ id: "red" }],
        },
      ]);
      // Where nothing collides nothing is lost, however far behind.
      const again = await board.apply([set("late", { x: 9 })], { onConflict: "REJECT" });
      expect(again).toMatchObject({
        ...{ __typename: "VersionConflict", conflicts: [], suggestedResolution: "CLIENT_WINS" },
        resolutionOptions: {
          autoMerge: { available: true },
          strategies: [{ warning: null }, { warning: null }, { discardedOps: ["late"] }],
        },
      });
    },
  );

  test("UNDO-24: undo of a step further back says so, and not that there is nothing", async () => {
    const board = await farBoard([set("red", { fill: "red" })]);
    for (const more of [{}, { allOrNothing: true }]) {
      const answer = await board.undo("theirs", ada, more);
      expect(answer).toMatchObject({
        ...{ __typename: "RequestError", code: "VERSION_CONFLICT" },
        message: expect.stringContaining("cannot undo the newest step"),
      });
    }
    expect(await board.first()).toMatchObject({ fill: "red" });
    const none = await board.redo("theirs");
    expect(none).toMatchObject({ code: "INVALID_INPUT", message: "there is nothing to redo" });
  });
});

describe("a choice that no answer announced", () => {
  const mine = [set("mine", { fill: "blue" }), set("free", { stroke: "blue" })];
  const open = async () => {
    const board = await Board.open(ada);
    await board.edit([set("theirs", { fill: "red" })]);
    return board;
  };

  test.each(["CLIENT_WINS", "SERVER_WINS", "MANUAL"])(
    "RES-8: %s leaves a record of what it decided over",
    async (resolution) => {
      const board = await open();
      const manualState = { canvas: { settled: true } };
      const choice = { headVersion: 2, resolution, clientOperations: mine, manualState };
      const first = await board.resolve(choice);
      expect(first).toMatchObject({ __typename: "ConflictResolved" });
      const { template: _then, ...before } = first;
      const { template: _now, ...again } = await board.resolve(choice);
      expect(again).toEqual(before);
      expect(await records(board)).toEqual([
        {
          ...{ baseVersion: 1, headVersion: 2, resolution },
          clientOperations: [{ id: "mine" }, { id: "free" }],
          serverOperations: [{ id: "theirs" }],
        },
      ]);
    },
  );

  test("RES-8: what an earlier answer did not tell of is on record, and what it told once", async () => {
    const board = await open();
    await board.apply([mine[0]!], { onConflict: "REJECT" });
    const more = [mine[0]!, remove("gone", "e2"), set("late", { fill: "green" })];
    await board.resolve({
      headVersion: 2,
      resolution: "CLIENT_WINS",
      clientOperations: [mine[0]!],
    });
    expect(await records(board)).toHaveLength(1);
    await board.resolve({ headVersion: 3, resolution: "CLIENT_WINS", clientOperations: more });
    expect(await records(board)).toMatchObject([
      { resolution: "CLIENT_WINS", serverOperations: [{ id: "theirs" }] },
      { resolution: "CLIENT_WINS", serverOperations: [{ id: "theirs" }] },
    ]);
  });

  test("RES-8: a choice in which nothing collides leaves none", async () => {
    const board = await open();
    const clientOperations = [mine[1]!];
    for (const resolution of ["SERVER_WINS", "CLIENT_WINS"]) {
      await board.resolve({ headVersion: 2, resolution, clientOperations });
    }
    expect(await records(board)).toEqual([]);
  });

  test.each([
    ["drops all", [mine[0]!]],
    ["keeps some", mine],
  ])(
    "RES-5: SERVER_WINS that %s, sent again after CLIENT_WINS of the same operations, is answered as the first time",
    async (_what, clientOperations) => {
      const board = await open();
      const choose = async (resolution: string, headVersion: number) => {
        const { template: _template, ...answer } = await board.resolve({
          ...{ headVersion, resolution, clientOperations },
        });
        return answer;
      };
      const first = await choose("SERVER_WINS", 2);
      expect(first).toMatchObject({ discardedOps: ["mine"] });
      const later = await choose("CLIENT_WINS", 3);
      expect(later).toMatchObject({ discardedOps: [], newVersion: 4 });
      expect(await board.first()).toMatchObject({ fill: "blue" });
      expect(await choose("SERVER_WINS", 2)).toEqual(first);
      expect(await choose("CLIENT_WINS", 3)).toEqual(later);
    },
  );
});
