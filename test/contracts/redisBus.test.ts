/** The Redis adapter: the contract in both kinds of channel, and what only Redis can do to it. */
import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/platform/clock.js";
import { RedisBus } from "../../src/bus/redisBus.js";
import { redisUrl } from "../setup/redis.js";
import {
  changeBusContract,
  changesHeard,
  eventually,
  someChange,
  somePresence,
} from "./changeBus.js";

const buses: RedisBus[] = [];
let nodes = 0;

function openBus(options: { url?: string; sharded?: boolean; warnings?: string[] } = {}): RedisBus {
  const bus = new RedisBus({
    url: options.url ?? redisUrl(),
    nodeId: `node-${process.pid}-${(nodes += 1)}`,
    ...(options.sharded === undefined ? {} : { sharded: options.sharded }),
    messageBytesMax: 4_000,
    pingMs: 200,
    clock: systemClock,
    warn: (message) => options.warnings?.push(message),
  });
  buses.push(bus);
  return bus;
}

async function closeAll(): Promise<void> {
  await Promise.all(buses.splice(0).map((bus) => bus.close()));
}

for (const sharded of [undefined, false] as const) {
  changeBusContract(sharded === false ? "Redis, PUBLISH" : "Redis, as the server can", {
    async open() {
      const options = sharded === undefined ? {} : { sharded };
      const [here, there] = [openBus(options), openBus(options)];
      await eventually(() => here.healthy && there.healthy);
      return { here, there };
    },
    close: closeAll,
  });
}

describe("Redis bus", () => {
  afterEach(closeAll);

  it("SUB-21 sends a large message without its operations", async () => {
    const [here, there] = [openBus(), openBus()];
    const templateId = `large-${process.pid}`;
    const { heard } = changesHeard(there, templateId);
    await eventually(() => here.healthy && there.healthy);
    here.publish(someChange(templateId, 1, 500));
    await eventually(() => heard.length === 1);
    expect(heard[0]).toMatchObject({ fromVersion: 1, toVersion: 500, operations: null });
  });

  it("SUB-22 drops what is not a message of ours and goes on", async () => {
    const warnings: string[] = [];
    const [here, there] = [openBus(), openBus({ warnings })];
    const templateId = `bad-${process.pid}`;
    const { heard } = changesHeard(there, templateId);
    await eventually(() => here.healthy && there.healthy);
    const redis = new Redis(redisUrl());
    const channel = `strata:{${templateId}}:changes`;
    const good = { v: 1, node: "x", message: someChange(templateId, 1, 2) };
    const bad = [
      "",
      "{",
      "null",
      "[]",
      JSON.stringify({ ...good, v: 2 }),
      JSON.stringify({ ...good, message: someChange("another", 1, 2) }),
      JSON.stringify({ ...good, message: { ...good.message, toVersion: 1 } }),
      JSON.stringify({ ...good, message: { ...good.message, operations: [null] } }),
      JSON.stringify({ ...good, message: { ...good.message, operations: [{ id: "x" }] } }),
      JSON.stringify({ ...good, message: { ...good.message, toVersion: 1e300 } }),
    ];
    for (const text of bad) {
      await redis.spublish(channel, text);
      await redis.publish(channel, text);
    }
    await redis.spublish(channel, JSON.stringify(good));
    await redis.publish(channel, JSON.stringify(good));
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([good.message]);
    expect(warnings).toHaveLength(bad.length);
    redis.disconnect();
  });

  it("SUB-22 drops presence, activity and comments that are not whole, or under the wrong topic", async () => {
    const warnings: string[] = [];
    const bus = openBus({ warnings });
    const templateId = `bad-presence-${process.pid}`;
    const heard: string[] = [];
    bus.subscribe(templateId, ({ kind }) => heard.push(kind), "presence");
    bus.subscribe(templateId, ({ kind }) => heard.push(kind), "activity");
    bus.subscribe(templateId, ({ kind }) => heard.push(kind), "comments");
    await eventually(() => bus.healthy);
    heard.length = 0;
    const redis = new Redis(redisUrl());
    const good = somePresence(templateId);
    const [entry] = good.entries;
    const withEntry = (part: object) => ({ ...good, entries: [{ ...entry, ...part }] });
    const bad: (readonly [topic: string, message: unknown])[] = [
      ["activity", good],
      ["presence", someChange(templateId, 1, 2)],
      ["presence", { ...good, entries: undefined }],
      ["presence", { ...good, left: [{}] }],
      ["presence", { ...good, left: "s3" }],
      ["presence", withEntry({ sequence: 1.5 })],
      ["presence", withEntry({ sequence: -1 })],
      ["presence", withEntry({ cursor: { x: "1", y: 2 } })],
      ["presence", withEntry({ cursor: { x: 1, y: 2, z: 3 } })],
      ["presence", withEntry({ selection: [1] })],
      ["presence", withEntry({ viewport: { x: 1, y: 2, width: 3, height: 4 } })],
      ["presence", withEntry({ joinedAt: 1e300 })],
      ["presence", withEntry({ more: "and more" })],
      ["presence", withEntry({ life: {} })],
      ["presence", withEntry({ life: { connectionId: 1, lastKnownVersion: 1, lastActiveAt: 1 } })],
      [
        "presence",
        withEntry({ life: { connectionId: "c", lastKnownVersion: -1, lastActiveAt: 1 } }),
      ],
      ["activity", { kind: "activity", templateId }],
      ["comments", { kind: "comments", templateId }],
      ["comments", { kind: "comments", templateId, sequence: 1.5 }],
      [
        "activity",
        { kind: "activity", templateId, activity: { kind: "SHOUTED", userId: null, at: 1 } },
      ],
    ];
    for (const [topic, message] of bad) {
      await redis.spublish(
        `strata:{${templateId}}:${topic}`,
        JSON.stringify({ v: 1, node: "x", message }),
      );
    }
    await redis.spublish(
      `strata:{${templateId}}:presence`,
      JSON.stringify({ v: 1, node: "x", message: good }),
    );
    await eventually(() => heard.length > 0);
    expect(heard).toEqual(["presence"]);
    expect(warnings).toHaveLength(bad.length);
    redis.disconnect();
  });

  it("SUB-24 leaves no channel behind when the last listener goes", async () => {
    const bus = openBus();
    await eventually(() => bus.healthy);
    const redis = new Redis(redisUrl());
    const mine = async (): Promise<string[]> => {
      const [plain, sharded] = await Promise.all([
        redis.pubsub("CHANNELS", `strata:{leak-${process.pid}-*`),
        redis.call("PUBSUB", "SHARDCHANNELS", `strata:{leak-${process.pid}-*`),
      ]);
      return [...(plain as string[]), ...(sharded as string[])];
    };
    const stops = Array.from({ length: 40 }, (_, index) =>
      bus.subscribe(
        `leak-${process.pid}-${index % 10}`,
        () => undefined,
        index < 20 ? "changes" : "presence",
      ),
    );
    await eventuallyAsync(async () => (await mine()).length === 20);
    for (const stop of stops) stop();
    await eventuallyAsync(async () => (await mine()).length === 0);
    expect(bus.healthy).toBe(true);
    redis.disconnect();
  });
});

