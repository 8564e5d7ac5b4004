/** What grants to single elements and to operation types allow and refuse, by every way that appends, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set } from "./board.js";

const PERMIT = `mutation ($input: SetTemplatePermissionInput!) {
  setTemplatePermission(input: $input) { __typename ... on RequestError { code path } } }`;
const REVERT = `mutation ($input: RevertTemplateInput!) {
  result: revertTemplate(input: $input) { __typename ... on UserError { code } } }`;
const LOCK = `mutation ($input: AcquireLockInput!) {
  result: acquireLock(input: $input) { __typename ... on UserError { code } } }`;
const policies = ["REJECT", "MERGE", "LAST_WRITER_WINS", "FORCE"];
const forbidden = { __typename: "RequestError", code: "FORBIDDEN" };
const applied = { __typename: "OperationsApplied" };

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
afterAll(() => api.stop());
beforeEach(async () => {
  board = await Board.open(ada);
  await board.edit([
    add("group", "g", { type: "group" }),
    add("child", "c", { parentId: "g" }),
    add("text", "t", { type: "text", text: "Hello" }),
    add("stroke", "s", { type: "stroke" }),
  ]);
});

async function permit(restriction: object): Promise<void> {
  const input = { templateId: board.id, userId: bob.id, role: "EDIT", ...restriction };
  const { setTemplatePermission } = await ada.data(PERMIT, { input });
  expect(setTemplatePermission).toEqual({ __typename: "TemplatePermissionSet" });
}

/** Bob's, on the head. */
async function send(operations: readonly object[], onConflict = "FORCE") {
  return board.apply(operations, { baseVersion: await board.version(), onConflict }, bob);
}

const on = (type: string, elementId: string, payload?: object, id = `${type} ${elementId}`) => ({
  ...{ id, type, target: { pageId: "p1", elementId } },
  ...(payload && { payload }),
});
const move = (elementId: string, id?: string) => on("MOVE_ELEMENT", elementId, { x: 9, y: 9 }, id);
const into = (elementId: string, parentId: string | null) =>
  on("REORDER_ELEMENT", elementId, { parentId });
const clear = (...elementIds: string[]) => ({
  ...{ id: `clear ${elementIds.join()}`, type: "CLEAR_PAGE", target: { pageId: "p1" } },
  payload: { elementIds },
});
const elementById = async (wanted: string) =>
  (await board.elements()).find(({ id }) => id === wanted);

