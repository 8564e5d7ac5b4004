/**
 * A new operation type is one file: groupElements.ts beside this test, registered as a line in definitions.ts would. All else
 * that Strata does with operations it does with this one, through the API.
 */
import { randomUUID } from "node:crypto";
import { parse, subscribe, type ExecutionResult } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { buildSchema } from "../../../src/schema/build.js";
import { startApi, type Api, type Client } from "../api.js";
import { add, Board, remove, set } from "../board.js";

vi.mock("../../../src/domain/operations/definitions.js", async (original) => {
  const { definitions } = await original<{ definitions: object }>();
  const { groupElements } = await import("./groupElements.js");
  return { definitions: { ...definitions, [groupElements.type]: groupElements } };
});

let api: Api;
let ada: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
beforeEach(async () => {
  board = await Board.open(ada);
});
afterAll(() => api.stop());

const me = { clientId: "me" };
const merging = { ...me, onConflict: "MERGE" };
const other = { clientId: "other" };
const applied = { __typename: "OperationsApplied" };
const group = (id: string, ...elementIds: readonly string[]) => ({
  id,
  type: "GROUP_ELEMENTS",
  target: { pageId: "p1", elementId: "g" },
  payload: { elementIds },
});
const regroup = (id: string, elementId: string, parentId: string | null) => ({
  id,
  type: "REORDER_ELEMENT",
  target: { pageId: "p1", elementId },
  payload: { parentId },
});
/** Of each element the group that it is in. */
async function parents(): Promise<Record<string, string | null>> {
  const elements = await board.elements();
  return Object.fromEntries(elements.map(({ id, parentId = null }) => [id, parentId]));
}

describe("an operation type made in one file", () => {
  test("OP-27: is listed with its schemas, and its payload is checked by them", async () => {
    const { operationTypes } = await ada.data("{ operationTypes { type targetSchema } }");
    expect(operationTypes.at(-1)).toMatchObject({
      type: "GROUP_ELEMENTS",
      targetSchema: { required: ["pageId", "elementId"] },
    });
    expect(await board.apply([group("a")])).toMatchObject({
      ...{ code: "INVALID_OPERATION", path: ["operations", "0", "payload", "elementIds"] },
    });
  });

  test("OP-27: merges with what others did to the same elements", async () => {
    await board.edit([set("b", { fill: "red" }), add("c", "e3")], other);
    expect(await board.apply([group("a", "e1", "e2")], merging)).toMatchObject(applied);
    expect(await parents()).toEqual({ e1: "g", e2: "g", e3: null, g: null });
    expect(await board.first()).toMatchObject({ fill: "red" });
  });

  test("OP-27: collides with another group, a deletion and another node of its id", async () => {
    await board.edit([add("f", "frame"), regroup("b", "e1", "frame")], other);
    expect(await board.apply([group("a", "e1", "e2")], merging)).toMatchObject({
      __typename: "VersionConflict",
      conflicts: [
        { kind: "CONCURRENT_EDIT", target: { elementId: "e1" }, properties: ["parentId"] },
      ],
    });
    await board.edit([remove("c", "e2"), add("d", "g")], other);
    const { conflicts } = await board.apply([group("a", "e1", "e2")], merging);
    expect(conflicts.map(({ kind }: { kind: string }) => kind)).toEqual([
      "DUPLICATE_ID",
      "CONCURRENT_EDIT",
      "DELETED_TARGET",
    ]);
  });

  test("OP-27: keeps what others' work leaves of it where the later writer wins", async () => {
    const now = Date.now();
    const later = { ...regroup("b", "e1", "frame"), timestamp: now };
    await board.edit([add("f", "frame"), later], other);
    const options = { ...me, onConflict: "LAST_WRITER_WINS" };
    const sent = { ...group("a", "e1", "e2"), timestamp: now - 1_000 };
    expect(await board.apply([sent], options)).toMatchObject({
      ...applied,
      operations: [{ payload: { elementIds: ["e2"] }, requested: { payload: sent.payload } }],
    });
    expect(await parents()).toMatchObject({ e1: "frame", e2: "g" });
  });

  test("OP-27: a conflict over it is resolved either way", async () => {
    for (const resolution of ["CLIENT_WINS", "SERVER_WINS"]) {
      board = await Board.open(ada);
      await board.edit([add("f", "frame"), regroup("b", "e1", "frame"), remove("c", "e2")], other);
      const clientOperations = [group("a", "e1", "e2")];
      const { currentVersion: headVersion } = await board.apply(clientOperations, merging);
      const input = { ...me, resolution, clientOperations, headVersion };
      expect(await board.resolve(input)).toMatchObject({ __typename: "ConflictResolved" });
      const expected =
        resolution === "CLIENT_WINS"
          ? { e1: "g", e2: "g", g: null, frame: null }
          : { e1: "frame", frame: null };
      expect(await parents()).toEqual(expected);
    }
  });

  test("OP-27: is undone and redone", async () => {
    await board.edit([add("f", "frame"), regroup("b", "e1", "frame")], other);
    await board.edit([group("a", "e1", "e2")], me);
    expect(await board.undo("me")).toMatchObject({ ...applied, skipped: [] });
    expect(await parents()).toEqual({ e1: "frame", e2: null, frame: null });
    expect(await board.redo("me")).toMatchObject({ ...applied, skipped: [] });
    expect(await parents()).toEqual({ e1: "g", e2: "g", g: null, frame: null });
  });

  test("OP-27: is undone in part where others went on with an element of it", async () => {
    await board.edit([group("a", "e1", "e2")], me);
    await board.edit([add("f", "frame"), regroup("b", "e1", "frame")], other);
    expect(await board.undo("me")).toMatchObject({
      ...applied,
      skipped: [
        {
          reason: "CHANGED_BY_OTHERS",
          target: { elementId: "e1" },
          causes: [{ operationId: "b" }],
        },
      ],
    });
    expect(await parents()).toEqual({ e1: "frame", e2: null, frame: null });
    expect(await board.redo("me")).toMatchObject(applied);
    expect(await parents()).toEqual({ e1: "frame", e2: "g", g: null, frame: null });
  });
});

