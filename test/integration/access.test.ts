/** Access that is taken away while it is used, through one node, from somebody who is on the other. */
import { createClient, type Client } from "graphql-ws";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { TcpProxy } from "../chaos/tcpProxy.js";
import { redisUrl } from "../setup/redis.js";
import {
  newAuthor,
  query,
  startTestServer,
  type Author,
  type TestServer,
} from "./runningServer.js";

const SET = `mutation ($input: SetTemplatePermissionInput!) {
  setTemplatePermission(input: $input) { ... on TemplatePermissionSet { changed } ... on RequestError { code message } }
}`;
const JOIN = `mutation ($id: ID!) {
  joinTemplate(input: { templateId: $id, clientId: "bob" }) { ... on TemplateJoined { session { id token } } }
}`;
const LOCK = `mutation ($id: ID!, $token: String!) {
  acquireLock(input: { templateId: $id, sessionToken: $token, target: { pageId: "page-1" } }) { __typename }
}`;
const EDIT = `mutation ($id: ID!, $operation: ID!) {
  applyOperations(input: { templateId: $id, baseVersion: 1, onConflict: FORCE, operations: [
    { id: $operation, type: UPDATE_CANVAS, target: {}, payload: { width: 5 } }
  ] }) { __typename ... on UserError { code } }
}`;
const CHANGES = "subscription ($id: ID!) { templateChanged(templateId: $id) { kind toVersion } }";
const PRESENCE =
  "subscription ($id: ID!, $token: String) { presenceChanged(templateId: $id, sessionToken: $token) { joined { clientId } left { clientId } } }";
const ACTIVITY = "subscription ($id: ID!) { templateActivity(templateIds: [$id]) { kind } }";

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

interface Followed {
  readonly events: Record<string, unknown>[];
  completed: boolean;
}

