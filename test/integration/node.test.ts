/** A node as a whole: its start, its health, how two of them work together, and how one stops. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect, createServer as createProxyServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { readConfig } from "../../src/config/readConfig.js";
import { ListenError } from "../../src/http/httpServer.js";
import { startServer } from "../../src/node/server.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import { newAuthor, query, send, startTestServer, type TestServer } from "./runningServer.js";

const edit = `mutation ($input: ApplyOperationsInput!) {
  applyOperations(input: $input) { __typename ... on OperationsApplied { newVersion } }
}`;

function paint(templateId: string, id: string): object {
  const operation = { id, type: "UPDATE_CANVAS", target: {}, payload: { background: id } };
  return { input: { templateId, baseVersion: 1, onConflict: "FORCE", operations: [operation] } };
}

interface Follower {
  readonly events: string[];
  readonly closed: Promise<number>;
}

/** Follows a template over WebSocket; resolves once it is subscribed. */
function follow({ wsUrl }: TestServer, token: string, templateId: string): Promise<Follower> {
  const socket = new WebSocket(wsUrl, "graphql-transport-ws");
  const events: string[] = [];
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  const document = `subscription ($id: ID!) {
    templateChanged(templateId: $id, fromVersion: 1) { toVersion }
  }`;
  return new Promise((resolve) => {
    socket.on("open", () => {
      const payload = { Authorization: `Bearer ${token}` };
      socket.send(JSON.stringify({ type: "connection_init", payload }));
    });
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      if (message.type === "next") events.push(JSON.stringify(message.payload));
      if (message.type !== "connection_ack") return;
      const payload = { query: document, variables: { id: templateId } };
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
      resolve({ events, closed });
    });
  });
}

describe("two nodes", () => {
  let first: TestServer;
  let second: TestServer;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const shared = { DATABASE_URL: database.url, REDIS_URL: redisUrl() };
    first = await startTestServer(shared);
    second = await startTestServer(shared);
  });
  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
    await database.drop();
  });

  test("are one: a write through one is read and heard through the other", async () => {
    const { token, templateId } = await newAuthor(first);
    const follower = await follow(second, token, templateId);
    await query(first, edit, paint(templateId, "red"), token);
    const read = "query ($id: ID!) { template(id: $id) { version designData } }";
    const { text } = await query(second, read, { id: templateId }, token);
    expect(text).toContain('"background":"red"');
    await query(second, edit, paint(templateId, "blue"), token);
    await expect
      .poll(() => follower.events.at(-1))
      .toBe('{"data":{"templateChanged":{"toVersion":3}}}');
  });

  test("NODE-1 NODE-4 list each other for an administrator", async () => {
    const { token } = await newAuthor(first);
    const document = "{ serverNodes { name status isSelf } }";
    expect((await query(second, document, {}, token)).text).toContain("FORBIDDEN");
    const viewer = (await query(first, "{ viewer { id } }", {}, token)).json.data?.["viewer"];
    await second.services.users.setRole((viewer as { id: string }).id, "ADMIN");
    const listedBy = async (node: TestServer) => {
      const { json } = await query(node, document, {}, token);
      const listed = json.data?.["serverNodes"] as { name: string; isSelf: boolean }[];
      // Other suites' nodes share this Redis.
      return [first, second].map(({ port }) =>
        listed.find(({ name }) => name.endsWith(`:${port}`)),
      );
    };
    await expect
      .poll(() => listedBy(second))
      .toMatchObject([
        { status: "ONLINE", isSelf: false },
        { status: "ONLINE", isSelf: true },
      ]);
    await expect
      .poll(() => listedBy(first))
      .toMatchObject([{ isSelf: true }, { isSelf: false, status: "ONLINE" }]);
  });
});

