/** Undo and redo of what its person may not change any more, or the design locks, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set } from "./board.js";

const PERMIT = `mutation ($input: SetTemplatePermissionInput!) {
  setTemplatePermission(input: $input) { __typename ... on UserError { message } } }`;
const LOCK = `mutation ($input: AcquireLockInput!) {
  acquireLock(input: $input) { __typename ... on UserError { message } } }`;
const applied = { __typename: "OperationsApplied" };

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
  await board.edit([
    add("t", "t", { type: "text", text: "abc" }),
    add("g", "g", { type: "group" }),
  ]);
  await permit({});
});
afterAll(() => api.stop());

async function permit(restriction: object): Promise<void> {
  const input = { templateId: board.id, userId: bob.id, role: "EDIT", ...restriction };
  expect((await ada.data(PERMIT, { input })).setTemplatePermission.message).toBeUndefined();
}

/** Bob's, on the head. */
async function edit(...operations: readonly object[]): Promise<void> {
  const answer = await board.apply(operations, { onConflict: "FORCE" }, bob);
  expect(answer).toMatchObject(applied);
}
const step = (direction: "undo" | "redo", more: object = {}) =>
  board[direction](undefined, bob, more);
const fills = async () => {
  const elements = await board.elements();
  return ["e1", "t"].map((id) => elements.find((element) => element.id === id)?.fill ?? null);
};
const both = (fill: string) => [set(`t ${fill}`, { fill }, {}, "t"), set(`e1 ${fill}`, { fill })];

describe("a grant that was restricted since", () => {
  test.each([
    ["element types", { elementTypes: ["rect"] }, [null, "red"]],
    ["pages", { pageIds: ["p2"] }, ["red", "red"]],
  ])("UNDO-42: to %s: the rest of a step is taken back", async (_what, restriction, left) => {
    await edit(...both("red"));
    await permit(restriction);
    const undone = await step("undo");
    expect(undone).toMatchObject(applied);
    expect(undone.skipped.map(({ reason }: { reason: string }) => reason)).toEqual(
      left.filter((fill) => fill !== null).map(() => "NOT_PERMITTED"),
    );
    expect(await fills()).toEqual(left);
    expect(await step("redo")).toMatchObject(applied);
    expect(await fills()).toEqual(["red", "red"]);
  });

  test("UNDO-42: the line goes on behind steps beyond it", async () => {
    await edit(set("first", { fill: "red" }));
    await edit({
      ...{ id: "page", type: "ADD_PAGE", target: { pageId: "p2" } },
      payload: { name: "Second" },
    });
    await edit(remove("gone", "t"));
    await permit({ elementTypes: ["rect"] });
    expect(await step("undo")).toMatchObject({
      ...applied,
      passedOver: ["gone", "page"],
      skipped: [{ reason: "NOT_PERMITTED" }, { reason: "NOT_PERMITTED" }],
      operations: [{}, {}, { undoes: "first" }],
    });
    expect(await fills()).toEqual([null, null]);
  });

  test("UNDO-42: what others undid beyond it does not stop the step", async () => {
    await board.edit([remove("a", "t")], { clientId: "a" });
    await edit(add("b", "t"));
    expect(await board.undo("a")).toMatchObject({ passedOver: ["a"] });
    await permit({ elementTypes: ["rect"] });
    expect(await step("undo")).toMatchObject({ ...applied, skipped: [] });
    expect((await board.elements()).map(({ id }) => id)).toEqual(["e1", "e2", "g"]);
  });

  test("UNDO-42: with allOrNothing it is refused", async () => {
    await edit(...both("red"));
    await permit({ elementTypes: ["rect"] });
    const refusal = await step("undo", { allOrNothing: true });
    expect(refusal).toMatchObject({ __typename: "RequestError", code: "FORBIDDEN" });
    expect(await fills()).toEqual(["red", "red"]);
  });
});

describe("what the design locks since", () => {
  test("UNDO-42: stays, the rest goes back, and redo takes that again", async () => {
    await edit(...both("red"));
    await board.edit([set("lock", { locked: true })]);
    expect(await step("undo")).toMatchObject({
      ...applied,
      skipped: [{ reason: "LOCKED", target: { elementId: "e1" }, properties: ["fill"] }],
    });
    expect(await fills()).toEqual(["red", null]);
    expect(await step("redo")).toMatchObject({ ...applied, skipped: [] });
    expect(await fills()).toEqual(["red", "red"]);
  });

  test.each([
    ["an element", set("b", { x: 5 }), set("l", { locked: true })],
    ["a group", add("b", "n", { parentId: "g" }), set("l", { locked: true }, {}, "g")],
    ["what came back", remove("b", "e2"), null],
  ])("UNDO-42: the line goes on behind a step on %s", async (_what, mine, lock) => {
    await edit(set("first", { fill: "red" }, {}, "t"));
    await edit(mine);
    if (lock !== null) await board.edit([lock]);
    const undone = await step("undo");
    expect(undone).toMatchObject({ ...applied, passedOver: lock === null ? [] : ["b"] });
    if (lock === null) await step("undo");
    expect((await fills())[1]).toBeNull();
  });

  test("UNDO-42: with allOrNothing it is refused", async () => {
    await edit(...both("red"));
    await board.edit([set("lock", { locked: true })]);
    expect(await step("undo", { allOrNothing: true })).toMatchObject({ code: "LOCKED" });
    expect(await fills()).toEqual(["red", "red"]);
  });
});

test("UNDO-42: somebody else's lock refuses the step, which can be taken once that ended", async () => {
  await edit(...both("red"));
  const { templateId, sessionToken } = await session();
  const lock = { templateId, sessionToken, target: { pageId: "p1", elementId: "e1" } };
  const { acquireLock } = await ada.data(LOCK, { input: lock });
  expect(acquireLock.message).toBeUndefined();
  expect(await step("undo")).toMatchObject({ __typename: "RequestError", code: "LOCKED" });
  expect(await fills()).toEqual(["red", "red"]);
  const leave = `mutation ($input: LeaveTemplateInput!) { leaveTemplate(input: $input) { __typename } }`;
  await ada.data(leave, { input: { sessionToken } });
  expect(await step("undo")).toMatchObject({ ...applied, skipped: [] });
  expect(await fills()).toEqual([null, null]);
});

async function session() {
  const join = `mutation ($input: JoinTemplateInput!) {
    joinTemplate(input: $input) { ... on TemplateJoined { session { token } } } }`;
  const input = { templateId: board.id, clientId: "studio" };
  const { token } = (await ada.data(join, { input })).joinTemplate.session;
  return { templateId: board.id, sessionToken: token as string };
}
