/** Presence through whole nodes: two of them on one database and one Redis, over WebSocket and SSE. */
import { spawn, type ChildProcess } from "node:child_process";
import { createClient, type Client } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import { findRedisProgram, redisArguments } from "../setup/redisServer.js";
import { newAuthor, query, startTestServer, type TestServer } from "./runningServer.js";

interface Shown {
  readonly sessionId: string;
  readonly clientId: string;
  readonly cursor: { readonly x: number } | null;
}

const FOLLOW = `subscription ($id: ID!, $token: String) {
  presenceChanged(templateId: $id, sessionToken: $token) {
    joined { sessionId clientId cursor { x } } moved { sessionId clientId cursor { x } } left { sessionId clientId cursor { x } }
  }
}`;
const JOIN = `mutation ($id: ID!, $clientId: String!) {
  joinTemplate(input: { templateId: $id, clientId: $clientId }) { ... on TemplateJoined { session { id token } } }
}`;
const MOVE = `mutation ($input: UpdatePresenceInput!) { updatePresence(input: $input) { __typename } }`;

/** Who is shown to one subscriber, by client. */
class Screen {
  readonly shown = new Map<string, Shown>();
  events = 0;
  completed = false;

  take(payload: {
    data?: { presenceChanged?: Record<"joined" | "moved" | "left", Shown[]> } | null;
  }) {
    const change = payload.data?.presenceChanged;
    if (change === undefined) throw new Error(JSON.stringify(payload));
    this.events += 1;
    for (const entry of [...change.joined, ...change.moved]) this.shown.set(entry.clientId, entry);
    for (const { clientId } of change.left) this.shown.delete(clientId);
  }

  get cursors(): Record<string, number | undefined> {
    return Object.fromEntries([...this.shown].map(([id, { cursor }]) => [id, cursor?.x]));
  }
}

let first: TestServer;
let second: TestServer;
let database: TestDatabase;
const clients: Client[] = [];
const aborts: AbortController[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const shared = { DATABASE_URL: database.url, REDIS_URL: redisUrl() };
  first = await startTestServer(shared);
  second = await startTestServer(shared);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map(async (client) => client.dispose()));
  for (const abort of aborts.splice(0)) abort.abort();
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await database.drop();
});

function overSocket(
  { wsUrl }: TestServer,
  token: string,
  variables: Record<string, unknown>,
): Screen {
  const client = createClient({
    url: wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}` },
  });
  clients.push(client);
  const screen = new Screen();
  client.subscribe(
    { query: FOLLOW, variables },
    {
      next: (payload) => screen.take(payload as never),
      error: (error) => {
        throw new Error(JSON.stringify(error));
      },
      complete: () => (screen.completed = true),
    },
  );
  return screen;
}

async function overEvents({ url }: TestServer, token: string, variables: object): Promise<Screen> {
  const abort = new AbortController();
  aborts.push(abort);
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query: FOLLOW, variables }),
    signal: abort.signal,
  });
  const screen = new Screen();
  void (async () => {
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        if (event.startsWith("event: next"))
          screen.take(JSON.parse(event.slice(event.indexOf("{"))) as never);
        if (event.startsWith("event: complete")) screen.completed = true;
      }
    }
  })().catch(() => undefined);
  return screen;
}

async function join(server: TestServer, token: string, id: string, clientId: string) {
  const { json } = await query(server, JOIN, { id, clientId }, token);
  const joined = json.data?.["joinTemplate"] as { session: { id: string; token: string } };
  return joined.session;
}

async function move(server: TestServer, token: string, sessionToken: string, x: number) {
  const { text } = await query(
    server,
    MOVE,
    { input: { sessionToken, cursor: { x, y: 0 } } },
    token,
  );
  expect(text).toContain("PresenceUpdated");
}

describe("presence on two nodes", () => {
  test("PRES-1 PRES-4 PRES-7 is one, over WebSocket and SSE, through either node", async () => {
    const { token, templateId: id } = await newAuthor(first);
    const here = await join(first, token, id, "here");
    const there = await join(second, token, id, "there");
    const screens = [
      overSocket(first, token, { id, token: here.token }),
      overSocket(second, token, { id }),
      await overEvents(second, token, { id, token: there.token }),
      await overEvents(first, token, { id }),
    ];
    const all = (cursors: object) =>
      expect
        .poll(() => screens.map((screen) => screen.cursors))
        .toEqual(screens.map(() => cursors));
    await all({ here: undefined, there: undefined });
    await move(first, token, here.token, 1);
    await move(second, token, there.token, 2);
    await all({ here: 1, there: 2 });
    // A client's requests may come through another node than its subscription.
    await move(second, token, here.token, 3);
    await all({ here: 3, there: 2 });
    const read = "query ($id: ID!) { template(id: $id) { collaborators { clientId } } }";
    for (const server of [first, second]) {
      const { text } = await query(server, read, { id }, token);
      expect(text).toContain('{"collaborators":[{"clientId":"here"},{"clientId":"there"}]}');
    }
    const leave =
      "mutation ($t: String!) { leaveTemplate(input: { sessionToken: $t }) { __typename } }";
    await query(second, leave, { t: here.token }, token);
    await all({ there: 2 });
    const bin = "mutation ($id: ID!) { deleteTemplate(input: { templateId: $id }) { __typename } }";
    await query(first, bin, { id }, token);
    await expect
      .poll(() => screens.map(({ completed }) => completed))
      .toEqual([true, true, true, true]);
  });

  test("ACT-1 activity of one node is heard on the other", async () => {
    const { token, templateId } = await newAuthor(first);
    const client = createClient({
      url: second.wsUrl,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${token}` },
    });
    clients.push(client);
    const heard: string[] = [];
    const document =
      "subscription ($ids: [ID!]!) { templateActivity(templateIds: $ids) { kind user { name } } }";
    client.subscribe(
      { query: document, variables: { ids: [templateId] } },
      {
        next: (payload) => heard.push(JSON.stringify(payload.data)),
        error: () => {},
        complete: () => {},
      },
    );
    const rename =
      'mutation ($id: ID!) { updateTemplate(input: { templateId: $id, name: "N" }) { __typename } }';
    await expect
      .poll(async () => {
        await query(first, rename, { id: templateId }, token);
        return heard.at(-1);
      })
      .toBe('{"templateActivity":{"kind":"RENAMED","user":{"name":"Author"}}}');
  });
});