describe("a node", () => {
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  test("says that it lives and is ready, with headers that keep browsers careful", async () => {
    server = await startTestServer();
    const ready = await send(server, { method: "GET", path: "/health/ready" });
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toEqual({
      status: "ready",
      database: "up",
      newsFromOtherNodes: "up",
    });
    expect((await send(server, { method: "GET", path: "/health/live" })).status).toBe(200);
    expect(ready.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  });

  test("lets the pages of listed origins in, and no others", async () => {
    server = await startTestServer({ CORS_ORIGINS: "https://app.example, https://other.example" });
    const ask = (origin: string, method: string) =>
      send(server as TestServer, {
        method,
        headers: { origin },
        body: method === "POST" ? '{"query":"{ viewer { id } }"}' : "",
      });
    const preflight = await ask("https://app.example", "OPTIONS");
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toContain("authorization");
    const answer = await ask("https://other.example", "POST");
    expect(answer.headers["access-control-allow-origin"]).toBe("https://other.example");
    const refused = await ask("https://evil.example", "POST");
    expect(refused.headers["access-control-allow-origin"]).toBeUndefined();
    expect(refused.headers["vary"]).toBe("Origin");
  });

  test("streams events over SSE", async () => {
    server = await startTestServer();
    const { token, templateId } = await newAuthor(server);
    await query(server, edit, paint(templateId, "red"), token);
    const document = `subscription { templateChanged(templateId: "${templateId}", fromVersion: 1) { toVersion } }`;
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        accept: "text/event-stream",
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: document }),
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes("event: next")) break;
    }
    expect(text).toContain('event: next\ndata: {"data":{"templateChanged":{"toVersion":2}}}\n\n');
  });

  test("stops when what was asked is answered, and sends subscribers and new requests elsewhere (API-31)", async () => {
    const database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url };
    const stopping = await startTestServer(environment);
    const { token, templateId } = await newAuthor(stopping);
    const follower = await follow(stopping, token, templateId);
    const edits = Array.from({ length: 20 }, (_, index) =>
      query(stopping, edit, paint(templateId, `edit-${index}`), token),
    );
    const outcomes = Promise.all(edits);
    await edits[0];
    await stopping.close();
    // Each was either committed or refused in words.
    const acknowledged = (await outcomes).filter(({ status, text }) => {
      const refusal = '"extensions":{"code":"UNAVAILABLE","retryAfterMs":1000}';
      if (status === 503) expect(text).toContain(refusal);
      else expect(text).toContain("OperationsApplied");
      return status === 200;
    });
    expect(await follower.closed).toBe(1_012);
    server = await startTestServer(environment);
    const read = "query ($id: ID!) { template(id: $id) { version } }";
    const { json } = await query(server, read, { id: templateId }, token);
    const { version } = (json.data as { template: { version: number } }).template;
    expect(version).toBe(1 + acknowledged.length);
    await server.close();
    server = undefined;
    await database.drop();
  });
});

describe("a start", () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), "strata-node-"));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test("says in one line that the database went away meanwhile", async () => {
    const database = await createTestDatabase();
    const { hostname, port } = new URL(database.url);
    // The migrations get their connection, whatever comes after them none.
    let connections = 0;
    const proxy = createProxyServer((socket) => {
      connections += 1;
      socket.on("error", () => undefined);
      if (connections > 1) return void socket.destroy();
      const upstream = connect(Number(port), hostname);
      upstream.on("error", () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const url = new URL(database.url);
    url.hostname = "127.0.0.1";
    url.port = String((proxy.address() as AddressInfo).port);
    const config = readConfig({
      ...{ NODE_ENV: "test", PORT: "0", DATABASE_URL: url.href, DATA_DIR: dataDir },
      ...{ LOG_LEVEL: "silent", JWT_SECRET: "a secret of the tests, long enough" },
    });
    await expect(startServer(config)).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringMatching(/^DATABASE_URL: the database cannot be used: [^\n]+$/),
    });
    proxy.close();
    await database.drop();
  });

  test("makes the demo once", async () => {
    const database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, DEMO: "true", DATA_DIR: dataDir };
    const first = await startTestServer(environment);
    expect(first.demo).toMatchObject({ email: "demo@strata.local", isNew: true });
    const read = "{ templates(first: 5) { edges { node { name version designData } } } }";
    const { json, text } = await query(first, read, {}, await tokenOfDemo(first));
    const { templates } = json.data as { templates: { edges: { node: { version: number } }[] } };
    expect(templates.edges.map(({ node }) => node.version)).toEqual([5]);
    expect(text).toContain("checkout page");
    await first.close();
    const second = await startTestServer(environment);
    const passwordFile = join(dataDir, "secrets.json");
    expect(second.demo).toEqual({ email: "demo@strata.local", isNew: false, passwordFile });
    const again = await query(second, read, {}, (await tokenOfDemo(second)) ?? "");
    expect(again.text).toBe(text);
    await second.close();
    await database.drop();
  });

  test("on a port that is taken moves on, unless the port was asked for", async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", resolve));
    const { port } = occupant.address() as AddressInfo;
    const config = readConfig({ PORT: String(port), DATA_DIR: join(dataDir, "never") });
    await expect(startServer(config)).rejects.toThrow(ListenError);
    await expect(startServer(config)).rejects.toThrow(`PORT: ${port} on 127.0.0.1 is taken`);
    const database = await createTestDatabase();
    const given = readConfig({ PORT: String(port), DATABASE_URL: database.url, DATA_DIR: dataDir });
    const moved = await startServer({ ...given, given: new Set<string>() });
    expect(Number(new URL(moved.url).port)).toBeGreaterThan(port);
    await moved.close();
    await database.drop();
    occupant.close();
  });
});

async function tokenOfDemo({ services }: TestServer): Promise<string | undefined> {
  const demo = await services.users.findBySignInName("demo@strata.local");
  return demo && (await services.tokens.issue(demo.id)).token;
}
