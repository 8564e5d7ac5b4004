/** What every list of nodes promises. */
import { afterEach, describe, expect, it } from "vitest";
import type { NodeRegistry, NodeReport, RegistryTimes } from "../../src/cluster/nodeRegistry.js";

/** Short, so that silence is seen soon; nothing is asserted on how long it took. */
const shortTimes: RegistryTimes = { silenceMsMax: 150, offlineMsMax: 600 };

export function someReport(id: string, changes: Partial<NodeReport> = {}): NodeReport {
  return {
    id,
    name: `machine-${id}:4000`,
    address: "10.0.0.1:4000",
    version: "1.2.3",
    startedAt: Date.UTC(2026, 0, 2),
    reportedAt: Date.now(),
    status: "ONLINE",
    load: {
      eventLoopRatio: 0.25,
      cpuRatio: 1.5,
      memoryBytes: 123_456_789,
      connections: 3,
      subscriptions: 4,
      liveTemplates: 5,
    },
    lag: { eventLoopMs: 1.5, deliveryMs: null, hearsOtherNodes: true },
    ...changes,
  };
}

export interface RegistryHarness {
  /** The list as two nodes see it, empty. */
  open(times?: RegistryTimes): Promise<{ here: NodeRegistry; there: NodeRegistry }>;
  close(): Promise<void>;
}

export function nodeRegistryContract(name: string, harness: RegistryHarness): void {
  describe(`node registry: ${name}`, () => {
    afterEach(() => harness.close());

    it("NODE-1 lists what each node reported last, by name", async () => {
      const { here, there } = await harness.open();
      expect(await here.list()).toEqual([]);
      await there.report(someReport("b"));
      await here.report(
        someReport("a", { lag: { eventLoopMs: 0, deliveryMs: 7, hearsOtherNodes: false } }),
      );
      const { address: _, ...older } = someReport("b", { status: "DRAINING" });
      const draining: NodeReport = older;
      await there.report(draining);
      for (const registry of [here, there]) {
        const listed = await registry.list();
        expect(listed.map(({ id }) => id)).toEqual(["a", "b"]);
        expect(listed[0]?.lag.deliveryMs).toBe(7);
        expect(listed[1]).toEqual({ ...draining, silentMs: expect.any(Number) });
      }
    });

    it("NODE-1 a node that says goodbye is off the list", async () => {
      const { here, there } = await harness.open();
      await here.report(someReport("a"));
      await there.report(someReport("b"));
      await there.remove("b");
      await there.remove("never there");
      expect((await here.list()).map(({ id }) => id)).toEqual(["a"]);
    });

    it("NODE-2 a node that falls silent is offline, then forgotten; one that speaks again is back", async () => {
      const { here, there } = await harness.open(shortTimes);
      // What a node's own clock says counts for nothing.
      await there.report(someReport("b", { reportedAt: Date.now() + 3_600_000 }));
      const statuses = async () => (await here.list()).map(({ status }) => status);
      await expect.poll(statuses, { interval: 10 }).toEqual(["OFFLINE"]);
      const [silent] = await here.list();
      expect(silent?.silentMs).toBeGreaterThanOrEqual(shortTimes.silenceMsMax);
      expect(silent?.silentMs).toBeLessThanOrEqual(shortTimes.offlineMsMax);
      await there.report(someReport("b"));
      expect(await statuses()).toEqual(["ONLINE"]);
      await expect.poll(statuses, { interval: 10 }).toEqual(["OFFLINE"]);
      await expect.poll(statuses, { interval: 10 }).toEqual([]);
    });
  });
}
