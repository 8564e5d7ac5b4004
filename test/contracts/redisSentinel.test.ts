/** The Redis bus behind a real Sentinel: it finds the master, and the next one. */
import { afterAll, expect, it } from "vitest";
import { systemClock } from "../../src/platform/clock.js";
import { RedisBus } from "../../src/bus/redisBus.js";
import { RedisProcesses, until } from "../setup/redisProcesses.js";
import { changesHeard, someChange } from "./changeBus.js";

const processes = new RedisProcesses();
const buses: RedisBus[] = [];
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await processes.end();
});

function openBus(url: string): RedisBus {
  const nodeId = `node-${buses.length}`;
  const bus = new RedisBus({ url, nodeId, pingMs: 200, clock: systemClock, warn: () => {} });
  buses.push(bus);
  return bus;
}

it("NODE-7 a bus behind Sentinel goes on with the master that takes over", async () => {
  const master = await processes.server("--repl-diskless-sync-delay", "0");
  const replica = await processes.server("--replicaof", "127.0.0.1", String(master.port));
  await until(async () => (await master.redis.info("replication")).includes("state=online"));
  const sentinel = await processes.sentinel("main", master.port);
  await until(async () => {
    const known = await sentinel.redis.call("SENTINEL", "REPLICAS", "main");
    return (known as unknown[]).length === 1;
  });
  const url = `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/main/0`;
  const [here, there] = [openBus(url), openBus(url)];
  await until(() => here.healthy && there.healthy);
  const { heard } = changesHeard(there, "t1");
  let version = 0;
  const publish = () => here.publish(someChange("t1", (version += 1), version + 1));
  await until(() => {
    publish();
    return heard.length > 0;
  });
  await master.kill();
  await until(() => !here.healthy && !there.healthy);
  await until(() => here.healthy && there.healthy);
  expect(await replica.redis.info("replication")).toContain("role:master");
  const before = heard.length;
  await until(() => {
    publish();
    return heard.length > before;
  });
});
