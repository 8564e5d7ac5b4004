/** The presence store in Redis: the contract, and what only Redis can hold. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import type { PresenceStore } from "../../src/subscriptions/presence/stores/presenceStore.js";
import { RedisPresenceStore } from "../../src/subscriptions/presence/stores/redisPresenceStore.js";
import { redisConnection } from "../../src/redis/redisConnection.js";
import { redisUrl } from "../setup/redis.js";
import { presenceStoreContract, someEntry } from "./presenceStore.js";

let opened: PresenceStore[] = [];

/** A store whose templates nobody else uses. */
async function openStore(prefix: string = randomUUID()): Promise<PresenceStore> {
  const redis = redisConnection({ url: redisUrl() }, "test", () => undefined);
  await new Promise((resolve) => redis.once("ready", resolve));
  const store = new RedisPresenceStore(redis, 1_000);
  const own: PresenceStore = {
    read: (templateId) => store.read(prefix + templateId),
    write: (templateId, entries, over) => store.write(prefix + templateId, entries, over),
    close: () => store.close(),
  };
  opened.push(own);
  return own;
}

async function closeAll(): Promise<void> {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
}

presenceStoreContract("Redis", {
  open: () => openStore(),
  pass: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  close: closeAll,
});

describe("presence in Redis", () => {
  it("PRES-5 leaves nothing behind, and PRES-10 takes nothing that is no entry", async () => {
    const prefix = randomUUID();
    const store = await openStore(prefix);
    const redis = new Redis(redisUrl());
    const key = `strata:{${prefix}t1}:present`;
    await store.write("t1", [someEntry("a")], []);
    const written = (await redis.hget(key, "a")) ?? "";
    await redis.hset(key, {
      b: written,
      c: written.replace('"a"', '"c"').replace("0.5", '"0.5"'),
      d: "rubbish",
      e: `${Date.now()} 1 {`,
      f: written.replace('"a"', '"f"'),
    });
    const { entries, over } = await store.read("t1");
    expect(entries.map(({ entry }) => entry.sessionId).sort()).toEqual(["a", "f"]);
    expect(over).toEqual([]);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
    await expect.poll(() => redis.exists(key)).toBe(0);
    redis.disconnect();
    await closeAll();
  });
});
