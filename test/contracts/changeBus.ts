/** What every adapter of the change bus promises, over one or two nodes. Names follow the rules in SPEC.md (SUB). */
import { afterEach, describe, expect, it } from "vitest";
import type {
  BusMessage,
  BusTopic,
  ChangeBus,
  ChangeOperation,
  PresenceMessage,
} from "../../src/bus/changeBus.js";

export interface BusHarness {
  /** Two nodes on one bus; the same one twice where the adapter serves a single node. Both are healthy. */
  open(): Promise<{ here: ChangeBus; there: ChangeBus }>;
  close(): Promise<void>;
}

/** An operation as it travels, complete in shape. */
function someOperation(resultingVersion: number): ChangeOperation {
  return {
    id: `op-${resultingVersion}`,
    type: "MOVE_ELEMENT",
    target: { pageId: "p1", elementId: "e1" },
    payload: { x: resultingVersion, y: 0 },
    baseVersion: resultingVersion - 1,
    resultingVersion,
    batchId: `op-${resultingVersion}`,
    userId: null,
    clientId: "c",
    sessionSequence: null,
    clientTimestamp: null,
    serverTimestamp: 1_700_000_000_000,
    transformedFrom: [],
    requested: null,
    undoes: null,
    redoes: null,
    footprint: [{ kind: "blend", path: "/pages/p1/elements/e1", properties: ["x", "y"] }],
  };
}

/** A commit from one version to another. */
export function someChange(templateId: string, fromVersion: number, toVersion: number): BusMessage {
  const operations = Array.from({ length: toVersion - fromVersion }, (_, index) =>
    someOperation(fromVersion + 1 + index),
  );
  return { kind: "changed", templateId, fromVersion, toVersion, operations };
}

/** Somebody who is here and somebody who left, complete in shape. */
export function somePresence(templateId: string): PresenceMessage {
  const entry = {
    sessionId: "s1",
    sequence: 7,
    userId: "u1",
    clientId: "c1",
    color: "#a0b1c2",
    joinedAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_001,
    status: "typing",
    pageId: "p1",
    cursor: { x: 1.5, y: -2 },
    selection: ["e1"],
    viewport: { pageId: "p1", x: 0, y: 0, width: 10, height: 5 },
  };
  const silent = { status: null, pageId: null, cursor: null, selection: [], viewport: null };
  const entries = [entry, { ...entry, sessionId: "s2", ...silent }];
  return { kind: "presence", templateId, entries, left: ["s3"] };
}

/** Waits until the condition holds; fails after two seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The changes a listener hears, without the hints to read the head. */
export function changesHeard(
  bus: ChangeBus,
  templateId: string,
): { heard: BusMessage[]; stop(): void } {
  const heard: BusMessage[] = [];
  const stop = bus.subscribe(templateId, (message) => {
    if (message.kind === "changed") heard.push(message);
  });
  return { heard, stop };
}

