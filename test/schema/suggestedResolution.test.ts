/** What the answer to a conflict suggests, and that taking it works. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set, text } from "./board.js";

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
beforeEach(async () => {
  board = await Board.open(ada);
});
afterAll(() => api.stop());

const colour = set("colour", { fill: "red" });
const gone = remove("gone");
const added = add("added", "new");
const typed = text("typed", { insert: "a" });

describe("API-115 the suggestion", () => {
  test.each([
    ["two writes of one property", [colour], [set("mine", { fill: "blue" })], "SERVER_WINS"],
    ["a change of what was deleted", [gone], [set("mine", { fill: "blue" })], "SERVER_WINS"],
    ["a deletion of what was changed", [colour], [remove("mine")], "SERVER_WINS"],
    ["one id added twice", [added], [add("mine", "new")], "SERVER_WINS"],
    [
      "one of two that collides",
      [colour],
      [set("mine", { fill: "blue" }), set("free", { a: 1 }, {}, "e2")],
      "SERVER_WINS",
    ],
    ["another property", [colour], [set("mine", { stroke: "blue" })], "CLIENT_WINS"],
    ["text of both", [typed], [text("mine", { insert: "b" })], "CLIENT_WINS"],
    ["what cannot be applied", [colour], [set("mine", { a: 1 }, {}, "never there")], "MANUAL"],
  ] as const)("after %s", async (_what, theirs, mine, suggested) => {
    await board.edit(theirs);
    const conflict = await board.apply(mine);
    expect(conflict).toMatchObject({
      __typename: "VersionConflict",
      suggestedResolution: suggested,
    });
    // A conflict that something collides in is one under MERGE too, with the same suggestion.
    if (suggested === "SERVER_WINS") {
      expect((await board.apply(mine, { onConflict: "MERGE" })).suggestedResolution).toBe(
        suggested,
      );
    }
    const { designData } = await board.read("designData");
    const choice = { headVersion: conflict.currentVersion, resolution: suggested };
    const whole = suggested === "MANUAL" ? { manualState: designData } : {};
    const taken = await board.resolve({ ...choice, ...whole, clientOperations: mine });
    expect(taken).toMatchObject({ __typename: "ConflictResolved" });
    expect(taken.discardedOps).toHaveLength(
      suggested === "MANUAL" ? mine.length : conflict.conflictingOps.length,
    );
  });

  test("after an undo of what others changed since, without operations", async () => {
    const me = { clientId: "me" };
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { fill: "blue" })], { clientId: "other" });
    const conflict = await board.undo("me", ada, { allOrNothing: true });
    expect(conflict).toMatchObject({ suggestedResolution: "SERVER_WINS", currentVersion: 3 });
    const choice = { baseVersion: 3, headVersion: 3, resolution: "SERVER_WINS" };
    expect(await board.resolve(choice)).toMatchObject({
      __typename: "ConflictResolved",
      discardedOps: [],
    });
    expect((await board.first()).fill).toBe("blue");
  });
});

describe("RES-11 SERVER_WINS that names no operations", () => {
  beforeEach(() => board.edit([colour]));

  test.each<[string, object]>([
    ["absent", {}],
    ["null", { clientOperations: null }],
    ["empty", { clientOperations: [] }],
  ])("keeps the server's state, where they are %s", async (_what, named) => {
    const { designData } = await board.read("designData");
    const choice = { headVersion: 2, resolution: "SERVER_WINS", ...named };
    const taken = await board.resolve(choice);
    expect(taken).toMatchObject({
      __typename: "ConflictResolved",
      discardedOps: [],
      operations: [],
    });
    expect((await board.read("designData")).designData).toEqual(designData);
    expect(await board.resolve(choice)).toEqual(taken);
  });

  test("is a choice of its own for each head", async () => {
    const choice = { headVersion: 2, resolution: "SERVER_WINS" };
    const first = await board.resolve(choice);
    await board.edit([set("later", { fill: "green" })]);
    const head = await board.version();
    const second = await board.resolve({ ...choice, headVersion: head });
    expect(second.newVersion).toBe(head + 1);
    expect((await board.resolve(choice)).newVersion).toBe(first.newVersion);
  });

  test("is a conflict again on a newer head, and refused on one that is not there", async () => {
    await board.edit([set("later", { fill: "green" })]);
    const choice = { headVersion: 2, resolution: "SERVER_WINS" };
    expect(await board.resolve(choice)).toMatchObject({
      __typename: "VersionConflict",
      currentVersion: 3,
      conflicts: [],
      suggestedResolution: "MANUAL",
    });
    expect(await board.resolve({ ...choice, headVersion: 9 })).toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("settles the record of the conflict", async () => {
    await board.apply([set("mine", { fill: "blue" })]);
    await board.resolve({ headVersion: 2, resolution: "SERVER_WINS" });
    const { conflicts } = await board.read(
      "conflicts { nodes { resolution resolvedBy { name } } }",
    );
    expect(conflicts.nodes).toEqual([{ resolution: "SERVER_WINS", resolvedBy: { name: "Ada" } }]);
  });

  test("is for who may edit, and CLIENT_WINS needs operations", async () => {
    const choice = { headVersion: 2, resolution: "SERVER_WINS" };
    expect(await board.resolve(choice, bob)).toMatchObject({ code: "NOT_FOUND" });
    expect(await board.resolve({ ...choice, resolution: "CLIENT_WINS" })).toMatchObject({
      code: "INVALID_INPUT",
      path: ["clientOperations"],
    });
  });
});