function follow(server: TestServer, token: string, source: string, variables: object): Followed {
  const client = createClient({
    url: server.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}` },
  });
  clients.push(client);
  const followed: Followed = { events: [], completed: false };
  client.subscribe<Record<string, Record<string, unknown>>>(
    { query: source, variables: { ...variables } },
    {
      next: ({ data }) => void followed.events.push(...Object.values(data ?? {})),
      error: (error) => {
        throw new Error(JSON.stringify(error));
      },
      complete: () => (followed.completed = true),
    },
  );
  return followed;
}

async function idOf(token: string): Promise<string> {
  const { json } = await query(first, "{ viewer { id } }", {}, token);
  const { viewer } = json.data as { viewer: { id: string } };
  return viewer.id;
}

interface Scene {
  readonly ada: Author;
  readonly bob: Author;
  readonly id: string;
  readonly changes: Followed;
  readonly presence: Followed;
  readonly activity: Followed;
  /** What the author sees of who is here. */
  readonly seen: Followed;
  set(permission: object): Promise<unknown>;
}

/** Bob is on the second node with all that one can do there: he follows, has a session and holds a lock. */
async function scene(): Promise<Scene> {
  const [ada, bob] = [await newAuthor(first), await newAuthor(first)];
  const id = ada.templateId;
  const userId = await idOf(bob.token);
  const set = async (permission: object) => {
    const input = { templateId: id, userId, ...permission };
    return (await query(first, SET, { input }, ada.token)).json.data?.["setTemplatePermission"];
  };
  expect(await set({ role: "EDIT" })).toEqual({ changed: true });
  const joined = (await query(second, JOIN, { id }, bob.token)).json.data?.["joinTemplate"];
  const { token } = (joined as { session: { token: string } }).session;
  const locked = (await query(second, LOCK, { id, token }, bob.token)).json.data?.["acquireLock"];
  expect(locked).toEqual({ __typename: "LockAcquired" });
  const changes = follow(second, bob.token, CHANGES, { id });
  const presence = follow(second, bob.token, PRESENCE, { id, token });
  const activity = follow(second, bob.token, ACTIVITY, { id });
  const seen = follow(first, ada.token, PRESENCE, { id });
  await expect.poll(() => presence.events.length).toBeGreaterThan(0);
  await expect.poll(() => JSON.stringify(seen.events)).toContain('"joined":[{"clientId":"bob"}]');
  await expect.poll(() => edited(first, ada.token, id)).toBe("OperationsApplied");
  await expect.poll(() => changes.events.length).toBeGreaterThan(0);
  return { ada, bob, id, changes, presence, activity, seen, set };
}

const rename = `mutation ($id: ID!) {
  updateTemplate(input: { templateId: $id, name: "Secret" }) { __typename } }`;
let edits = 0;

async function edited(server: TestServer, token: string, id: string): Promise<string | undefined> {
  edits += 1;
  const variables = { id, operation: `edit ${edits}` };
  const answer = (await query(server, EDIT, variables, token)).json.data?.["applyOperations"];
  const { __typename, code } = answer as { __typename: string; code?: string };
  return code ?? __typename;
}

const locksOf = async (id: string) =>
  (await first.services.templates.readLocks([id])).get(id)?.locks.length;

test("SESS-10 a session that no connection holds ends, with its lock, when access is taken away", async () => {
  const ada = await newAuthor(first);
  const bob = await newAuthor(first);
  const { json } = await query(first, "{ viewer { id } }", {}, bob.token);
  const { id: userId } = json.data!["viewer"] as { id: string };
  const permit = (role: string | null) =>
    query(first, SET, { input: { templateId: ada.templateId, userId, role } }, ada.token);
  await permit("EDIT");
  const leaving = await startTestServer({ DATABASE_URL: database.url, REDIS_URL: redisUrl() });
  const joined = await query(leaving, JOIN, { id: ada.templateId }, bob.token);
  const { session } = joined.json.data!["joinTemplate"] as { session: { token: string } };
  const place = { id: ada.templateId, token: session.token };
  const acquired = await query(leaving, LOCK, place, bob.token);
  expect(acquired.text).toContain("LockAcquired");
  // Nobody serves it any more, and it outlasts its node by its grace period.
  await leaving.close();
  expect(await first.services.sessions.list(ada.templateId)).toHaveLength(1);
  await permit(null);
  await expect.poll(() => first.services.sessions.list(ada.templateId)).toEqual([]);
  const locks = await first.services.templates.readLocks([ada.templateId]);
  expect(locks.get(ada.templateId)?.locks).toEqual([]);
});

test("ACC-24 on the other node subscriptions, session, lock and presence end", async () => {
  const { ada, bob, id, changes, presence, activity, seen, set } = await scene();
  expect(await set({ role: null })).toEqual({ changed: true });
  // With the very next request, whatever was told meanwhile.
  const read = await query(
    second,
    "query ($id: ID!) { template(id: $id) { id } }",
    { id },
    bob.token,
  );
  expect(read.json.data).toEqual({ template: null });
  expect(await edited(second, bob.token, id)).toBe("NOT_FOUND");
  await expect.poll(() => changes.completed).toBe(true);
  expect(changes.events.at(-1)).toMatchObject({ kind: "ACCESS_REVOKED" });
  await expect.poll(() => presence.completed).toBe(true);
  await expect.poll(() => first.services.sessions.list(id)).toEqual([]);
  await expect.poll(() => locksOf(id)).toBe(0);
  await expect.poll(() => JSON.stringify(seen.events)).toContain('"left":[{"clientId":"bob"}]');
  const heard = activity.events.length;
  const author = follow(second, ada.token, ACTIVITY, { id });
  await expect
    .poll(async () => {
      await query(first, rename, { id }, ada.token);
      return author.events.length;
    })
    .toBeGreaterThan(0);
  const told = changes.events.length;
  expect(await edited(first, ada.token, id)).toBe("OperationsApplied");
  await set({ role: "VIEW" });
  const again = follow(second, bob.token, CHANGES, { id });
  await expect
    .poll(async () => {
      await edited(first, ada.token, id);
      return again.events.length;
    })
    .toBeGreaterThan(0);
  expect(activity.events.slice(heard)).toEqual([]);
  expect(changes.events).toHaveLength(told);
});

test("ACC-25 who may only look from now on stays, without locks", async () => {
  const { ada, bob, id, changes, presence, set } = await scene();
  const before = changes.events.length;
  expect(await set({ role: "VIEW" })).toEqual({ changed: true });
  expect(await edited(second, bob.token, id)).toBe("FORBIDDEN");
  await expect.poll(() => locksOf(id)).toBe(0);
  expect(await edited(first, ada.token, id)).toBe("OperationsApplied");
  await expect.poll(() => changes.events.length).toBeGreaterThan(before);
  expect(changes.events.at(-1)).toMatchObject({ kind: "OPERATIONS" });
  expect([changes.completed, presence.completed]).toEqual([false, false]);
  expect(await first.services.sessions.list(id)).toHaveLength(1);
});

test("ACC-22 ACC-24 who is here by a link leaves when its time is over", async () => {
  const [ada, bob] = [await newAuthor(first), await newAuthor(first)];
  const id = ada.templateId;
  const create = `mutation ($id: ID!, $expiresAt: DateTime!) {
    createShareLink(input: { templateId: $id, role: VIEW, expiresAt: $expiresAt }) { ... on ShareLinkCreated { token } ... on RequestError { message } } }`;
  // Long enough for all that is asked while it holds, also on a busy machine.
  const expiresAt = new Date(Date.now() + 8_000).toISOString();
  const made = await query(first, create, { id, expiresAt }, ada.token);
  const { createShareLink } = made.json.data as { createShareLink: { token: string } };
  const accept = `mutation ($token: String!) { acceptShareLink(input: { token: $token }) { __typename } }`;
  const accepted = (await query(first, accept, { token: createShareLink.token }, bob.token)).json
    .data;
  expect(accepted).toEqual({ acceptShareLink: { __typename: "ShareLinkAccepted" } });
  const joined = (await query(second, JOIN, { id }, bob.token)).json.data?.["joinTemplate"];
  const { session } = joined as { session: { token: string } };
  const changes = follow(second, bob.token, CHANGES, { id });
  // It holds the session: one that nothing holds is over with its lease.
  const presence = follow(second, bob.token, PRESENCE, { id, token: session.token });
  await expect.poll(() => presence.events.length).toBeGreaterThan(0);
  await expect.poll(() => changes.completed).toBe(true);
  expect(changes.events.at(-1)).toMatchObject({ kind: "ACCESS_REVOKED" });
  await expect.poll(() => presence.completed).toBe(true);
  await expect.poll(() => first.services.sessions.list(id)).toEqual([]);
});

test("SUB-9 ACC-24 while Redis hangs, who lost access is told no edit that is made on their node", async () => {
  const network = await TcpProxy.listen(() => Number(new URL(redisUrl()).port || 6379));
  const shared = { DATABASE_URL: database.url, REDIS_URL: `redis://127.0.0.1:${network.port}` };
  const [revoking, editing] = [await startTestServer(shared), await startTestServer(shared)];
  try {
    const [ada, bob] = [await newAuthor(first), await newAuthor(first)];
    const id = ada.templateId;
    const userId = await idOf(bob.token);
    const set = (role: string | null) =>
      query(revoking, SET, { input: { templateId: id, userId, role } }, ada.token);
    await set("VIEW");
    const bobs = follow(editing, bob.token, CHANGES, { id });
    const adas = follow(editing, ada.token, CHANGES, { id });
    await expect
      .poll(async () => {
        await edited(editing, ada.token, id);
        return Math.min(bobs.events.length, adas.events.length);
      })
      .toBeGreaterThan(0);
    network.cut("hang");
    expect((await set(null)).json.data?.["setTemplatePermission"]).toEqual({ changed: true });
    const told = bobs.events.filter(({ kind }) => kind === "OPERATIONS").length;
    const before = adas.events.length;
    for (let edit = 0; edit < 5; edit += 1) {
      expect(await edited(editing, ada.token, id)).toBe("OperationsApplied");
    }
    await expect.poll(() => adas.events.length).toBeGreaterThan(before);
    await expect.poll(() => bobs.completed).toBe(true);
    expect(bobs.events.at(-1)).toMatchObject({ kind: "ACCESS_REVOKED" });
    expect(bobs.events.filter(({ kind }) => kind === "OPERATIONS")).toHaveLength(told);
  } finally {
    network.heal();
    await Promise.all(clients.splice(0).map(async (client) => client.dispose()));
    await Promise.all([revoking.close(), editing.close()]);
    await network.close();
  }
});
