import { randomUUID } from "node:crypto";
import { createSourceEventStream, parse, subscribe, type ExecutionResult } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { ChangeSource } from "../../src/subscriptions/changes/changeSource.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;
let pageId: string;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
  templateId = await ada.createTemplate({ name: "Live" });
  pageId = await ada.firstPage(templateId);
});
afterAll(() => api.stop());

const FOLLOW = parse(/* GraphQL */ `
  subscription ($id: ID!, $from: Int, $viewport: ViewportInput) {
    templateChanged(templateId: $id, fromVersion: $from, viewport: $viewport) {
      templateId
      kind
      fromVersion
      toVersion
      designData
      serverTimestamp
      viewport {
        entered {
          element
          afterElementId
        }
        left
        complete
      }
      operations {
        id
        payload
        resultingVersion
        user {
          name
          email
        }
      }
    }
  }
`);

function argumentsOf(client: Client, variables: object) {
  return {
    schema: buildSchema(),
    document: FOLLOW,
    variableValues: { ...variables },
    contextValue: client.context,
  };
}

async function follow(client: Client, variables: object) {
  const events = await subscribe(argumentsOf(client, variables));
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
  return events;
}

async function next(events: AsyncGenerator<ExecutionResult, void, void>) {
  const { value } = await events.next();
  expect(value?.errors).toBeUndefined();
  return value?.data?.["templateChanged"] as Record<string, unknown>;
}

describe("templateChanged", () => {
  test("API-70: events carry the operations as committed, from the version named", async () => {
    await ada.addElement(templateId, pageId, "e1");
    const events = await follow(ada, { id: templateId, from: 1 });
    expect(await next(events)).toEqual({
      templateId,
      kind: "OPERATIONS",
      fromVersion: 1,
      toVersion: 2,
      designData: null,
      viewport: null,
      serverTimestamp: expect.stringMatching(/Z$/),
      operations: [
        {
          id: "add e1",
          payload: { type: "rect", x: 1, y: 2 },
          resultingVersion: 2,
          user: { name: "Ada", email: ada.email },
        },
      ],
    });
    const waiting = next(events);
    await ada.addElement(templateId, pageId, "e2");
    expect(await waiting).toMatchObject({ fromVersion: 2, toVersion: 3 });
    await events.return();
  });

  test("API-70: a client that is ahead gets the state", async () => {
    const events = await follow(ada, { id: templateId, from: 1_000 });
    const { template } = await ada.data(`{ template(id: "${templateId}") { version designData } }`);
    expect(await next(events)).toMatchObject({
      kind: "RESYNC",
      toVersion: template.version,
      designData: template.designData,
    });
    await events.return();
  });

  test("SUB-12 SUB-17: a viewport is told its state, then whole what enters, and what leaves", async () => {
    const far = await ada.createTemplate({ name: "Far" });
    const page = await ada.firstPage(far);
    const commit = async (
      ...operations: (readonly [type: string, id: string, payload: object])[]
    ) => {
      const sent = operations.map(([type, elementId, payload]) => ({
        id: randomUUID(),
        ...{ type, payload, target: { pageId: page, elementId } },
      }));
      const { applyOperations } = await ada.data(
        `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`,
        { input: { templateId: far, baseVersion: 1, operations: sent, onConflict: "FORCE" } },
      );
      expect(applyOperations.__typename).toBe("OperationsApplied");
    };
    const rect = { type: "rect", width: 5, height: 5 };
    await commit(
      ["ADD_ELEMENT", "anchor", { ...rect, x: 1, y: 1 }],
      ["ADD_ELEMENT", "text", { ...rect, x: 900, y: 900, text: "a" }],
    );
    const viewport = { pageId: page, x: 0, y: 0, width: 100, height: 100, state: true };
    const events = await follow(ada, { id: far, viewport });
    const state = await next(events);
    expect(state).toMatchObject({ kind: "RESYNC", viewport: null });
    const { pages } = state["designData"] as { pages: { elements: { id: string }[] }[] };
    expect(pages[0]?.elements.map(({ id }) => id)).toEqual(["anchor"]);
    const outside = next(events);
    await commit(["EDIT_TEXT", "text", { delta: [{ retain: 1 }, { insert: "b" }] }]);
    expect(await outside).toMatchObject({
      operations: [],
      viewport: { entered: [], left: [], complete: false },
    });
    const entering = next(events);
    await commit(
      ["EDIT_TEXT", "text", { delta: [{ retain: 2 }, { insert: "c" }] }],
      ["MOVE_ELEMENT", "text", { x: 50, y: 50 }],
    );
    const element = { id: "text", type: "rect", x: 50, y: 50, width: 5, height: 5, text: "abc" };
    expect((await entering)["viewport"]).toEqual({
      entered: [{ element, afterElementId: "anchor" }],
      left: [],
      complete: false,
    });
    const leaving = next(events);
    await commit(["MOVE_ELEMENT", "text", { x: 900, y: 50 }]);
    expect((await leaving)["viewport"]).toEqual({ entered: [], left: ["text"], complete: false });
    await events.return();
  });

  test("API-71: what is subscribed to can be attached to, and executes with the event as root", async () => {
    const source = await createSourceEventStream(argumentsOf(ada, { id: templateId }));
    expect(source).toBeInstanceOf(ChangeSource);
  });

  test.each<[string, object]>([
    ["UNAUTHENTICATED", {}],
    ["BAD_USER_INPUT", { from: 0 }],
    ["BAD_USER_INPUT", { from: -1 }],
    ["BAD_USER_INPUT", { viewport: { pageId: "p", x: 0, y: 0, width: -1, height: 1 } }],
  ])("API-72: %s is told at subscribing (%#)", async (code, variables) => {
    const client = code === "UNAUTHENTICATED" ? api.anonymous : ada;
    const result = await subscribe(argumentsOf(client, { id: templateId, ...variables }));
    expect(result).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  test("ACC-3, ACC-5: what may not be seen cannot be told from what does not exist", async () => {
    const inBin = await ada.createTemplate({ name: "Bin" });
    await ada.deleteTemplate(inBin);
    const unknown = "01890000-0000-7000-8000-000000000000";
    const answers = await Promise.all(
      [
        [bob, templateId],
        [bob, unknown],
        [bob, "no id"],
        [ada, inBin],
      ].map(([client, id]) => subscribe(argumentsOf(client as Client, { id }))),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
  });

  test("API-73: the fields that differ between viewers are marked", () => {
    const marked = Object.values(buildSchema().getTypeMap()).flatMap((type) =>
      "getFields" in type
        ? Object.values(type.getFields())
            .filter(({ extensions }) => extensions["viewerDependent"] === true)
            .map(({ name }) => `${type.name}.${name}`)
        : [],
    );
    expect(marked.filter((field) => /^(User.email|Template.viewer)/.test(field))).toEqual([
      "User.email",
      "Template.viewerRole",
      "Template.viewerMay",
      "Template.viewerRestrictions",
    ]);
  });
});
