/** What every store of templates promises: documents, snapshots, descriptions, and values as they were given. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import { defaultQuotas } from "../../src/domain/quotas.js";
import { jsonSize } from "../../src/domain/document/size.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";
import {
  commitThrough,
  designAt,
  instant,
  newTemplate,
  operationAt,
  sha256,
  snapshotAt,
} from "./storedOperations.js";
import type { StoreUnderTest } from "./templateStore.js";

/** Deep, but within what the API accepts. */
function nested(depth: number): JsonObject {
  return depth === 0 ? {} : { a: [nested(depth - 1)] };
}

/** A document whose size depends on the text and on how many values there are. */
function sized(text: string, values: number): Design {
  const list = Array.from({ length: values }, () => ({}));
  return { canvas: { text: text.repeat(100), list }, pages: [], audioLayers: [] };
}

/** Room for no named version. */
const noQuotas = { ...defaultQuotas, namedVersionsPerTemplateMax: 0 };

const strangeValues: JsonObject = {
  "": "",
  " ": { "": [] },
  unicode: 'naïve 🎨 漢字 \u202e\u0001\u001f\u007f \\ " \u2028',
  "键 with 🎨": true,
  numbers: [0, -1, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740991, 1 / 3],
  empty: [{}, [], null, [[]]],
  __proto: "not special",
  constructor: { prototype: 1 },
  nested: nested(30),
};

