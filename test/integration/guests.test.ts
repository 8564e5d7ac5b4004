/** Guests on a running server: over HTTP, event streams and WebSockets, through one node while things change on the other. */
import { randomUUID } from "node:crypto";
import { createClient, type Client } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import {
  newAuthor,
  query,
  send,
  socketUntilClosed,
  startTestServer,
  type Author,
  type TestServer,
} from "./runningServer.js";

const EVENT = "kind toVersion operations { id user { name } clientId }";

let first: TestServer;
let second: TestServer;
let database: TestDatabase;
let ada: Author;
const clients: Client[] = [];
const streams: AbortController[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const shared = { DATABASE_URL: database.url, REDIS_URL: redisUrl() };
  first = await startTestServer(shared);
  second = await startTestServer(shared);
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.abort();
  await Promise.all(clients.splice(0).map(async (client) => client.dispose()));
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await database.drop();
});

async function run(server: TestServer, document: string, variables: object, token?: string) {
  const { json, text } = await query(server, document, variables, token);
  if (json.errors !== undefined) throw new Error(text);
  // oxlint-disable-next-line typescript/no-explicit-any
  return Object.values(json.data ?? {})[0] as any;
}

async function createLink(server = first, { token, templateId } = ada) {
  const input = { templateId, role: "COMMENT", openToGuests: true };
  return run(
    server,
    `mutation ($input: CreateShareLinkInput!) { createShareLink(input: $input) {
      ... on ShareLinkCreated { shareLinkId token } ... on RequestError { code } } }`,
    { input },
    token,
  );
}

async function openAsGuest(input: object, server = second) {
  return run(
    server,
    `mutation ($input: OpenAsGuestInput!) { openAsGuest(input: $input) {
      ... on GuestSession { token } ... on RequestError { code } } }`,
    { input },
  );
}

const update = (input: object) =>
  run(
    first,
    `mutation ($input: UpdateTemplateInput!) { updateTemplate(input: $input) { __typename } }`,
    { input: { templateId: ada.templateId, ...input } },
    ada.token,
  );

const edit = () =>
  run(
    first,
    `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`,
    {
      input: {
        ...{ templateId: ada.templateId, baseVersion: 1, onConflict: "FORCE", clientId: "desk" },
        operations: [
          { id: randomUUID(), type: "UPDATE_CANVAS", target: {}, payload: { width: 5 } },
        ],
      },
    },
    ada.token,
  );

interface Followed {
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly events: any[];
  isOver: boolean;
}

const changes = () =>
  `subscription { templateChanged(templateId: "${ada.templateId}") { ${EVENT} } }`;

