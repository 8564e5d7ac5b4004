/** What every store of templates promises about rules of merging, and about what a person can undo. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MergeRule } from "../../src/domain/merge/judging/mergeRules.js";
import type { LoggedOperation, SkippedPart } from "../../src/domain/operations/operation.js";
import type { OwnRange, TemplateStore } from "../../src/storage/templates/templateStore.js";
import { newTemplate, operationAt, sha256 } from "./storedOperations.js";
import type { StoreUnderTest } from "./templateStore.js";

/** Registers the tests for one adapter. */
export function describeTemplateRules(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: rules and people's own operations`, () => {
    let opened: StoreUnderTest;
    let store: TemplateStore;
    let ada: string;
    let bob: string;
    let templateId: string;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      [ada, bob] = [await opened.newUser(), await opened.newUser()];
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      const template = newTemplate(ada);
      templateId = template.templateId;
      await store.create(template);
    });

    describe("readOwnRuns", () => {
      const runsOf = (range: Partial<OwnRange>) =>
        store.readOwnRuns({ templateId, userId: ada, limit: 100, ...range });
      const versionsOf = async (range: Partial<OwnRange>) =>
        (await runsOf(range)).map(({ firstVersion, lastVersion }) => [firstVersion, lastVersion]);
      const commit = (from: number, ...each: Partial<LoggedOperation>[]) => {
        const operations = each.map((overrides, index) => operationAt(from + index, overrides));
        return store.commit({ templateId, expectedVersion: from - 1, operations });
      };
      beforeEach(async () => {
        const paste = { userId: ada, clientId: "tab", batchId: "paste" };
        const undo = { userId: ada, clientId: null, batchId: "b", undoes: "paste" };
        await commit(2, paste, paste, paste, { userId: bob }, paste);
        await commit(7, paste, { userId: null, clientId: "tab" }, undo);
        await commit(10, { ...undo, undoes: null, redoes: "paste" }, undo, undo);
      });

      it("STO-14 gives one person's runs, oldest first, as far as an undo needs them", async () => {
        const [made, ...others] = await runsOf({});
        const expected = { batchId: "paste", clientId: "tab", undoes: null, redoes: null };
        expect(made).toEqual({ ...expected, firstVersion: 2, lastVersion: 4 });
        expect(others.slice(0, 2)).toMatchObject([
          { ...expected, firstVersion: 6, lastVersion: 6 },
          { ...expected, firstVersion: 7, lastVersion: 7 },
        ]);
        expect(others.slice(2)).toMatchObject([
          { batchId: "b", clientId: null, undoes: "paste", firstVersion: 9, lastVersion: 9 },
          { batchId: "b", redoes: "paste", firstVersion: 10, lastVersion: 10 },
          { batchId: "b", undoes: "paste", firstVersion: 11, lastVersion: 12 },
        ]);
      });

      it("STO-14 gives the newest of them before a version", async () => {
        expect(await versionsOf({ limit: 2 })).toEqual([
          [10, 10],
          [11, 12],
        ]);
        expect(await versionsOf({ beforeVersion: 10, limit: 2 })).toEqual([
          [7, 7],
          [9, 9],
        ]);
        expect(await versionsOf({ beforeVersion: 6 })).toEqual([[2, 4]]);
        expect(await versionsOf({ beforeVersion: 2 })).toEqual([]);
      });

      it("STO-14 tells the requests of one batch apart that are committed together", async () => {
        const paste = { userId: ada, clientId: "tab", batchId: "parts" };
        const again = {
          ...paste,
          authorProof: { commitment: sha256("again"), salt: "5b".repeat(16) },
        };
        await commit(13, paste, paste, again, again);
        expect(await versionsOf({ limit: 2 })).toEqual([
          [13, 14],
          [15, 16],
        ]);
      });

      it("STO-14 gives nothing of nobody and of no template", async () => {
        expect(await versionsOf({ userId: randomUUID() })).toEqual([]);
        expect(await versionsOf({ userId: "no uuid" })).toEqual([]);
        expect(await versionsOf({ templateId: randomUUID() })).toEqual([]);
        expect(await versionsOf({ templateId: "no uuid" })).toEqual([]);
      });

      it("STO-14 tells whose operations are", async () => {
        const authors = await store.readAuthors(templateId, ["op-2", "op-5", "op-8", "no such"]);
        expect(Object.fromEntries(authors)).toEqual({ "op-2": ada, "op-5": bob, "op-8": null });
        expect((await store.readAuthors("no uuid", ["op-2"])).size).toBe(0);
        expect((await store.readAuthors(templateId, [])).size).toBe(0);
      });

      it("STO-14 keeps what a step left as it was, for decisions and answers", async () => {
        const part: SkippedPart = {
          reason: "ID_TAKEN",
          operationId: "op",
          version: 3,
          type: "DELETE_ELEMENT",
          target: { pageId: "\u0001" },
          properties: [],
          attributes: ["bold"],
          causes: ["other"],
        };
        const skipped = [part];
        const operation = operationAt(13, { userId: ada, skipped });
        await store.commit({ templateId, expectedVersion: 12, operations: [operation] });
        const range = { templateId, afterVersion: 11, limit: 2 };
        for (const rows of [await store.readLog(range), await store.readHistory(range)]) {
          expect(rows.map((row) => row.skipped)).toEqual([undefined, skipped]);
        }
        expect((await store.findOperations(templateId, ["op-13"]))[0]).toEqual(operation);
      });
    });

    describe("merge rules", () => {
      const rule = (property: string): MergeRule => ({
        elementType: "rect",
        property,
        policy: "CLIENT",
      });

      it("STO-15 are none at version 0 until they are set, and come back in their order", async () => {
        expect(await store.readMergeRules(templateId)).toEqual({ rules: [], version: 0 });
        const rules = [rule("x 🎨 \\ \"'"), rule("*"), { ...rule("*"), policy: "REJECT" as const }];
        expect(await store.updateMergeRules(templateId, rules, 0)).toBe(true);
        expect(await store.readMergeRules(templateId)).toEqual({ rules, version: 1 });
        expect(await store.updateMergeRules(templateId, [], 1)).toBe(true);
        expect(await store.readMergeRules(templateId)).toEqual({ rules: [], version: 2 });
      });

      it("STO-15 change on the version expected only, so that one of two who race wins", async () => {
        expect(await store.updateMergeRules(templateId, [rule("late")], 1)).toBe(false);
        const outcomes = await Promise.all(
          ["a", "b", "c"].map((name) => store.updateMergeRules(templateId, [rule(name)], 0)),
        );
        expect(outcomes.filter((isSet) => isSet)).toHaveLength(1);
        const winner = ["a", "b", "c"][outcomes.indexOf(true)]!;
        expect(await store.readMergeRules(templateId)).toEqual({
          rules: [rule(winner)],
          version: 1,
        });
      });

      it("STO-15 leave head and log as they are", async () => {
        const before = await store.heads([templateId]);
        await store.updateMergeRules(templateId, [rule("a")], 0);
        expect(await store.heads([templateId])).toEqual(before);
      });

      it("STO-15 belong to templates that exist", async () => {
        for (const id of [randomUUID(), "no uuid"]) {
          expect(await store.readMergeRules(id)).toBeUndefined();
          expect(await store.updateMergeRules(id, [rule("a")], 0)).toBe(false);
        }
      });
    });
  });
}
