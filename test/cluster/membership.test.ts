import { afterEach, describe, expect, test } from "vitest";
import { Membership } from "../../src/cluster/membership.js";
import { MemoryNodeRegistry } from "../../src/cluster/memoryNodeRegistry.js";
import type { NodeRegistry } from "../../src/cluster/nodeRegistry.js";
import { systemClock } from "../../src/platform/clock.js";

const counts = {
  connections: () => 7,
  subscriptions: () => 8,
  liveTemplates: () => 9,
  hearsOtherNodes: () => false,
};
const members: Membership[] = [];
afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.leave()));
});

function memberOf(registry: NodeRegistry, id: string): Membership {
  const member = new Membership({ registry, clock: systemClock, id, version: "1", reportMs: 10 });
  members.push(member);
  return member;
}

/** A list that several may close. */
class SharedRegistry extends MemoryNodeRegistry {
  override async close(): Promise<void> {}
}

describe("membership", () => {
  test("NODE-1 reports what was measured since, again and again", async () => {
    const registry = new SharedRegistry(systemClock);
    const member = memberOf(registry, "a");
    member.delivered(5);
    member.join({ name: "machine:1", address: "10.0.0.1:4000" }, counts);
    member.delivered(30);
    member.delivered(20);
    const reported = async () => (await registry.list())[0];
    await expect.poll(async () => (await reported())?.lag.deliveryMs, { interval: 1 }).toBe(30);
    expect(await reported()).toMatchObject({
      id: "a",
      name: "machine:1",
      address: "10.0.0.1:4000",
      status: "ONLINE",
      load: { connections: 7, subscriptions: 8, liveTemplates: 9 },
      lag: { hearsOtherNodes: false },
    });
    await expect.poll(async () => (await reported())?.lag.deliveryMs, { interval: 1 }).toBeNull();
    const { load, lag } = (await reported()) ?? {};
    expect(load?.eventLoopRatio).toBeLessThanOrEqual(1);
    expect(load?.memoryBytes).toBeGreaterThan(1_000_000);
    expect(lag?.eventLoopMs).toBeGreaterThanOrEqual(0);
  });

  test("NODE-2 is seen draining by others until it is gone", async () => {
    const registry = new SharedRegistry(systemClock);
    const [first, second] = [memberOf(registry, "a"), memberOf(registry, "b")];
    first.join({ name: "machine:1" }, counts);
    second.join({ name: "machine:2" }, counts);
    await expect.poll(async () => (await second.list()).length).toBe(2);
    await first.drain();
    const statuses = async () => (await second.list()).map(({ status }) => status);
    expect(await statuses()).toEqual(["DRAINING", "ONLINE"]);
    await first.leave();
    expect(await statuses()).toEqual(["ONLINE"]);
  });

  test("NODE-3 lists itself while the registry is away, and stops in order", async () => {
    const away = () => Promise.reject(new Error("away"));
    const member = memberOf({ report: away, remove: away, list: away, close: async () => {} }, "a");
    member.join({ name: "machine:1" }, counts);
    expect(await member.list()).toMatchObject([{ id: "a", status: "ONLINE" }]);
    await member.drain();
    expect(await member.list()).toMatchObject([{ id: "a", status: "DRAINING" }]);
  });
});
