/** GraphQL documents at each limit and one beyond, over HTTP and over WebSocket. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  query,
  send,
  socketUntilClosed,
  startTestServer,
  type TestServer,
} from "./runningServer.js";

const DEPTH_MAX = 5;
const COST_MAX = 100;
const ALIASES_MAX = 4;
const DIRECTIVES_MAX = 3;
const TOKENS_MAX = 120;
const BATCH_MAX = 3;
const UNITS_MAX = 1_000;
const COMPARISONS_MAX = 50;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    GRAPHQL_DEPTH_MAX: String(DEPTH_MAX),
    GRAPHQL_COST_MAX: String(COST_MAX),
    GRAPHQL_ALIASES_MAX: String(ALIASES_MAX),
    GRAPHQL_DIRECTIVES_MAX: String(DIRECTIVES_MAX),
    GRAPHQL_TOKENS_MAX: String(TOKENS_MAX),
    GRAPHQL_BATCH_MAX: String(BATCH_MAX),
    GRAPHQL_DOCUMENT_UNITS_MAX: String(UNITS_MAX),
    GRAPHQL_COMPARISONS_MAX: String(COMPARISONS_MAX),
    // Nobody signs in here, and the limits of documents are to be met, not that of bodies.
    HTTP_ANONYMOUS_BODY_BYTES_MAX: "24000000",
  });
});
afterAll(() => server.close());

/** Whatever was sent, the next client is served. */
afterEach(async () => {
  expect((await query(server, "{ viewer { id } }")).json).toEqual({ data: { viewer: null } });
});

async function expectAccepted(document: string): Promise<void> {
  const { json } = await query(server, document);
  expect(json.errors).toBeUndefined();
}

/** Refused with a code and the limit, and again from the cache. */
async function expectTooLarge(document: string, what: string): Promise<void> {
  for (const attempt of ["first", "cached"]) {
    const { json } = await query(server, document);
    expect(json.errors?.[0]?.extensions?.code, attempt).toBe("DOCUMENT_TOO_LARGE");
    expect(json.errors?.[0]?.message, attempt).toContain(what);
    expect(json.data, attempt).toBeUndefined();
  }
}

const repeated = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");

