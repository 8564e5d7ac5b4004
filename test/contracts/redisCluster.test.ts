/** The Redis adapters over a real Redis Cluster: the contracts, slots that move, a master that dies. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RedisNodeRegistry } from "../../src/cluster/redisNodeRegistry.js";
import { systemClock } from "../../src/platform/clock.js";
import { RedisBus } from "../../src/bus/redisBus.js";
import { redisConnection } from "../../src/redis/redisConnection.js";
import { RedisNames } from "../../src/redis/redisNames.js";
import { slotOf } from "../../src/redis/redisSlot.js";
import { RedisProcesses, until, type RedisProcess } from "../setup/redisProcesses.js";
import { changeBusContract, changesHeard, someChange } from "./changeBus.js";
import { nodeRegistryContract } from "./nodeRegistry.js";

const processes = new RedisProcesses();
let nodes: readonly RedisProcess[] = [];
let url = "";
const buses: RedisBus[] = [];
const registries: RedisNodeRegistry[] = [];
let opened = 0;

beforeAll(async () => {
  nodes = await processes.cluster();
  url = `redis+cluster://127.0.0.1:${nodes[1]?.port},127.0.0.1:${nodes[0]?.port}`;
});
afterAll(() => processes.end());

async function openBus(): Promise<RedisBus> {
  const bus = new RedisBus({
    url,
    nodeId: `node-${(opened += 1)}`,
    messageBytesMax: 4_000,
    pingMs: 200,
    clock: systemClock,
    warn: () => {},
  });
  buses.push(bus);
  await until(() => bus.healthy);
  return bus;
}

async function closeAll(): Promise<void> {
  await Promise.all([...buses.splice(0), ...registries.splice(0)].map((one) => one.close()));
}

changeBusContract("Redis Cluster", {
  open: async () => ({ here: await openBus(), there: await openBus() }),
  close: closeAll,
});

nodeRegistryContract("Redis Cluster", {
  async open(times) {
    const prefix = `test-${(opened += 1)}`;
    const [here, there] = await Promise.all(
      [1, 2].map(async () => {
        const redis = redisConnection({ url }, "nodes", () => {});
        await until(() => redis.status === "ready");
        const registry = new RedisNodeRegistry({
          redis,
          names: new RedisNames(prefix),
          ...(times && { times }),
        });
        registries.push(registry);
        return registry;
      }),
    );
    if (here === undefined || there === undefined) throw new Error("no registry");
    return { here, there };
  },
  close: closeAll,
});

/** A template for each master, so that all nodes of the cluster are listened to. */
function templateOn(share: number): string {
  for (let n = 0; ; n += 1) {
    const slot = slotOf(`t${n}`);
    if (Math.floor((slot / 16_384) * 3) === share && slot !== 5_461 && slot !== 10_922) {
      return `t${n}`;
    }
  }
}

/** Publishes until a message arrives; what came before that may have been lost. */
async function arrives(from: RedisBus, to: RedisBus, templateId: string): Promise<void> {
  const { heard, stop } = changesHeard(to, templateId);
  let version = 0;
  await until(() => {
    from.publish(someChange(templateId, (version += 1), version + 1));
    return heard.length > 0;
  });
  stop();
}

describe("Redis Cluster", () => {
  afterEach(closeAll);

  it("NODE-6 slots are computed as Redis does", async () => {
    for (const key of ["a", "strata:{t1}:changes", "{}x", "a{b}{c}", "é{ü}", "{unclosed", ""]) {
      expect(slotOf(key)).toBe(await nodes[0]?.redis.call("CLUSTER", "KEYSLOT", key));
    }
  });

  it("NODE-6 each channel is joined on the node that owns its slot, and left there", async () => {
    const bus = await openBus();
    const stops = [0, 1, 2].map((share) => bus.subscribe(templateOn(share), () => {}));
    const channels = async (node: number) =>
      (await nodes[node]?.redis.call("PUBSUB", "SHARDCHANNELS", "strata:*")) as string[];
    for (const share of [0, 1, 2]) {
      await until(async () => (await channels(share)).length === 1);
      expect(await channels(share)).toEqual([`strata:{${templateOn(share)}}:changes`]);
    }
    for (const stop of stops) stop();
    for (const share of [0, 1, 2]) await until(async () => (await channels(share)).length === 0);
    expect(bus.healthy).toBe(true);
  });

  it("NODE-6 follows a slot that moves to another node", async () => {
    const [here, there] = [await openBus(), await openBus()];
    const templateId = templateOn(1);
    const slot = slotOf(templateId);
    let hints = 0;
    there.subscribe(templateId, ({ kind }) => (hints += kind === "accessChanged" ? 1 : 0));
    await arrives(here, there, templateId);
    const before = hints;
    const [, source, target] = nodes;
    const id = async (node: RedisProcess | undefined) =>
      (await node?.redis.call("CLUSTER", "MYID")) as string;
    await target?.redis.call("CLUSTER", "SETSLOT", slot, "IMPORTING", await id(source));
    await source?.redis.call("CLUSTER", "SETSLOT", slot, "MIGRATING", await id(target));
    for (const node of [target, source, nodes[0]]) {
      await node?.redis.call("CLUSTER", "SETSLOT", slot, "NODE", await id(target));
    }
    // Who listens is told to look for what was said meanwhile.
    await until(() => hints > before);
    await until(() => here.healthy && there.healthy);
    await arrives(here, there, templateId);
    const name = `strata:{${templateId}}:changes`;
    expect(await target?.redis.call("PUBSUB", "SHARDNUMSUB", name)).toEqual([name, 1]);
  });

  it("NODE-6 follows the replica that takes over, and says meanwhile that it does not hear all", async () => {
    const [here, there] = [await openBus(), await openBus()];
    const templateId = templateOn(0);
    let hints = 0;
    there.subscribe(templateId, ({ kind }) => (hints += kind === "accessChanged" ? 1 : 0));
    await arrives(here, there, templateId);
    const before = hints;
    await nodes[0]?.kill();
    await until(() => !there.healthy);
    await until(() => here.healthy && there.healthy);
    await until(() => hints > before);
    await arrives(here, there, templateId);
  });
});
