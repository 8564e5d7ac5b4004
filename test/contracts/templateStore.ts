/** What every store of templates promises: commits, reads of the log, and the lock. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { defaultQuotas } from "../../src/domain/quotas.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";
import {
  commitThrough,
  entryAt,
  instant,
  newTemplate,
  operationAt,
  operationsThrough,
  sha256,
} from "./storedOperations.js";

/** A store under test, with the one thing it does not do itself: making the people that templates belong to. */
export interface StoreUnderTest {
  readonly store: TemplateStore;
  newUser(): Promise<string>;
  close(): Promise<void>;
}

/** Registers the tests for one adapter. */
export function describeTemplateStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: commits and the log`, () => {
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
    const headOf = async () => (await store.heads([templateId])).get(templateId);
    const versionsOf = async () =>
      (await store.readLog({ templateId, afterVersion: 0, limit: 1_000 })).map(
        ({ resultingVersion }) => resultingVersion,
      );

    describe("quotas", () => {
      it("LIM-80 lets templates in that are there already, and no other beyond the quota", async () => {
        const owner = await opened.newUser();
        const quotas = { ...defaultQuotas, templatesPerPersonMax: 2 };
        const templates = Array.from({ length: 8 }, () => newTemplate(owner));
        const outcomes = await Promise.all(templates.map((it) => store.create(it, quotas)));
        expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(2);
        const made = templates[outcomes.indexOf("stored")]!;
        expect(await store.create(made, quotas)).toBe("stored");
        const use = await store.readHoldersUse(made.templateId);
        expect(use).toMatchObject({ person: { templates: 2 }, team: null });
        const { bytes } = use!.person!;
        expect(bytes).toBeGreaterThan(0);
        await commitThrough(store, made.templateId, 3);
        const grown = (await store.readHoldersUse(made.templateId))!.person!.bytes;
        expect(grown).toBeGreaterThan(bytes);
        const noRoom = { ...defaultQuotas, storedBytesPerPersonMax: grown };
        expect(await store.create(newTemplate(owner), noRoom)).toMatchObject({ what: "bytes" });
      });
    });

    describe("commit", () => {
      it("STO-1 raises the version by the operations and logs all of them", async () => {
        const operations = operationsThrough(1, 4);
        const outcome = await store.commit({ templateId, expectedVersion: 1, operations });
        expect(outcome).toEqual({ kind: "committed" });
        expect(await headOf()).toEqual({
          templateId,
          authorId,
          isPublic: false,
          deleted: false,
          version: 4,
          versionHash: sha256("4"),
          logStartVersion: 1,
          lockRevision: 0,
          accessRevision: 0,
          createdAt: instant,
          updatedAt: instant + 4,
        });
        expect(await store.readLog({ templateId, afterVersion: 1, limit: 10 })).toEqual(operations);
      });

      it("STO-1 logs a full page of operations in one commit", async () => {
        await commitThrough(store, templateId, 1_001);
        expect(await versionsOf()).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 2));
      });

      it("STO-2 writes nothing where another writer was first", async () => {
        await commitThrough(store, templateId, 2);
        const operations = [operationAt(2, { id: "late" })];
        expect(await store.commit({ templateId, expectedVersion: 1, operations })).toEqual({
          kind: "moved",
        });
        const ahead = [operationAt(4, { id: "early" })];
        expect(await store.commit({ templateId, expectedVersion: 3, operations: ahead })).toEqual({
          kind: "moved",
        });
        expect(await versionsOf()).toEqual([2]);
      });

      it("STO-2 writes nothing to a template that is missing or in the bin", async () => {
        const operations = [operationAt(2)];
        const moved = { kind: "moved" };
        const missing = { templateId: randomUUID(), expectedVersion: 1, operations };
        expect(await store.commit(missing)).toEqual(moved);
        expect(await store.commit({ ...missing, templateId: "no uuid" })).toEqual(moved);
        await store.setDeleted(templateId, instant);
        expect(await store.commit({ templateId, expectedVersion: 1, operations })).toEqual(moved);
        await store.setDeleted(templateId, null);
        expect(await store.commit({ templateId, expectedVersion: 1, operations })).toEqual({
          kind: "committed",
        });
      });

      it("STO-3 writes nothing where the log holds one of the operation ids", async () => {
        await commitThrough(store, templateId, 3);
        const taken = { kind: "operationIdTaken" };
        const again = [operationAt(4, { id: "op-2" })];
        expect(await store.commit({ templateId, expectedVersion: 3, operations: again })).toEqual(
          taken,
        );
        const partly = [operationAt(4), operationAt(5, { id: "op-3" })];
        expect(await store.commit({ templateId, expectedVersion: 3, operations: partly })).toEqual(
          taken,
        );
        const twice = [operationAt(4), operationAt(5, { id: "op-4" })];
        expect(await store.commit({ templateId, expectedVersion: 3, operations: twice })).toEqual(
          taken,
        );
        expect(await headOf()).toMatchObject({ version: 3, versionHash: sha256("3") });
        expect(await versionsOf()).toEqual([2, 3]);
      });

      it("STO-3 lets two templates use one operation id", async () => {
        const other = newTemplate(authorId);
        await store.create(other);
        await commitThrough(store, templateId, 2);
        await commitThrough(store, other.templateId, 2);
        expect(await store.findOperations(other.templateId, ["op-2"])).toHaveLength(1);
      });

      it("STO-4 lets exactly one of racing writers have each version", async () => {
        const wins = new Map<number, number>();
        const write = async (writer: number) => {
          for (let version = 1; version < 60;) {
            const operations = [operationAt(version + 1, { id: `${writer}-${version}` })];
            const outcome = await store.commit({
              templateId,
              expectedVersion: version,
              operations,
            });
            if (outcome.kind === "committed") wins.set(version, (wins.get(version) ?? 0) + 1);
            version = (await headOf())?.version ?? 0;
          }
        };
        await Promise.all([write(1), write(2), write(3)]);
        const expected = Array.from({ length: (await headOf())!.version - 1 }, (_, i) => i + 2);
        expect(await versionsOf()).toEqual(expected);
        expect([...wins.values()].every((count) => count === 1)).toBe(true);
        expect(wins.size).toBe(expected.length);
      });
    });

    describe("reading the log", () => {
      it("LOG-10 gives the operations after one version and through another, oldest first", async () => {
        await commitThrough(store, templateId, 10);
        const range = { templateId, afterVersion: 3, throughVersion: 6, limit: 100 };
        const read = await store.readLog(range);
        expect(read.map(({ resultingVersion }) => resultingVersion)).toEqual([4, 5, 6]);
        expect(await store.readLog({ ...range, limit: 2 })).toEqual(read.slice(0, 2));
        expect(await store.readLog({ ...range, throughVersion: 3 })).toEqual([]);
        expect(await store.readLog({ ...range, limit: 0 })).toEqual([]);
        expect(await store.readLog({ ...range, afterVersion: 10, throughVersion: 99 })).toEqual([]);
        expect(await store.readLog({ ...range, templateId: randomUUID() })).toEqual([]);
        expect(await store.readLog({ ...range, templateId: "no uuid" })).toEqual([]);
      });

      it("LOG-10 can be read page by page", async () => {
        await commitThrough(store, templateId, 26);
        const seen: number[] = [];
        for (let afterVersion = 1; ;) {
          const page = await store.readLog({ templateId, afterVersion, limit: 10 });
          seen.push(...page.map(({ resultingVersion }) => resultingVersion));
          if (page.length < 10) break;
          afterVersion = seen.at(-1)!;
        }
        expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => i + 2));
      });

      it("LOG-11 gives records without what only the engine needs, the payload only when asked", async () => {
        await commitThrough(store, templateId, 2);
        const range = { templateId, afterVersion: 1, limit: 10 };
        const { footprint, inverse, requestHash, versionHash, ...shown } = operationAt(2);
        const { payload, requested, authorProof: _proof, ...rest } = shown;
        expect([footprint, inverse, requestHash, versionHash]).not.toContain(undefined);
        expect(await store.readRecords(range, { payload: false })).toEqual([
          { templateId, ...rest },
        ]);
        expect(await store.readRecords(range, { payload: true })).toEqual([
          { templateId, ...rest, payload, requested },
        ]);
      });

      it("LOG-14 gives history without what operations said, also under the lock", async () => {
        const undo = { clientTimestamp: null, clientId: null, undoes: "batch-3" };
        const operations = [operationAt(2), operationAt(3), operationAt(4, undo), operationAt(5)];
        await store.commit({ templateId, expectedVersion: 1, operations });
        const range = { templateId, afterVersion: 2, throughVersion: 4, limit: 100 };
        const entries = [entryAt(3), entryAt(4, undo)];
        expect(await store.readHistory(range)).toEqual(entries);
        expect(await store.readHistory({ ...range, limit: 1 })).toEqual(entries.slice(0, 1));
        expect(await store.readHistory({ ...range, afterVersion: 5 })).toEqual([]);
        expect(await store.readHistory({ ...range, templateId: randomUUID() })).toEqual([]);
        expect(await store.readHistory({ ...range, templateId: "no uuid" })).toEqual([]);
        await store.withLock(templateId, async (locked) => {
          expect(await locked.readHistory(range)).toEqual(entries);
        });
      });

      it("LOG-11 tells a payload that is null from one that was not asked for", async () => {
        const operations = [operationAt(2, { payload: null })];
        await store.commit({ templateId, expectedVersion: 1, operations });
        const range = { templateId, afterVersion: 1, limit: 10 };
        const [asked] = await store.readRecords(range, { payload: true });
        const [unasked] = await store.readRecords(range, { payload: false });
        expect(asked?.payload).toBeNull();
        expect(unasked?.payload).toBeUndefined();
        expect((await store.readLog(range))[0]?.payload).toBeNull();
      });

      it("LOG-12 finds operations by id, in the order of the log", async () => {
        await commitThrough(store, templateId, 5);
        const found = await store.findOperations(templateId, ["op-5", "none", "op-2", "op-5"]);
        expect(found).toEqual([operationAt(2), operationAt(5)]);
        expect(await store.findOperations(templateId, [])).toEqual([]);
        expect(await store.findOperations(randomUUID(), ["op-2"])).toEqual([]);
        expect(await store.findOperations("no uuid", ["op-2"])).toEqual([]);
      });
    });

    describe("withLock", () => {
      it("STO-9 keeps a racing writer waiting until the work is done", async () => {
        const order: string[] = [];
        let outside: Promise<unknown> = Promise.resolve();
        await store.withLock(templateId, async (locked) => {
          const operations = [operationAt(2, { id: "outside" })];
          outside = store
            .commit({ templateId, expectedVersion: 1, operations })
            .then((outcome) => order.push(`outside ${outcome.kind}`));
          await new Promise((resolve) => setTimeout(resolve, 50));
          const { version } = await locked.head();
          const inside = { templateId, expectedVersion: version, operations: [operationAt(2)] };
          order.push(`inside ${(await locked.commit(inside)).kind}`);
        });
        await outside;
        expect(order).toEqual(["inside committed", "outside moved"]);
        expect(await versionsOf()).toEqual([2]);
      });

      it("STO-9 reads what it wrote, and finds ids that are taken without ending", async () => {
        await commitThrough(store, templateId, 2);
        await store.withLock(templateId, async (locked) => {
          const commit = { templateId, expectedVersion: 2 };
          const taken = [operationAt(3, { id: "op-2" })];
          expect(await locked.commit({ ...commit, operations: taken })).toEqual({
            kind: "operationIdTaken",
          });
          expect(await locked.findOperations(["op-2"])).toEqual([operationAt(2)]);
          const stale = { ...commit, expectedVersion: 1, operations: [operationAt(3)] };
          expect(await locked.commit(stale)).toEqual({ kind: "moved" });
          expect(await locked.commit({ ...commit, operations: [operationAt(3)] })).toEqual({
            kind: "committed",
          });
          expect(await locked.head()).toMatchObject({ version: 3 });
          expect(await locked.readLog({ templateId, afterVersion: 2, limit: 9 })).toEqual([
            operationAt(3),
          ]);
        });
        expect(await versionsOf()).toEqual([2, 3]);
      });

      it("STO-9 leaves nothing of work that fails, and passes its error on", async () => {
        const failure = new Error("changed my mind");
        const work = store.withLock(templateId, async (locked) => {
          await locked.commit({ templateId, expectedVersion: 1, operations: [operationAt(2)] });
          throw failure;
        });
        await expect(work).rejects.toBe(failure);
        expect(await headOf()).toMatchObject({ version: 1, versionHash: sha256("1") });
        expect(await versionsOf()).toEqual([]);
        await commitThrough(store, templateId, 2);
      });

      it("STO-9 lets holders of the lock follow each other", async () => {
        const raise = () =>
          store.withLock(templateId, async (locked) => {
            const { version } = await locked.head();
            const operations = [operationAt(version + 1)];
            return locked.commit({ templateId, expectedVersion: version, operations });
          });
        const outcomes = await Promise.all([raise(), raise(), raise(), raise()]);
        expect(outcomes.every(({ kind }) => kind === "committed")).toBe(true);
        expect(await versionsOf()).toEqual([2, 3, 4, 5]);
      });

      it("STO-9 refuses a template that is not there", async () => {
        await expect(store.withLock(randomUUID(), async () => 1)).rejects.toThrow("no template");
        await expect(store.withLock("no uuid", async () => 1)).rejects.toThrow("no template");
      });
    });
  });
}