export function changeBusContract(name: string, harness: BusHarness): void {
  describe(`change bus: ${name}`, () => {
    afterEach(() => harness.close());

    it("SUB-20 serves listeners of its own node before publish returns", async () => {
      const { here } = await harness.open();
      const { heard } = changesHeard(here, "t1");
      here.publish(someChange("t1", 1, 3));
      expect(heard).toEqual([someChange("t1", 1, 3)]);
    });

    it("SUB-20 serves each listener once per message", async () => {
      const { here, there } = await harness.open();
      const mine = changesHeard(here, "t1");
      const other = changesHeard(there, "t1");
      await reach(here, there, "t1");
      here.publish(someChange("t1", 1, 2));
      await eventually(() => other.heard.some((message) => isTo(message, 2)));
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(mine.heard.filter((message) => isTo(message, 2))).toHaveLength(1);
      expect(other.heard.filter((message) => isTo(message, 2))).toHaveLength(1);
    });

    it("hands over the message unchanged, and only that of its template", async () => {
      const { here, there } = await harness.open();
      const other = changesHeard(there, "t2");
      await reach(here, there, "t2");
      here.publish(someChange("t1", 1, 2));
      here.publish(someChange("t2", 5, 8));
      await eventually(() => other.heard.some((message) => isTo(message, 8)));
      expect(other.heard.at(-1)).toEqual(someChange("t2", 5, 8));
      expect(other.heard.some((message) => message.templateId === "t1")).toBe(false);
    });

    it("stops at unsubscribing and starts again at subscribing", async () => {
      const { here, there } = await harness.open();
      const first = changesHeard(there, "t1");
      await reach(here, there, "t1");
      first.stop();
      first.stop();
      const count = first.heard.length;
      const second = changesHeard(there, "t1");
      await reach(here, there, "t1");
      expect(second.heard.length).toBeGreaterThan(0);
      expect(first.heard).toHaveLength(count);
    });

    it("a listener's exception harms nobody else", async () => {
      const { here } = await harness.open();
      here.subscribe("t1", () => {
        throw new Error("listener");
      });
      const { heard } = changesHeard(here, "t1");
      here.publish(someChange("t1", 1, 2));
      expect(heard).toHaveLength(1);
    });

    it("SUB-24 carries each message under its topics and no other", async () => {
      const { here, there } = await harness.open();
      const topics: readonly BusTopic[] = ["changes", "presence", "activity", "comments"];
      const heard = new Map<BusTopic, BusMessage[]>();
      for (const topic of topics) {
        const messages: BusMessage[] = [];
        heard.set(topic, messages);
        there.subscribe("t1", (message) => messages.push(message), topic);
      }
      await reach(here, there, "t1");
      const hint: BusMessage = { kind: "accessChanged", templateId: "t1" };
      const probes = (topic: BusTopic) => heard.get(topic)?.filter(isNoHint) ?? [];
      for (const topic of ["presence", "activity", "comments"] as const) {
        while (heard.get(topic)?.length === 0) {
          here.publish(hint);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
      const activity: BusMessage = {
        kind: "activity",
        templateId: "t1",
        activity: { kind: "RENAMED", userId: null, at: 1_700_000_000_000 },
      };
      const locks: BusMessage = { kind: "locks", templateId: "t1" };
      const comments: BusMessage = { kind: "comments", templateId: "t1", sequence: 3 };
      const others = [somePresence("t1"), locks, activity, comments];
      for (const message of [...others, someChange("t1", 1, 2)]) here.publish(message);
      await eventually(() => probes("changes").some((message) => isTo(message, 2)));
      await eventually(() => topics.every((topic) => probes(topic).length > 0));
      await eventually(() => probes("presence").length === 2);
      expect(probes("presence")).toEqual([somePresence("t1"), locks]);
      expect(probes("activity")).toEqual([activity]);
      expect(probes("comments")).toEqual([comments]);
      expect(probes("changes").every(({ kind }) => kind === "changed")).toBe(true);
    });

    it("carries accessChanged", async () => {
      const { here, there } = await harness.open();
      const kinds: string[] = [];
      there.subscribe("t1", (message) => kinds.push(message.kind));
      await reach(here, there, "t1");
      kinds.length = 0;
      here.publish({ kind: "accessChanged", templateId: "t1" });
      await eventually(() => kinds.includes("accessChanged"));
    });
  });
}

/** Waits until a message from one node arrives at the other: subscribing over a network takes a moment. */
async function reach(from: ChangeBus, to: ChangeBus, templateId: string): Promise<void> {
  const probe = changesHeard(to, templateId);
  const deadline = Date.now() + 5_000;
  for (let version = 1_000; probe.heard.length === 0; version++) {
    if (Date.now() > deadline) throw new Error("no message arrives");
    from.publish(someChange(templateId, version, version + 1));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  probe.stop();
}

function isNoHint(message: BusMessage): boolean {
  return message.kind !== "accessChanged";
}

function isTo(message: BusMessage, version: number): boolean {
  return message.kind === "changed" && message.toVersion === version;
}
