/** Groups that the design locks, and groups and pages that an editor locked, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set } from "./board.js";

const JOIN = `mutation ($input: JoinTemplateInput!) {
  joinTemplate(input: $input) { ... on TemplateJoined { session { token } } } }`;
const ACQUIRE = `mutation ($input: AcquireLockInput!) { acquireLock(input: $input) { __typename } }`;
const REVERT = `mutation ($input: RevertTemplateInput!) {
  revertTemplate(input: $input) { __typename } }`;
const policies = ["REJECT", "MERGE", "LAST_WRITER_WINS", "FORCE"];
const locked = { __typename: "RequestError", code: "LOCKED" };
const applied = { __typename: "OperationsApplied" };

let api: Api;
let ada: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
/** Group `h` with `inside` in group `g`, beside the board's two rectangles. */
beforeEach(async () => {
  board = await Board.open(ada);
  await board.edit([
    add("g", "g", { type: "group" }),
    add("h", "h", { type: "group", parentId: "g" }),
    add("inside", "inside", { parentId: "h" }),
  ]);
});
afterAll(() => api.stop());

const into = (id: string, elementId: string, parentId: string | null) => ({
  ...{ id, type: "REORDER_ELEMENT", target: { pageId: "p1", elementId }, payload: { parentId } },
});
const page = (type: string, payload?: object) => ({
  ...{ id: type, type, target: { pageId: "p1" }, ...(payload && { payload }) },
});

/** What changes what is in the group, or takes something in or out. */
const changes = [
  add("new", "n", { parentId: "g" }),
  add("deep", "d", { parentId: "h" }),
  into("in", "e1", "g"),
  into("deep-in", "e1", "h"),
  into("out", "inside", null),
  into("within", "inside", "g"),
  set("props", { fill: "red" }, {}, "inside"),
  remove("inner", "inside"),
  remove("whole", "g"),
  page("CLEAR_PAGE"),
  page("DELETE_PAGE"),
];

/** On the head. */
async function send(operations: readonly object[], options: object = {}) {
  return board.apply(operations, { baseVersion: await board.version(), ...options });
}

describe("a group that the design locks", () => {
  test.each(policies)(
    "LOCK-11: under %s takes nothing in and gives nothing out",
    async (onConflict) => {
      await board.edit([set("lock", { locked: true }, {}, "g")]);
      const before = await board.read("version designData");
      for (const change of changes) {
        const refusal = { ...locked, operationId: change.id };
        expect(await send([change], { onConflict }), change.id).toMatchObject(refusal);
      }
      expect(await board.read("version designData")).toEqual(before);
      const beside = [add("beside", "b"), into("free", "e1", null), set("s", { x: 7 })];
      expect(await send(beside, { onConflict })).toMatchObject(applied);
      const unlocked = [
        set("off", { locked: null }, {}, "g"),
        into("in", "e1", "g"),
        set("on", { locked: true }, {}, "g"),
      ];
      expect(await send(unlocked, { onConflict })).toMatchObject(applied);
      expect(await send([into("back", "e1", null)], { onConflict })).toMatchObject(locked);
    },
  );

  test("LOCK-11: takes nothing in from who did not know of it", async () => {
    const baseVersion = await board.version();
    await board.edit([set("lock", { locked: true }, {}, "g")]);
    const headVersion = await board.version();
    for (const change of [add("new", "n", { parentId: "h" }), into("in", "e1", "g")]) {
      for (const onConflict of ["MERGE", "LAST_WRITER_WINS", "FORCE"]) {
        const answer = await board.apply([change], { baseVersion, onConflict });
        expect(answer).toMatchObject({ ...locked, operationId: change.id });
      }
      const settle = { baseVersion, headVersion, clientOperations: [change] };
      for (const resolution of ["CLIENT_WINS", "SERVER_WINS"]) {
        expect(await board.resolve({ ...settle, resolution })).toMatchObject(locked);
      }
    }
    expect(await board.version()).toBe(headVersion);
  });

  test("LOCK-12: is made and brought back with all that is in it", async () => {
    const pasted = [
      add("k", "k", { type: "group", locked: true }),
      add("child", "child", { parentId: "k" }),
      into("moved-in", "e1", "k"),
    ];
    expect(await send(pasted, { clientId: "tab" })).toMatchObject(applied);
    expect(await send([add("late", "l", { parentId: "k" })])).toMatchObject(locked);
    const whole = { allOrNothing: true };
    expect(await board.undo("tab", undefined, whole)).toMatchObject(locked);
    const full = await board.version();
    const revert = async (targetVersion: number) =>
      (await ada.data(REVERT, { input: { templateId: board.id, targetVersion } })).revertTemplate;
    const before = await board.elements();
    expect(await revert(full - pasted.length)).toMatchObject({ __typename: "TemplateReverted" });
    expect(await board.elements()).not.toEqual(before);
    expect(await revert(full)).toMatchObject({ __typename: "TemplateReverted" });
    expect(await board.elements()).toEqual(before);
  });
});

describe("a group or page that an editor locked", () => {
  async function acquire(target: object): Promise<void> {
    const input = { templateId: board.id, clientId: "holder" };
    const { session } = (await ada.data(JOIN, { input })).joinTemplate;
    const lock = { templateId: board.id, sessionToken: session.token, target };
    const { acquireLock } = await ada.data(ACQUIRE, { input: lock });
    expect(acquireLock.__typename).toBe("LockAcquired");
  }

  test.each(policies)(
    "LOCK-1: under %s a group takes in and gives out nothing of others'",
    async (onConflict) => {
      await acquire({ pageId: "p1", elementId: "g" });
      const before = await board.read("version designData");
      for (const change of changes) {
        const refusal = { ...locked, operationId: change.id };
        const others = { onConflict, clientId: "other" };
        expect(await send([change], others), change.id).toMatchObject(refusal);
      }
      expect(await board.read("version designData")).toEqual(before);
      expect(await send([into("beside", "e1", null)], { clientId: "other" })).toMatchObject(
        applied,
      );
      expect(await send(changes.slice(0, 1), { clientId: "holder" })).toMatchObject(applied);
    },
  );

  test("LOCK-1: a page keeps what is on it, not its place among the pages", async () => {
    await board.edit([{ ...page("ADD_PAGE", { name: "Second" }), target: { pageId: "p2" } }]);
    await acquire({ pageId: "p1" });
    const order = { ...page("REORDER_PAGES", { pageIds: ["p2", "p1"] }), target: {} };
    expect(await send([order], { clientId: "other" })).toMatchObject(applied);
    for (const change of [...changes, page("UPDATE_PAGE", { name: "X" })]) {
      const refusal = { ...locked, operationId: change.id };
      expect(await send([change], { clientId: "other" }), change.id).toMatchObject(refusal);
    }
  });
});
