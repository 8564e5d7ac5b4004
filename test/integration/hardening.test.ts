/** What the API tells and takes where it is closed up: no schema, agreed documents alone, no pages of other sites. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  query,
  raw,
  send,
  startTestServer,
  type Answer,
  type GraphQLAnswer,
  type TestServer,
} from "./runningServer.js";

let server: TestServer | undefined;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server?.close();
  server = undefined;
});

const start = async (environment: { readonly [name: string]: string } = {}) => {
  server = await startTestServer(environment);
  return server;
};

const post = (to: TestServer, body: object, headers: { readonly [name: string]: string } = {}) =>
  send(to, { body: JSON.stringify(body), headers });

const codeOf = ({ json }: Answer) => json.errors?.[0]?.extensions?.code;

/** What a WebSocket, of a page of the origin if any, is answered to one request. */
function overSocket(to: TestServer, payload: object, origin?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(to.wsUrl, "graphql-transport-ws", origin ? { origin } : {});
    socket.on("open", () => socket.send('{"type":"connection_init"}'));
    socket.on("error", reject);
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      if (message.type === "connection_ack") {
        return socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
      }
      resolve(message.payload);
      socket.close();
    });
  });
}

describe("a hidden schema", () => {
  test("LIM-20 is told on no transport, nor by suggestions", async () => {
    const to = await start({ INTROSPECTION: "false", GRAPHIQL: "false" });
    const documents = ["{ __schema { types { name } } }", '{ __type(name: "User") { name } }'];
    for (const document of documents) {
      const { json } = await query(to, document);
      expect(json.data).toBeUndefined();
      expect(json.errors?.length).toBeGreaterThan(0);
      expect(await overSocket(to, { query: document })).toContainEqual(
        expect.objectContaining({ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }),
      );
    }
    expect((await query(to, "{ __typename viewer { __typename } }")).json.errors).toBeUndefined();
    for (const wrong of ["{ viewr { id } }", "{ viewer { idd } }", "{ serverNode { id } }"]) {
      const { text } = await query(to, wrong);
      expect(text).not.toContain("Did you mean");
      expect(JSON.stringify(await overSocket(to, { query: wrong }))).not.toContain("Did you mean");
    }
    const values = await query(
      to,
      "mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }",
      { input: { templateId: "x", baseVersion: 1, operations: [], onConflict: "MERG" } },
    );
    expect(values.text).toContain("MERG");
    expect(values.text).not.toContain("Did you mean");
    // Values of variables are checked when a subscription is opened.
    const text =
      "subscription ($id: ID!, $v: ViewportInput) { templateChanged(templateId: $id, viewport: $v) { kind } }";
    const v = { pageId: "p", x: 0, y: 0, width: 1, heigth: 1 };
    const payload = { query: text, variables: { id: "x", v } };
    const accept = { accept: "text/event-stream" };
    const streamed = await send(to, { body: JSON.stringify(payload), headers: accept });
    for (const told of [streamed.text, JSON.stringify(await overSocket(to, payload))]) {
      expect(told).toContain("heigth");
      expect(told).not.toContain("Did you mean");
    }
    for (const path of ["/graphiql", "/graphiql/", "/"]) {
      expect((await send(to, { method: "GET", path })).status, path).toBe(404);
    }
  });

  test("LIM-20 is told where nothing else is said", async () => {
    const to = await start();
    expect((await query(to, "{ __schema { types { name } } }")).json.errors).toBeUndefined();
    expect((await query(to, "{ viewr { id } }")).text).toContain("Did you mean");
  });
});

