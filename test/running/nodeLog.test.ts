/** What a node writes to its log, line by line. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer, type RunningServer } from "../../src/node/server.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { TcpProxy } from "../chaos/tcpProxy.js";
import { RedisProcesses } from "../setup/redisProcesses.js";

type Line = { readonly level: string; readonly msg: string } & { readonly [name: string]: unknown };

const PASSWORD = "a secret passphrase";
const CONTENT = "what nobody else may read";
let dataDir: string;
let database: TestDatabase;
let server: RunningServer | undefined;
let lines: Line[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "strata-log-"));
  database = await createTestDatabase();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(
  level: string,
  environment: Record<string, string> = {},
): Promise<RunningServer> {
  lines = [];
  const logger = pino(
    { level, base: null, formatters: { level: (label) => ({ level: label }) } },
    { write: (text: string) => void lines.push(JSON.parse(text) as Line) },
  );
  const settings = { PORT: "0", NODE_ENV: "test", DATABASE_URL: database.url, DATA_DIR: dataDir };
  server = await startServer(readConfig({ ...settings, ...environment }), { logger });
  return server;
}

async function ask(query: string, variables: object, headers: Record<string, string> = {}) {
  const answer = await fetch(server?.url ?? "", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data } = (await answer.json()) as { data?: Record<string, Record<string, unknown>> };
  return { data, requestId: answer.headers.get("x-request-id") ?? "" };
}

async function signUp(): Promise<Record<string, string>> {
  const query =
    "mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { token } } }";
  const input = { email: `${randomUUID()}@example.com`, name: "Ada", password: PASSWORD };
  const { data } = await ask(query, { input });
  return { authorization: `Bearer ${String(data?.["signUp"]?.["token"])}` };
}

async function createTemplate(headers: Record<string, string>): Promise<string> {
  const query = `mutation ($input: CreateTemplateInput!) {
    createTemplate(input: $input) { ... on TemplateCreated { template { id } } }
  }`;
  const { data } = await ask(query, { input: { name: CONTENT } }, headers);
  const template = data?.["createTemplate"]?.["template"] as { id: string } | undefined;
  return template?.id ?? "";
}

const edit = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`;

function paint(templateId: string, baseVersion: number) {
  const payload = { background: CONTENT };
  const operation = { id: randomUUID(), type: "UPDATE_CANVAS", target: {}, payload };
  return { input: { templateId, baseVersion, onConflict: "REJECT", operations: [operation] } };
}

const said = (message: string) => lines.filter(({ msg }) => msg.includes(message));

describe("the log of a node", () => {
  test("RUN-7 tells of start and stop in one line each at info, and says in each which node it is", async () => {
    await start("info");
    await createTemplate(await signUp());
    await server?.close();
    const node = lines[0]?.["node"];
    expect(node).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
    expect(lines).toMatchObject([
      { node, msg: "started", version: expect.any(String), mode: "test", database: "server" },
      { node, msg: "stopping" },
      { node, msg: "stopped" },
    ]);
  });

  test("RUN-8 tells of mutations, commits and refusals at debug under the id of the request, without content", async () => {
    await start("debug");
    const headers = await signUp();
    const templateId = await createTemplate(headers);
    const applied = await ask(edit, paint(templateId, 1), headers);
    const conflict = await ask(edit, paint(templateId, 1), headers);
    const unknown = await ask("{ noSuchField }", {}, headers);
    const expired = await ask("{ viewer { id } }", {}, { authorization: "Bearer no-token" });
    const action = "APPLY_OPERATIONS";
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          msg: "committed",
          templateId,
          fromVersion: 1,
          toVersion: 2,
          types: { UPDATE_CANVAS: 1 },
        }),
        expect.objectContaining({
          requestId: applied.requestId,
          templateId,
          action,
          result: "ACCEPTED",
          toVersion: 2,
        }),
        expect.objectContaining({
          requestId: conflict.requestId,
          action,
          result: "REFUSED",
          code: "VERSION_CONFLICT",
        }),
        expect.objectContaining({
          requestId: unknown.requestId,
          code: "GRAPHQL_VALIDATION_FAILED",
        }),
        expect.objectContaining({
          requestId: expired.requestId,
          status: 401,
          code: "UNAUTHENTICATED",
        }),
      ]),
    );
    const text = JSON.stringify(lines);
    for (const secret of [PASSWORD, CONTENT, headers["authorization"]?.slice(7) ?? ""]) {
      expect(text).not.toContain(secret);
    }
  });

  test("RUN-8 tells of rate limits, and of subscriptions that begin and end", async () => {
    await start("debug", { OPERATIONS_PER_MINUTE_MAX: "1" });
    const headers = await signUp();
    const templateId = await createTemplate(headers);
    for (const version of [1, 2, 3]) await ask(edit, paint(templateId, version), headers);
    expect(said("mutation").some(({ code }) => code === "RATE_LIMITED")).toBe(true);
    const requestId = await follow(templateId, headers);
    await expect.poll(() => said("a subscription ended").length).toBe(1);
    const about = { requestId, field: "templateChanged", templateId };
    expect(said("a subscription")).toMatchObject([about, about]);
  });

  test("RUN-8 writes nothing of it at info", async () => {
    await start("info");
    const headers = await signUp();
    await ask(edit, paint(await createTemplate(headers), 7), headers);
    await ask("{ noSuchField }", {});
    // The server of the test before may lose its last statement while it closes; all servers of a process share that watch.
    const told = lines.map(({ msg }) => String(msg)).filter((msg) => !msg.includes("PostgreSQL"));
    expect(told).toEqual(["started"]);
  });

  test("RUN-8 takes the id of a request from proxies that are trusted, and from nobody else", async () => {
    const named = { "x-request-id": "from-elsewhere.1" };
    await start("info");
    expect((await ask("{ viewer { id } }", {}, named)).requestId).toMatch(/^[0-9a-f-]{36}$/);
    await server?.close();
    await start("info", { TRUSTED_PROXIES: "1" });
    expect((await ask("{ viewer { id } }", {}, named)).requestId).toBe("from-elsewhere.1");
    const odd = { "x-request-id": "a b" };
    expect((await ask("{ viewer { id } }", {}, odd)).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test(
    "RUN-7 tells that PostgreSQL and Redis came back, once each",
    { timeout: 60_000 },
    async () => {
      const servers = new RedisProcesses();
      const redis = await servers.server();
      const url = new URL(database.url);
      const network = await TcpProxy.listen(() => Number(new URL(database.url).port));
      url.host = `127.0.0.1:${network.port}`;
      const redisUrl = `redis://127.0.0.1:${redis.port}`;
      await start("info", { REDIS_URL: redisUrl, DATABASE_URL: url.href });
      await redis.kill();
      await expect.poll(() => said("Redis publisher: connection lost").length).toBe(1);
      await servers.serverAt(redis.port);
      await expect.poll(() => said("recovered: Redis").length, { timeout: 20_000 }).toBe(1);
      network.cut("reset");
      await ask("{ viewer { id } }", {}, { authorization: "Bearer strata_unknown" });
      await expect.poll(() => said("cannot be reached").length, { timeout: 20_000 }).toBe(1);
      network.heal();
      await expect.poll(() => said("recovered: PostgreSQL").length, { timeout: 20_000 }).toBe(1);
      await server?.close();
      await network.close();
      await servers.end();
    },
  );
});

/** Subscribes over WebSocket and leaves; resolves with the id that the connection was answered with. */
async function follow(
  templateId: string,
  { authorization }: Record<string, string>,
): Promise<string> {
  const socket = new WebSocket(server?.wsUrl ?? "", "graphql-transport-ws");
  let requestId = "";
  socket.on("upgrade", ({ headers }) => (requestId = String(headers["x-request-id"])));
  const query =
    "subscription ($templateId: ID!) { templateChanged(templateId: $templateId) { kind } }";
  const messages = {
    open: { type: "connection_init", payload: { authorization } },
    subscribe: { id: "1", type: "subscribe", payload: { query, variables: { templateId } } },
  };
  socket.on("open", () => socket.send(JSON.stringify(messages.open)));
  socket.on("message", () => socket.send(JSON.stringify(messages.subscribe)));
  await expect.poll(() => said("a subscription began").length).toBe(1);
  socket.close();
  return requestId;
}
