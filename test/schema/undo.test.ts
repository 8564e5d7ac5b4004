import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board, remove, set, text } from "./board.js";

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

const me = { clientId: "me" };
const other = { clientId: "other" };

describe("undo and redo", () => {
  test("UNDO-17, LOG-15: what a merge turned into nothing is undone and redone as nothing", async () => {
    await board.edit(
      [set("theirs", { fill: "red" }, { timestamp: 2_000 }), remove("gone", "e2")],
      other,
    );
    const lost = [
      set("a", { fill: "blue" }, { timestamp: 1 }),
      set("b", { fill: "blue" }, {}, "e2"),
    ];
    const policy = { onConflict: "LAST_WRITER_WINS", ...me };
    expect((await board.apply(lost, policy)).supersededOps).toEqual(["a", "b"]);
    const before = await board.elements();
    for (const step of [await board.undo("me"), await board.redo("me")]) {
      expect(step.__typename).toBe("OperationsApplied");
      expect(await board.elements()).toEqual(before);
    }
  });

  test("API-85: take one's own newest batch back and again, and say so in the log", async () => {
    await board.edit([set("a", { fill: "red" }), set("b", { stroke: "red" })], me);
    await board.edit([set("c", { opacity: 0.5 })], other);
    const undone = await board.undo("me");
    expect(undone).toMatchObject({
      __typename: "OperationsApplied",
      newVersion: 6,
      duplicateOps: [],
      operations: [
        { undoes: "a", redoes: null, clientId: "me" },
        { undoes: "a", redoes: null },
      ],
    });
    const before = await board.first();
    expect(before).toMatchObject({ opacity: 0.5 });
    expect(before.fill).toBeUndefined();
    expect(await board.redo("me")).toMatchObject({
      newVersion: 8,
      operations: [
        { undoes: null, redoes: "a" },
        { undoes: null, redoes: "a" },
      ],
    });
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "red", opacity: 0.5 });
    const { operations } = await board.read(
      "operations(fromVersion: 5) { edges { node { undoes redoes } } }",
    );
    const nodes = operations.edges.map(({ node }: { node: unknown }) => node);
    expect(nodes).toEqual([
      { undoes: "a", redoes: null },
      { undoes: "a", redoes: null },
      { undoes: null, redoes: "a" },
      { undoes: null, redoes: "a" },
    ]);
  });

  test("API-85: of all of one's clients where none is named", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { stroke: "red" })], other);
    expect((await board.undo()).operations).toMatchObject([{ undoes: "b" }]);
    expect((await board.undo()).operations).toMatchObject([{ undoes: "a" }]);
  });

  test("API-85: nothing to undo or redo is refused, and a new edit ends what could be redone", async () => {
    const nothing = { __typename: "RequestError", code: "INVALID_INPUT", path: ["templateId"] };
    expect(await board.undo()).toMatchObject(nothing);
    expect(await board.redo()).toMatchObject(nothing);
    await board.edit([set("a", { fill: "red" })], me);
    expect(await board.undo("other")).toMatchObject(nothing);
    await board.undo("me");
    await board.edit([set("b", { fill: "blue" })], me);
    expect(await board.redo("me")).toMatchObject(nothing);
    expect((await board.first()).fill).toBe("blue");
  });

  test("API-86: where all or nothing is asked for, what would undo others' work is a conflict with ways out that exist", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { fill: "blue" })], other);
    expect(await board.undo("me", ada, { allOrNothing: true })).toMatchObject({
      __typename: "VersionConflict",
      code: "VERSION_CONFLICT",
      currentVersion: 3,
      serverOperations: [{ id: "a" }, { id: "b" }],
      conflicts: [{ kind: "CONCURRENT_EDIT", serverOperation: "b", properties: ["fill"] }],
      resolutionOptions: {
        autoMerge: { available: false, preview: null },
        strategies: [
          { strategy: "SERVER_WINS", warning: null },
          { strategy: "MANUAL", warning: null },
        ],
      },
    });
    expect(await board.version()).toBe(3);
  });

  test("API-86: text is undone around what others wrote, a deletion with all it took", async () => {
    await board.edit([text("t", { insert: "world" })], other);
    await board.edit([text("a", { insert: "Hello " })], me);
    await board.edit([text("b", { retain: 11 }, { insert: "!" })], other);
    await board.undo("me");
    expect((await board.first()).text).toBe("world!");
    await board.edit([remove("gone")], me);
    await board.undo("me");
    expect((await board.elements()).map(({ id }) => id)).toEqual(["e1", "e2"]);
  });

  test("API-86: a revert can be undone", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await ada.data(
      `mutation { revertTemplate(input: { templateId: "${board.id}", targetVersion: 1 }) { __typename } }`,
    );
    expect((await board.first()).fill).toBeUndefined();
    await board.undo();
    expect((await board.first()).fill).toBe("red");
  });

  test("UNDO-18: a step that names its batch is taken once", async () => {
    await board.edit([set("a", { fill: "red" }), set("b", { stroke: "red" })], me);
    const step = { batchId: "step" };
    const first = await board.undo("me", ada, step);
    expect(first).toMatchObject({
      ...{ __typename: "OperationsApplied", newVersion: 5, duplicateOps: [] },
      operations: [
        { batchId: "step", undoes: "a" },
        { batchId: "step", undoes: "a" },
      ],
    });
    await board.edit([set("c", { opacity: 0.5 }, {}, "e2")], other);
    const again = { ...first, duplicateOps: first.appliedOps, template: { version: 6 } };
    expect(await board.undo("me", ada, step)).toEqual(again);
    expect(await board.redo("me", ada, step)).toMatchObject({
      ...{ __typename: "RequestError", code: "OPERATION_ID_REUSED", path: ["batchId"] },
    });
    expect(await board.redo("me", ada, { batchId: "step 2" })).toMatchObject({ newVersion: 8 });
    expect(await board.undo("me", ada, step)).toEqual({ ...again, template: { version: 8 } });
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "red" });
  });

  test("UNDO-18: a step under the batch of another choice of allOrNothing is another step", async () => {
    await board.edit([set("a", { fill: "red" })], me);
    await board.edit([set("b", { fill: "blue" })], me);
    const reused = { code: "OPERATION_ID_REUSED", path: ["batchId"] };
    const steps = [
      { batchId: "whole", allOrNothing: true },
      { batchId: "part", allOrNothing: false },
    ];
    for (const step of steps) {
      const first = await board.undo("me", ada, step);
      const { template: _then, ...answer } = first;
      expect(answer).toMatchObject({ __typename: "OperationsApplied", duplicateOps: [] });
      expect(await board.undo("me", ada, step)).toMatchObject({ appliedOps: first.appliedOps });
      const changed = { ...step, allOrNothing: !step.allOrNothing };
      expect(await board.undo("me", ada, changed)).toMatchObject(reused);
    }
    const { batchId, allOrNothing } = steps[0]!;
    const omitted = { batchId: steps[1]!.batchId };
    expect(await board.undo("me", ada, omitted)).toMatchObject({ __typename: "OperationsApplied" });
    const redone = { batchId: `${batchId} again`, allOrNothing };
    expect(await board.redo("me", ada, redone)).toMatchObject({ __typename: "OperationsApplied" });
    expect(await board.redo("me", ada, { batchId: redone.batchId })).toMatchObject(reused);
  });

  test("UNDO-18: of the same step sent many times at once one is taken", async () => {
    for (const id of ["a", "b", "c"]) await board.edit([set(id, { fill: id })], me);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => board.undo("me", ada, { batchId: "step" })),
    );
    expect(answers.map(({ newVersion }) => newVersion)).toEqual(Array(8).fill(5));
    expect((await board.first()).fill).toBe("b");
  });

  test("API-56: a client that cannot be is refused by its place", async () => {
    for (const clientId of ["", "\0", "x".repeat(200)]) {
      expect(await board.undo(clientId)).toMatchObject({
        ...{ code: "INVALID_INPUT", path: ["clientId"] },
      });
    }
  });

  test("ACC-2, ACC-3, ACC-4: both are for who may edit", async () => {
    await board.edit([set("a", { fill: "red" })]);
    const open = await Board.open(ada, { isPublic: true });
    for (const step of ["undo", "redo"] as const) {
      expect((await board[step]("me", api.anonymous)).code).toBe("UNAUTHENTICATED");
      expect((await board[step]("me", bob)).code).toBe("NOT_FOUND");
      expect((await open[step]("me", bob)).code).toBe("FORBIDDEN");
    }
    expect(await board.version()).toBe(2);
  });
});