describe("a grant to elements", () => {
  test.each(policies)(
    "ACC-18: under %s is one to them and what is in them, and a batch with more is refused whole",
    async (onConflict) => {
      await permit({ elementIds: ["g", "t"] });
      const { version } = await board.read("version");
      for (const beyond of [
        ...[move("e1"), remove("gone", "e1"), into("e1", "g"), into("c", null), clear("c", "e1")],
        ...[add("new", "n"), set("props", { fill: "red" }, {}, "e2")],
        { id: "page", type: "UPDATE_PAGE", target: { pageId: "p1" }, payload: { name: "n" } },
        { id: "canvas", type: "UPDATE_CANVAS", target: {}, payload: { width: 1 } },
        { id: "layer", type: "ADD_AUDIO_LAYER", target: { audioLayerId: "l" }, payload: {} },
        { id: "all", type: "DELETE_PAGE", target: { pageId: "p1" } },
      ]) {
        expect(await send([move("g"), beyond], onConflict)).toMatchObject({
          ...{ ...forbidden, operationId: beyond.id },
        });
      }
      expect(await board.version()).toBe(version);
      const within = [
        ...[move("g"), move("c"), add("new", "n", { parentId: "g" }), into("n", "c")],
        ...[on("EDIT_TEXT", "t", { delta: [{ insert: "x" }] }), clear("n")],
      ];
      expect(await send(within, onConflict)).toMatchObject(applied);
    },
  );

  test("ACC-18: what is in them is cut and pasted again under its id, and goes no farther", async () => {
    await permit({ elementIds: ["g"] });
    const paste = add("paste", "c", { parentId: "g" });
    expect(await send([remove("cut", "c"), paste])).toMatchObject(applied);
    expect(await send([add("copy", "copied")])).toMatchObject(forbidden);
    expect(await send([add("in", "copied", { parentId: "g" })])).toMatchObject(applied);
    expect(await send([remove("cut2", "copied"), add("out", "copied")])).toMatchObject({
      ...{ ...forbidden, operationId: "out" },
    });
  });

  test("ACC-18: they stay where they are, on their page and in their group, by whatever way", async () => {
    const page = (id: string) => ({
      ...{ id, type: "ADD_PAGE", target: { pageId: id }, payload: { name: id } },
    });
    const own = { type: "group", x: 0, y: 0 };
    const elsewhere = (elementId: string, payload: object = own) => ({
      ...{ id: `${elementId} on p2`, type: "ADD_ELEMENT", target: { pageId: "p2", elementId } },
      payload,
    });
    await board.edit([page("p2"), elsewhere("k")]);
    await permit({ elementIds: ["g", "later"] });
    for (const refused of [
      ...[remove("gone", "g"), clear("g"), into("g", "e1"), add("made", "later")],
      ...[elsewhere("g"), elsewhere("g", { ...own, parentId: "k" }), elsewhere("later")],
    ]) {
      expect(await send([refused])).toMatchObject({ ...forbidden, operationId: refused.id });
    }
    expect(await send([move("c"), remove("cut", "g"), elsewhere("g")])).toMatchObject({
      ...{ ...forbidden, operationId: "cut" },
    });
    expect(await send([into("g", null)])).toMatchObject(applied);
    // Deleted by another person, it is not brought back under the grant.
    const before = await board.version();
    await board.edit([remove("theirs", "g")]);
    expect(await send([add("again", "g", { type: "group" })])).toMatchObject(forbidden);
    const insisting = {
      ...{ baseVersion: before, headVersion: await board.version() },
      ...{ resolution: "CLIENT_WINS", clientOperations: [move("g", "insist")] },
    };
    expect(await board.resolve(insisting, bob)).toMatchObject(forbidden);
  });

  test("ACC-18, UNDO-42: an undo brings back no element that was deleted before the grant was restricted", async () => {
    await permit({});
    expect(await send([remove("mine", "g")])).toMatchObject(applied);
    await permit({ elementIds: ["g"] });
    const undone = await board.undo(undefined, bob);
    expect(JSON.stringify(undone)).toContain("NOT_PERMITTED");
    expect(await elementById("g")).toBeUndefined();
  });

  test("ACC-15: what an undo passed over needs no right when it is redone", async () => {
    await permit({});
    await send([move("e1", "theirs")]);
    await permit({ elementIds: ["g"] });
    expect(await board.undo(undefined, bob)).toMatchObject({
      skipped: [{ reason: "NOT_PERMITTED", target: { elementId: "e1" } }],
    });
    expect(await board.redo(undefined, bob)).toMatchObject({ ...applied, skipped: [] });
  });

  test("ACC-18: undo leaves what is beyond it, and ways out and reverts are refused", async () => {
    await permit({});
    await send([move("c", "mine"), move("e1", "theirs")]);
    await permit({ elementIds: ["g"] });
    const undone = await board.undo(undefined, bob);
    expect(undone).toMatchObject({
      ...{ ...applied, skipped: [{ reason: "NOT_PERMITTED", target: { elementId: "e1" } }] },
    });
    expect([(await elementById("c")).x, (await elementById("e1")).x]).toEqual([1, 9]);
    expect(await board.undo(undefined, bob, { allOrNothing: true })).not.toMatchObject(applied);
    const input = { templateId: board.id, targetVersion: 1 };
    expect((await bob.data(REVERT, { input })).result).toMatchObject(forbidden);
    await board.edit([remove("gone", "e2")]);
    const settled = { baseVersion: 5, headVersion: await board.version() };
    const insisting = {
      ...settled,
      resolution: "CLIENT_WINS",
      clientOperations: [move("e2", "i")],
    };
    expect(await board.resolve(insisting, bob)).toMatchObject(forbidden);
  });

  test("ACC-16, ACC-18: is told, locks these elements only, and is no right to the whole", async () => {
    await permit({ elementIds: ["g"], pageIds: ["p1"] });
    const part = { pageIds: ["p1"], elementTypes: [], elementIds: ["g"], operationTypes: [] };
    const fields = "pageIds elementTypes elementIds operationTypes";
    const { viewerRestrictions } = await board.read(`viewerRestrictions { ${fields} }`, bob);
    expect(viewerRestrictions).toEqual([part]);
    expect((await board.read(`permissions { ${fields} }`)).permissions).toEqual([part]);
    const { joinTemplate } = await bob.data(
      `mutation ($id: ID!) { joinTemplate(input: { templateId: $id, clientId: "b" }) {
        ... on TemplateJoined { session { token } } } }`,
      { id: board.id },
    );
    const lock = async (target: object) =>
      (
        await bob.data(LOCK, {
          input: { templateId: board.id, sessionToken: joinTemplate.session.token, target },
        })
      ).result;
    for (const elementId of ["g", "c"]) {
      expect(await lock({ pageId: "p1", elementId })).toMatchObject({ __typename: "LockAcquired" });
    }
    expect(await lock({ pageId: "p1", elementId: "e1" })).toMatchObject(forbidden);
    expect(await lock({ pageId: "p1" })).toMatchObject(forbidden);
  });

  test.each([
    [{ elementIds: [""] }, "INVALID_INPUT", ["elementIds", "0"]],
    [{ elementIds: Array.from({ length: 101 }, String) }, "PAYLOAD_TOO_LARGE", ["elementIds"]],
    [{ elementIds: ["e1"], role: "VIEW" }, "INVALID_INPUT", ["elementIds"]],
    [{ operationTypes: ["MOVE_ELEMENT"], role: "ADMIN" }, "INVALID_INPUT", ["operationTypes"]],
  ])("ACC-18, ACC-19: %j is refused", async (restriction, code, path) => {
    const input = { templateId: board.id, userId: bob.id, role: "EDIT", ...restriction };
    const { setTemplatePermission } = await ada.data(PERMIT, { input });
    expect(setTemplatePermission).toMatchObject({ code, path });
  });
});

