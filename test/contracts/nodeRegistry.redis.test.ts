/** The Redis adapter of the list of nodes: the contract, and what others may have written there. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterEach, expect, it } from "vitest";
import type { RegistryTimes } from "../../src/cluster/nodeRegistry.js";
import { RedisNodeRegistry } from "../../src/cluster/redisNodeRegistry.js";
import { redisConnection } from "../../src/redis/redisConnection.js";
import { RedisNames } from "../../src/redis/redisNames.js";
import { redisUrl } from "../setup/redis.js";
import { nodeRegistryContract, someReport } from "./nodeRegistry.js";

const opened: RedisNodeRegistry[] = [];

async function open(prefix: string, times?: RegistryTimes): Promise<RedisNodeRegistry> {
  const redis = redisConnection({ url: redisUrl() }, "nodes", () => {});
  await new Promise((resolve) => redis.once("ready", resolve));
  const registry = new RedisNodeRegistry({
    redis,
    names: new RedisNames(prefix),
    ...(times && { times }),
  });
  opened.push(registry);
  return registry;
}

async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
}

nodeRegistryContract("Redis", {
  async open(times) {
    const prefix = `test-${randomUUID()}`;
    return { here: await open(prefix, times), there: await open(prefix, times) };
  },
  close: closeAll,
});

afterEach(closeAll);

it("NODE-1 passes over what is no report", async () => {
  const prefix = `test-${randomUUID()}`;
  const registry = await open(prefix);
  await registry.report(someReport("good"));
  const redis = new Redis(redisUrl());
  const bad = ["", "{", "null", "[]", JSON.stringify(someReport("another")), '{"id":"x"}'];
  for (const [index, text] of bad.entries()) {
    await redis.set(`${prefix}:{nodes}:report:bad-${index}`, text);
    await redis.zadd(`${prefix}:{nodes}:ids`, Date.now(), `bad-${index}`);
  }
  expect((await registry.list()).map(({ id }) => id)).toEqual(["good"]);
  redis.disconnect();
});
