/** Values at each limit and one beyond, through applyOperations and createTemplate: a typed refusal, nothing changed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  newAuthor,
  query,
  send,
  startTestServer,
  type Author,
  type GraphQLAnswer,
  type TestServer,
} from "./runningServer.js";

const limits = {
  OPERATION_BYTES_MAX: 2_000,
  BATCH_OPERATIONS_MAX: 5,
  DOCUMENT_BYTES_MAX: 6_000,
  PAGES_PER_DOCUMENT_MAX: 3,
  ELEMENTS_PER_PAGE_MAX: 4,
  AUDIO_LAYERS_PER_DOCUMENT_MAX: 2,
  CLIPS_PER_AUDIO_LAYER_MAX: 2,
  JSON_DEPTH_MAX: 6,
  STRING_UNITS_MAX: 100,
  ID_UNITS_MAX: 20,
  PROPERTIES_PER_OBJECT_MAX: 10,
  NUMBER_MAGNITUDE_MAX: 1_000_000,
};

let server: TestServer;
let author: Author;

beforeAll(async () => {
  server = await startTestServer(
    Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, String(limit)])),
  );
});
afterAll(() => server.close());
beforeEach(async () => {
  author = await newAuthor(server);
});

const mutation = `mutation ($input: ApplyOperationsInput!) {
  applyOperations(input: $input) {
    __typename
    ... on OperationsApplied { newVersion }
    ... on RequestError { code operationId path }
  }
}`;

interface Outcome {
  readonly __typename: string;
  readonly code?: string;
  readonly operationId?: string | null;
  readonly path?: readonly string[] | null;
  readonly newVersion?: number;
}

function add(index: number, payload: object = {}): object {
  return {
    id: `op-${index}`,
    type: "ADD_ELEMENT",
    target: { pageId: "page-1", elementId: `e-${index}` },
    payload: { type: "rect", x: 0, y: 0, ...payload },
  };
}

function inputOf(operations: readonly object[]): object {
  return { templateId: author.templateId, baseVersion: 1, operations, onConflict: "FORCE" };
}

async function apply(...operations: readonly object[]): Promise<GraphQLAnswer> {
  const answer = await query(server, mutation, { input: inputOf(operations) }, author.token);
  return answer.json;
}

/** Sends JSON that JavaScript's own serialiser would not write. */
async function applyText(payload: string): Promise<GraphQLAnswer> {
  const input = JSON.stringify(inputOf([add(1, { marker: 0 })])).replace('"marker":0', payload);
  const body = `{"query":${JSON.stringify(mutation)},"variables":{"input":${input}}}`;
  const answer = await send(server, { body, headers: { authorization: `Bearer ${author.token}` } });
  return answer.json;
}

function outcomeOf(answer: GraphQLAnswer): Outcome {
  expect(answer.errors).toBeUndefined();
  return answer.data?.["applyOperations"] as Outcome;
}

async function version(): Promise<number> {
  const document = "query ($id: ID!) { template(id: $id) { version } }";
  const { json } = await query(server, document, { id: author.templateId }, author.token);
  const { template } = json.data as { template: { version: number } };
  return template.version;
}

async function expectApplied(answer: GraphQLAnswer): Promise<void> {
  expect(outcomeOf(answer)).toMatchObject({ __typename: "OperationsApplied" });
}

/** Refused with the code, and the template stays where it was. */
async function expectRefused(
  answer: GraphQLAnswer,
  code: string,
  path?: readonly string[],
  at = 1,
): Promise<void> {
  const outcome = outcomeOf(answer);
  expect(outcome).toMatchObject({ __typename: "RequestError", code });
  if (path !== undefined) expect(outcome.path).toEqual(path);
  expect(await version()).toBe(at);
}

const payloadPath = (...rest: string[]) => ["operations", "0", "payload", ...rest];

