/** What every store of templates promises about rules of merging, and about what a person can undo. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MergeRule } from "../../src/domain/merge/mergeRules.js";
import type { OwnRange, TemplateStore } from "../../src/storage/templateStore.js";
import { newTemplate, operationAt } from "./storedOperations.js";
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

    describe("readOwnOperations", () => {
      const everything = (): OwnRange => ({ templateId, userId: ada, clientId: null, limit: 100 });
      const idsOf = async (range: Partial<OwnRange>) =>
        (await store.readOwnOperations({ ...everything(), ...range })).map(({ id }) => id);
      beforeEach(async () => {
        const operations = [
          operationAt(2, { userId: ada, clientId: "tab" }),
          operationAt(3, { userId: bob, clientId: "tab" }),
          operationAt(4, { userId: ada, clientId: null, batchId: "b", undoes: "batch-2" }),
          operationAt(5, { userId: null, clientId: "tab" }),
          operationAt(6, { userId: ada, clientId: "tab", batchId: "b", redoes: "batch-2" }),
        ];
        await store.commit({ templateId, expectedVersion: 1, operations });
      });

      it("STO-14 gives one person's operations, oldest first, as far as an undo needs them", async () => {
        const row = { clientId: "tab", undoes: null, redoes: null };
        expect(await store.readOwnOperations(everything())).toEqual([
          { ...row, id: "op-2", resultingVersion: 2, batchId: "batch-2" },
          {
            ...row,
            id: "op-4",
            resultingVersion: 4,
            batchId: "b",
            clientId: null,
            undoes: "batch-2",
          },
          { ...row, id: "op-6", resultingVersion: 6, batchId: "b", redoes: "batch-2" },
        ]);
      });

      it("STO-14 gives those of one client and steps that name none, and the newest where there are more", async () => {
        expect(await idsOf({ clientId: "tab" })).toEqual(["op-2", "op-4", "op-6"]);
        expect(await idsOf({ clientId: "other" })).toEqual(["op-4"]);
        expect(await idsOf({ limit: 2 })).toEqual(["op-4", "op-6"]);
        expect(await idsOf({ limit: 1, clientId: "tab" })).toEqual(["op-6"]);
      });

      it("STO-14 gives nothing of nobody and of no template", async () => {
        expect(await idsOf({ userId: randomUUID() })).toEqual([]);
        expect(await idsOf({ userId: "no uuid" })).toEqual([]);
        expect(await idsOf({ templateId: randomUUID() })).toEqual([]);
        expect(await idsOf({ templateId: "no uuid" })).toEqual([]);
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