function overWebSocket(token: string): Followed {
  const client = createClient({
    url: second.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}` },
  });
  clients.push(client);
  const followed: Followed = { events: [], isOver: false };
  client.subscribe<{ templateChanged: unknown }>(
    { query: changes() },
    {
      next: ({ data }) => void followed.events.push(data?.templateChanged),
      error: (error) => void followed.events.push(error),
      complete: () => (followed.isOver = true),
    },
  );
  return followed;
}

function overEventStream(token: string): Followed {
  const followed: Followed = { events: [], isOver: false };
  const leave = new AbortController();
  streams.push(leave);
  void (async () => {
    const response = await fetch(second.url, {
      method: "POST",
      signal: leave.signal,
      headers: {
        ...{ accept: "text/event-stream", "content-type": "application/json" },
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: changes() }),
    });
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: (\{.*)$/m.exec(block)?.[1];
        if (data !== undefined) followed.events.push(JSON.parse(data).data.templateChanged);
        if (block.startsWith("event: complete")) followed.isOver = true;
      }
    }
  })().catch(() => undefined);
  return followed;
}

const transports = { WebSocket: overWebSocket, "event stream": overEventStream };

describe.each(Object.entries(transports))("over a %s", (_name, follow) => {
  const ways: Readonly<Record<string, () => Promise<{ by: object; end: () => Promise<unknown> }>>> =
    {
      "the link is revoked": async () => {
        const { shareLinkId, token } = await createLink();
        const revoke = `mutation ($input: RevokeShareLinkInput!) { revokeShareLink(input: $input) { __typename } }`;
        const input = { templateId: ada.templateId, shareLinkId };
        return { by: { token }, end: () => run(first, revoke, { input }, ada.token) };
      },
      "the template becomes private": async () => {
        await update({ isPublic: true, openToGuests: true });
        return { by: { templateId: ada.templateId }, end: () => update({ isPublic: false }) };
      },
      "the template is closed to guests": async () => {
        await update({ isPublic: true, openToGuests: true });
        return { by: { templateId: ada.templateId }, end: () => update({ openToGuests: false }) };
      },
    };

  test.each(Object.entries(ways))(
    "GUEST-5 a guest of the other node follows the changes until %s",
    async (_way, prepare) => {
      ada = await newAuthor(first);
      const { by, end } = await prepare();
      const { token } = await openAsGuest(by);
      const followed = follow(token);
      const hasStarted = async () => (await edit()) && followed.events.length > 0;
      await expect.poll(hasStarted).toBe(true);
      await end();
      const source = `{ template(id: "${ada.templateId}") { id } }`;
      expect(await run(second, source, {}, token)).toBeNull();
      await expect.poll(() => followed.isOver).toBe(true);
      expect(followed.events.at(-1)).toMatchObject({ kind: "ACCESS_REVOKED" });
    },
  );

  test("GUEST-8 guests are told of nobody where people who select the same are", async () => {
    ada = await newAuthor(first);
    const { token } = await openAsGuest({ token: (await createLink()).token });
    const [guest, author] = [follow(token), follow(ada.token)];
    const operationsOf = ({ events }: Followed) =>
      events.flatMap(({ operations }) => operations as object[]);
    const hasStarted = async () =>
      (await edit()) && [guest, author].every((one) => operationsOf(one).length > 0);
    await expect.poll(hasStarted).toBe(true);
    expect(operationsOf(guest)[0]).toMatchObject({ user: null, clientId: null });
    expect(operationsOf(author)[0]).toMatchObject({ user: { name: "Author" }, clientId: "desk" });
  });
});

describe("GUEST-1 a guest's token", () => {
  test("is a bearer token and no cookie, and is refused once it ran out", async () => {
    ada = await newAuthor(first);
    const { token: link } = await createLink();
    const document = `mutation { openAsGuest(input: { token: "${link}" }) { __typename } }`;
    const { headers } = await query(second, document);
    expect(headers["set-cookie"]).toBeUndefined();
    const guest = { kind: "guest", templateId: ada.templateId, shareLinkId: null } as const;
    const over = await second.services.guests.tokens.issue(
      { ...guest, sessionId: randomUUID() },
      Date.now() - 2_000,
    );
    for (const token of [over, "guest_", "guest_x.y.z", `guest_${ada.token}`]) {
      expect((await query(second, "{ viewer { id } }", {}, token)).status).toBe(401);
      const parameters = { type: "connection_init", payload: { Authorization: `Bearer ${token}` } };
      const { code } = await socketUntilClosed(second, [JSON.stringify(parameters)]);
      expect(code).toBe(4403);
    }
  });
});

describe("GUEST-7 guests of one link", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      GUEST_CONNECTIONS_PER_LINK_MAX: "1",
      GUEST_REQUESTS_PER_LINK_PER_MINUTE_MAX: "20",
      ADDRESS_GUEST_SESSIONS_PER_HOUR_MAX: "4",
    });
  });
  afterAll(() => server.close());

  test("share a rate of requests, a number of connections and, by address, of sessions", async () => {
    const author = await newAuthor(server);
    const [{ token: link }, { token: other }] = [
      await createLink(server, author),
      await createLink(server, author),
    ];
    const guests: string[] = [];
    for (const token of [link, link, other]) {
      guests.push((await openAsGuest({ token }, server)).token);
    }
    const init = (token: string) => ({
      type: "connection_init",
      payload: { Authorization: `Bearer ${token}` },
    });
    const open = async (token: string) => {
      const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
      const outcome = new Promise<number | string>((resolve) => {
        socket.on("message", () => resolve("acknowledged"));
        socket.on("close", (code) => resolve(code));
      });
      socket.on("open", () => socket.send(JSON.stringify(init(token))));
      return { socket, outcome: await outcome };
    };
    const [held, beside, elsewhere] = [
      await open(guests[0]!),
      await open(guests[1]!),
      await open(guests[2]!),
    ];
    expect([held.outcome, beside.outcome, elsewhere.outcome]).toEqual([
      ...["acknowledged", 4411, "acknowledged"],
    ]);
    for (const { socket } of [held, beside, elsewhere]) socket.close();
    const ask = (token: string) =>
      send(server, {
        body: JSON.stringify({ query: "{ viewer { id } }" }),
        headers: { authorization: `Bearer ${token}` },
      });
    const statuses: number[] = [];
    for (let count = 0; count < 60; count += 1) {
      statuses.push((await ask(guests[count % 2]!)).status);
    }
    expect(statuses).toContain(429);
    expect((await ask(guests[2]!)).status).toBe(200);
    expect((await ask(author.token)).status).toBe(200);
    await openAsGuest({ token: link }, server);
    expect(await openAsGuest({ token: link }, server)).toEqual({ code: "RATE_LIMITED" });
  });
});

describe("GUEST-11 of the requests of guests, one session", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      TRUSTED_PROXIES: "127.0.0.1,::1",
      GUEST_REQUESTS_PER_SESSION_PER_MINUTE_MAX: "10",
    });
  });
  afterAll(() => server.close());

  test("has a share alone, from however many addresses", async () => {
    const { token: link } = await createLink(server, await newAuthor(server));
    const [busy, quiet] = [
      (await openAsGuest({ token: link }, server)).token,
      (await openAsGuest({ token: link }, server)).token,
    ];
    const ask = (token: string, address: string) =>
      send(server, {
        body: JSON.stringify({ query: "{ viewer { id } }" }),
        headers: { authorization: `Bearer ${token}`, "x-forwarded-for": address },
      });
    const statuses: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      statuses.push((await ask(busy, `203.0.113.${count}`)).status);
    }
    expect(statuses.slice(0, 10)).toEqual(statuses.slice(0, 10).map(() => 200));
    expect(statuses).toContain(429);
    expect((await ask(quiet, "203.0.113.1")).status).toBe(200);
  });
});

describe("GUEST-9 of what guests have, one address", () => {
  let server: TestServer;
  let link: string;
  beforeAll(async () => {
    server = await startTestServer({
      TRUSTED_PROXIES: "127.0.0.1,::1",
      ADDRESS_GUEST_REQUESTS_PER_LINK_PER_MINUTE_MAX: "10",
      ADDRESS_GUEST_CONNECTIONS_PER_LINK_MAX: "2",
      ADDRESS_GUEST_SESSIONS_PER_LINK_MAX: "2",
      ADDRESS_GUEST_SESSIONS_PER_HOUR_MAX: "3",
    });
    link = (await createLink(server, await newAuthor(server))).token;
  });
  afterAll(() => server.close());

  const [here, there] = ["203.0.113.1", "203.0.113.2"];
  const from = async (address: string, source: string, token?: string) =>
    send(server, {
      body: JSON.stringify({ query: source }),
      headers: {
        "x-forwarded-for": address,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
  const open = async (address: string, renews?: string) => {
    const input = `token: "${link}"${renews === undefined ? "" : `, renews: "${renews}"`}`;
    const answer = await from(
      address,
      `mutation { openAsGuest(input: { ${input} }) {
        ... on GuestSession { token } ... on RequestError { code } } }`,
    );
    return answer.json.data?.openAsGuest as { token?: string; code?: string };
  };
  const connect = async (address: string, token: string) => {
    const headers = { "x-forwarded-for": address };
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws", { headers });
    const init = { type: "connection_init", payload: { Authorization: `Bearer ${token}` } };
    socket.on("open", () => socket.send(JSON.stringify(init)));
    const outcome = await new Promise<number | string>((resolve) => {
      socket.on("message", () => resolve("acknowledged"));
      socket.on("close", (code) => resolve(code));
    });
    return { socket, outcome };
  };

  test("has a share, and takes nothing from guests elsewhere", async () => {
    const tokens = [(await open(here)).token!, (await open(here)).token!];
    expect(await open(here)).toEqual({ code: "RATE_LIMITED" });
    const other = (await open(there)).token!;

    const sockets = [];
    for (const token of [...tokens, tokens[0]!]) sockets.push(await connect(here, token));
    sockets.push(await connect(there, other));
    expect(sockets.map(({ outcome }) => outcome)).toEqual([
      ...["acknowledged", "acknowledged", 4411, "acknowledged"],
    ]);
    for (const { socket } of sockets) socket.close();

    const statuses: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      statuses.push((await from(here, "{ __typename }", tokens[count % 2])).status);
    }
    expect(statuses).toContain(429);
    expect((await from(there, "{ __typename }", other)).status).toBe(200);
  });

  test("renews its sessions however many it may open (GUEST-10)", async () => {
    const address = "203.0.113.3";
    const [first, second] = [await open(address), await open(address)];
    let { token } = first;
    for (let count = 0; count < 5; count += 1) {
      const renewed = await open(address, token);
      expect(renewed).toEqual({ token: expect.stringMatching(/^guest_/) });
      ({ token } = renewed);
    }
    // It was renewed, is none, or is of nobody: each would be a session more.
    for (const renews of [first.token, "guest_x", `${second.token}x`]) {
      expect(await open(address, renews)).toEqual({ code: "RATE_LIMITED" });
    }
    expect(await open(address, second.token)).toEqual({
      token: expect.stringMatching(/^guest_/),
    });
    expect((await from(address, "{ __typename }", token)).status).toBe(200);
  });
});

describe("GUEST-3 with GUESTS=false", () => {
  test("tokens of guests that another node gave are as none", async () => {
    ada = await newAuthor(first);
    const { token } = await openAsGuest({ token: (await createLink()).token });
    const closed = await startTestServer({ DATABASE_URL: database.url, GUESTS: "false" });
    try {
      expect((await query(closed, "{ viewer { id } }", {}, token)).status).toBe(401);
      expect((await query(second, "{ viewer { id } }", {}, token)).status).toBe(200);
    } finally {
      await closed.close();
    }
  });
});