describe("limits, at and beyond", () => {
  test("operations in a request", async () => {
    const many = Array.from({ length: 6 }, (_, index) => ({
      id: `m-${index}`,
      type: "UPDATE_CANVAS",
      target: {},
      payload: { background: `${index}` },
    }));
    await expectRefused(await apply(...many), "PAYLOAD_TOO_LARGE", ["operations"]);
    await expectApplied(await apply(...many.slice(1)));
  });

  test("no operations at all", async () => {
    await expectRefused(await apply(), "INVALID_INPUT", ["operations"]);
  });

  test("UTF-16 units of a string", async () => {
    await expectRefused(
      await apply(add(1, { text: "x".repeat(101) })),
      "PAYLOAD_TOO_LARGE",
      payloadPath("text"),
    );
    await expectApplied(await apply(add(1, { text: "x".repeat(100) })));
  });

  test("depth", async () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    await expectRefused(await apply(add(1, { deep: nested(6) })), "PAYLOAD_TOO_LARGE");
    await expectApplied(await apply(add(1, { deep: nested(5) })));
  });

  test("properties of an object", async () => {
    const properties = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]));
    await expectRefused(await apply(add(1, { nested: properties(11) })), "PAYLOAD_TOO_LARGE");
    await expectApplied(await apply(add(1, { nested: properties(10) })));
  });

  test("magnitude of a number", async () => {
    await expectRefused(await apply(add(1, { x: 1_000_001 })), "INVALID_OPERATION");
    await expectRefused(await apply(add(1, { x: -1_000_001 })), "INVALID_OPERATION");
    await expectApplied(await apply(add(1, { x: -1_000_000 })));
  });

  test("bytes of an operation", async () => {
    const parts = (length: number) => ({
      a: Array.from({ length }, () => "y".repeat(96)),
    });
    await expectRefused(await apply(add(1, parts(20))), "PAYLOAD_TOO_LARGE");
    await expectApplied(await apply(add(1, parts(15))));
  });

  test("UTF-16 units of an id", async () => {
    const withElement = (elementId: string) => ({
      ...add(1),
      target: { pageId: "page-1", elementId },
    });
    const refusal = await apply(withElement("e".repeat(21)));
    expect(outcomeOf(refusal).__typename).toBe("RequestError");
    expect(await version()).toBe(1);
    expect(outcomeOf(await apply({ ...add(1), id: "o".repeat(21) })).__typename).toBe(
      "RequestError",
    );
    await expectApplied(await apply({ ...withElement("e".repeat(20)), id: "o".repeat(20) }));
  });

  test("elements on a page", async () => {
    await expectApplied(await apply(add(1), add(2), add(3), add(4)));
    await expectRefused(await apply(add(5)), "PAYLOAD_TOO_LARGE", undefined, 5);
  });

  test("pages and audio layers", async () => {
    const page = (index: number) => ({
      id: `page-op-${index}`,
      type: "ADD_PAGE",
      target: { pageId: `p-${index}` },
      payload: {},
    });
    const layer = (index: number) => ({
      id: `layer-op-${index}`,
      type: "ADD_AUDIO_LAYER",
      target: { audioLayerId: `l-${index}` },
      payload: {},
    });
    await expectApplied(await apply(page(2), page(3), layer(1), layer(2)));
    await expectRefused(await apply(page(4)), "PAYLOAD_TOO_LARGE", undefined, 5);
    await expectRefused(await apply(layer(3)), "PAYLOAD_TOO_LARGE", undefined, 5);
  });

  test("bytes of a document", async () => {
    const large = { a: Array.from({ length: 15 }, () => "y".repeat(96)) };
    await expectApplied(await apply(add(1, large), add(2, large), add(3, large)));
    await expectRefused(await apply(add(4, large)), "PAYLOAD_TOO_LARGE", undefined, 4);
  });
});