describe("presence without Redis", () => {
  let redis: ChildProcess | undefined;
  afterEach(() => redis?.kill("SIGKILL"));

  test("PRES-6 people of one node see each other; when it is back, empty, all see all", async () => {
    const port = await findFreePort(27_000 + (process.pid % 1_000));
    redis = await startRedis(port);
    const shared = { DATABASE_URL: database.url, REDIS_URL: `redis://127.0.0.1:${port}` };
    const nodes = [await startTestServer(shared), await startTestServer(shared)] as const;
    const [left, right] = nodes;
    try {
      const { token, templateId: id } = await newAuthor(left);
      const [one, two] = [await join(left, token, id, "one"), await join(right, token, id, "two")];
      const screens = [
        overSocket(left, token, { id, token: one.token }),
        overSocket(right, token, { id, token: two.token }),
      ];
      const see = (...expected: object[]) =>
        expect.poll(() => screens.map(({ cursors }) => cursors)).toEqual(expected);
      await see({ one: undefined, two: undefined }, { one: undefined, two: undefined });
      redis.kill("SIGKILL");
      await expect.poll(() => left.services.bus.healthy).toBe(false);
      await move(left, token, one.token, 7);
      await move(right, token, two.token, 8);
      await see({ one: 7, two: undefined }, { one: undefined, two: 8 });
      redis = await startRedis(port);
      await see({ one: 7, two: 8 }, { one: 7, two: 8 });
    } finally {
      await Promise.all(clients.splice(0).map(async (client) => client.dispose()));
      await Promise.all(nodes.map((node) => node.close()));
    }
  });
});

async function startRedis(port: number): Promise<ChildProcess> {
  const child = spawn(findRedisProgram() ?? "redis-server", redisArguments(port));
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.stdout.on("data", (text: Buffer) => {
      if (text.toString().includes("Ready to accept connections")) resolve();
    });
  });
  return child;
}

test.each(["sign-out", "disable", "erase"])(
  "ADMIN-11: `npm run admin -- %s` takes its person out of presence on all nodes",
  async (verb) => {
    const [owner, person] = [await newAuthor(first), await newAuthor(first)];
    const id = owner.templateId;
    const open = `mutation ($id: ID!) { updateTemplate(input: { templateId: $id, isPublic: true }) { __typename } }`;
    await query(first, open, { id }, owner.token);
    const { token } = await join(first, person.token, id, "person");
    await overEvents(first, person.token, { id, token });
    const screens = [first, second].map((node) => overSocket(node, owner.token, { id }));
    const shown = () => screens.map((screen) => [...screen.shown.keys()]);
    await expect.poll(shown).toEqual([["person"], ["person"]]);
    const { text } = await query(first, "{ viewer { id } }", {}, person.token);
    const userId = (JSON.parse(text) as { data: { viewer: { id: string } } }).data.viewer.id;
    const child = spawn(process.execPath, ["--import", "tsx", "src/cli/admin.ts", verb, userId], {
      env: { ...process.env, DATABASE_URL: database.url },
    });
    expect(await new Promise((resolve) => void child.once("exit", resolve))).toBe(0);
    await expect.poll(shown, { timeout: 20_000 }).toEqual([[], []]);
  },
);
