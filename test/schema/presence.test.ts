import { createSourceEventStream, parse, subscribe, type ExecutionResult } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { LiveSource } from "../../src/subscriptions/liveSource.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
afterAll(() => api.stop());

const PERSON = "sessionId clientId user { name } color status pageId cursor { x y } selection";
const FOLLOW = `subscription ($id: ID!, $token: String) {
  presenceChanged(templateId: $id, sessionToken: $token) {
    templateId joined { ${PERSON} } moved { ${PERSON} } left { sessionId } locks { fence } serverTimestamp
  }
}`;
const ACTIVITY =
  "subscription ($ids: [ID!]!) { templateActivity(templateIds: $ids) { templateId kind user { name } at } }";
const UPDATE = `mutation ($input: UpdatePresenceInput!) {
  updatePresence(input: $input) {
    __typename
    ... on PresenceUpdated { presence { ${PERSON} viewport { pageId x y width height } joinedAt updatedAt } }
    ... on RequestError { code path }
  }
}`;
const JOIN = `mutation ($id: ID!, $clientId: String!) {
  joinTemplate(input: { templateId: $id, clientId: $clientId }) {
    ... on TemplateJoined { session { id token color } collaborators { sessionId } }
  }
}`;

async function follow(client: Client, document: string, variables: object) {
  const events = await subscribe({
    schema: buildSchema(),
    document: parse(document),
    variableValues: { ...variables },
    contextValue: client.context,
  });
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
  return events;
}

async function next(events: AsyncGenerator<ExecutionResult, void, void>, field: string) {
  const { value } = await events.next();
  expect(value?.errors).toBeUndefined();
  return value?.data?.[field] as any;
}

async function refusal(client: Client, document: string, variables: object) {
  const result = await subscribe({
    schema: buildSchema(),
    document: parse(document),
    variableValues: { ...variables },
    contextValue: client.context,
  });
  return "errors" in result ? result.errors?.[0]?.extensions["code"] : "none";
}

async function join(client: Client, id: string, clientId: string) {
  return (await client.data(JOIN, { id, clientId })).joinTemplate as {
    session: { id: string; token: string; color: string };
    collaborators: { sessionId: string }[];
  };
}

async function update(client: Client, input: object) {
  return (await client.data(UPDATE, { input })).updatePresence as any;
}

const publicTemplate = () => ada.createTemplate({ name: "Board", isPublic: true });

