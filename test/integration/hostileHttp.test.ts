/** What a hostile or broken client can send over HTTP: each gets a typed refusal, and the server goes on. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  newAuthor,
  query,
  raw,
  send,
  startTestServer,
  type Answer,
  type TestServer,
} from "./runningServer.js";

const BODY_BYTES_MAX = 100_000;
const viewer = "{ viewer { id } }";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    HTTP_BODY_BYTES_MAX: String(BODY_BYTES_MAX),
    HTTP_REQUEST_MS: "1500",
    HTTP_HEADERS_MS: "1000",
    HTTP_HEADER_BYTES_MAX: "4096",
  });
});
afterAll(() => server.close());

/** Whatever was sent, the next client is served. */
afterEach(async () => {
  expect((await query(server, viewer)).json).toEqual({ data: { viewer: null } });
});

function expectRefusal(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.json.errors?.[0]?.extensions?.code).toBe(code);
  expect(answer.json.errors?.[0]?.message).toBeTruthy();
  expect(answer.json.data).toBeUndefined();
}

function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ query: viewer, variables: { pad: "" } });
  return JSON.stringify({ query: viewer, variables: { pad: "x".repeat(bytes - empty.length) } });
}

describe("the size of a body", () => {
  test.each([false, true])("at the limit it is read (chunked: %s)", async (chunked) => {
    const answer = await send(server, { body: bodyOf(BODY_BYTES_MAX), chunked });
    expect(answer.json).toEqual({ data: { viewer: null } });
  });

  test.each([false, true])("one byte beyond it is refused (chunked: %s)", async (chunked) => {
    const answer = await send(server, { body: bodyOf(BODY_BYTES_MAX + 1), chunked });
    expectRefusal(answer, 413, "PAYLOAD_TOO_LARGE");
  });

  test("LIM-28 of who is not signed in it is bounded further", async () => {
    const few = await startTestServer({ HTTP_ANONYMOUS_BODY_BYTES_MAX: "1000" });
    try {
      expect((await send(few, { body: bodyOf(1_000) })).json).toEqual({ data: { viewer: null } });
      const refused = await send(few, { body: bodyOf(1_001) });
      expectRefusal(refused, 413, "PAYLOAD_TOO_LARGE");
      const { token } = await newAuthor(few);
      const headers = { authorization: `Bearer ${token}` };
      const { json } = await send(few, { body: bodyOf(50_000), headers });
      expect(json.data?.["viewer"]).toMatchObject({ id: expect.any(String) as string });
    } finally {
      await few.close();
    }
  });

  test("a body that never ends is cut off", async () => {
    const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const answer = await raw(server, `${head}Transfer-Encoding: chunked\r\n\r\n`, chunk, chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("a length that is announced and too large is refused before anything is sent", async () => {
    const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    const answer = await raw(server, `${head}Content-Length: 999999999999\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe("the wire", () => {
  test("a body that does not come in time", async () => {
    const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    expect(await raw(server, `${head}Content-Length: 100\r\n\r\n{"query"`)).toMatch(
      /^HTTP\/1\.1 408 /,
    );
  });

  test("headers that do not come in time", async () => {
    expect(await raw(server, "POST /graphql HTTP/1.1\r\nHost: x\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("headers beyond their limit", async () => {
    const answer = await send(server, { headers: { "x-large": "x".repeat(5_000) } });
    expect(answer.status).toBe(431);
  });

  test("bytes that are not HTTP", async () => {
    expect(await raw(server, Buffer.from([0, 255, 1, 254, 13, 10, 13, 10]))).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  test("two lengths, and a length beside chunks (request smuggling)", async () => {
    const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    const twice = await raw(server, `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`);
    expect(twice).toMatch(/^HTTP\/1\.1 400 /);
    const both = await raw(
      server,
      `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(both).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a client that leaves in the middle of its body", async () => {
    await new Promise<void>((resolve) => {
      const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
      void raw(server, `${head}Content-Length: 10\r\n\r\n{`).then(() => resolve());
    });
  });
});

describe("the form of a request", () => {
  test.each([
    ["text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["multipart/form-data; boundary=x", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["application/json; charset=utf-16", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["application/graphql", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["", 415, "UNSUPPORTED_MEDIA_TYPE"],
  ])("content type %o", async (type, status, code) => {
    const answer = await send(server, {
      headers: { "content-type": type },
      body: JSON.stringify({ query: viewer }),
    });
    expectRefusal(answer, status, code);
  });

  test("a compressed body", async () => {
    const answer = await send(server, { headers: { "content-encoding": "gzip" }, body: "{}" });
    expectRefusal(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
  });

  test.each([
    ["nothing", ""],
    ["half of JSON", '{"query": "{'],
    ["a text", '"{ viewer { id } }"'],
    ["a number", "1"],
    ["null", "null"],
    ["an empty list", "[]"],
    ["a list", JSON.stringify([{ query: viewer }])],
    ["an object without a query", "{}"],
    ["a query that is no text", '{"query": {"a": 1}}'],
    ["variables that are no object", '{"query": "{ viewer { id } }", "variables": [1]}'],
    ["an operation name that is no text", '{"query": "{ viewer { id } }", "operationName": 1}'],
    ["an unknown parameter", '{"query": "{ viewer { id } }", "__proto__": {"a": 1}}'],
    ["a byte order mark", "\uFEFF{}"],
    ["NUL", "\0"],
    ["deep JSON", "[".repeat(90_000)],
    ["deep JSON that ends", "[".repeat(40_000) + "]".repeat(40_000)],
  ])("%s", async (_name, body) => {
    expectRefusal(await send(server, { body }), 400, "BAD_REQUEST");
  });

  test.each([
    ["bad UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ["an overlong form", Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xc0, 0x80])])],
    ["half a surrogate pair in UTF-8", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ["binary", Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 256))],
  ])("%s", async (_name, body) => {
    expectRefusal(await send(server, { body }), 400, "BAD_REQUEST");
  });

  test("of two equal keys the last counts, as in JSON.parse", async () => {
    const answer = await send(server, { body: `{"query": "{ nonsense }", "query": "${viewer}"}` });
    expect(answer.json).toEqual({ data: { viewer: null } });
  });

  test("deep variables are as good as any that are not asked for", async () => {
    const depth = 10_000;
    const body = `{"query": "${viewer}", "variables": {"x": ${"[".repeat(depth)}${"]".repeat(depth)}}}`;
    expect((await send(server, { body })).json).toEqual({ data: { viewer: null } });
  });

  test.each(["PUT", "DELETE", "PATCH"])("the method %s", async (method) => {
    expectRefusal(await send(server, { method, body: "{}" }), 405, "METHOD_NOT_ALLOWED");
  });

  test("a mutation by GET", async () => {
    const document = 'mutation { signIn(input: { email: "a", password: "b" }) { __typename } }';
    const path = `/graphql?query=${encodeURIComponent(document)}`;
    expectRefusal(await send(server, { method: "GET", path }), 405, "BAD_REQUEST");
  });

  test("a query by GET, whose variables are not JSON", async () => {
    const good = `/graphql?query=${encodeURIComponent(viewer)}`;
    expect((await send(server, { method: "GET", path: good })).json).toEqual({
      data: { viewer: null },
    });
    const answer = await send(server, { method: "GET", path: `${good}&variables={` });
    expectRefusal(answer, 400, "BAD_REQUEST");
  });

  test("an Accept that nothing meets", async () => {
    const answer = await send(server, {
      headers: { accept: "image/png" },
      body: JSON.stringify({ query: viewer }),
    });
    expectRefusal(answer, 406, "NOT_ACCEPTABLE");
  });

  test("a subscription that is asked for as JSON", async () => {
    const { token, templateId } = await newAuthor(server);
    const document = `subscription { templateChanged(templateId: "${templateId}") { toVersion } }`;
    expectRefusal(await query(server, document, {}, token), 406, "BAD_REQUEST");
  });

  test("a path that does not exist", async () => {
    expectRefusal(await send(server, { path: "/../etc/passwd", body: "{}" }), 404, "NOT_FOUND");
    const page = await send(server, { method: "GET", path: "/graphiql/../../package.json" });
    expect(page.status).toBe(404);
  });
});

describe("who asks", () => {
  test.each([
    ["nonsense", "Bearer nonsense"],
    ["no scheme", "abc.def.ghi"],
    ["another scheme", "Basic YTpi"],
    ["an unsigned token", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiZXhwIjo5OTk5OTk5OTk5fQ."],
    ["a long one", `Bearer ${"a".repeat(3_900)}`],
  ])("%s as a token is refused, not taken for nobody", async (_name, authorization) => {
    const answer = await send(server, {
      headers: { authorization },
      body: JSON.stringify({ query: viewer }),
    });
    expectRefusal(answer, 401, "UNAUTHENTICATED");
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
  });

  test("an expired token, and one that was changed", async () => {
    const { services } = server;
    const { token } = await services.tokens.issue(services.newId());
    const [head, body, signature = ""] = token.split(".");
    const changed = [head, body, signature.replace(/^./, (first) => (first === "A" ? "B" : "A"))];
    expectRefusal(await query(server, viewer, {}, changed.join(".")), 401, "UNAUTHENTICATED");
  });

  test("no other origin may read or ask, unless it is listed", async () => {
    const headers = { origin: "https://evil.example" };
    const preflight = await send(server, {
      method: "OPTIONS",
      headers: { ...headers, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(403);
    const answer = await send(server, { headers, body: JSON.stringify({ query: viewer }) });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});
