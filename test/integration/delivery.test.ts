/** The delivery promise with real parts: two nodes, one PostgreSQL, one Redis, everybody on one template at once. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { RedisProcesses, until, type RedisProcess } from "../setup/redisProcesses.js";
import {
  newAuthor,
  query,
  startTestServer,
  type Author,
  type TestServer,
} from "./runningServer.js";

const EDITS_PER_WRITER = 25;
const WRITERS = 4;

let processes: RedisProcesses;
let redis: RedisProcess;
let database: TestDatabase;
let nodes: readonly [TestServer, TestServer];

beforeEach(async () => {
  processes = new RedisProcesses();
  redis = await processes.server();
  database = await createTestDatabase();
  const shared = { DATABASE_URL: database.url, REDIS_URL: `redis://127.0.0.1:${redis.port}` };
  nodes = [await startTestServer(shared), await startTestServer(shared)];
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await database.drop();
  await processes.end();
});

interface Follower {
  /** Where the changes that came joined on to each other, the version they lead to. */
  version: number;
  readonly ids: string[];
  readonly broken: string[];
}

interface Change {
  readonly kind: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly operations: readonly { readonly id: string; readonly resultingVersion: number }[];
}

const subscription = `subscription ($id: ID!) {
  templateChanged(templateId: $id, fromVersion: 1) {
    kind fromVersion toVersion operations { id resultingVersion }
  }
}`;

function follow({ wsUrl }: TestServer, { token, templateId }: Author): Promise<Follower> {
  const follower: Follower = { version: 1, ids: [], broken: [] };
  const socket = new WebSocket(wsUrl, "graphql-transport-ws");
  socket.on("open", () => {
    const payload = { Authorization: `Bearer ${token}` };
    socket.send(JSON.stringify({ type: "connection_init", payload }));
  });
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      if (message.type === "connection_ack") {
        const payload = { query: subscription, variables: { id: templateId } };
        socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
        resolve(follower);
      }
      if (message.type === "next") take(follower, message.payload);
    });
  });
}

function take(follower: Follower, payload: unknown): void {
  const change = (payload as { data: { templateChanged: Change } }).data.templateChanged;
  const { kind, fromVersion, toVersion, operations } = change;
  const versions = operations.map(({ resultingVersion }) => resultingVersion);
  const joins =
    kind === "OPERATIONS" &&
    fromVersion === follower.version &&
    versions.length === toVersion - fromVersion &&
    versions.every((version, index) => version === fromVersion + 1 + index);
  if (!joins) follower.broken.push(`${kind} ${fromVersion}-${toVersion} at ${follower.version}`);
  follower.version = toVersion;
  follower.ids.push(...operations.map(({ id }) => id));
}

const edit = `mutation ($input: ApplyOperationsInput!) {
  applyOperations(input: $input) { __typename ... on RequestError { code message } }
}`;

/** One person, who edits through the nodes in turn and sends again what was not answered; the ids of what was. */
async function write(author: Author, writer: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < EDITS_PER_WRITER; n += 1) {
    const operations = [1, 2].map((part) => ({
      id: randomUUID(),
      type: "ADD_ELEMENT",
      target: { pageId: "page-1", elementId: `w${writer}-${n}-${part}` },
      payload: { type: "rect", x: n, y: writer, width: 10, height: 10 },
    }));
    const { templateId, token } = author;
    const input = { templateId, baseVersion: 1, onConflict: "MERGE", operations };
    await until(async () => {
      const node = nodes[(writer + n) % 2] as TestServer;
      const { text } = await query(node, edit, { input }, token);
      if (!text.includes("OperationsApplied")) await sleep(20);
      return text.includes("OperationsApplied");
    });
    ids.push(...operations.map(({ id }) => id));
  }
  return ids;
}

async function eventuallyAll(followers: readonly Follower[], ids: readonly string[]) {
  await until(() => followers.every(({ version }) => version >= ids.length + 1));
  for (const follower of followers) {
    expect(follower.broken).toEqual([]);
    expect(follower.ids.toSorted()).toEqual(ids.toSorted());
    expect(follower.ids).toEqual(followers[0]?.ids);
  }
}

describe("two nodes", () => {
  test("NODE-10 are one history for all who write and follow at once", async () => {
    const author = await newAuthor(nodes[0]);
    const followers = await Promise.all([...nodes, ...nodes].map((node) => follow(node, author)));
    const written = await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) => write(author, writer)),
    );
    await eventuallyAll(followers, written.flat());
  });

  test("NODE-10 stay so when Redis dies in the middle and comes back empty", async () => {
    const author = await newAuthor(nodes[0]);
    const followers = await Promise.all([...nodes, ...nodes].map((node) => follow(node, author)));
    const hears = () => nodes.every(({ services }) => services.bus.healthy);
    await until(hears);
    const writing = Promise.all(
      Array.from({ length: WRITERS }, (_, writer) => write(author, writer)),
    );
    await until(() => followers.every(({ version }) => version > 20));
    await redis.kill();
    await until(() => nodes.every(({ services }) => !services.bus.healthy));
    const whileAway = await write(author, WRITERS);
    await processes.serverAt(redis.port);
    const written = [...(await writing).flat(), ...whileAway];
    await until(hears);
    const after = await write(author, WRITERS + 1);
    await eventuallyAll(followers, [...written, ...after]);
  });
});
