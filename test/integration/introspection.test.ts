/** What describing the schema costs: what tools send is answered from memory, what goes round in circles is refused. */
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { query, startTestServer, type TestServer } from "./runningServer.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({});
});
afterAll(() => server.close());

const whole = "types { fields { args { type { name } } type { fields { args { name } } } } }";
const circle = `types ${"{ fields { type ".repeat(4)} { name } ${"} }".repeat(4)}`;
const aliases = Array.from({ length: 25 }, (_, index) => `s${index}: __schema { ${whole} }`);

describe("LIM-75", () => {
  test("what tools ask of the schema is answered, and the same again", async () => {
    for (const text of [
      getIntrospectionQuery(),
      getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true, schemaDescription: true }),
      "{ __schema { types { fields { type { ofType { ofType { name } } } } } } }",
      '{ __type(name: "Mutation") { fields { name args { name type { name } } } } viewer { id } }',
    ]) {
      const first = await query(server, text);
      expect(first.json.errors).toBeUndefined();
      expect((await query(server, text)).text).toBe(first.text);
    }
  });

  test.each([
    ["goes round in circles", `{ __schema { ${circle} } }`],
    [
      "goes round in circles through a fragment",
      `{ ...A } fragment A on Query { __schema { ${circle} } }`,
    ],
    ["is asked many times", `{ ${aliases.join(" ")} }`],
  ])("introspection that %s is refused", async (_name, text) => {
    const { json } = await query(server, text);
    expect(json.errors?.[0]?.extensions?.code).toBe("DOCUMENT_TOO_LARGE");
    expect(json.errors?.[0]?.message).toContain("costs more than");
  });
});