/** Registers the tests for one adapter. */
export function describeTemplateStates(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: documents and descriptions`, () => {
    let opened: StoreUnderTest;
    let store: TemplateStore;
    let authorId: string;
    let templateId: string;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      authorId = await opened.newUser();
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      const template = newTemplate(authorId);
      templateId = template.templateId;
      await store.create(template);
    });
    const checkpointAt = (version: number) => ({
      templateId,
      version,
      versionHash: sha256(String(version)),
      design: designAt(version),
    });
    const nearest = async (version: number) =>
      (await store.readNearestState(templateId, version))?.version;

    describe("values", () => {
      it("STO-5 come back as they were given, whatever JSON they hold", async () => {
        const design = { canvas: strangeValues, pages: [], audioLayers: [] };
        const template = newTemplate(authorId, { design });
        await store.create(template);
        const operation = operationAt(2, {
          id: 'quoted "id" {,} \\ \u0001 🎨',
          batchId: "null",
          clientId: "",
          target: { pageId: "\u0001" },
          payload: strangeValues,
          transformedFrom: ["a,b", '"', "\u0001", ""],
          requested: { type: "CLEAR_PAGE", target: { pageId: "\u0001" }, payload: strangeValues },
        });
        const commit = { ...template, expectedVersion: 1, operations: [operation] };
        expect(await store.commit(commit)).toEqual({ kind: "committed" });
        const range = { templateId: template.templateId, afterVersion: 1, limit: 1 };
        const [read] = await store.readLog(range);
        expect(read).toEqual(operation);
        expect(canonicalJson(read?.payload ?? null)).toBe(canonicalJson(strangeValues));
        const stored = await store.readCheckpoint(template.templateId);
        expect(canonicalJson(stored?.design ?? null)).toBe(canonicalJson(design));
      });

      it("STO-5 keep __proto__ as the name of a property", async () => {
        const payload = JSON.parse('{"__proto__":{"polluted":1}}') as JsonObject;
        const operations = [operationAt(2, { payload })];
        await store.commit({ templateId, expectedVersion: 1, operations });
        const [read] = await store.readLog({ templateId, afterVersion: 1, limit: 1 });
        expect(JSON.stringify(read?.payload)).toBe('{"__proto__":{"polluted":1}}');
      });

      it("STO-5 may be null wherever they may be missing", async () => {
        const empty = {
          payload: null,
          userId: null,
          clientId: null,
          sessionSequence: null,
          clientTimestamp: null,
          footprint: [],
          inverse: [],
        };
        const operations = [operationAt(2, empty), operationAt(3), operationAt(4, empty)];
        await store.commit({ templateId, expectedVersion: 1, operations });
        expect(await store.readLog({ templateId, afterVersion: 1, limit: 9 })).toEqual(operations);
      });

      it("STO-5 keep instants to the millisecond and client clocks beyond every calendar", async () => {
        const times = [
          operationAt(2, { clientTimestamp: Number.MAX_SAFE_INTEGER, serverTimestamp: 1 }),
          operationAt(3, { clientTimestamp: -1, serverTimestamp: instant + 999 }),
        ];
        await store.commit({ templateId, expectedVersion: 1, operations: times });
        expect(await store.readLog({ templateId, afterVersion: 1, limit: 9 })).toEqual(times);
      });

      it("STO-5 are the reader's own: changing them changes nothing in the store", async () => {
        const operations = [operationAt(2)];
        await store.commit({ templateId, expectedVersion: 1, operations });
        Object.assign(operations[0]!.payload!, { x: "changed" });
        const range = { templateId, afterVersion: 1, limit: 1 };
        const [read] = await store.readLog(range);
        expect(read).toEqual(operationAt(2));
        Object.assign(read!.payload!, { x: "changed" });
        expect(await store.readLog(range)).toEqual([operationAt(2)]);
        const state = await store.readCheckpoint(templateId);
        Object.assign(state!.design.canvas, { version: "changed" });
        expect((await store.readCheckpoint(templateId))?.design).toEqual(designAt(1));
      });
    });

    describe("readNearestState", () => {
      it("STO-6 is the document of version 1 while there is nothing else", async () => {
        await commitThrough(store, templateId, 5);
        const first = { version: 1, versionHash: sha256("1"), design: designAt(1) };
        expect(await store.readNearestState(templateId, 5)).toEqual(first);
        expect(await store.readNearestState(templateId, 1)).toEqual(first);
        expect(await store.readNearestState(templateId, 0)).toBeUndefined();
        expect(await store.readNearestState(randomUUID(), 1)).toBeUndefined();
        expect(await store.readNearestState("no uuid", 1)).toBeUndefined();
      });

      it("STO-6 takes checkpoint, snapshot or version 1, whichever is nearest below", async () => {
        await commitThrough(store, templateId, 20);
        await store.writeCheckpoint(checkpointAt(12));
        await store.addSnapshot(snapshotAt(templateId, 6));
        await store.addSnapshot(snapshotAt(templateId, 15));
        const versions = [1, 5, 6, 11, 12, 14, 15, 20];
        const found = await Promise.all(versions.map(nearest));
        expect(found).toEqual([1, 1, 6, 6, 12, 12, 15, 15]);
        expect(await store.readNearestState(templateId, 3)).toEqual({
          version: 1,
          versionHash: "",
          design: designAt(1),
        });
        expect((await store.readNearestState(templateId, 7))?.design).toEqual(designAt(6));
      });

      it("STO-6 prefers the checkpoint to a snapshot of the same version: it knows the hash", async () => {
        await commitThrough(store, templateId, 8);
        await store.addSnapshot(snapshotAt(templateId, 8));
        await store.writeCheckpoint(checkpointAt(8));
        expect((await store.readNearestState(templateId, 8))?.versionHash).toBe(sha256("8"));
      });
    });

    describe("sizes", () => {
      it("STO-60 of stored documents are those of what would be read", async () => {
        await commitThrough(store, templateId, 20);
        await store.addSnapshot({ ...snapshotAt(templateId, 6), design: sized("x", 5) });
        await store.writeCheckpoint({ ...checkpointAt(12), design: sized("é", 9) });
        const sizeIn = (design: Design) => jsonSize(design as unknown as Json);
        expect(await store.readCheckpointSize(templateId)).toMatchObject(sizeIn(sized("é", 9)));
        for (const version of [1, 6, 11, 12, 20]) {
          const state = await store.readNearestState(templateId, version);
          expect(await store.readNearestSize(templateId, version)).toEqual({
            version: state!.version,
            ...sizeIn(state!.design),
          });
        }
        expect(await store.readNearestSize(templateId, 0)).toBeUndefined();
        expect(await store.readCheckpointSize(randomUUID())).toBeUndefined();
        expect(await store.readCheckpointSize("no uuid")).toBeUndefined();
      });

      it("STO-60 of the log divide it into pages, of one row at least", async () => {
        const payload = { text: "x".repeat(1_000) };
        const template = newTemplate(authorId, {});
        await store.create(template);
        const operations = [2, 3, 4, 5].map((version) => operationAt(version, { payload }));
        await store.commit({ ...template, expectedVersion: 1, operations });
        const range = { templateId: template.templateId, afterVersion: 1, limit: 100 };
        const bytes = JSON.stringify(payload).length;
        const measured = async (afterVersion: number, bytesMax: number) =>
          store.measureLog({ ...range, afterVersion }, bytesMax);
        expect(await measured(1, 1)).toEqual({ throughVersion: 2, bytes });
        expect(await measured(1, 1_500)).toEqual({ throughVersion: 3, bytes: 2 * bytes });
        expect(await measured(3, 1e9)).toEqual({ throughVersion: 5, bytes: 2 * bytes });
        expect(await measured(5, 1e9)).toBeUndefined();
      });
    });

    describe("writeCheckpoint", () => {
      it("STO-7 moves the checkpoint ahead, never back and never past the head", async () => {
        await commitThrough(store, templateId, 10);
        await store.writeCheckpoint(checkpointAt(7));
        const { templateId: _, ...seven } = checkpointAt(7);
        expect(await store.readCheckpoint(templateId)).toEqual(seven);
        await store.writeCheckpoint(checkpointAt(4));
        await store.writeCheckpoint({ ...checkpointAt(7), design: designAt(0) });
        await store.writeCheckpoint(checkpointAt(11));
        await store.writeCheckpoint({ ...checkpointAt(7), templateId: randomUUID() });
        expect(await store.readCheckpoint(templateId)).toEqual(seven);
      });

      it("STO-7 keeps the document of version 1 through every later checkpoint", async () => {
        await commitThrough(store, templateId, 10);
        await store.writeCheckpoint(checkpointAt(5));
        await store.writeCheckpoint(checkpointAt(10));
        expect((await store.readNearestState(templateId, 4))?.design).toEqual(designAt(1));
      });

      it("STO-7 goes with commits at the same time", async () => {
        const write = async () => {
          for (let version = 2; version <= 40; version += 1) {
            await commitThrough(store, templateId, version);
          }
        };
        const follow = async () => {
          for (let version = 1; version < 40;) {
            version = (await store.heads([templateId])).get(templateId)?.version ?? 0;
            await store.writeCheckpoint(checkpointAt(version));
          }
        };
        await Promise.all([write(), follow()]);
        expect((await store.heads([templateId])).get(templateId)?.version).toBe(40);
        expect((await store.readCheckpoint(templateId))?.version).toBe(40);
      });
    });

    describe("pruneLog", () => {
      it("STO-8 puts what lies before a snapshot out of reach", async () => {
        await commitThrough(store, templateId, 20);
        await store.addSnapshot(snapshotAt(templateId, 4));
        await store.addSnapshot(snapshotAt(templateId, 10));
        await store.writeCheckpoint(checkpointAt(15));
        await store.pruneLog(templateId, 10);
        expect((await store.heads([templateId])).get(templateId)?.logStartVersion).toBe(10);
        expect(await Promise.all([1, 4, 9, 10, 14, 15].map(nearest))).toEqual([
          undefined,
          undefined,
          undefined,
          10,
          10,
          15,
        ]);
        const log = await store.readLog({ templateId, afterVersion: 0, limit: 99 });
        expect(log[0]?.resultingVersion).toBe(11);
        expect(await store.readLog({ templateId, afterVersion: 12, limit: 1 })).toEqual([log[2]]);
        await store.writeCheckpoint(checkpointAt(20));
        expect(await nearest(5)).toBeUndefined();
        await store.pruneLog(templateId, 4);
        expect((await store.heads([templateId])).get(templateId)?.logStartVersion).toBe(10);
        await commitThrough(store, templateId, 22);
      });

      it("STO-8 refuses where no snapshot or no checkpoint would lead on", async () => {
        await commitThrough(store, templateId, 10);
        await store.addSnapshot(snapshotAt(templateId, 6));
        await expect(store.pruneLog(templateId, 6)).rejects.toThrow("cannot be pruned");
        await store.writeCheckpoint(checkpointAt(8));
        await expect(store.pruneLog(templateId, 7)).rejects.toThrow("cannot be pruned");
        await expect(store.pruneLog(randomUUID(), 6)).rejects.toThrow();
        await store.pruneLog(templateId, 6);
        expect(await nearest(7)).toBe(6);
      });
    });

    describe("heads, snapshots and descriptions", () => {
      it("STO-11 gives the heads of those that exist, in the bin or not", async () => {
        const others = [newTemplate(authorId, { isPublic: true }), newTemplate(authorId)];
        for (const other of others) await store.create(other);
        await store.setDeleted(others[1]!.templateId, instant);
        const ids = [templateId, ...others.map((other) => other.templateId)];
        const heads = await store.heads([...ids, randomUUID(), "no uuid", "", templateId]);
        expect([...heads.keys()].sort()).toEqual(ids.sort());
        expect(heads.get(others[0]!.templateId)).toMatchObject({ isPublic: true, deleted: false });
        expect(heads.get(others[1]!.templateId)).toMatchObject({ deleted: true, version: 1 });
        expect(await store.heads([])).toEqual(new Map());
        await store.setDeleted(others[1]!.templateId, null);
        expect((await store.heads(ids)).get(others[1]!.templateId)?.deleted).toBe(false);
      });

      it("STO-6 knows the newest snapshot's version", async () => {
        expect(await store.newestSnapshotVersion(templateId)).toBe(1);
        expect(await store.newestSnapshotVersion("no uuid")).toBe(1);
        await commitThrough(store, templateId, 9);
        const named = {
          kind: "MANUAL",
          name: "Final",
          reason: "print",
          createdById: authorId,
        } as const;
        await store.addSnapshot(snapshotAt(templateId, 9, named));
        await store.addSnapshot(snapshotAt(templateId, 3, { kind: "REVERT" }));
        expect(await store.newestSnapshotVersion(templateId)).toBe(9);
      });

      it("STO-61 keeps one snapshot of each kind at each version, however many add it at once", async () => {
        await commitThrough(store, templateId, 6);
        for (const kind of ["AUTO", "MANUAL", "REVERT"] as const) {
          const added = Array.from({ length: 4 }, () => snapshotAt(templateId, 5, { kind }));
          const stored = await Promise.all(
            added.map((snapshot, index) =>
              store.addSnapshot(snapshot, index % 2 === 0 ? defaultQuotas : undefined),
            ),
          );
          const ids = new Set(stored.map((one) => (one.kind === "stored" ? one.id : one.kind)));
          expect(ids.size).toBe(1);
          expect(added.map(({ id }) => id)).toContain([...ids][0]);
          const again = await store.addSnapshot({ ...added[0]!, id: randomUUID() }, noQuotas);
          expect(again).toEqual({ kind: "stored", id: [...ids][0] });
        }
        const next = snapshotAt(templateId, 6);
        expect(await store.addSnapshot(next)).toEqual({ kind: "stored", id: next.id });
        // An id that is there counts before the version.
        const taken = { ...snapshotAt(templateId, 5), id: next.id };
        expect(await store.addSnapshot(taken)).toEqual({ kind: "stored", id: next.id });
      });

      it("STO-61 answers a keyed one that met another alike when it comes again at a later version", async () => {
        await commitThrough(store, templateId, 6);
        const first = snapshotAt(templateId, 5);
        await store.addSnapshot(first, defaultQuotas);
        const keyed = snapshotAt(templateId, 5, { isKeyed: true });
        const unkeyed = snapshotAt(templateId, 5);
        for (const version of [5, 6, 6]) {
          const again = await store.addSnapshot({ ...keyed, version }, defaultQuotas);
          expect(again).toEqual({ kind: "stored", id: first.id });
        }
        await store.addSnapshot(unkeyed);
        const later = await store.addSnapshot({ ...unkeyed, version: 6 });
        expect(later).toEqual({ kind: "stored", id: unkeyed.id });
      });

      it("STO-40 makes nothing twice under one id", async () => {
        const template = { ...newTemplate(authorId), templateId };
        await store.create({ ...template, name: "again" });
        expect((await store.readDetails(templateId))?.name).not.toBe("again");
        const snapshot = snapshotAt(templateId, 5);
        await Promise.all([store.addSnapshot(snapshot), store.addSnapshot(snapshot)]);
        await store.addSnapshot({ ...snapshot, version: 12 });
        expect(await store.newestSnapshotVersion(templateId)).toBe(5);
      });

      it("STO-12 changes the details that are named and leaves the others", async () => {
        await store.updateDetails(templateId, { name: "Flyer", tags: ["a b", "ü"] }, instant + 50);
        const expected = { description: null, category: null, isPublic: false };
        expect(await store.readDetails(templateId)).toEqual({
          name: "Flyer",
          tags: ["a b", "ü"],
          ...expected,
        });
        expect((await store.heads([templateId])).get(templateId)?.updatedAt).toBe(instant + 50);
        const all = { description: "d", category: "c", isPublic: true, tags: [] };
        await store.updateDetails(templateId, all, instant + 60);
        await store.updateDetails(templateId, { description: null }, instant + 70);
        expect(await store.readDetails(templateId)).toEqual({
          name: "Flyer",
          ...all,
          description: null,
        });
        expect(await store.readDetails(randomUUID())).toBeUndefined();
        expect(await store.readDetails("no uuid")).toBeUndefined();
        await expect(store.updateDetails(randomUUID(), { name: "x" }, 1)).rejects.toThrow();
        await expect(store.setDeleted("no uuid", 1)).rejects.toThrow("no template");
      });
    });
  });
}
