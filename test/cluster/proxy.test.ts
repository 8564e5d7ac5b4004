/** The proxy in front of several nodes, with small servers in the place of the nodes. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Backends } from "../../scripts/cluster/backends.js";
import { createProxy } from "../../scripts/cluster/proxy.js";
import { preferenceOf } from "../../scripts/cluster/rendezvous.js";

interface FakeNode {
  readonly port: number;
  /** What `/health/ready` answers. */
  health: number;
  readonly seen: IncomingMessage[];
  stop(): Promise<void>;
}

const stops: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  stops.push(stop);
  return (server.address() as AddressInfo).port;
}

async function fakeNode(): Promise<FakeNode> {
  const server = createServer((request, response) => {
    if (request.url === "/health/ready") return response.writeHead(node.health).end();
    node.seen.push(request);
    response.setHeader("x-node", node.port);
    if (request.url?.startsWith("/die")) {
      response.write("half");
      return setTimeout(() => response.destroy(), 20);
    }
    if (!request.url?.startsWith("/stream")) return request.pipe(response);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: first\n\n");
    return setTimeout(() => response.write("data: next\n\n"), 10);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.on("message", (data: Buffer) => socket.send(`${node.port} ${data.toString()}`));
  });
  const port = await listening(server);
  const stop = async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const node: FakeNode = { port, health: 200, seen: [], stop };
  return node;
}

async function open(count: number) {
  const nodes = await Promise.all(Array.from({ length: count }, fakeNode));
  const backends = new Backends(nodes.map(({ port }) => ({ host: "127.0.0.1", port })));
  await backends.watch();
  stops.push(() => backends.close());
  const proxy = createProxy(backends);
  const port = await listening(proxy);
  stops.push(() => void proxy.emit("close"));
  return { nodes, backends, port };
}

async function servedBy(port: number, path = "/", headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return Number(response.headers.get("x-node"));
}

function socketTo(port: number, path = "/"): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
  });
}

function answer(socket: WebSocket, text: string): Promise<string> {
  return new Promise((resolve) => {
    socket.once("message", (data: Buffer) => resolve(data.toString()));
    socket.send(text);
  });
}

test("NODE-8 a node that goes takes only its own templates along", () => {
  const names = ["a", "b", "c", "d"];
  const keys = Array.from({ length: 1_000 }, (_, index) => `template-${index}`);
  const before = new Map(keys.map((key) => [key, preferenceOf(key, names)[0]]));
  for (const name of names) {
    const share = keys.filter((key) => before.get(key) === name).length;
    expect(share).toBeGreaterThan(150);
  }
  for (const key of keys) {
    const after = preferenceOf(key, ["a", "b", "d"])[0];
    if (before.get(key) !== "c") expect(after).toBe(before.get(key));
  }
});

describe("the proxy", () => {
  test("NODE-8 sends a template's requests and sockets to one node, others in turn", async () => {
    const { port } = await open(3);
    const id = "0190A0B0-0000-7000-8000-000000000001";
    const node = await servedBy(port, "/x", { "x-strata-template": id });
    for (let n = 0; n < 5; n += 1) {
      expect(await servedBy(port, `/x?a=1&template=${id.toLowerCase()}`)).toBe(node);
    }
    const socket = await socketTo(port, `/graphql?template=${id}`);
    expect(await answer(socket, "hello")).toBe(`${node} hello`);
    const others = await Promise.all(Array.from({ length: 6 }, () => servedBy(port)));
    expect(new Set(others).size).toBe(3);
  });

  test("NODE-8 passes on what was sent, and streams without waiting for the end", async () => {
    const { port, nodes } = await open(1);
    const body = "x".repeat(500_000);
    const echo = await fetch(`http://127.0.0.1:${port}/echo?q=1`, {
      method: "POST",
      body,
      headers: { "x-own": "1", "x-forwarded-for": "203.0.113.9" },
    });
    expect(await echo.text()).toBe(body);
    const [seen] = nodes[0]?.seen ?? [];
    expect(seen?.url).toBe("/echo?q=1");
    expect(seen?.headers).toMatchObject({
      "x-own": "1",
      host: `127.0.0.1:${port}`,
      "x-forwarded-for": "203.0.113.9, 127.0.0.1",
    });
    const stream = await fetch(`http://127.0.0.1:${port}/stream`);
    let text = "";
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes("next")) break;
    }
    expect(text).toBe("data: first\n\ndata: next\n\n");
  });

  test("NODE-8 gives nothing new to a node that drains, and leaves what it has", async () => {
    const { port, nodes, backends } = await open(2);
    const id = "t1";
    const first = nodes.find(({ port: own }) => own === preferred(nodes, id));
    const socket = await socketTo(port, `/?template=${id}`);
    expect(await answer(socket, "a")).toBe(`${first?.port} a`);
    if (first !== undefined) first.health = 503;
    await expect.poll(() => backends.readyCount).toBe(1);
    expect(await servedBy(port, `/?template=${id}`)).not.toBe(first?.port);
    expect(await answer(socket, "b")).toBe(`${first?.port} b`);
  });

  test("NODE-8 goes around a node that died, before anybody noticed", async () => {
    const { port, nodes, backends } = await open(2);
    const id = "t1";
    const first = nodes.find(({ port: own }) => own === preferred(nodes, id));
    backends.close();
    await first?.stop();
    expect(await servedBy(port, `/?template=${id}`)).not.toBe(first?.port);
    const socket = await socketTo(port, `/?template=${id}`);
    expect(await answer(socket, "a")).not.toContain(String(first?.port));
  });

  test("NODE-8 an answer that its node did not finish is cut, not completed", async () => {
    const { port } = await open(1);
    const response = await fetch(`http://127.0.0.1:${port}/die`);
    await expect(response.text()).rejects.toThrow();
  });

  test("NODE-8 says UNAVAILABLE where no node takes requests", async () => {
    const { port, nodes, backends } = await open(1);
    if (nodes[0] !== undefined) nodes[0].health = 503;
    await expect.poll(() => backends.readyCount).toBe(0);
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST" });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "UNAVAILABLE", retryAfterMs: 1_000 } }],
    });
    await expect(socketTo(port)).rejects.toThrow("503");
  });
});

function preferred(nodes: readonly FakeNode[], key: string): number {
  const [name] = preferenceOf(
    key,
    nodes.map(({ port }) => `127.0.0.1:${port}`),
  );
  return Number(name?.split(":")[1]);
}