describe("persisted documents", () => {
  const text = "query Who { viewer { id } }";
  const hash = createHash("sha256").update(text).digest("hex");
  const other = "0".repeat(64);

  function manifest(content: object): string {
    const path = join(folder, "documents.json");
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  const apollo = (sha256Hash: string) => ({
    extensions: { persistedQuery: { version: 1, sha256Hash } },
  });
  const ways = [
    { documentId: hash },
    { documentId: `sha256:${hash.toUpperCase()}` },
    apollo(hash),
    { query: "", documentId: hash },
  ];

  test("LIM-21 are run by their hash, on every transport, and nothing else where required", async () => {
    const to = await start({
      PERSISTED_DOCUMENTS: "require",
      PERSISTED_DOCUMENTS_FILE: manifest({ [hash]: text }),
    });
    const answer = { data: { viewer: null } };
    for (const way of ways) {
      expect((await post(to, way)).json, JSON.stringify(way)).toEqual(answer);
      expect(await overSocket(to, { query: "", ...way })).toEqual(answer);
      const events = await post(to, way, { accept: "text/event-stream" });
      expect(events.text).toContain(JSON.stringify(answer));
    }
    const inUrl = `/graphql?documentId=${hash}`;
    const got = await send(to, {
      method: "GET",
      path: inUrl,
      headers: { "graphql-require-preflight": "1" },
    });
    expect(got.json).toEqual(answer);

    const refused: readonly (readonly [object, string])[] = [
      [{ query: text }, "PERSISTED_DOCUMENT_REQUIRED"],
      [{ query: "{ __schema { types { name } } }" }, "PERSISTED_DOCUMENT_REQUIRED"],
      [{ documentId: other }, "PERSISTED_DOCUMENT_NOT_FOUND"],
      [{ query: text, ...apollo(other) }, "PERSISTED_DOCUMENT_NOT_FOUND"],
      [{ documentId: "__proto__" }, "PERSISTED_DOCUMENT_NOT_FOUND"],
      [{ documentId: "" }, "PERSISTED_DOCUMENT_NOT_FOUND"],
    ];
    for (const [request, code] of refused) {
      expect(codeOf(await post(to, request)), JSON.stringify(request)).toBe(code);
      expect(codeOf(await post(to, request, { accept: "text/event-stream" }))).toBe(code);
      expect(await overSocket(to, { query: "", ...request })).toMatchObject([
        { extensions: { code } },
      ]);
    }
    for (const request of [{ documentId: 7 }, { extensions: { persistedQuery: 1 } }, {}]) {
      expect(codeOf(await post(to, request)), JSON.stringify(request)).toBe("BAD_REQUEST");
    }
  });

  test("LIM-21 are run beside others where they are allowed, and unknown where not", async () => {
    const to = await start({
      PERSISTED_DOCUMENTS: "allow",
      PERSISTED_DOCUMENTS_FILE: manifest({ [`sha256:${hash}`]: text }),
    });
    for (const way of [...ways, { query: text }, { query: text, ...apollo(other) }]) {
      expect((await post(to, way)).json, JSON.stringify(way)).toEqual({ data: { viewer: null } });
    }
    expect(codeOf(await post(to, { documentId: other }))).toBe("PERSISTED_DOCUMENT_NOT_FOUND");
    await to.close();
    server = await startTestServer();
    expect((await post(server, { documentId: hash })).json.errors?.length).toBe(1);
  });

  test("LIM-21 whose manifest is wrong end the start with a line that says so", async () => {
    for (const path of [
      manifest({ [other]: text }),
      manifest([text]),
      manifest({ [hash]: 1 }),
      join(folder, "nothing.json"),
      folder,
    ]) {
      await expect(
        start({ PERSISTED_DOCUMENTS: "require", PERSISTED_DOCUMENTS_FILE: path }),
      ).rejects.toThrow(/^PERSISTED_DOCUMENTS_FILE: /);
    }
    await expect(start({ PERSISTED_DOCUMENTS: "require" })).rejects.toThrow(
      /^PERSISTED_DOCUMENTS_FILE: /,
    );
  });
});

describe("pages of other sites", () => {
  const listed = "https://app.example.com";
  const evil = "https://evil.example";

  test("LIM-22 cannot ask by what a browser sends without asking", async () => {
    const to = await start({ CORS_ORIGINS: listed });
    const body = JSON.stringify({ query: "{ viewer { id } }" });
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "",
    ]) {
      const { status } = await send(to, { body, headers: { "content-type": type, origin: evil } });
      expect(status, type).toBe(415);
    }
    const path = `/graphql?query=${encodeURIComponent("{ viewer { id } }")}`;
    const get = (headers: { readonly [name: string]: string }) =>
      send(to, { method: "GET", path, headers: { "content-type": "text/plain", ...headers } });
    expect(codeOf(await get({}))).toBe("CROSS_SITE_REQUEST");
    expect(codeOf(await get({ "sec-fetch-site": "cross-site" }))).toBe("CROSS_SITE_REQUEST");
    expect(codeOf(await get({ "sec-fetch-site": "same-site" }))).toBe("CROSS_SITE_REQUEST");
    expect((await get({ "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await get({ "graphql-require-preflight": "" })).status).toBe(200);
    expect((await get({ "apollo-require-preflight": "true" })).status).toBe(200);
  });

  test("LIM-22 a GET changes nothing", async () => {
    const to = await start();
    const document = `mutation { createTemplate(input: { name: "x" }) { __typename } }`;
    const { status, json } = await send(to, {
      method: "GET",
      path: `/graphql?query=${encodeURIComponent(document)}`,
    });
    expect(status).toBe(405);
    expect(json.data).toBeUndefined();
    const stream = await send(to, {
      method: "GET",
      path: `/graphql?query=${encodeURIComponent(document)}`,
      headers: { accept: "text/event-stream" },
    });
    expect([stream.status, codeOf(stream)]).toEqual([405, "BAD_REQUEST"]);
  });

  test("LIM-22 are answered where their origin is listed, and then alone", async () => {
    const to = await start({ CORS_ORIGINS: listed });
    const allowed = await preflight(to, listed);
    expect(allowed.status).toBe(204);
    expect(allowed.headers["access-control-allow-origin"]).toBe(listed);
    expect(allowed.headers["access-control-allow-headers"]).toContain("authorization");
    expect(allowed.headers["access-control-allow-methods"]).toBe("POST, GET");
    expect(allowed.headers["access-control-allow-credentials"]).toBeUndefined();
    for (const origin of [evil, "null", `${listed}.evil.example`, "http://app.example.com"]) {
      const refused = await preflight(to, origin);
      expect(refused.status, origin).toBe(403);
      expect(refused.headers["access-control-allow-origin"]).toBeUndefined();
    }
    const answer = await post(to, { query: "{ viewer { id } }" }, { origin: listed });
    expect(answer.headers["access-control-allow-origin"]).toBe(listed);
    expect(answer.headers["access-control-expose-headers"]).toContain("retry-after");
    expect(answer.headers["vary"]).toBe("Origin");
  });

  const local = ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:4173"];
  const notLocal = [
    "http://localhost.evil.example",
    "http://evil.example:5173",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.2:5173",
    "http://localhost@evil.example",
    "http://localhost:5173/path",
    "file://localhost",
    "null",
    "localhost:5173",
  ];
  const preflight = (to: TestServer, origin: string) =>
    send(to, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,last-event-id",
      },
    });
  const asked = { query: "{ viewer { id } }" };

  test("LIM-30 of this machine may ask on any port outside production", async () => {
    const to = await start();
    for (const origin of [...local, "https://localhost", "http://localhost"]) {
      const { status, headers } = await preflight(to, origin);
      expect([status, headers["access-control-allow-origin"]], origin).toEqual([204, origin]);
      expect(headers["access-control-allow-headers"]).toContain("last-event-id");
      const answer = await post(to, asked, { origin });
      expect(answer.headers["access-control-allow-origin"], origin).toBe(origin);
      expect(await overSocket(to, asked, origin)).toEqual({ data: { viewer: null } });
    }
    for (const origin of notLocal) {
      const { status, headers } = await preflight(to, origin);
      expect([status, headers["access-control-allow-origin"]], origin).toEqual([403, undefined]);
      expect(headers["vary"]).toBe("Origin");
      await expect(overSocket(to, asked, origin), origin).rejects.toThrow(/403/);
    }
  });

  test("LIM-30 of this machine are strangers in production", async () => {
    const to = await start({ NODE_ENV: "production", CORS_ORIGINS: listed });
    for (const origin of local) {
      expect((await preflight(to, origin)).status, origin).toBe(403);
      await expect(overSocket(to, asked, origin), origin).rejects.toThrow(/403/);
    }
    expect((await preflight(to, listed)).status).toBe(204);
  });

  test("LIM-30 are told in the answer which setting lets them in", async () => {
    const to = await start();
    const refused = await preflight(to, "https://app.example.com");
    expect(codeOf(refused)).toBe("CROSS_SITE_REQUEST");
    expect(refused.json.errors?.[0]?.message).toBe(
      "pages of https://app.example.com may not call this API: add https://app.example.com to the setting CORS_ORIGINS of the server (origins separated by commas) and restart it",
    );
    expect((await preflight(to, "null")).json.errors?.[0]?.message).toContain("CORS_ORIGINS");
    const upgrade = await raw(
      to,
      [
        "GET /graphql HTTP/1.1",
        "Host: api.example.com",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Origin: https://app.example.com",
        "\r\n",
      ].join("\r\n"),
    );
    expect(upgrade).toMatch(/^HTTP\/1\.1 403 /);
    expect(upgrade).toContain("add https://app.example.com to the setting CORS_ORIGINS");
  });

  test("LIM-22 open WebSockets where their origin is listed or the server's own", async () => {
    const to = await start({ CORS_ORIGINS: listed });
    const answer = { data: { viewer: null } };
    expect(await overSocket(to, asked)).toEqual(answer);
    expect(await overSocket(to, asked, listed)).toEqual(answer);
    expect(await overSocket(to, asked, new URL(to.url).origin)).toEqual(answer);
    for (const origin of [evil, "null", "nonsense"]) {
      await expect(overSocket(to, asked, origin)).rejects.toThrow(/403/);
    }
  });
});

describe("errors", () => {
  const byId = "query ($id: ID!) { template(id: $id) { id } }";
  const byName = 'query ($name: String = "User") { __type(name: $name) { name } }';
  const wrong: readonly (readonly [code: string, body: object])[] = [
    ["GRAPHQL_PARSE_FAILED", { query: "subscription {" }],
    ["GRAPHQL_VALIDATION_FAILED", { query: "{ nothing }" }],
    ["OPERATION_RESOLUTION_FAILURE", { query: "query A { viewer { id } }", operationName: "B" }],
    ["BAD_USER_INPUT", { query: byId, variables: {} }],
    ["BAD_USER_INPUT", { query: byName, variables: { name: null } }],
    ["DOCUMENT_TOO_LARGE", { query: `{ viewer { ${"id ".repeat(250)} } }` }],
  ];

  test("API-33 have a code, the same on every transport", async () => {
    const to = await start();
    for (const [code, body] of wrong) {
      const streamed = await post(to, body, { accept: "text/event-stream" });
      const event = /^data: (.*)$/m.exec(streamed.text)?.[1] ?? streamed.text;
      const told = await overSocket(to, body);
      const answers = [
        (await post(to, body)).json.errors,
        (JSON.parse(event) as GraphQLAnswer).errors,
        Array.isArray(told) ? told : (told as GraphQLAnswer).errors,
      ];
      for (const errors of answers) {
        expect(errors).toContainEqual(
          expect.objectContaining({ extensions: expect.objectContaining({ code }) as object }),
        );
      }
    }
  });
});

const secured = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=31536000",
  "content-security-policy": expect.stringContaining("default-src 'none'") as string,
  "cache-control": expect.stringContaining("no-store") as string,
};

