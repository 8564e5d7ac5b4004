/** Choices about a conflict that are sent again or made on a head that is newer by then. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board, set } from "./board.js";

let api: Api;
let ada: Client;
let board: Board;
const mine = [set("mine", { fill: "blue" }), set("free", { stroke: "blue" })];
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
beforeEach(async () => {
  board = await Board.open(ada);
  await board.edit([set("theirs", { fill: "red" })]);
});
afterAll(() => api.stop());

describe("a choice on another head", () => {
  test.each([
    ["SERVER_WINS that names none", "SERVER_WINS", []],
    ["SERVER_WINS that drops all", "SERVER_WINS", [mine[0]!]],
    ["SERVER_WINS that drops all but what was committed before", "SERVER_WINS", mine],
    ["MANUAL that names operations", "MANUAL", [mine[0]!]],
    ["MANUAL that names none", "MANUAL", []],
  ] as const)(
    "RES-5: a choice that changes nothing, %s, is answered as the first time on a newer head",
    async (_what, resolution, clientOperations) => {
      if (clientOperations.length > 1) await board.apply([mine[1]!], { onConflict: "MERGE" });
      const headVersion = await board.version();
      const manualState = (await board.read("designData")).designData;
      const choice = { headVersion, resolution, clientOperations, manualState };
      const first = await board.resolve(choice);
      expect(first).toMatchObject({
        __typename: "ConflictResolved",
        newVersion: headVersion + 1,
        discardedOps: clientOperations.slice(0, 1).map(({ id }) => id),
      });
      expect((await board.read("designData")).designData).toEqual(manualState);
      await board.edit([set("newer", { fill: "green" })]);
      const { template: _now, ...again } = await board.resolve(choice);
      const { template: _then, ...before } = first;
      expect(again).toEqual(before);
      expect(await board.first()).toMatchObject({ fill: "green" });
      expect(await board.version()).toBe(headVersion + 2);
    },
  );

  test("RES-6: a stale choice of a state tells what its operations collide with, as the others do", async () => {
    const manualState = { canvas: { settled: true } };
    await board.edit([set("newer", { fill: "green" })]);
    const conflictOf = (resolution: string) =>
      board.resolve({ headVersion: 2, resolution, clientOperations: mine, manualState });
    const told = await conflictOf("MANUAL");
    expect(told.conflictingOps).toEqual(["mine"]);
    expect(
      told.conflicts.map(({ serverOperation }: { serverOperation: string }) => serverOperation),
    ).toEqual(["theirs", "newer"]);
    expect(told.resolutionOptions.strategies).toMatchObject([
      { warning: expect.stringContaining("overwrites"), overriddenOps: ["theirs", "newer"] },
      { warning: expect.stringContaining("drops"), discardedOps: ["mine"] },
      { discardedOps: ["mine", "free"] },
    ]);
    expect(await conflictOf("CLIENT_WINS")).toEqual(told);
    expect(await conflictOf("SERVER_WINS")).toEqual(told);
    // Operations that could not be sent are dropped like the others, and keep nobody from choosing a state.
    const broken = [set("mine", {}, { payload: null, type: "MOVE_ELEMENT" })];
    expect(
      await board.resolve({
        headVersion: 3,
        resolution: "MANUAL",
        clientOperations: broken,
        manualState,
      }),
    ).toMatchObject({ __typename: "ConflictResolved", discardedOps: ["mine"] });
  });

  test.each(["CLIENT_WINS", "SERVER_WINS", "MANUAL"])(
    "RES-8: a conflict that a stale %s meets is on record with all that it collided with",
    async (resolution) => {
      await board.apply(mine, { onConflict: "MERGE" });
      await board.edit([set("newer", { fill: "green" })]);
      const manualState = { canvas: { settled: true } };
      const choice = { resolution, clientOperations: mine, manualState };
      expect(await board.resolve({ ...choice, headVersion: 2 })).toMatchObject({
        __typename: "VersionConflict",
      });
      await board.resolve({ ...choice, headVersion: 3 });
      const { conflicts } = await board.read(`conflicts(first: 5) { edges { node {
        headVersion resolution clientOperations { id } serverOperations { id } } } }`);
      expect(conflicts.edges.map(({ node }: { node: object }) => node)).toMatchObject([
        {
          headVersion: 3,
          resolution,
          clientOperations: [{ id: "mine" }, { id: "free" }],
          serverOperations: [{ id: "theirs" }, { id: "newer" }],
        },
        { headVersion: 2, resolution, serverOperations: [{ id: "theirs" }] },
      ]);
    },
  );

  test("RES-10: a choice that comes after another one over the same operations is told which was made", async () => {
    const choose = async (resolution: string) => {
      const input = { templateId: board.id, baseVersion: 1, headVersion: 2, resolution };
      const { result } = await ada.data(
        `mutation ($input: ResolveConflictInput!) { result: resolveConflict(input: $input) {
          __typename ... on ConflictResolved { resolution discardedOps newVersion } } }`,
        { input: { ...input, clientOperations: mine } },
      );
      return result;
    };
    const kept = { resolution: "CLIENT_WINS", discardedOps: [], newVersion: 4 };
    expect(await choose("CLIENT_WINS")).toMatchObject(kept);
    expect(await choose("SERVER_WINS")).toMatchObject(kept);
    expect(await choose("CLIENT_WINS")).toMatchObject(kept);
  });

  const kinds = ["SERVER_WINS", "SERVER_WINS of none", "CLIENT_WINS", "MANUAL"] as const;
  const pairs = kinds.flatMap((one) => kinds.map((other) => [one, other] as const));
  test.each(pairs.filter(([one, other]) => one !== other))(
    "RES-5, RES-10: %s, then %s, then each again answers as the first time and changes nothing",
    async (one, other) => {
      const choose = async (kind: (typeof kinds)[number], headVersion: number) => {
        const isOfNone = kind === "SERVER_WINS of none";
        const { result } = await ada.data(
          `mutation ($input: ResolveConflictInput!) { result: resolveConflict(input: $input) {
            __typename ... on ConflictResolved { resolution discardedOps newVersion operations { id } } } }`,
          {
            input: {
              ...{ templateId: board.id, baseVersion: 1, headVersion },
              resolution: isOfNone ? "SERVER_WINS" : kind,
              clientOperations: isOfNone ? [] : mine,
              ...(kind === "MANUAL" && { manualState: { canvas: { settled: true } } }),
            },
          },
        );
        return result;
      };
      const first = await choose(one, 2);
      const head = await board.version();
      const second = await choose(other, head);
      const { designData, version } = await board.read("designData version");
      expect([await choose(one, 2), await choose(other, head)]).toEqual([first, second]);
      expect(await board.read("designData version")).toEqual({ designData, version });
      expect(one.startsWith(first.resolution)).toBe(true);
    },
  );

  test("RES-6: an operation without effect does not make the head newer", async () => {
    const choice = { headVersion: 2, resolution: "SERVER_WINS" };
    const clientOperations = [mine[0]!];
    await board.resolve({ ...choice, clientOperations });
    const answer = await board.resolve({ ...choice, clientOperations: mine });
    expect(answer).toMatchObject({ discardedOps: ["mine"], operations: [{ id: "free" }] });
  });
});
