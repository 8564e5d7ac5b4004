/** The limits of people and addresses on a started server, over HTTP, event streams and WebSocket. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { closeCodes } from "../../src/subscriptions/transports/closeCodes.js";
import {
  newAuthor,
  query,
  raw,
  send,
  startTestServer,
  type Author,
  type TestServer,
} from "./runningServer.js";

let server: TestServer;
afterEach(() => server.close());

const start = async (environment: { readonly [name: string]: string }) => {
  server = await startTestServer({ TRUSTED_PROXIES: "1", ...environment });
};

const viewer = "{ viewer { id } }";
const changes = "subscription ($id: ID!) { templateChanged(templateId: $id) { toVersion } }";

/** A request of an address of its own, as a proxy hands it on. */
const ask = (address: string, token?: string, document = viewer, variables: object = {}) =>
  send(server, {
    body: JSON.stringify({ query: document, variables }),
    headers: {
      "x-forwarded-for": address,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  });

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

class Socket {
  readonly received: Message[] = [];
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) =>
      this.received.push(JSON.parse(data.toString()) as Message),
    );
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => socket.on("close", resolve));
  }

  /** Opens one and says who it is. */
  static open(address: string, token?: string): Socket {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws", {
      headers: { "x-forwarded-for": address },
    });
    const opened = new Socket(socket);
    const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
    socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init", payload })));
    return opened;
  }

  async acknowledged(): Promise<this> {
    await expect.poll(() => this.received[0]?.type).toBe("connection_ack");
    return this;
  }

  subscribe(id: string, document: string, variables: object = {}): void {
    const payload = { query: document, variables };
    this.socket.send(JSON.stringify({ id, type: "subscribe", payload }));
  }

  async answer(id: string): Promise<Message> {
    await expect.poll(() => this.received.find((message) => message.id === id)).toBeDefined();
    return this.received.find((message) => message.id === id) as Message;
  }

  async end(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

const tooMany = [
  {
    message: expect.any(String) as string,
    extensions: { code: "RATE_LIMITED", retryAfterMs: expect.any(Number) as number },
  },
];

describe("requests", () => {
  test("LIM-15 of an address are limited, whoever is behind it; others are served", async () => {
    await start({ ADDRESS_REQUESTS_PER_MINUTE_MAX: "5" });
    const { token } = await newAuthor(server);
    for (let count = 0; count < 10; count += 1) {
      expect((await ask("192.0.2.1", count % 2 === 0 ? token : undefined)).status).toBe(200);
    }
    const { status, headers, json } = await ask("192.0.2.1", token);
    expect(status).toBe(429);
    expect(json.errors).toEqual(tooMany);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect((await ask("192.0.2.2", token)).status).toBe(200);
    // Health and GraphiQL are no requests of the API.
    const health = await send(server, { method: "GET", path: "/health/ready" });
    expect(health.status).toBe(200);
  });

  test("LIM-15 of a person are limited on all addresses and transports together", async () => {
    await start({ REQUESTS_PER_MINUTE_MAX: "3" });
    const [ada, ben] = [await newAuthor(server), await newAuthor(server)];
    // To make the template was one of six.
    for (let count = 0; count < 3; count += 1) await ask(`192.0.2.${count}`, ada.token);
    const socket = await Socket.open("192.0.2.7", ada.token).acknowledged();
    socket.subscribe("1", viewer);
    socket.subscribe("2", viewer);
    expect((await socket.answer("1")).type).toBe("next");
    expect((await socket.answer("2")).type).toBe("next");
    socket.subscribe("3", viewer);
    expect(await socket.answer("3")).toEqual({ id: "3", type: "error", payload: tooMany });
    expect((await ask("192.0.2.8", ada.token)).status).toBe(429);
    expect((await ask("192.0.2.8", ben.token)).status).toBe(200);
    // The connection stays, and may go on later.
    expect(socket.socket.readyState).toBe(WebSocket.OPEN);
    await socket.end();
  });

  test("LIM-15 each of a list counts, and a token that is none counts for the address", async () => {
    await start({ ADDRESS_REQUESTS_PER_MINUTE_MAX: "5", GRAPHQL_BATCH_MAX: "20" });
    const list = (count: number) =>
      send(server, {
        body: JSON.stringify(Array.from({ length: count }, () => ({ query: viewer }))),
        headers: { "x-forwarded-for": "192.0.2.1" },
      });
    expect((await list(6)).status).toBe(200);
    expect((await list(6)).status).toBe(429);
    for (let count = 0; count < 3; count += 1) {
      expect((await ask("192.0.2.1", "nonsense")).status).toBe(401);
    }
    expect((await ask("192.0.2.1", "nonsense")).status).toBe(429);
  });

  test("LIM-15 who waited as told is served again", async () => {
    await start({ ADDRESS_REQUESTS_PER_MINUTE_MAX: "60" });
    const all = await Promise.all(Array.from({ length: 200 }, () => ask("192.0.2.1")));
    const refused = all.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (let tries = 0; ; tries += 1) {
      const { status, json } = await ask("192.0.2.1");
      if (status === 200) break;
      expect(tries).toBeLessThan(20);
      const told = json.errors?.[0]?.extensions as { retryAfterMs: number } | undefined;
      await wait(told?.retryAfterMs ?? 0);
    }
  });
});

describe("operations", () => {
  const mutation = `mutation ($input: ApplyOperationsInput!) {
    applyOperations(input: $input) {
      __typename
      ... on RequestError { code retryAfterMs }
    }
  }`;
  const inputOf = ({ templateId }: Author) => ({
    input: {
      templateId,
      baseVersion: 1,
      onConflict: "FORCE",
      operations: [{ id: randomUUID(), type: "ADD_PAGE", target: { pageId: randomUUID() } }],
    },
  });

  test("LIM-14 are refused as RequestError with the time to come back, on HTTP and WebSocket", async () => {
    await start({ OPERATIONS_PER_MINUTE_MAX: "2" });
    const author = await newAuthor(server);
    const socket = await Socket.open("192.0.2.1", author.token).acknowledged();
    for (let count = 0; count < 2; count += 1) {
      const { json } = await query(server, mutation, inputOf(author), author.token);
      expect(json.data).toEqual({ applyOperations: { __typename: "OperationsApplied" } });
      socket.subscribe(String(count), mutation, inputOf(author));
      expect(await socket.answer(String(count))).toMatchObject({
        payload: { data: { applyOperations: { __typename: "OperationsApplied" } } },
      });
    }
    const refusal = {
      applyOperations: {
        __typename: "RequestError",
        code: "RATE_LIMITED",
        retryAfterMs: expect.any(Number) as number,
      },
    };
    const { json } = await query(server, mutation, inputOf(author), author.token);
    expect(json.data).toEqual(refusal);
    socket.subscribe("last", mutation, inputOf(author));
    expect(await socket.answer("last")).toMatchObject({ payload: { data: refusal } });
    await socket.end();
  });
});

describe("large edits", () => {
  const mutation = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
    __typename ... on RequestError { code } } }`;
  const paste = (templateId: string, elements: number) => ({
    input: {
      templateId,
      baseVersion: 1,
      onConflict: "FORCE",
      operations: Array.from({ length: elements }, () => ({
        id: randomUUID(),
        type: "ADD_PAGE",
        target: { pageId: randomUUID() },
      })),
    },
  });

  test("LIM-40 pass in one request where so many alone would not, and are limited when they keep coming", async () => {
    await start({ OPERATIONS_PER_MINUTE_MAX: "10", PAGES_PER_DOCUMENT_MAX: "100000" });
    const { templateId, token } = await newAuthor(server);
    const codes: unknown[] = [];
    for (let request = 0; request < 10; request += 1) {
      const { json } = await query(server, mutation, paste(templateId, 300), token);
      const { applyOperations } = json.data as { applyOperations: { code?: string } };
      codes.push(applyOperations.code ?? "applied");
    }
    expect(codes[0]).toBe("applied");
    expect(codes).toContain("RATE_LIMITED");
  });
});

describe("connections and subscriptions", () => {
  test("LIM-16 a person's WebSockets are bounded; one that closes makes room", async () => {
    await start({ CONNECTIONS_PER_USER_MAX: "2" });
    const [ada, ben] = [await newAuthor(server), await newAuthor(server)];
    const first = await Socket.open("192.0.2.1", ada.token).acknowledged();
    const second = await Socket.open("192.0.2.2", ada.token).acknowledged();
    expect(await Socket.open("192.0.2.3", ada.token).closed).toBe(closeCodes.tooManyConnections);
    const other = await Socket.open("192.0.2.1", ben.token).acknowledged();
    await first.end();
    await expect
      .poll(async () => {
        const again = Socket.open("192.0.2.3", ada.token);
        const outcome = await Promise.race([again.closed, again.acknowledged()]);
        if (outcome === again) await again.end();
        return outcome === again;
      })
      .toBe(true);
    await Promise.all([second.end(), other.end()]);
  });

  test("LIM-16 connections on which nobody is signed in are bounded by address", async () => {
    await start({ CONNECTIONS_PER_ADDRESS_MAX: "2" });
    const { token } = await newAuthor(server);
    const open = [
      await Socket.open("192.0.2.1").acknowledged(),
      await Socket.open("192.0.2.1").acknowledged(),
    ];
    expect(await Socket.open("192.0.2.1").closed).toBe(closeCodes.tooManyConnections);
    // Somebody who is signed in counts elsewhere, and leaves the place to others.
    const people = [];
    for (let count = 0; count < 5; count += 1) {
      people.push(await Socket.open("192.0.2.1", token).acknowledged());
    }
    await Promise.all([...open, ...people].map((socket) => socket.end()));
  });

  test("LIM-18 however many sockets are silent, whoever signs in behind the same address gets in", async () => {
    await start({ PENDING_CONNECTIONS_PER_ADDRESS_MAX: "20", WEB_SOCKET_INIT_MS: "60000" });
    const { token } = await newAuthor(server);
    const silent: number[] = [];
    const sockets: WebSocket[] = [];
    for (let count = 0; count < 60; count += 1) {
      const socket = new WebSocket(server.wsUrl, "graphql-transport-ws", {
        headers: { "x-forwarded-for": "192.0.2.1" },
      });
      socket.on("close", (code) => silent.push(code));
      await new Promise((resolve) => socket.once("open", resolve));
      sockets.push(socket);
    }
    await expect.poll(() => silent.length).toBe(40);
    expect(new Set(silent)).toEqual(new Set([closeCodes.initTimeout]));
    const people = await Promise.all(
      Array.from({ length: 30 }, () => Socket.open("192.0.2.1", token).acknowledged()),
    );
    await (await Socket.open("192.0.2.1").acknowledged()).end();
    for (const socket of sockets) socket.terminate();
    await Promise.all(people.map((socket) => socket.end()));
  });

  test("LIM-16 handshakes that fail leave no trace", async () => {
    await start({ CONNECTIONS_PER_ADDRESS_MAX: "2" });
    for (let count = 0; count < 10; count += 1) {
      const answer = await raw(
        server,
        "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
          "Sec-WebSocket-Version: 1\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n",
      );
      expect(answer).toMatch(/^HTTP\/1\.1 4(?!29)/);
    }
    await (await Socket.open("192.0.2.1").acknowledged()).end();
  });

  test("LIM-16 a person's subscriptions are bounded over all connections; one that ends makes room", async () => {
    await start({ SUBSCRIPTIONS_PER_USER_MAX: "2" });
    const { token, templateId } = await newAuthor(server);
    const [here, there] = [
      await Socket.open("192.0.2.1", token).acknowledged(),
      await Socket.open("192.0.2.2", token).acknowledged(),
    ];
    for (const socket of [here, there]) {
      socket.subscribe("1", changes, { id: templateId });
      socket.subscribe("2", changes, { id: templateId });
    }
    const refusals = () =>
      [here, there].flatMap((socket) => socket.received.filter(({ type }) => type === "next"));
    await expect.poll(() => refusals().length).toBe(2);
    for (const { payload } of refusals()) expect(payload).toEqual({ errors: tooMany });
    // What may not be followed takes no place.
    for (const socket of [here, there]) {
      for (const id of ["1", "2"]) socket.socket.send(JSON.stringify({ id, type: "complete" }));
    }
    for (let count = 0; count < 5; count += 1) {
      await expect
        .poll(async () => {
          const id = randomUUID();
          here.subscribe(id, changes, { id: randomUUID() });
          return here.answer(id);
        })
        .toMatchObject({ payload: { errors: [{ extensions: { code: "NOT_FOUND" } }] } });
    }
    here.subscribe("3", changes, { id: templateId });
    there.subscribe("3", changes, { id: templateId });
    here.subscribe("4", changes, { id: templateId });
    await expect.poll(() => refusals().at(-1)?.payload).toEqual({ errors: tooMany });
    await Promise.all([here.end(), there.end()]);
  });

  test("LIM-16 event streams count as connections and as subscriptions", async () => {
    await start({ CONNECTIONS_PER_USER_MAX: "1" });
    const { token, templateId } = await newAuthor(server);
    const abort = new AbortController();
    const stream = () =>
      fetch(server.url, {
        method: "POST",
        signal: abort.signal,
        headers: {
          accept: "text/event-stream",
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ query: changes, variables: { id: templateId } }),
      });
    expect((await stream()).status).toBe(200);
    const refused = await stream();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toEqual({ errors: tooMany });
    abort.abort();
  });
});

describe("accounts", () => {
  test("LIM-17 made from one address are limited", async () => {
    await start({ ADDRESS_SIGN_UPS_PER_HOUR_MAX: "2" });
    const signUp = async (address: string) => {
      const { json } = await ask(
        address,
        undefined,
        `mutation ($input: SignUpInput!) {
          signUp(input: $input) { __typename ... on RequestError { code retryAfterMs } }
        }`,
        { input: { email: `${randomUUID()}@example.com`, name: "A", password: "long enough" } },
      );
      return json.data?.["signUp"];
    };
    expect(await signUp("192.0.2.1")).toEqual({ __typename: "Session" });
    expect(await signUp("192.0.2.1")).toEqual({ __typename: "Session" });
    expect(await signUp("192.0.2.1")).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterMs: expect.any(Number) as number,
    });
    expect(await signUp("192.0.2.2")).toEqual({ __typename: "Session" });
  });
});