describe("headers", () => {
  test("LIM-23 secure every answer", async () => {
    const to = await start({ HSTS_SECONDS: "31536000" });
    const answers = [
      await query(to, "{ viewer { id } }"),
      await query(to, "{ nonsense }"),
      await query(to, "{ viewer { id } }", {}, "nonsense"),
      await post(to, { query: "{ viewer { id } }" }, { accept: "text/event-stream" }),
      await post(to, { query: "{ nonsense }" }, { accept: "text/event-stream" }),
      await send(to, { method: "DELETE" }),
      await send(to, { method: "OPTIONS", headers: { origin: "https://evil.example" } }),
      await send(to, { method: "GET", path: "/nothing" }),
      await send(to, { method: "GET", path: "/health/live" }),
      await send(to, { method: "GET", path: "/health/ready" }),
      await send(to, { method: "GET", path: "/graphiql" }),
      await send(to, { body: "{" }),
    ];
    for (const { headers, status } of answers) {
      expect(headers, String(status)).toMatchObject(secured);
      expect(headers["x-powered-by"]).toBeUndefined();
    }
  });

  test("LIM-23 secure answers to what is no request, and to handshakes that fail", async () => {
    const to = await start({
      HSTS_SECONDS: "31536000",
      HTTP_HEADERS_MS: "300",
      HTTP_HEADER_BYTES_MAX: "2000",
    });
    const post = "POST /graphql HTTP/1.1\r\nHost: x\r\n";
    const upgrade = (path: string, more = "") =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`;
    const sent: readonly (readonly [status: number, code: string, bytes: string])[] = [
      [400, "BAD_REQUEST", "\0\x01 nonsense\r\n\r\n"],
      [400, "BAD_REQUEST", `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`],
      [408, "REQUEST_TIMEOUT", post],
      [431, "HEADERS_TOO_LARGE", `${post}X: ${"x".repeat(5_000)}\r\n\r\n`],
      [404, "NOT_FOUND", upgrade("/elsewhere")],
      [403, "CROSS_SITE_REQUEST", upgrade("/graphql", "Origin: https://evil.example\r\n")],
      [400, "BAD_REQUEST", upgrade("/graphql", "Sec-WebSocket-Version: 1\r\n")],
    ];
    for (const [status, code, bytes] of sent) {
      const [head = "", body = ""] = (await raw(to, bytes)).split("\r\n\r\n");
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      const headers = new Map(
        head.split("\r\n").map((line) => line.split(": ") as [string, string]),
      );
      expect(Object.fromEntries(headers), code).toMatchObject(secured);
      expect(headers.get("connection")).toBe("close");
      expect(headers.get("content-length")).toBe(String(body.length));
      expect((JSON.parse(body) as GraphQLAnswer).errors?.[0]?.extensions?.code).toBe(code);
    }
    expect((await query(to, "{ viewer { id } }")).status).toBe(200);
  });

  test("LIM-23 demand HTTPS only where it is said to be there", async () => {
    const to = await start();
    const { headers } = await query(to, "{ viewer { id } }");
    expect(headers["strict-transport-security"]).toBeUndefined();
  });
});

describe("GraphiQL's files", () => {
  const script = async (to: TestServer) => {
    const page = await send(to, { method: "GET", path: "/graphiql" });
    return [...page.text.matchAll(/src="([^"]+)"/g)].at(-1)?.[1] ?? "none";
  };
  const get = (to: TestServer, path: string, headers: { readonly [name: string]: string } = {}) =>
    send(to, { method: "GET", path, headers });

  test("LIM-19 are kept in each form they are sent in, and not sent to who has them", async () => {
    const to = await start();
    const path = await script(to);
    const plain = await get(to, path);
    const gzipped = await get(to, path, { "accept-encoding": "br;q=1.0, gzip;q=0.8" });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(gzipped.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    expect(Number(gzipped.headers["content-length"])).toBeLessThan(plain.text.length / 2);
    const refused = await get(to, path, { "accept-encoding": "gzip;q=0" });
    expect(refused.text).toBe(plain.text);
    for (const { headers } of [plain, gzipped]) {
      expect(headers["cache-control"]).toContain("immutable");
      const encoding = headers["content-encoding"] === "gzip" ? { "accept-encoding": "gzip" } : {};
      const again = await get(to, path, {
        ...encoding,
        "if-none-match": `"x", W/${String(headers["etag"])}`,
      });
      expect([again.status, again.text]).toEqual([304, ""]);
    }
    expect(plain.headers["etag"]).not.toBe(gzipped.headers["etag"]);
    expect((await get(to, path, { "if-none-match": '"other"' })).status).toBe(200);
  });

  test("LIM-19 count against the requests of an address", async () => {
    const to = await start({ ADDRESS_REQUESTS_PER_MINUTE_MAX: "5" });
    const statuses = [];
    for (let count = 0; count < 14; count += 1) statuses.push((await get(to, "/graphiql")).status);
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(statuses.at(-1)).toBe(429);
    expect((await get(to, "/graphiql/none.js")).status).toBe(429);
    expect((await get(to, "/health/live")).status).toBe(200);
  });
});
