/** The transport with real sockets and the real client of graphql-ws. */
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { moveTo, settle } from "./harness.js";
import { startSockets, until, type TestSockets } from "./socketServer.js";

let sockets: TestSockets | undefined;
afterEach(async () => {
  await sockets?.close();
  sockets = undefined;
});

async function start(...args: Parameters<typeof startSockets>): Promise<TestSockets> {
  sockets = await startSockets(...args);
  sockets.world.templates.add("t1");
  return sockets;
}

function commit({ world }: TestSockets, count = 1, text = ""): void {
  const one =
    text === "" ? moveTo(1) : { type: "UPDATE_CANVAS" as const, target: {}, payload: { text } };
  world.bus.publish(
    world.templates.commit(
      "t1",
      Array.from({ length: count }, () => one),
    ),
  );
}

const query =
  'subscription ($from: Int) { templateChanged(templateId: "t1", fromVersion: $from) { kind fromVersion toVersion operations { payload } } }';

interface Followed {
  readonly events: any[];
  completed: boolean;
  error: any;
  stop(): void;
}

function follow(client: ReturnType<TestSockets["client"]>, variables = {}): Followed {
  const followed: Followed = {
    events: [],
    completed: false,
    error: undefined,
    stop: () => undefined,
  };
  followed.stop = client.subscribe<any>(
    { query, variables },
    {
      next: (result) => followed.events.push(result.data?.templateChanged ?? result),
      error: (error) => (followed.error = error),
      complete: () => (followed.completed = true),
    },
  );
  return followed;
}

/** A socket without a client: what it got, and how it was closed. */
async function bare(url: string, first: readonly object[] = []) {
  const socket = new WebSocket(url, "graphql-transport-ws");
  const messages: any[] = [];
  const state = { socket, messages, code: 0 };
  socket.on("message", (data: Buffer) => messages.push(JSON.parse(data.toString())));
  socket.on("close", (code) => (state.code = code));
  await new Promise((resolve) => socket.once("open", resolve));
  for (const message of first) socket.send(JSON.stringify(message));
  return state;
}

const init = { type: "connection_init", payload: { Authorization: "Bearer author" } };
const subscribe = (id: string, text = query, variables = {}) => ({
  id,
  type: "subscribe",
  payload: { query: text, variables },
});

