/** Operations that end while they are being opened, and ids that are used again at once: nothing of them stays behind. */
import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { moveTo, settle } from "./harness.js";
import { startSockets, until, type TestSockets } from "./socketServer.js";

const follow = (templateId = "t1") =>
  `subscription { templateChanged(templateId: "${templateId}") { toVersion } }`;
const subscribe = (id: string, query = follow()) => ({ id, type: "subscribe", payload: { query } });
const complete = (id: string) => ({ id, type: "complete" });

let server: TestSockets;

beforeEach(async () => {
  server = await startSockets();
  server.world.templates.add("t1");
  // An opening takes some turns, as a database does.
  server.world.templates.latency = () => 30;
});
afterEach(() => server.close());

function commit(): void {
  server.world.bus.publish(server.world.templates.commit("t1", [moveTo(1)]));
}

const members = () => server.world.feeds.subscriptions;

async function connect() {
  const socket = new WebSocket(server.url, "graphql-transport-ws");
  const messages: any[] = [];
  socket.on("message", (data: Buffer) => messages.push(JSON.parse(data.toString())));
  await new Promise((resolve) => socket.once("open", resolve));
  const send = (...all: readonly object[]) => {
    for (const message of all) socket.send(JSON.stringify(message));
  };
  send({ type: "connection_init", payload: { Authorization: "Bearer author" } });
  await until(() => messages.length === 1);
  messages.splice(0);
  return { socket, messages, send };
}

describe("an operation that ends while it is being opened", () => {
  it("SUB-37 leaves nothing behind, however often its id is used again", async () => {
    const { send, messages, socket } = await connect();
    for (let pair = 0; pair < 60; pair += 1) send(subscribe("x"), complete("x"));
    send(subscribe("x"));
    await until(() => members() === 1);
    await settle(400);
    expect(members()).toBe(1);
    commit();
    await until(() => messages.length > 0);
    await settle(100);
    expect(messages).toHaveLength(1);
    send(complete("x"));
    await until(() => members() === 0);
    commit();
    await settle(100);
    expect(messages).toHaveLength(1);
    socket.terminate();
  });

  it("SUB-37 is not opened, and says nothing", async () => {
    const { send, messages, socket } = await connect();
    send(subscribe("x"), complete("x"), subscribe("y", follow("none")), complete("y"));
    send(subscribe("z", "{ nothing }"), complete("z"), subscribe("q", "{ who }"), complete("q"));
    await settle(400);
    expect(members()).toBe(0);
    commit();
    send({ type: "ping" });
    await until(() => messages.length > 0);
    // What was answered before its completion was read is told; nothing of what was still being opened.
    const answered = messages.filter(({ id }) => id === "x" || id === "y");
    expect(answered).toEqual([]);
    socket.terminate();
  });

  it("SUB-37 does not answer in the place of the next one with its id", async () => {
    const { send, messages, socket } = await connect();
    send(subscribe("x", follow("none")), complete("x"), subscribe("x"));
    await until(() => members() === 1);
    await settle(200);
    expect(messages).toEqual([]);
    send(complete("x"), subscribe("x", follow("none")));
    await until(() => messages.length === 2);
    expect(messages).toMatchObject([
      { id: "x", payload: { errors: [{ extensions: { code: "NOT_FOUND" } }] } },
      { id: "x", type: "complete" },
    ]);
    await until(() => members() === 0);
    socket.terminate();
  });

  it("SUB-31 SUB-37 counts as under way until its opening is over", async () => {
    const { send, messages, socket } = await connect();
    for (let pair = 0; pair < 150; pair += 1) send(subscribe("x"), complete("x"));
    for (let index = 0; index < 60; index += 1) send(subscribe(`${index}`));
    await until(() => members() === 60 - messages.filter(({ type }) => type === "error").length);
    await settle(300);
    const before = members();
    send(subscribe("late"));
    await until(() => members() === before + 1);
    socket.terminate();
    await until(() => members() === 0);
  });

  it.each(["closes", "breaks"])("SUB-37 leaves nothing behind where its socket %s", async (how) => {
    const { send, socket } = await connect();
    for (let index = 0; index < 20; index += 1) send(subscribe(`${index}`));
    await settle(5);
    if (how === "closes") socket.close();
    else socket.terminate();
    await until(() => server.transport.size === 0);
    await settle(400);
    expect(members()).toBe(0);
    expect(server.world.warnings).toEqual([]);
  });

  it("SUB-37 leaves nothing behind where an event stream is left", async () => {
    const requests = Array.from({ length: 20 }, () => {
      const request = httpRequest(server.httpUrl, {
        method: "POST",
        headers: { authorization: "Bearer author", accept: "text/event-stream" },
      });
      request.on("error", () => undefined);
      request.end(JSON.stringify({ query: follow() }));
      return request;
    });
    await settle(10);
    for (const request of requests) request.destroy();
    await settle(400);
    await until(() => server.streams.size === 0);
    expect(members()).toBe(0);
  });
});
