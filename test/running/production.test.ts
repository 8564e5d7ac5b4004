/** What a node in production shows of itself. */
import { afterEach, expect, test } from "vitest";
import { query, send, startTestServer, type TestServer } from "../integration/runningServer.js";

let server: TestServer | undefined;
afterEach(() => server?.close());

const introspection = "{ __schema { queryType { name } } }";

test("RUN-10 GraphiQL and introspection are off in production, and on where they are asked for", async () => {
  server = await startTestServer({ NODE_ENV: "production" });
  expect((await send(server, { method: "GET", path: "/graphiql" })).status).toBe(404);
  expect((await query(server, introspection, {})).text).toContain("introspection");
  const unknown = (await query(server, "{ viewr { id } }", {})).text;
  expect(unknown).not.toContain("Did you mean");
  expect(server.graphiqlUrl).toBeUndefined();
  await server.close();
  server = await startTestServer({
    NODE_ENV: "production",
    GRAPHIQL: "true",
    INTROSPECTION: "true",
  });
  expect((await send(server, { method: "GET", path: "/graphiql" })).status).toBe(200);
  expect((await query(server, introspection, {})).text).toContain('"name":"Query"');
  // There is no demo in production, and so no session of it.
  expect((await send(server, { method: "GET", path: "/graphiql/demo" })).status).toBe(404);
});
