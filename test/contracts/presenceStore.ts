/** What every adapter of the presence store promises. Names follow the rules in SPEC.md (PRES). */
import { afterEach, describe, expect, it } from "vitest";
import type { PresenceEntry } from "../../src/bus/presenceEntry.js";
import type { PresenceStore } from "../../src/subscriptions/presence/stores/presenceStore.js";

export interface PresenceStoreHarness {
  /** A store without anybody. */
  open(): Promise<PresenceStore>;
  /** Lets so much of the lifetime (one second) pass. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Somebody who is here, complete in shape. */
export function someEntry(sessionId: string, sequence = 1, x = 0): PresenceEntry {
  return {
    sessionId,
    sequence,
    userId: `user of ${sessionId}`,
    clientId: `client of ${sessionId}`,
    color: "#0072b2",
    joinedAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000 + sequence,
    status: null,
    pageId: "p1",
    cursor: { x, y: 0.5 },
    selection: ["e 1"],
    viewport: null,
    life: { connectionId: "c", lastKnownVersion: 3, lastActiveAt: 1_700_000_000_000 },
  };
}

export function presenceStoreContract(name: string, harness: PresenceStoreHarness): void {
  describe(`presence store: ${name}`, () => {
    afterEach(() => harness.close());

    const idsOf = async (store: PresenceStore, templateId: string) =>
      (await store.read(templateId)).entries.map(({ entry }) => entry.sessionId).sort();

    it("PRES-10 gives back what was written, by template", async () => {
      const store = await harness.open();
      const selection = { pageId: "p", elementId: "e", index: 3, length: 0, version: 7 };
      const selecting = { ...someEntry("b"), textSelection: selection };
      await store.write("t1", [someEntry("a", 3, 1), selecting], []);
      await store.write("t2", [someEntry("c")], []);
      const { entries, over } = await store.read("t1");
      const found = entries.map(({ entry }) => entry);
      expect(found.sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1))).toEqual([
        someEntry("a", 3, 1),
        selecting,
      ]);
      for (const { ageMs } of entries) expect(ageMs).toBeLessThan(1_000);
      expect(over).toEqual([]);
      expect((await store.read("t3")).entries).toEqual([]);
    });

    it("PRES-3 keeps the greatest sequence, whatever order they come in", async () => {
      const store = await harness.open();
      await store.write("t1", [someEntry("a", 1_800_000_000_000_001, 1)], []);
      await store.write("t1", [someEntry("a", 1_800_000_000_000_000, 2)], []);
      expect((await store.read("t1")).entries[0]?.entry.cursor?.x).toBe(1);
      await store.write("t1", [someEntry("a", 1_800_000_000_000_002, 3)], []);
      expect((await store.read("t1")).entries[0]?.entry.cursor?.x).toBe(3);
    });

    it("PRES-4 removes at once who left, for good", async () => {
      const store = await harness.open();
      await store.write("t1", [someEntry("a"), someEntry("b")], []);
      await store.write("t1", [], ["a"]);
      await store.write("t1", [someEntry("a", 99)], []);
      expect(await idsOf(store, "t1")).toEqual(["b"]);
      expect((await store.read("t1")).over).toEqual(["a"]);
    });

    it("PRES-5 forgets what was not written again for a lifetime, and nothing else", async () => {
      const store = await harness.open();
      await store.write("t1", [someEntry("a"), someEntry("b")], ["c"]);
      await harness.pass(600);
      await store.write("t1", [someEntry("b")], []);
      await harness.pass(600);
      expect(await idsOf(store, "t1")).toEqual(["b"]);
      expect((await store.read("t1")).over).toEqual([]);
      await harness.pass(600);
      expect(await idsOf(store, "t1")).toEqual([]);
    });
  });
}
