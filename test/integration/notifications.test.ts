/** Inboxes that are followed on one node while things happen on the other. */
import { randomUUID } from "node:crypto";
import { createClient, type Client } from "graphql-ws";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import { newAuthor, query, send, startTestServer, type TestServer } from "./runningServer.js";

let first: TestServer;
let second: TestServer;
let database: TestDatabase;
const clients: Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const shared = { DATABASE_URL: database.url, REDIS_URL: redisUrl() };
  first = await startTestServer(shared);
  second = await startTestServer(shared);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map(async (client) => client.dispose()));
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await database.drop();
});

async function run(server: TestServer, token: string, document: string, input: object = {}) {
  const { json, text } = await query(server, document, { input }, token);
  if (json.errors !== undefined) throw new Error(text);
  // oxlint-disable-next-line typescript/no-explicit-any
  return Object.values(json.data ?? {})[0] as any;
}

async function scene() {
  const [ada, bob] = [await newAuthor(first), await newAuthor(first)];
  const viewer = async ({ token }: { token: string }) =>
    run(second, token, "{ viewer { id notificationSequence unreadNotificationCount } }");
  const { id: userId } = await viewer(bob);
  const { templateId } = ada;
  const grant = (role: string | null) =>
    run(
      first,
      ada.token,
      `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
      { templateId, userId, role },
    );
  const mention = () =>
    run(
      first,
      ada.token,
      `mutation ($input: CreateCommentInput!) { createComment(input: $input) { __typename } }`,
      { templateId, id: randomUUID(), body: "look", mentions: [userId] },
    );
  return { ada, bob, templateId, viewer, grant, mention };
}

interface Event {
  readonly added: readonly { readonly kind: string; readonly template: { id: string } | null }[];
  readonly unreadCount: number;
  readonly sequence: number;
}

function follow(token: string, server = second, args = ""): Event[] {
  const client = createClient({
    url: server.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}` },
  });
  clients.push(client);
  const events: Event[] = [];
  client.subscribe<{ notificationsChanged: Event }>(
    {
      query: `subscription { notificationsChanged${args} { added { kind template { id } } unreadCount sequence } }`,
    },
    {
      next: ({ data }) => void events.push(data!.notificationsChanged),
      error: (error) => {
        throw new Error(JSON.stringify(error));
      },
      complete: () => undefined,
    },
  );
  return events;
}

const within = { timeout: 10_000 };

test("NOTE-7 what comes, and what is marked elsewhere, is told on every node", async () => {
  const { bob, templateId, viewer, grant, mention } = await scene();
  await grant("COMMENT");
  const { notificationSequence } = await viewer(bob);
  const from = `(afterSequence: ${notificationSequence})`;
  const [events, beside] = [follow(bob.token, second, from), follow(bob.token, first, from)];
  await mention();
  for (const told of [events, beside]) {
    await expect.poll(() => told.at(-1)?.unreadCount, within).toBe(2);
    expect(told.flatMap(({ added }) => added)).toEqual([
      { kind: "MENTIONED", template: { id: templateId } },
    ]);
  }
  await run(
    first,
    bob.token,
    `mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { __typename } }`,
  );
  for (const told of [events, beside]) {
    await expect.poll(() => told.at(-1)?.unreadCount, within).toBe(0);
    expect(told.at(-1)?.added).toEqual([]);
  }
});

test("NOTE-7 what was missed comes first, once and in order", async () => {
  const { bob, grant, mention } = await scene();
  await grant("COMMENT");
  for (let count = 0; count < 120; count += 1) await mention();
  const events = follow(bob.token, second, "(afterSequence: 1)");
  await expect.poll(() => events.at(-1)?.sequence, within).toBe(121);
  expect(events.map(({ added }) => added.length)).toEqual([100, 20]);
  expect(new Set(events.flatMap(({ added }) => added.map(({ kind }) => kind)))).toEqual(
    new Set(["MENTIONED"]),
  );
});

test("NOTE-4 NOTE-7 of what one may not see any more nothing is told", async () => {
  const { bob, viewer, grant, mention } = await scene();
  await grant("COMMENT");
  await mention();
  await grant(null);
  expect(await viewer(bob)).toMatchObject({ unreadNotificationCount: 0, notificationSequence: 2 });
  const events = follow(bob.token, second, "(afterSequence: 0)");
  await expect.poll(() => events.length, within).toBe(1);
  expect(events).toEqual([{ added: [], unreadCount: 0, sequence: 2 }]);
});

test("NOTE-7 as an event stream it goes on after Last-Event-ID", async () => {
  const { bob, grant, mention } = await scene();
  await grant("COMMENT");
  await mention();
  const leave = new AbortController();
  const response = await fetch(second.url, {
    method: "POST",
    signal: leave.signal,
    headers: {
      ...{ accept: "text/event-stream", "content-type": "application/json" },
      ...{ authorization: `Bearer ${bob.token}`, "last-event-id": "1" },
    },
    body: JSON.stringify({
      query: "subscription { notificationsChanged(afterSequence: 0) { added { kind } sequence } }",
    }),
  });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (text.includes("data: {")) break;
  }
  leave.abort();
  expect(text).toContain("id: 2\n");
  expect(text).toContain(`"added":[{"kind":"MENTIONED"}]`);
});

test("NOTE-7 it is for who is signed in, and refuses what is no place", async () => {
  const { bob } = await scene();
  const subscribe = async (args: string, token?: string) => {
    const { text } = await send(second, {
      headers: {
        accept: "text/event-stream",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: `subscription { notificationsChanged${args} { sequence } }` }),
    });
    return /"code":"(\w+)"/.exec(text)?.[1];
  };
  expect(await subscribe("")).toBe("UNAUTHENTICATED");
  expect(await subscribe("(afterSequence: -1)", bob.token)).toBe("BAD_USER_INPUT");
  expect(await subscribe("(afterSequence: 9)", bob.token)).toBe("BAD_USER_INPUT");
});