describe("values that JSON can carry and a design cannot", () => {
  test.each([
    ["infinity by overflow", '"x2":1e400'],
    ["a huge integer", `"x2":${"9".repeat(400)}`],
    ["an integer beyond the bound", '"x2":9007199254740993'],
    ["NUL in a text", '"t":"a\\u0000b"'],
    ["NUL in a name", '"a\\u0000b":1'],
    ["half a surrogate pair", '"t":"\\ud800"'],
    ["the other half", '"t":"\\udc00x"'],
    ["halves in the wrong order", '"t":"\\udc00\\ud800"'],
    ["a prototype", '"__proto__":{"polluted":true}'],
    ["a prototype, deeper", '"a":{"__proto__":{"polluted":true}}'],
    ["a constructor", '"constructor":{"prototype":{"polluted":true}}'],
    ["a coordinate that is no number", '"x":"1"'],
    ["a coordinate that is null", '"y":null'],
  ])("%s is refused", async (_name, payload) => {
    const outcome = outcomeOf(await applyText(payload));
    expect(outcome).toMatchObject({ __typename: "RequestError", operationId: "op-1" });
    expect(outcome.path?.slice(0, 3)).toEqual(payloadPath());
    expect(await version()).toBe(1);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("NaN and Infinity are not JSON", async () => {
    for (const text of ['"x2":NaN', '"x2":Infinity', '"x2":-Infinity']) {
      expect((await applyText(text)).errors?.[0]?.extensions?.code).toBe("BAD_REQUEST");
    }
  });

  test("of two equal keys the last counts", async () => {
    await expectApplied(await applyText('"label":1,"label":2'));
    const document = "query ($id: ID!) { template(id: $id) { designData } }";
    const { text } = await query(server, document, { id: author.templateId }, author.token);
    expect(text).toContain('"label":2');
    expect(text).not.toContain('"label":1');
  });

  test("two equal keys in a literal are refused by validation", async () => {
    const { json } = await query(
      server,
      `mutation { createTemplate(input: { name: "a", name: "b" }) { __typename } }`,
      {},
      author.token,
    );
    expect(json.errors?.[0]?.extensions?.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  test.each([
    ["baseVersion beyond 32 bits", { baseVersion: 2 ** 31 }],
    ["baseVersion with a fraction", { baseVersion: 1.5 }],
    ["an unknown policy", { onConflict: "WHATEVER" }],
    ["an unknown field", { nonsense: 1 }],
    ["operations that are null", { operations: null }],
    ["an unknown type", { operations: [{ ...add(1), type: "EXPLODE" }] }],
    ["a target that is a list", { operations: [{ ...add(1), target: [1] }] }],
    ["a timestamp that is a text", { operations: [{ ...add(1), timestamp: "now" }] }],
  ])("%s is refused by GraphQL's types", async (_name, change) => {
    const input = { ...inputOf([add(1)]), ...change };
    const { json } = await query(server, mutation, { input }, author.token);
    expect(json.errors?.length).toBe(1);
    expect(await version()).toBe(1);
  });

  test.each([
    ["baseVersion 0", { baseVersion: 0 }],
    ["a negative baseVersion", { baseVersion: -1 }],
    ["a version that does not exist yet", { baseVersion: 1_000_000, onConflict: "REJECT" }],
    ["an id that is no UUID", { templateId: "nonsense" }],
    ["NUL in an id", { templateId: "a\0b" }],
    ["NUL in clientId", { clientId: "a\0b" }],
    ["a long clientId", { clientId: "c".repeat(1_000_000) }],
    ["half a surrogate pair in batchId", { batchId: "\ud800" }],
    ["the same id twice", { operations: [add(1), add(1)] }],
  ])("%s is a refusal", async (_name, change) => {
    const input = { ...inputOf([add(1)]), ...change };
    const { json } = await query(server, mutation, { input }, author.token);
    expect(outcomeOf(json).__typename).toBe("RequestError");
    expect(await version()).toBe(1);
  });
});