describe("limits of documents", () => {
  test("depth", async () => {
    await expectAccepted("{ templates(first: 1) { edges { node { author { id } } } } }");
    await expectTooLarge(
      "{ templates(first: 1) { edges { node { operations(first: 1) { edges { cursor } } } } } }",
      `${DEPTH_MAX} levels`,
    );
  });

  test("depth hidden in fragments", async () => {
    const fragments = "fragment A on Template { author { id name } } ";
    await expectTooLarge(
      `${fragments} { templates(first: 1) { edges { node { ...A } } } }`,
      `${DEPTH_MAX} levels`,
    );
  });

  test("cost", async () => {
    // One for the list, and for each of it one for `pageInfo` and one for its field.
    await expectAccepted("{ templates(first: 49) { pageInfo { hasNextPage } } }");
    for (const tooMuch of [
      "{ templates(first: 50) { pageInfo { hasNextPage } } }",
      "query ($first: Int = 1) { templates(first: $first) { pageInfo { hasNextPage } } }",
      "query ($last: Int) { templates(last: $last) { pageInfo { hasNextPage } } }",
      "{ templates { nodes { id name version createdAt } } }",
      "{ templates { ...P } } fragment P on TemplateConnection { nodes { id name version createdAt } }",
      "{ operationTypes { type description payloadSchema example } }",
    ]) {
      await expectTooLarge(tooMuch, `${COST_MAX} points`);
    }
  });

  test("aliases", async () => {
    const aliases = (count: number) => `{ ${repeated(count, (index) => `a${index}: __typename`)} }`;
    // An alias of __typename costs nothing; those of other fields count.
    const counted = (count: number) =>
      `{ ${repeated(count, (index) => `a${index}: viewer { id }`)} }`;
    await expectAccepted(aliases(ALIASES_MAX));
    await expectAccepted(counted(ALIASES_MAX));
    await expectTooLarge(counted(ALIASES_MAX + 1), `${ALIASES_MAX} aliases`);
  });

  test("directives", async () => {
    const directives = (count: number) =>
      `{ viewer { id ${repeated(count, (index) => (index === 0 ? "name" : "id") + " @include(if: true)")} } }`;
    await expectAccepted(directives(DIRECTIVES_MAX));
    await expectTooLarge(directives(DIRECTIVES_MAX + 1), `${DIRECTIVES_MAX} directives`);
  });

  test("tokens", async () => {
    // Five tokens each; limits other than this one count by operation.
    const operations = repeated(TOKENS_MAX / 5, (index) => `query A${index} { __typename }`);
    const body = JSON.stringify({ query: operations, operationName: "A0" });
    expect((await send(server, { body })).json).toEqual({ data: { __typename: "Query" } });
    await expectTooLarge(`${operations} query`, `${TOKENS_MAX} tokens`);
  });

  test("LIM-26 text, whatever it is made of", async () => {
    const withText = (units: number) => `{ __typename } #${"x".repeat(units - 16)}`;
    await expectAccepted(withText(UNITS_MAX));
    await expectTooLarge(withText(UNITS_MAX + 1), `${UNITS_MAX} characters`);
    const aliases = repeated(1_000_000, (index) => `a${index}: __typename`);
    await expectTooLarge(`{ ${aliases} }`, `${UNITS_MAX} characters`);
  });

  test("LIM-26 fragments that contain each other, also where nothing asks for them", async () => {
    const circle = "fragment A on Query { ...B } fragment B on Query { viewer { id } ...A }";
    const deep = "fragment A on Template { author { ...B } } fragment B on User { ... { ...A } }";
    for (const document of [
      `{ ...A } ${circle}`,
      `{ viewer { id } } ${circle} `,
      `{ id } ${deep}`,
    ]) {
      const { json } = await query(server, document);
      expect(json.errors?.[0]?.extensions?.code, document).toBe("GRAPHQL_VALIDATION_FAILED");
      expect(json.errors?.[0]?.message).toBe('Fragment "A" contains itself.');
    }
  });

  test("LIM-26 one field selected again and again at one place", async () => {
    // The first is one comparison, the second two, the third three.
    const fields = (count: number) => `{ ${repeated(count, () => "__typename")} }`;
    await expectAccepted(fields(9));
    await expectTooLarge(fields(10), `${COMPARISONS_MAX} comparisons`);
    // At another place it is another one.
    const places = ["viewer", "a: viewer", "b: viewer"];
    const five = repeated(5, () => "__typename");
    await expectAccepted(`{ ${places.map((place) => `${place} { ${five} }`).join(" ")} }`);
  });

  test("LIM-26 repetitions that fragments hide", async () => {
    const spread = (count: number) => `{ viewer { ${repeated(count, (i) => `...F${i}`)} } }`;
    const fragments = (count: number) =>
      repeated(count, (index) => `fragment F${index} on User { id }`);
    await expectAccepted(`${spread(4)} ${fragments(4)}`);
    await expectTooLarge(`${spread(7)} ${fragments(7)}`, `${COMPARISONS_MAX} comparisons`);
    // Each doubles what the next one describes, at places of their own.
    const bomb = repeated(
      5,
      (i) =>
        `fragment B${i} on Template { author { ...B${i + 1} } at(version: 1) { ...B${i + 1} } }`,
    );
    await expectTooLarge(`{ __typename } ${bomb}`, `${COMPARISONS_MAX} comparisons`);
  });
});

describe("lists of requests", () => {
  const batch = (count: number) =>
    send(server, {
      body: JSON.stringify(Array.from({ length: count }, () => ({ query: "{ viewer { id } }" }))),
    });

  test("at the limit each is answered", async () => {
    const { text } = await batch(BATCH_MAX);
    expect(JSON.parse(text)).toEqual(
      Array.from({ length: BATCH_MAX }, () => ({ data: { viewer: null } })),
    );
  });

  test("one beyond, and an empty list, are refused", async () => {
    expect((await batch(BATCH_MAX + 1)).json.errors?.[0]?.extensions?.code).toBe(
      "PAYLOAD_TOO_LARGE",
    );
    expect((await batch(0)).json.errors?.[0]?.extensions?.code).toBe("BAD_REQUEST");
  });
});

describe("over WebSocket", () => {
  test("the same limits hold", async () => {
    const document = `{ ${repeated(ALIASES_MAX + 1, (index) => `a${index}: viewer { id }`)} }`;
    const { received } = await socketUntilClosed(server, [
      JSON.stringify({ type: "connection_init" }),
      JSON.stringify({ id: "1", type: "subscribe", payload: { query: document } }),
      // Ends the connection from the server's side: this id is in use.
      JSON.stringify({ type: "nonsense" }),
    ]);
    const error = received.find(({ type }) => type === "error");
    if (error !== undefined) expect(JSON.stringify(error)).toContain("DOCUMENT_TOO_LARGE");
  });
});