describe("Redis bus without Redis", () => {
  let server: ChildProcess | undefined;
  afterEach(async () => {
    await closeAll();
    server?.kill("SIGKILL");
  });

  it("SUB-20 SUB-23 serves local listeners, says it is not healthy, and recovers by itself", async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const [here, there] = [openBus({ url }), openBus({ url })];
    const local = changesHeard(here, "t1");
    const remote = changesHeard(there, "t1");
    let hints = 0;
    there.subscribe("t1", (message) => (hints += message.kind === "accessChanged" ? 1 : 0));
    here.publish(someChange("t1", 1, 2));
    expect(local.heard).toHaveLength(1);
    expect(here.healthy).toBe(false);

    server = await startRedis(port);
    await eventually(() => here.healthy && there.healthy);
    here.publish(someChange("t1", 2, 3));
    await eventually(() => remote.heard.length === 1);

    hints = 0;
    server.kill("SIGKILL");
    await eventually(() => !here.healthy && !there.healthy);
    here.publish(someChange("t1", 3, 4));
    expect(local.heard).toHaveLength(3);
    server = await startRedis(port);
    await eventually(() => here.healthy && there.healthy);
    expect(hints).toBeGreaterThan(0);
    here.publish(someChange("t1", 4, 5));
    await eventually(() => remote.heard.length === 2);
  });

  it("SUB-23 notices a server that no longer answers", async () => {
    const port = await freePort();
    server = await startRedis(port);
    const bus = openBus({ url: `redis://127.0.0.1:${port}` });
    await eventually(() => bus.healthy);
    server.kill("SIGSTOP");
    await eventually(() => !bus.healthy);
    server.kill("SIGCONT");
    await eventually(() => bus.healthy);
  });
});

async function startRedis(port: number): Promise<ChildProcess> {
  const child = spawn("redis-server", [
    "--port",
    String(port),
    "--save",
    "",
    "--bind",
    "127.0.0.1",
  ]);
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.stdout.on("data", (text: Buffer) => {
      if (text.toString().includes("Ready to accept connections")) resolve();
    });
  });
  return child;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function eventuallyAsync(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 3_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
