import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const APPLY = /* GraphQL */ `
  mutation ($input: ApplyOperationsInput!) {
    applyOperations(input: $input) {
      __typename
      ... on UserError {
        code
        message
      }
      ... on RequestError {
        operationId
        path
      }
    }
  }
`;

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;
let pageId: string;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
  templateId = await ada.createTemplate({ name: "Canvas", isPublic: true });
  pageId = await ada.firstPage(templateId);
});
afterAll(() => api.stop());

async function apply(client: Client, input: object) {
  return (await client.data(APPLY, { input })).applyOperations;
}

function add(id: string) {
  return {
    id: `add ${id}`,
    type: "ADD_ELEMENT",
    target: { pageId, elementId: id },
    payload: { type: "rect", x: 1, y: 2 },
  };
}

describe("bad input", () => {
  /** Sends one operation with the payload written as a literal. */
  async function applyLiteral(payload: string) {
    return (
      await ada.run(
        `mutation { applyOperations(input: { templateId: "${templateId}", baseVersion: 1, operations: [
          { id: "x", type: ADD_ELEMENT, target: { pageId: "${pageId}", elementId: "e" }, payload: ${payload} }
        ] }) { __typename ... on RequestError { code operationId path } } }`,
      )
    ).data?.applyOperations;
  }

  async function unchanged() {
    expect((await ada.data(`{ template(id: "${templateId}") { version } }`)).template.version).toBe(
      1,
    );
    expect("polluted" in {}).toBe(false);
  }

  test.each<[string, string[]]>([
    ['{ type: "rect", x: 0, y: 0, __proto__: { polluted: true } }', ["payload", "__proto__"]],
    [
      '{ type: "rect", x: 0, y: 0, deep: { __proto__: { polluted: 1 } } }',
      ["payload", "deep", "__proto__"],
    ],
    ['{ type: "rect", x: 0, y: 0, constructor: 1 }', ["payload", "constructor"]],
    ['{ type: "rect", x: 1e999, y: 0 }', ["payload", "x"]],
    ['{ type: "rect", x: 123456789012345678901234567890, y: 0 }', ["payload", "x"]],
    ['{ type: "rect", x: "0", y: 0 }', ["payload", "x"]],
    ['{ type: "rect", y: 0 }', ["payload", "x"]],
    ['{ type: "a\\u0000", x: 0, y: 0 }', ["payload", "type"]],
    ['{ type: "rect", x: 0, y: 0, name: "\\u0000" }', ["payload", "name"]],
    ["[]", ["payload"]],
    ['"text"', ["payload"]],
    ["null", ["payload", "type"]],
  ])("API-55: the literal %s is refused by its place", async (payload, path) => {
    const answer = await applyLiteral(payload);
    expect(answer).toMatchObject({ __typename: "RequestError", code: "INVALID_OPERATION" });
    expect(answer).toMatchObject({ operationId: "x", path: ["operations", "0", ...path] });
    await unchanged();
  });

  test.each<[string, string[]]>([
    ['{"type":"rect","x":0,"y":0,"__proto__":{"polluted":true}}', ["payload", "__proto__"]],
    ['{"type":"rect","x":0,"y":0,"a":[{"prototype":1}]}', ["payload", "a", "0", "prototype"]],
    ['{"type":"rect","x":1e999,"y":0}', ["payload", "x"]],
    ['{"type":"rect","x":9007199254740993,"y":0}', ["payload", "x"]],
    ['{"type":"rect","x":0,"y":0,"name":"\\ud800"}', ["payload", "name"]],
    ['{"type":"rect","x":0,"y":0,"\\udc00":1}', ["payload", "\udc00"]],
    ['{"type":"rect","x":0,"y":0,"id":"other"}', ["payload", "id"]],
  ])("API-55: the variable %s is refused by its place", async (payload, path) => {
    const operations = [{ ...add("e"), payload: JSON.parse(payload) }];
    const answer = await apply(ada, { templateId, baseVersion: 1, operations });
    expect(answer).toMatchObject({
      code: "INVALID_OPERATION",
      path: ["operations", "0", ...path],
    });
    await unchanged();
  });

  test("API-55: a literal with one name twice does not even run", async () => {
    const { errors } = await ada.run(
      `mutation { applyOperations(input: { templateId: "${templateId}", baseVersion: 1, operations: [
        { id: "x", type: ADD_ELEMENT, target: { pageId: "p", elementId: "e" }, payload: { x: 1, x: 2 } }
      ] }) { __typename } }`,
    );
    expect(errors?.[0]?.message).toContain('"x"');
    await unchanged();
  });

  const limits = [
    ["no operations", { operations: [] }, "INVALID_INPUT", ["operations"]],
    ["a version ahead", { baseVersion: 2 }, "INVALID_INPUT", ["baseVersion"]],
    ["version 0", { baseVersion: 0 }, "INVALID_INPUT", ["baseVersion"]],
    ["version -1", { baseVersion: -1 }, "INVALID_INPUT", ["baseVersion"]],
    ["a batch id with NUL", { batchId: "\u0000" }, "INVALID_INPUT", ["batchId"]],
    ["a client id with NUL", { clientId: "\u0000" }, "INVALID_INPUT", ["clientId"]],
    ["a long client id", { clientId: "x".repeat(1_000) }, undefined, ["clientId"]],
  ] as const;
  test.each(limits)("API-56: %s is refused", async (_what, change, code, path) => {
    const answer = await apply(ada, {
      templateId,
      baseVersion: 1,
      operations: [add("e")],
      ...change,
    });
    expect(answer).toMatchObject({ __typename: "RequestError", path });
    if (code !== undefined) expect(answer.code).toBe(code);
    await unchanged();
  });

  test.each([
    ["an empty id", { id: "" }, ["id"]],
    ["an id with NUL", { id: "a\u0000" }, ["id"]],
    ["an id that is too long", { id: "x".repeat(129) }, ["id"]],
  ])("API-56: an operation with %s is refused", async (_what, change, path) => {
    const operations = [{ ...add("e"), ...change }];
    const answer = await apply(ada, { templateId, baseVersion: 1, operations });
    expect(answer).toMatchObject({
      __typename: "RequestError",
      path: ["operations", "0", ...path],
    });
    await unchanged();
  });

  test("API-56: one id twice in a batch is refused", async () => {
    const operations = [add("e"), add("e")];
    const answer = await apply(ada, { templateId, baseVersion: 1, operations });
    expect(answer).toMatchObject({ __typename: "RequestError", operationId: "add e" });
    await unchanged();
  });

  test("API-56: a batch beyond the limit is refused", async () => {
    const operations = Array.from({ length: 1_001 }, (_, index) => add(`e${index}`));
    const answer = await apply(ada, { templateId, baseVersion: 1, operations });
    expect(answer).toMatchObject({ code: "PAYLOAD_TOO_LARGE", path: ["operations"] });
    await unchanged();
  });

  test("ACC-2, ACC-3, ACC-4: editing is for the author alone", async () => {
    const input = { templateId, baseVersion: 1, operations: [add("e")] };
    expect((await apply(api.anonymous, input)).code).toBe("UNAUTHENTICATED");
    expect((await apply(bob, input)).code).toBe("FORBIDDEN");
    const hidden = await ada.createTemplate({ name: "private" });
    for (const id of [hidden, "no id", "01890000-0000-7000-8000-000000000000"]) {
      expect((await apply(bob, { ...input, templateId: id })).code).toBe("NOT_FOUND");
    }
    await unchanged();
  });
});