describe("WebSocket transport", () => {
  it("SUB-1 SUB-30 delivers changes to a graphql-ws client, in order, until it stops", async () => {
    const server = await start();
    const client = server.client();
    const followed = follow(client, { from: 1 });
    await until(() => server.world.feeds.size === 1);
    for (let index = 0; index < 5; index++) {
      commit(server, 2);
      await settle(2);
    }
    await until(() => followed.events.at(-1)?.toVersion === 11);
    let version = 1;
    for (const event of followed.events) {
      expect(event.fromVersion).toBe(version);
      version = event.toVersion;
    }
    followed.stop();
    await until(() => server.world.feeds.size === 0);
    expect(server.world.warnings).toEqual([]);
    await client.dispose();
  });

  it("SUB-30 runs queries and mutations over the same socket, and masks their errors", async () => {
    const server = await start();
    const client = server.client();
    const one = async (text: string): Promise<any> => {
      for await (const result of client.iterate({ query: text })) return result;
      return undefined;
    };
    expect(await one("{ who }")).toEqual({ data: { who: "author" } });
    expect(await one('mutation { echo(text: "é\\u2028") }')).toEqual({ data: { echo: "é\u2028" } });
    expect(await one("{ fails }")).toMatchObject({ data: { fails: null } });
    await expect(one("{ nothing }")).rejects.toMatchObject([
      { message: expect.stringContaining("nothing") },
    ]);
    await client.dispose();
  });

  it("SUB-13 shares one execution between sockets", async () => {
    const server = await start();
    const clients = Array.from({ length: 30 }, () => server.client());
    const all = clients.map((client) => follow(client));
    await until(() => server.transport.size === 30);
    await settle(100);
    commit(server);
    await until(() => all.every(({ events }) => events.length === 1));
    expect(server.executions()).toBe(1);
    for (const client of clients) await client.dispose();
  });

  it("SUB-9 completes after DELETED", async () => {
    const server = await start();
    const client = server.client();
    const followed = follow(client);
    await until(() => server.world.feeds.size === 1);
    server.world.templates.change("t1", { deleted: true });
    server.world.bus.publish({ kind: "accessChanged", templateId: "t1" });
    await until(() => followed.completed);
    expect(followed.events).toMatchObject([{ kind: "DELETED" }]);
    await client.dispose();
  });

  it("refuses with an error in the event what cannot be followed", async () => {
    const server = await start();
    const { messages, socket } = await bare(server.url, [
      init,
      subscribe("1", 'subscription { templateChanged(templateId: "none") { kind } }'),
    ]);
    await until(() => messages.length === 3);
    expect(messages.slice(1)).toMatchObject([
      { id: "1", type: "next", payload: { errors: [{ extensions: { code: "NOT_FOUND" } }] } },
      { id: "1", type: "complete" },
    ]);
    socket.terminate();
  });

  it("keeps ids of subscriptions apart on one socket, whatever they are made of", async () => {
    const server = await start();
    const ids = ["1", 'a"b\\', "é\n", "__proto__x"];
    const { messages, socket } = await bare(server.url, [init, ...ids.map((id) => subscribe(id))]);
    await until(() => messages.length === 1);
    await settle(50);
    commit(server);
    await until(() => messages.length === 1 + ids.length);
    expect(new Set(messages.slice(1).map(({ id }) => id))).toEqual(new Set(ids));
    socket.send(JSON.stringify({ id: "1", type: "complete" }));
    await settle(50);
    commit(server);
    await until(() => messages.length === 2 * ids.length);
    await settle(50);
    expect(messages).toHaveLength(2 * ids.length);
    socket.terminate();
    await until(() => server.world.feeds.size === 0);
  });

  it("answers pings of the protocol", async () => {
    const server = await start();
    const { messages, socket } = await bare(server.url, [{ type: "ping", payload: { a: 1 } }]);
    await until(() => messages.length === 1);
    expect(messages[0]).toEqual({ type: "pong", payload: { a: 1 } });
    socket.terminate();
  });

  it("SUB-31 bounds what is under way on a socket", async () => {
    const server = await start({ limits: { webSocketSubscriptionsMax: 2 } });
    const { messages, socket } = await bare(server.url, [
      init,
      subscribe("1"),
      subscribe("2"),
      subscribe("3"),
    ]);
    await until(() => messages.length === 2);
    expect(messages[1]).toMatchObject({
      id: "3",
      type: "error",
      payload: [{ extensions: { code: "RATE_LIMITED" } }],
    });
    socket.terminate();
  });

  it.each([
    ["no connection_init in time", [], 4_408],
    ["an operation before connection_init", [subscribe("1")], 4_401],
    ["two connection_init", [init, init], 4_429],
    ["an id in use", [init, subscribe("1"), subscribe("1")], 4_409],
    ["an unknown message", [init, { type: "nonsense" }], 4_400],
    [
      "a token that is refused",
      [{ type: "connection_init", payload: { Authorization: "x" } }],
      4_403,
    ],
    [
      "a token that is no text",
      [{ type: "connection_init", payload: { Authorization: 1 } }],
      4_403,
    ],
    ["a message that is too long", [{ type: "ping", payload: { a: "x".repeat(20_000) } }], 1_009],
  ])("SUB-32 closes for %s", async (_name, messages, code) => {
    const server = await start({ limits: { webSocketInitMs: 300 } });
    const state = await bare(server.url, messages as object[]);
    await until(() => state.code !== 0);
    expect(state.code).toBe(code);
    expect(server.transport.size).toBe(0);
  });

  it("SUB-32 closes when the token expires, so that a client connects with a new one", async () => {
    const server = await start();
    let connections = 0;
    const client = server.client({
      retryAttempts: 3,
      retryWait: () => Promise.resolve(),
      connectionParams: () => ({
        Authorization:
          (connections += 1) === 1 ? `Bearer author ${Date.now() + 500}` : "Bearer author",
      }),
    });
    const followed = follow(client, { from: 1 });
    await until(() => connections === 2);
    await until(() => server.world.feeds.size === 1);
    commit(server);
    await until(() => followed.events.length === 1);
    await client.dispose();
  });

  it("SUB-33 tells clients to connect again at shutdown, and takes no new ones", async () => {
    const server = await start();
    const { code } = await (async () => {
      const state = await bare(server.url, [init, subscribe("1")]);
      await until(() => server.world.feeds.size === 1);
      await server.transport.close();
      await until(() => state.code !== 0);
      return state;
    })();
    expect(code).toBe(1_012);
    expect(server.world.feeds.size).toBe(0);
    const late = new WebSocket(server.url, "graphql-transport-ws");
    const failure = await new Promise<Error>((resolve) => late.once("error", resolve));
    expect(failure.message).toContain("503");
  });

  it("refuses other paths and protocols", async () => {
    const server = await start();
    const elsewhere = new WebSocket(`${server.url}/elsewhere`, "graphql-transport-ws");
    const failure = await new Promise<Error>((resolve) => elsewhere.once("error", resolve));
    expect(failure.message).toContain("404");
    const bareSocket = new WebSocket(server.url);
    const code = await new Promise((resolve) => bareSocket.once("close", resolve));
    expect(code).toBe(4_406);
  });

  it("SUB-34 ends a socket that does not answer pings", async () => {
    const server = await start({ limits: { webSocketPingMs: 100 } });
    const socket = new WebSocket(server.url, "graphql-transport-ws", { autoPong: false });
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(JSON.stringify(init));
    const code = await new Promise((resolve) => socket.once("close", resolve));
    expect(code).toBe(1_006);
    await until(() => server.transport.size === 0);
  });

  it("SUB-8 SUB-35 serves a slow reader from the log when it reads again, without a gap", async () => {
    const server = await start({ limits: { webSocketBufferBytesMax: 20_000 } });
    const slow = await bare(server.url, [init, subscribe("1", query, { from: 1 })]);
    const fast = await bare(server.url, [init, subscribe("1", query, { from: 1 })]);
    await until(
      () => server.transport.size === 2 && slow.messages.length + fast.messages.length === 2,
    );
    await settle(50);
    slow.socket.pause();
    const text = "x".repeat(10_000);
    for (let index = 0; index < 2_000; index++) {
      commit(server, 1, text);
      await settle(1);
    }
    await until(() => fast.messages.at(-1)?.payload?.data.templateChanged.toVersion === 2_001);
    expect(slow.messages.length).toBeLessThan(1_500);
    slow.socket.resume();
    await until(() => slow.messages.at(-1)?.payload?.data.templateChanged.toVersion === 2_001);
    let version = 1;
    for (const { payload } of slow.messages.slice(1)) {
      expect(payload.data.templateChanged.fromVersion).toBe(version);
      version = payload.data.templateChanged.toVersion;
    }
    slow.socket.terminate();
    fast.socket.terminate();
  });

  it("SUB-35 closes a client that never reads", async () => {
    const server = await start({
      limits: { webSocketBufferBytesMax: 20_000, webSocketStalledMs: 500 },
    });
    const slow = await bare(server.url, [init, subscribe("1")]);
    await until(() => server.world.feeds.size === 1);
    slow.socket.pause();
    for (let index = 0; index < 2_000; index++) commit(server, 1, "x".repeat(10_000));
    await settle(50);
    for (let index = 0; index < 2_000 && server.transport.size > 0; index++) {
      commit(server, 1, "x".repeat(10_000));
      await settle(1);
    }
    await until(() => server.transport.size === 0).catch(() => undefined);
    slow.socket.resume();
    await until(() => slow.code !== 0);
    expect([4_410, 1_006]).toContain(slow.code);
    await until(() => server.world.feeds.size === 0);
  });

  it("LIM-27 serves others between the messages that one client sends at once", async () => {
    const server = await start();
    const greedy = await bare(server.url, [init]);
    const other = await bare(server.url, [init]);
    await until(() => greedy.messages.length === 1 && other.messages.length === 1);
    for (let index = 0; index < 100; index++) {
      greedy.socket.send(JSON.stringify(subscribe(`q${index}`, "{ who }", {})));
    }
    other.socket.send(JSON.stringify(subscribe("1", "{ who }", {})));
    const answers = ({ messages }: typeof greedy) => messages.filter(({ type }) => type === "next");
    await until(() => answers(other).length === 1);
    expect(answers(greedy).length).toBeLessThan(50);
    await until(() => answers(greedy).length === 100);
    greedy.socket.terminate();
    other.socket.terminate();
  });

  it("SUB-35 does not read on from a client that leaves its answers unread", async () => {
    const server = await start({ limits: { webSocketBufferBytesMax: 20_000 } });
    const greedy = await bare(server.url, [init]);
    await until(() => greedy.messages.length === 1);
    greedy.socket.pause();
    const ask = "query ($b: Int!) { big(bytes: $b) }";
    for (let index = 0; index < 200; index++) {
      greedy.socket.send(JSON.stringify(subscribe(`q${index}`, ask, { b: 1_000_000 })));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(process.memoryUsage().rss).toBeLessThan(600_000_000);
    greedy.socket.resume();
    const finished = ({ type }: { type: string }) => type === "complete" || type === "error";
    await until(() => greedy.messages.filter(finished).length === 200);
    greedy.socket.terminate();
  });
});