describe("presence", () => {
  test("PRES-1, PRES-12: who joins, moves and leaves is told, and counts among the collaborators", async () => {
    const id = await publicTemplate();
    const { session } = await join(ada, id, "ada-1");
    const events = await follow(bob, FOLLOW, { id });
    const nowhere = { status: null, pageId: null, cursor: null, selection: [] };
    const first = await next(events, "presenceChanged");
    expect(first).toMatchObject({ templateId: id, moved: [], left: [] });
    expect(first.joined).toEqual([
      {
        ...{ sessionId: session.id, clientId: "ada-1", color: session.color },
        ...{ user: { name: "Ada" }, ...nowhere },
      },
    ]);
    const waiting = next(events, "presenceChanged");
    const shown = { pageId: "p1", cursor: { x: 1.5, y: -2 }, selection: ["e1"], status: "typing" };
    const answer = await update(ada, { sessionToken: session.token, ...shown });
    expect(answer.presence).toMatchObject({ ...shown, viewport: null });
    let event = await waiting;
    // Locks may be told by themselves.
    if (event.moved.length === 0) event = await next(events, "presenceChanged");
    expect(event.moved).toMatchObject([{ sessionId: session.id, ...shown }]);

    const other = await join(bob, id, "bob-1");
    expect(other.collaborators.map(({ sessionId }) => sessionId)).toEqual([
      session.id,
      other.session.id,
    ]);
    const { template } = await bob.data(
      `{ template(id: "${id}") { collaborators { clientId status } } }`,
    );
    expect(template.collaborators).toEqual([
      { clientId: "ada-1", status: "typing" },
      { clientId: "bob-1", status: null },
    ]);
    expect((await next(events, "presenceChanged")).joined).toMatchObject([{ clientId: "bob-1" }]);
    const leaving = next(events, "presenceChanged");
    await ada.data(
      "mutation ($token: String!) { leaveTemplate(input: { sessionToken: $token }) { __typename } }",
      {
        token: session.token,
      },
    );
    expect((await leaving).left).toEqual([{ sessionId: session.id }]);
    await events.return();
  });

  test("PRES-20: a place in a text follows edits, and who joins later is told where it is", async () => {
    const id = await publicTemplate();
    const { session } = await join(ada, id, "ada-1");
    const pageId = await ada.firstPage(id);
    const edit = async (operations: object[]) =>
      ada.data(
        `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
          __typename ... on OperationsApplied { newVersion } ... on UserError { message } } }`,
        {
          input: {
            ...{ templateId: id, baseVersion: 1, onConflict: "FORCE" },
            operations: operations.map((one) => ({ target: { pageId, elementId: "t" }, ...one })),
          },
        },
      );
    const typed = (key: string, at: number, text: string) => ({
      ...{ id: key, type: "EDIT_TEXT" },
      payload: { delta: [{ retain: at }, { insert: text }] },
    });
    await edit([
      { id: "add", type: "ADD_ELEMENT", payload: { type: "text", x: 0, y: 0, text: "Hello" } },
    ]);
    const at = { pageId, elementId: "t", index: 2, length: 2 };
    const FIELDS = "textSelection { pageId elementId index length version }";
    const say = async (input: object) =>
      (
        await ada.data(
          `mutation ($input: UpdatePresenceInput!) { updatePresence(input: $input) {
            ... on PresenceUpdated { presence { ${FIELDS} } } ... on RequestError { code path } } }`,
          { input: { sessionToken: session.token, ...input } },
        )
      ).updatePresence;
    const shown = async (): Promise<unknown> => {
      const { template } = await bob.data(
        `{ template(id: "${id}") { collaborators { ${FIELDS} } } }`,
      );
      return template.collaborators[0].textSelection;
    };
    expect(await say({ textSelection: at, version: 2 })).toEqual({
      presence: { textSelection: { ...at, version: 2 } },
    });
    await edit([typed("1", 1, "ab"), typed("2", 5, "X")]);
    await expect.poll(shown).toEqual({ ...at, index: 4, length: 3, version: 4 });
    await say({ status: "typing" });
    expect(await shown()).toMatchObject({ index: 4, length: 3 });
    const later = await join(bob, id, "bob-1");
    expect(later.session.id).not.toBe(session.id);
    expect(await shown()).toMatchObject({ index: 4, length: 3 });
    await edit([{ id: "gone", type: "DELETE_ELEMENT" }]);
    await expect.poll(shown).toBeNull();
    for (const [path, input] of [
      [["version"], { textSelection: at }],
      [["version"], { textSelection: at, version: 0 }],
      [["textSelection", "index"], { textSelection: { ...at, index: -1 }, version: 2 }],
      [["textSelection", "length"], { textSelection: { ...at, length: -1 }, version: 2 }],
      [["textSelection", "elementId"], { textSelection: { ...at, elementId: "" }, version: 2 }],
      [["textSelection", "pageId"], { textSelection: { ...at, pageId: "\0" }, version: 2 }],
    ] as const) {
      expect(await say(input)).toEqual({ code: "INVALID_INPUT", path });
    }
    await say({ textSelection: { ...at, length: null }, version: 2 });
    expect(await say({ textSelection: null })).toEqual({ presence: { textSelection: null } });
  });

  test("PRES-11: what is omitted stays, null takes it back", async () => {
    const { session } = await join(ada, await publicTemplate(), "ada");
    const sessionToken = session.token;
    const viewport = { pageId: "p1", x: 0, y: 0, width: 10, height: 5 };
    await update(ada, {
      sessionToken,
      status: "here",
      viewport,
      selection: ["a", "b"],
      version: 1,
    });
    const { presence } = await update(ada, { sessionToken, status: null, pageId: "p1" });
    expect(presence).toMatchObject({ status: null, pageId: "p1", viewport, selection: ["a", "b"] });
    const cleared = await update(ada, { sessionToken, viewport: null, selection: null });
    expect(cleared.presence).toMatchObject({ pageId: "p1", viewport: null, selection: [] });
  });

  const wide = { pageId: "p", x: 0, y: 0, width: 1, height: 1 };
  test.each<[string, object, string[] | null]>([
    ["INVALID_INPUT", { status: "x".repeat(201) }, ["status"]],
    ["INVALID_INPUT", { status: "\ud800" }, ["status"]],
    ["INVALID_INPUT", { pageId: "" }, ["pageId"]],
    ["INVALID_INPUT", { pageId: "x".repeat(129) }, ["pageId"]],
    ["INVALID_INPUT", { cursor: { x: 1e300, y: 0 } }, ["cursor", "x"]],
    ["INVALID_INPUT", { selection: ["a", ""] }, ["selection", "1"]],
    ["PAYLOAD_TOO_LARGE", { selection: Array.from({ length: 201 }, () => "a") }, ["selection"]],
    ["PAYLOAD_TOO_LARGE", { selection: Array.from({ length: 99 }, () => "x".repeat(99)) }, null],
    ["INVALID_INPUT", { viewport: { ...wide, width: -1 } }, ["viewport", "width"]],
    ["INVALID_INPUT", { viewport: { ...wide, y: -1e300 } }, ["viewport", "y"]],
    ["INVALID_INPUT", { viewport: { ...wide, pageId: "" } }, ["viewport", "pageId"]],
    ["INVALID_INPUT", { version: 0 }, ["version"]],
    ["NOT_FOUND", { sessionToken: "A".repeat(43) }, ["sessionToken"]],
  ])("PRES-11: %s for what is not acceptable (%#)", async (code, input, path) => {
    const { session } = await join(ada, await publicTemplate(), "ada");
    expect(await update(ada, { sessionToken: session.token, ...input })).toEqual({
      __typename: "RequestError",
      code,
      path,
    });
  });

  test("PRES-11: another person's token, and one whose session is over, are no session", async () => {
    const { session } = await join(ada, await publicTemplate(), "ada");
    const input = { sessionToken: session.token };
    expect(await update(bob, input)).toMatchObject({ code: "NOT_FOUND" });
    expect(await update(api.anonymous, input)).toMatchObject({ code: "UNAUTHENTICATED" });
    await ada.data(
      "mutation ($token: String!) { leaveTemplate(input: { sessionToken: $token }) { __typename } }",
      {
        token: session.token,
      },
    );
    expect(await update(ada, input)).toMatchObject({ code: "NOT_FOUND" });
  });

  test("PRES-11: a move asks PostgreSQL nothing, and is told without asking it", async () => {
    const id = await publicTemplate();
    const { session } = await join(ada, id, "ada");
    const events = await follow(bob, FOLLOW, { id });
    await next(events, "presenceChanged");
    await update(ada, { sessionToken: session.token, cursor: { x: 0, y: 0 } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const document = `mutation ($input: UpdatePresenceInput!) {
      updatePresence(input: $input) { ... on PresenceUpdated { presence { cursor { x } } } } }`;
    const statements = await api.statements(async () => {
      for (let x = 1; x <= 20; x++) {
        await ada.data(document, { input: { sessionToken: session.token, cursor: { x, y: 0 } } });
      }
    });
    expect(statements).toEqual([]);
    await events.return();
  });

  test("PRES-7: a token holds its session; one of somebody else, or of another template, is refused", async () => {
    const [id, elsewhere] = [await publicTemplate(), await publicTemplate()];
    const { session } = await join(ada, id, "ada");
    const token = session.token;
    const events = await follow(ada, FOLLOW, { id, token });
    const first = await next(events, "presenceChanged");
    expect(first.joined).toMatchObject([{ sessionId: session.id }]);
    await events.return();
    expect(await refusal(ada, FOLLOW, { id: elsewhere, token })).toBe("NOT_FOUND");
    expect(await refusal(bob, FOLLOW, { id, token })).toBe("NOT_FOUND");
    expect(await refusal(ada, FOLLOW, { id, token: "no token" })).toBe("NOT_FOUND");
  });

  test("PRES-8: what may not be seen cannot be told from what does not exist", async () => {
    const secret = await ada.createTemplate({ name: "Secret" });
    const inBin = await publicTemplate();
    await ada.deleteTemplate(inBin);
    for (const id of [secret, inBin, "01890000-0000-7000-8000-000000000000", "no id"]) {
      expect(await refusal(bob, FOLLOW, { id })).toBe("NOT_FOUND");
    }
    expect(await refusal(api.anonymous, FOLLOW, { id: secret })).toBe("UNAUTHENTICATED");
    const { templates } = await ada.data(
      "{ templates(first: 50) { nodes { collaborators { user { name } } } } }",
    );
    expect(templates.nodes.length).toBeGreaterThan(0);
  });

  test("PRES-8: the subscription completes when the template goes to the bin", async () => {
    const id = await publicTemplate();
    const events = await follow(bob, FOLLOW, { id });
    await next(events, "presenceChanged");
    const ended = events.next();
    await ada.deleteTemplate(id);
    let result = await ended;
    while (result.done !== true) result = await events.next();
    expect(result.done).toBe(true);
  });
});

describe("activity", () => {
  test("ACT-1: tells what happens on several templates, and of whom", async () => {
    const [one, two] = [await publicTemplate(), await publicTemplate()];
    const events = await follow(bob, ACTIVITY, { ids: [one, two, one] });
    const told = async () => {
      const { templateId, kind, user } = await next(events, "templateActivity");
      return [templateId === one ? "one" : "two", kind, user?.name];
    };
    let waiting = told();
    const { session } = await join(ada, two, "ada");
    expect(await waiting).toEqual(["two", "JOINED", "Ada"]);
    waiting = told();
    await ada.data(
      `mutation { updateTemplate(input: { templateId: "${one}", name: "New" }) { __typename } }`,
    );
    expect(await waiting).toEqual(["one", "RENAMED", "Ada"]);
    await ada.addElement(one, await ada.firstPage(one), "e1");
    waiting = told();
    await ada.data(
      `mutation { revertTemplate(input: { templateId: "${one}", targetVersion: 1 }) { __typename } }`,
    );
    expect(await waiting).toEqual(["one", "REVERTED", "Ada"]);
    waiting = told();
    await ada.data(
      "mutation ($token: String!) { leaveTemplate(input: { sessionToken: $token }) { __typename } }",
      {
        token: session.token,
      },
    );
    expect(await waiting).toEqual(["two", "LEFT", "Ada"]);
    await events.return();
    expect((api.anonymous.context.activity as unknown as { size: number }).size).toBe(0);
  });

  test("ACT-2: a template is silent for who may not see it, from the moment they may not", async () => {
    const [open, secret] = [await publicTemplate(), await ada.createTemplate({ name: "Secret" })];
    const ids = [open, secret, "no id", "01890000-0000-7000-8000-000000000000"];
    const events = await follow(bob, ACTIVITY, { ids });
    const rename = (id: string, input = "") =>
      ada.data(
        `mutation { updateTemplate(input: { templateId: "${id}", name: "N" ${input} }) { __typename } }`,
      );
    let waiting = next(events, "templateActivity");
    await rename(secret);
    await rename(open);
    expect(await waiting).toMatchObject({ templateId: open, kind: "RENAMED" });
    waiting = next(events, "templateActivity");
    await rename(open, "isPublic: false");
    await rename(open);
    await rename(secret, "isPublic: true");
    expect(await waiting).toMatchObject({ templateId: secret });
    await events.return();
    expect(await refusal(api.anonymous, ACTIVITY, { ids: [open] })).toBe("UNAUTHENTICATED");
  });

  test("ACT-3: the number of templates is bounded", async () => {
    const ids = Array.from({ length: 101 }, () => "01890000-0000-7000-8000-000000000000");
    expect(await refusal(bob, ACTIVITY, { ids })).toBe("BAD_USER_INPUT");
  });

  test("SUB-13: both fields answer sources that transports can attach to", async () => {
    const id = await publicTemplate();
    const sourceOf = (document: string, variableValues: Record<string, unknown>) =>
      createSourceEventStream({
        ...{ schema: buildSchema(), document: parse(document), variableValues },
        contextValue: ada.context,
      });
    expect(await sourceOf(FOLLOW, { id })).toBeInstanceOf(LiveSource);
    expect(await sourceOf(ACTIVITY, { ids: [id] })).toBeInstanceOf(LiveSource);
  });
});
