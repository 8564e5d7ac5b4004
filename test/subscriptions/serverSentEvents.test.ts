import { afterEach, describe, expect, it } from "vitest";
import { moveTo, settle } from "./harness.js";
import { startSockets, until, type TestSockets } from "./socketServer.js";

let sockets: TestSockets | undefined;
afterEach(async () => {
  await sockets?.close();
  sockets = undefined;
});

async function start(): Promise<TestSockets> {
  sockets = await startSockets();
  sockets.world.templates.add("t1");
  return sockets;
}

interface Stream {
  readonly status: number;
  readonly events: { event: string; data: any }[];
  ended: boolean;
  abort(): void;
}

async function open(server: TestSockets, body: object, token = "Bearer author"): Promise<Stream> {
  const aborter = new AbortController();
  const response = await fetch(server.httpUrl, {
    method: "POST",
    headers: { authorization: token, accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal: aborter.signal,
  });
  const stream: Stream = {
    status: response.status,
    events: [],
    ended: false,
    abort: () => aborter.abort(),
  };
  void read(response, stream).catch(() => undefined);
  return stream;
}

async function read(response: Response, stream: Stream): Promise<void> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = new Map(
        block.split("\n").map((line) => line.split(/: ?(.*)/s) as [string, string]),
      );
      const event = lines.get("event");
      const data = lines.get("data") ?? "";
      if (event !== undefined)
        stream.events.push({ event, data: data === "" ? "" : JSON.parse(data) });
    }
  }
  stream.ended = true;
}

const query =
  'subscription ($from: Int) { templateChanged(templateId: "t1", fromVersion: $from) { fromVersion toVersion } }';

describe("server-sent events", () => {
  it("SUB-36 delivers changes and completes with the subscription", async () => {
    const server = await start();
    const stream = await open(server, { query, variables: { from: 1 } });
    await until(() => server.world.feeds.size === 1);
    for (let index = 0; index < 3; index++) {
      server.world.bus.publish(server.world.templates.commit("t1", [moveTo(index)]));
      await settle(5);
    }
    await until(() => stream.events.at(-1)?.data.data.templateChanged.toVersion === 4);
    server.world.templates.change("t1", { deleted: true });
    server.world.bus.publish({ kind: "accessChanged", templateId: "t1" });
    await until(() => stream.ended);
    expect(stream.events.at(-1)).toEqual({ event: "complete", data: "" });
    expect(server.streams.size).toBe(0);
  });

  it("SUB-13 shares the execution with sockets", async () => {
    const server = await start();
    const client = server.client();
    const events: unknown[] = [];
    client.subscribe(
      { query, variables: { from: null } },
      { next: (event) => events.push(event), error: () => undefined, complete: () => undefined },
    );
    const stream = await open(server, { query });
    await until(() => server.transport.size === 1 && server.streams.size === 1);
    await settle(100);
    server.world.bus.publish(server.world.templates.commit("t1", [moveTo(1)]));
    await until(() => events.length === 1 && stream.events.length === 1);
    expect(server.executions()).toBe(1);
    stream.abort();
    await until(() => server.streams.size === 0);
    await client.dispose();
    await until(() => server.world.feeds.size === 0);
  });

  it("SUB-36 ends without complete at shutdown and when the token expires", async () => {
    const server = await start();
    const one = await open(server, { query });
    const two = await open(server, { query }, `Bearer author ${Date.now() + 300}`);
    await until(() => two.ended);
    server.streams.close();
    await until(() => one.ended);
    expect([...one.events, ...two.events]).toEqual([]);
    expect(server.world.feeds.size).toBe(0);
  });

  it("SUB-36 refuses a wrong document before the stream begins, and tells other refusals in it", async () => {
    const server = await start();
    expect((await open(server, { query: "subscription { nothing }" })).status).toBe(400);
    const missing = await open(server, {
      query: 'subscription { templateChanged(templateId: "none") { toVersion } }',
    });
    await until(() => missing.ended);
    expect(missing.events).toMatchObject([
      { event: "next", data: { errors: [{ extensions: { code: "NOT_FOUND" } }] } },
      { event: "complete" },
    ]);
    const asked = await open(server, { query: "{ who }" });
    await until(() => asked.ended);
    expect(asked.events[0]?.data).toEqual({ data: { who: "author" } });
  });
});
