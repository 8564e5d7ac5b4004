/** What a grant to edit some pages allows and refuses, by every way that appends, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set } from "./board.js";

const PERMIT = `mutation ($input: SetTemplatePermissionInput!) {
  setTemplatePermission(input: $input) { __typename ... on UserError { message } } }`;
const REVERT = `mutation ($input: RevertTemplateInput!) {
  result: revertTemplate(input: $input) { __typename ... on UserError { code } } }`;
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
beforeEach(async () => {
  board = await Board.open(ada);
  const elements = [
    { id: "g", type: "group", x: 0, y: 0 },
    { id: "t", type: "text", x: 0, y: 0 },
  ];
  await board.edit([{ ...page("ADD_PAGE", "p2", { name: "Second", elements }), id: "start" }]);
});
afterAll(() => api.stop());

function page(type: string, pageId: string, payload?: object) {
  return { id: `${type} ${pageId}`, type, target: { pageId }, ...(payload && { payload }) };
}
const orderOf = (...pageIds: string[]) => ({
  ...{ id: "order", type: "REORDER_PAGES", target: {}, payload: { pageIds } },
});

async function permit(restriction: object): Promise<void> {
  const input = { templateId: board.id, userId: bob.id, role: "EDIT", ...restriction };
  const { setTemplatePermission } = await ada.data(PERMIT, { input });
  expect(setTemplatePermission.message).toBeUndefined();
}

/** Bob's, on the head. */
async function send(operations: readonly object[], onConflict = "FORCE") {
  return board.apply(operations, { baseVersion: await board.version(), onConflict }, bob);
}

describe("a grant to pages", () => {
  test.each(policies)(
    "ACC-17: under %s is none to make, delete or move pages, whatever is on them",
    async (onConflict) => {
      const attempts = [
        page("DELETE_PAGE", "p2"),
        page("ADD_PAGE", "p3", { name: "Third" }),
        orderOf("p2", "p1"),
      ];
      for (const restriction of [
        { pageIds: ["p2"] },
        { pageIds: ["p1", "p2", "p3"] },
        { elementTypes: ["text", "group", "rect"] },
        { pageIds: ["p2"], elementTypes: ["text", "group"] },
      ]) {
        await permit(restriction);
        const { pages, version } = await board.read("version pages: designData");
        for (const attempt of attempts) {
          const refusal = { ...forbidden, operationId: attempt.id };
          expect(await send([attempt], onConflict)).toMatchObject(refusal);
          const behind = { baseVersion: 1, onConflict };
          // Where others' edits stand against it, REJECT tells that first.
          if (onConflict !== "REJECT") {
            expect(await board.apply([attempt], behind, bob)).toMatchObject(refusal);
          }
        }
        // Deleting and adding would be a way to reorder.
        const both = [page("DELETE_PAGE", "p2"), page("ADD_PAGE", "p2", { name: "Second" })];
        expect(await send(both, onConflict)).toMatchObject(forbidden);
        expect(await board.read("version pages: designData")).toEqual({ pages, version });
      }
    },
  );

  test("ACC-17: is one to all that is on them: elements, groups, order and properties", async () => {
    await permit({ pageIds: ["p2"] });
    const at = (elementId: string) => ({ target: { pageId: "p2", elementId } });
    const into = (id: string, elementId: string, parentId: string | null) => ({
      ...{ id, type: "REORDER_ELEMENT", ...at(elementId), payload: { parentId } },
    });
    expect(
      await send([
        page("UPDATE_PAGE", "p2", { name: "Mine" }),
        add("n", "n", { parentId: "g" }, "p2"),
        into("in", "t", "g"),
        into("out", "n", null),
        { ...set("props", { fill: "red" }), ...at("n") },
        { ...remove("gone"), ...at("g") },
        page("CLEAR_PAGE", "p2"),
      ]),
    ).toMatchObject(applied);
    const elsewhere = [add("e", "e"), set("s", { fill: "red" }), page("CLEAR_PAGE", "p1")];
    const canvas = { id: "c", type: "UPDATE_CANVAS", target: {}, payload: { width: 5 } };
    for (const operation of [...elsewhere, page("UPDATE_PAGE", "p1", { name: "X" }), canvas]) {
      const refusal = { ...forbidden, operationId: operation.id };
      expect(await send([operation])).toMatchObject(refusal);
    }
  });

  test("ACC-17: to types lets an element into a group of another type, and leaves the group alone", async () => {
    await permit({ elementTypes: ["text"] });
    const at = { pageId: "p2", elementId: "t" };
    const into = { id: "in", type: "REORDER_ELEMENT", target: at, payload: { parentId: "g" } };
    expect(await send([into])).toMatchObject(applied);
    const group = { target: { pageId: "p2", elementId: "g" } };
    expect(await send([{ ...set("s", { fill: "red" }), ...group }])).toMatchObject(forbidden);
    expect(await send([{ ...remove("r"), ...group }])).toMatchObject(forbidden);
  });

  test("ACC-17: restores no page by undo, redo, a revert or a resolution", async () => {
    await permit({});
    expect(await send([page("DELETE_PAGE", "p2")])).toMatchObject(applied);
    await permit({ pageIds: ["p1", "p2"] });
    const headVersion = await board.version();
    const { designData } = await board.read("designData");
    const back = { ...designData, pages: [...designData.pages, { id: "p2", elements: [] }] };
    const settle = { baseVersion: 2, headVersion };
    const mine = { ...set("m", { x: 5 }), target: { pageId: "p2", elementId: "t" } };
    const revert = { templateId: board.id, targetVersion: 2 };
    const attempts = [
      await board.undo(undefined, bob, { allOrNothing: true }),
      await board.resolve({ ...settle, resolution: "CLIENT_WINS", clientOperations: [mine] }, bob),
      await board.resolve({ ...settle, resolution: "MANUAL", manualState: back }, bob),
      (await bob.data(REVERT, { input: revert })).result,
    ];
    expect(attempts).toMatchObject(attempts.map(() => ({ code: "FORBIDDEN" })));
    expect(await board.version()).toBe(headVersion);
    await permit({});
    expect(await board.undo(undefined, bob)).toMatchObject(applied);
    await permit({ pageIds: ["p1", "p2"] });
    expect(await board.redo(undefined, bob, { allOrNothing: true })).toMatchObject(forbidden);
    expect(await board.redo(undefined, bob)).toMatchObject({
      skipped: [{ reason: "NOT_PERMITTED" }],
    });
    expect((await board.read("designData")).designData.pages).toHaveLength(2);
  });
});
