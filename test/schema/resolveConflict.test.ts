import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board, remove, set } from "./board.js";

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
const mine = [set("mine", { fill: "blue" }), set("free", { stroke: "blue" })];
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
beforeEach(async () => {
  board = await Board.open(ada);
  await board.edit([set("theirs", { fill: "red" })]);
});
afterAll(() => api.stop());

describe("resolveConflict", () => {
  test("API-83: CLIENT_WINS keeps all", async () => {
    const choice = { headVersion: 2, resolution: "CLIENT_WINS", clientOperations: mine };
    const answer = await board.resolve({ ...choice, clientId: "tab" });
    expect(answer).toMatchObject({
      __typename: "ConflictResolved",
      newVersion: 4,
      discardedOps: [],
      resolvedAt: expect.stringMatching(/Z$/),
      template: { version: 4 },
      operations: [{ id: "mine", clientId: "tab", baseVersion: 1 }, { id: "free" }],
    });
    expect(await board.first()).toMatchObject({ fill: "blue", stroke: "blue" });
  });

  test("API-83: CLIENT_WINS brings back what others deleted", async () => {
    await board.edit([remove("gone")]);
    const choice = { headVersion: 3, resolution: "CLIENT_WINS", clientOperations: mine };
    expect((await board.resolve(choice)).__typename).toBe("ConflictResolved");
    const elements = await board.elements();
    expect(elements.map(({ id }) => id)).toEqual(["e1", "e2"]);
    expect(elements[0]).toMatchObject({ fill: "blue", stroke: "blue" });
  });

  test("API-83: SERVER_WINS drops what collides and keeps the rest", async () => {
    const choice = { headVersion: 2, resolution: "SERVER_WINS", clientOperations: mine };
    expect(await board.resolve(choice)).toMatchObject({
      newVersion: 3,
      discardedOps: ["mine"],
      operations: [{ id: "free" }],
    });
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "blue" });
  });

  test("API-83: MANUAL leads to the state by the fewest operations, which can be undone", async () => {
    const manualState = (await board.read("designData")).designData;
    manualState.pages[0].elements[0].fill = "purple";
    const choice = { headVersion: 2, resolution: "MANUAL", manualState, clientOperations: mine };
    expect(await board.resolve({ ...choice, clientId: "tab" })).toMatchObject({
      newVersion: 3,
      discardedOps: ["mine", "free"],
      operations: [{ type: "UPDATE_ELEMENT_PROPS", payload: { fill: "purple" } }],
    });
    expect((await board.read("designData")).designData).toEqual(manualState);
    await board.undo("tab");
    expect((await board.first()).fill).toBe("red");
  });

  test.each(["CLIENT_WINS", "SERVER_WINS", "MANUAL"])(
    "API-84: %s again answers the same; on a newer head it is a conflict",
    async (resolution) => {
      const manualState = { canvas: { settled: true } };
      const choice = { headVersion: 2, resolution, clientOperations: mine, manualState };
      const first = await board.resolve(choice);
      const version = await board.version();
      expect(await board.resolve(choice)).toEqual(first);
      expect(await board.version()).toBe(version);

      const fresh = mine.map((operation) => ({ ...operation, id: `${operation.id} again` }));
      const late = { ...choice, clientOperations: fresh, manualState: { canvas: {} } };
      expect(await board.resolve(late)).toMatchObject({
        __typename: "VersionConflict",
        currentVersion: version,
        requestedVersion: 1,
      });
      expect(await board.version()).toBe(version);
    },
  );

  test("API-84: what a choice lacks is refused by its place, and changes nothing", async () => {
    const choice = { headVersion: 2, resolution: "CLIENT_WINS", clientOperations: mine };
    const manual = { ...choice, resolution: "MANUAL" };
    const deep = { pages: [{ id: "p1", elements: [{ id: "e1", type: "rect", x: "no", y: 0 }] }] };
    const refusals: [object, string, readonly string[]][] = [
      [{ ...choice, clientOperations: null }, "INVALID_INPUT", ["clientOperations"]],
      [{ ...choice, headVersion: 9 }, "INVALID_INPUT", ["headVersion"]],
      [{ ...choice, headVersion: 0 }, "INVALID_INPUT", ["headVersion"]],
      [{ ...choice, baseVersion: 0 }, "INVALID_INPUT", ["baseVersion"]],
      [manual, "INVALID_INPUT", ["manualState"]],
      [
        { ...manual, manualState: deep },
        "INVALID_INPUT",
        ["manualState", "pages", "0", "elements", "0", "x"],
      ],
      [
        { ...choice, clientOperations: [set("x", { "": 1 }, { payload: {} })] },
        "INVALID_OPERATION",
        ["clientOperations", "0", "payload"],
      ],
      [
        { ...choice, clientOperations: [set("theirs", { fill: "blue" })] },
        "OPERATION_ID_REUSED",
        ["clientOperations", "0", "id"],
      ],
    ];
    for (const [input, code, path] of refusals) {
      expect(await board.resolve(input)).toMatchObject({ __typename: "RequestError", code, path });
    }
    expect(await board.version()).toBe(2);
  });

  test("ACC-2, ACC-3, ACC-4: resolving is for who may edit", async () => {
    const choice = { headVersion: 2, resolution: "CLIENT_WINS", clientOperations: mine };
    expect((await board.resolve(choice, api.anonymous)).code).toBe("UNAUTHENTICATED");
    expect(await board.resolve(choice, bob)).toMatchObject({
      code: "NOT_FOUND",
      path: ["templateId"],
    });
    const open = await Board.open(ada, { isPublic: true });
    expect((await open.resolve({ ...choice, headVersion: 1 }, bob)).code).toBe("FORBIDDEN");
  });
});