describe("a grant to operation types", () => {
  test.each(policies)("ACC-19: under %s lets through what is sent as such", async (onConflict) => {
    await permit({ operationTypes: ["MOVE_ELEMENT", "EDIT_TEXT", "EXTEND_STROKE"] });
    const { version } = await board.read("version");
    for (const beyond of [
      ...[set("props", { x: 1 }), remove("gone"), add("new", "n"), clear("e1"), into("e1", "g")],
      on("ROTATE_ELEMENT", "e1", { rotation: 1 }),
      { id: "page", type: "UPDATE_PAGE", target: { pageId: "p1" }, payload: { name: "n" } },
    ]) {
      expect(await send([move("e1"), beyond], onConflict)).toMatchObject({
        ...{ ...forbidden, operationId: beyond.id },
      });
    }
    expect(await board.version()).toBe(version);
    const within = [
      ...[move("e1"), move("g"), on("EDIT_TEXT", "t", { delta: [{ insert: "x" }] })],
      on("EXTEND_STROKE", "s", { points: [[1, 1]], from: 0 }),
    ];
    expect(await send(within, onConflict)).toMatchObject(applied);
  });

  test("ACC-19: a merge's form of what was sent counts as what was sent", async () => {
    await permit({ operationTypes: ["MOVE_ELEMENT"] });
    const late = { timestamp: Date.now() + 1_000 };
    await board.edit([set("x", { x: 77 }, late)]);
    const behind = { baseVersion: 5, onConflict: "LAST_WRITER_WINS" };
    const moved = await board.apply([{ ...move("e1"), timestamp: 1 }], behind, bob);
    expect(moved).toMatchObject({ ...applied, operations: [{ type: "UPDATE_ELEMENT_PROPS" }] });
    expect(await board.first()).toMatchObject({ x: 77, y: 9 });
  });

  test("ACC-19: undo and redo of it go through, whatever they are written as", async () => {
    const rotate = on("ROTATE_ELEMENT", "e1", { rotation: 9 });
    const resize = on("RESIZE_ELEMENT", "e1", { width: 5, height: 5 });
    const draw = on("EXTEND_STROKE", "s", { points: [[1, 1]] });
    await permit({ operationTypes: ["ROTATE_ELEMENT", "RESIZE_ELEMENT", "EXTEND_STROKE"] });
    expect(await send([rotate, resize, draw])).toMatchObject(applied);
    const before = await board.elements();
    expect(await board.undo(undefined, bob)).toMatchObject({ ...applied, skipped: [] });
    expect(await board.first()).not.toHaveProperty("rotation");
    expect(await board.first()).not.toHaveProperty("width");
    expect(await board.redo(undefined, bob)).toMatchObject({ ...applied, skipped: [] });
    expect(await board.elements()).toEqual(before);
    await permit({ operationTypes: ["ROTATE_ELEMENT"] });
    const partly = await board.undo(undefined, bob);
    expect(partly.skipped).toMatchObject([
      { reason: "NOT_PERMITTED", target: { elementId: "s" } },
      { reason: "NOT_PERMITTED", target: { elementId: "e1" } },
    ]);
    expect(await board.first()).toMatchObject({ width: 5 });
  });

  test("ACC-19: what is restored for it has to be granted, too", async () => {
    await permit({ operationTypes: ["MOVE_ELEMENT"] });
    await board.edit([remove("gone", "e2")]);
    const settled = { baseVersion: 5, headVersion: await board.version() };
    const insisting = (id: string) => ({
      ...{ ...settled, resolution: "CLIENT_WINS", clientOperations: [move("e2", id)] },
    });
    expect(await board.resolve(insisting("no"), bob)).toMatchObject(forbidden);
    await permit({ operationTypes: ["MOVE_ELEMENT", "ADD_ELEMENT"] });
    expect(await board.resolve(insisting("yes"), bob)).toMatchObject({
      __typename: "ConflictResolved",
    });
    expect(await elementById("e2")).toMatchObject({ x: 9 });
  });

  test("ACC-13, ACC-19: one grant has to let through both what and where", async () => {
    await permit({ operationTypes: ["MOVE_ELEMENT"], elementIds: ["e1"] });
    expect(await send([move("e1")])).toMatchObject(applied);
    for (const beyond of [move("e2"), set("props", { fill: "red" })]) {
      expect(await send([beyond])).toMatchObject(forbidden);
    }
  });

  test("ACC-13, ACC-19: what one operation touches may be shared by grants that let its type through", async () => {
    const made = await ada.data(
      `mutation { createTeam(input: { name: "T" }) { ... on TeamCreated { team { id } } } }`,
    );
    const teamId: string = made.createTeam.team.id;
    await api.prisma.teamMember.create({
      data: { teamId, userId: bob.id, role: "MEMBER", joinedAt: new Date() },
    });
    const permitTeam = (operationTypes: string[]) => {
      const part = { elementTypes: ["rect"], operationTypes };
      return ada.data(PERMIT, { input: { templateId: board.id, teamId, role: "EDIT", ...part } });
    };
    await permit({ elementTypes: ["group"], operationTypes: ["DELETE_ELEMENT"] });
    await permitTeam(["MOVE_ELEMENT"]);
    expect(await send([remove("gone", "g")])).toMatchObject(forbidden);
    await permitTeam(["MOVE_ELEMENT", "DELETE_ELEMENT"]);
    expect(await send([remove("gone", "g")])).toMatchObject(applied);
  });
});
