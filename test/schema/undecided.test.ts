/** Operations that are new beside ones in the log, in a choice about a conflict. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board, remove, set } from "./board.js";

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

describe("RES-9: operations beside ones that are in the log", () => {
  const late = set("late", { opacity: 0.5 });
  const clash = set("clash", { fill: "pink" });
  const choose = (resolution: string, clientOperations: readonly object[], headVersion = 2) =>
    board.resolve({ headVersion, resolution, clientOperations });

  test.each(["CLIENT_WINS", "SERVER_WINS"])("%s keeps a new one that fits", async (resolution) => {
    const { operations: first, discardedOps } = await choose(resolution, mine);
    const answer = await choose(resolution, [...mine, late]);
    expect(answer).toMatchObject({ __typename: "ConflictResolved", discardedOps });
    expect(answer.operations.map(({ id }: { id: string }) => id)).toEqual([
      ...first.map(({ id }: { id: string }) => id),
      "late",
    ]);
    expect(await board.first()).toMatchObject({ stroke: "blue", opacity: 0.5 });
    const version = await board.version();
    expect(answer.newVersion).toBe(version);
    expect(await choose(resolution, [...mine, late])).toEqual(answer);
    expect(await choose(resolution, mine)).toMatchObject({ discardedOps });
    expect(await board.version()).toBe(version);
  });

  test("SERVER_WINS drops a new one that collides, CLIENT_WINS keeps it", async () => {
    await choose("SERVER_WINS", mine);
    const sent = [mine[1]!, clash];
    expect(await choose("SERVER_WINS", sent)).toMatchObject({
      discardedOps: ["clash"],
      operations: [{ id: "free" }],
    });
    expect(await board.first()).toMatchObject({ fill: "red" });
    expect(await choose("CLIENT_WINS", sent)).toMatchObject({
      discardedOps: [],
      operations: [{ id: "free" }, { id: "clash" }],
    });
    expect(await board.first()).toMatchObject({ fill: "pink" });
  });

  test("who dropped an operation may keep it afterwards", async () => {
    expect(await choose("SERVER_WINS", mine)).toMatchObject({ discardedOps: ["mine"] });
    expect(await choose("CLIENT_WINS", mine)).toMatchObject({ discardedOps: [] });
    expect(await board.first()).toMatchObject({ fill: "blue", stroke: "blue" });
  });

  test("what applyOperations committed counts as the choice's own", async () => {
    await board.apply([mine[1]!], { onConflict: "MERGE" });
    expect(await choose("CLIENT_WINS", mine, 2)).toMatchObject({
      __typename: "ConflictResolved",
      operations: [{ id: "mine" }, { id: "free" }],
    });
    expect(await board.first()).toMatchObject({ fill: "blue", stroke: "blue" });
  });

  test("an operation under the id of a dropped one is another one", async () => {
    await choose("SERVER_WINS", mine);
    const other = set("mine", { opacity: 0.5 });
    expect(await choose("SERVER_WINS", [other, mine[1]!])).toMatchObject({ discardedOps: [] });
    expect(await board.first()).toMatchObject({ fill: "red", opacity: 0.5 });
  });

  test.each(["CLIENT_WINS", "SERVER_WINS"])(
    "%s: where others committed since, the conflict names the new one alone",
    async (resolution) => {
      await choose(resolution, mine);
      await board.edit([set("newer", { fill: "green" })]);
      const conflict = await choose(resolution, [...mine, clash]);
      expect(conflict).toMatchObject({ __typename: "VersionConflict" });
      expect(conflict.conflictingOps).toContain("clash");
      expect(conflict.conflictingOps).not.toContain("free");
      expect(await board.first()).toMatchObject({ fill: "green" });
    },
  );

  test.each(["CLIENT_WINS", "SERVER_WINS"])(
    "%s: a new one that cannot apply is refused by its place, and a reused id by its",
    async (resolution) => {
      await choose(resolution, mine);
      const version = await board.version();
      expect(
        await choose(resolution, [mine[1]!, set("lost", { x: 1 }, {}, "never")]),
      ).toMatchObject({
        code: "INVALID_OPERATION",
        operationId: "lost",
        path: ["clientOperations", "1", "target", "elementId"],
      });
      expect(await choose(resolution, [late, set("free", { x: 1 })])).toMatchObject({
        code: "OPERATION_ID_REUSED",
        operationId: "free",
        path: ["clientOperations", "1", "id"],
      });
      expect(await board.version()).toBe(version);
    },
  );

  test("what CLIENT_WINS brought back is its own, too", async () => {
    await board.edit([remove("gone")]);
    await choose("CLIENT_WINS", mine, 3);
    expect(await choose("CLIENT_WINS", [...mine, late], 3)).toMatchObject({
      __typename: "ConflictResolved",
      operations: [{ id: "mine" }, { id: "free" }, { id: "late" }],
    });
  });
});