describe("what keeps such an operation away", () => {
  test("OP-27: an element that the design locks", async () => {
    await board.edit([set("lock", { locked: true }, {}, "e2")], other);
    expect(
      await board.apply([group("a", "e1", "e2")], { ...me, onConflict: "FORCE" }),
    ).toMatchObject({ code: "LOCKED" });
    expect(await parents()).toEqual({ e1: null, e2: null });
  });

  test("OP-27: the lease of another session", async () => {
    const { joinTemplate } = await ada.data(
      `mutation ($input: JoinTemplateInput!) {
        joinTemplate(input: $input) { ... on TemplateJoined { session { token } } } }`,
      { input: { templateId: board.id, clientId: "other" } },
    );
    const target = { pageId: "p1", elementId: "e1" };
    const sessionToken = joinTemplate.session.token;
    const { acquireLock } = await ada.data(
      `mutation ($input: AcquireLockInput!) { acquireLock(input: $input) { __typename } }`,
      { input: { templateId: board.id, sessionToken, target } },
    );
    expect(acquireLock).toEqual({ __typename: "LockAcquired" });
    const options = { ...me, onConflict: "FORCE" };
    expect(await board.apply([group("a", "e1", "e2")], options)).toMatchObject({ code: "LOCKED" });
    expect(await board.apply([group("a", "e2")], options)).toMatchObject(applied);
  });

  test("OP-27: a grant to other types", async () => {
    const bob = await api.signUp("Bob");
    const permit = (operationTypes: readonly string[]) =>
      ada.data(
        `mutation ($input: SetTemplatePermissionInput!) {
          setTemplatePermission(input: $input) { __typename ... on UserError { message } } }`,
        { input: { templateId: board.id, userId: bob.id, role: "EDIT", operationTypes } },
      );
    await permit(["MOVE_ELEMENT"]);
    const operations = [group("a", "e1")];
    expect(await board.apply(operations, {}, bob)).toMatchObject({ code: "FORBIDDEN" });
    await permit(["GROUP_ELEMENTS"]);
    expect(await board.apply(operations, {}, bob)).toMatchObject(applied);
  });
});

describe("followers", () => {
  const FOLLOW = parse(/* GraphQL */ `
    subscription ($id: ID!, $from: Int, $viewport: ViewportInput) {
      templateChanged(templateId: $id, fromVersion: $from, viewport: $viewport) {
        kind
        viewport {
          entered {
            element
          }
          left
        }
        operations {
          id
          type
          payload
        }
      }
    }
  `);

  async function follow(variables: object) {
    const events = await subscribe({
      schema: buildSchema(),
      document: FOLLOW,
      variableValues: { id: board.id, ...variables },
      contextValue: ada.context,
    });
    if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
    return events as AsyncGenerator<ExecutionResult, void, void>;
  }

  async function next(events: AsyncGenerator<ExecutionResult, void, void>) {
    const { value } = await events.next();
    return value?.data?.["templateChanged"] as Record<string, unknown>;
  }

  test("OP-27: get it as it was committed", async () => {
    const events = await follow({ from: 1 });
    const waiting = next(events);
    const id = randomUUID();
    await board.edit([group(id, "e1")]);
    expect(await waiting).toMatchObject({
      operations: [{ id, type: "GROUP_ELEMENTS", payload: { elementIds: ["e1"] } }],
    });
    await events.return();
  });

  test("OP-27: get of it through a viewport what shows there", async () => {
    await board.edit([
      set("a", { width: 9, height: 9 }),
      add("far", "far", { x: 900, width: 9, height: 9 }),
    ]);
    const viewport = { pageId: "p1", x: 0, y: 0, width: 20, height: 20, state: true };
    const events = await follow({ viewport });
    expect(await next(events)).toMatchObject({ kind: "RESYNC" });
    const waiting = next(events);
    await board.edit([group("b", "far", "e1")]);
    const change = (await waiting) as { viewport: { entered: { element: { id: string } }[] } };
    expect(change).toMatchObject({ operations: [{ id: "b" }], viewport: { left: [] } });
    expect(change.viewport.entered.map(({ element }) => element.id).toSorted()).toEqual([
      "e1",
      "g",
    ]);
    await events.return();
  });
});
