/** What every store of templates promises about finding operations of a log. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LogFilter } from "../../src/domain/history/logFilter.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import type { LogSearch, TemplateStore } from "../../src/storage/templates/templateStore.js";
import { instant, newTemplate, operationAt } from "./storedOperations.js";
import type { StoreUnderTest } from "./templateStore.js";

/** Registers the tests for one adapter. */
export function describeLogSearch(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: finding operations`, () => {
    let opened: StoreUnderTest;
    let store: TemplateStore;
    let templateId: string;
    let userId: string;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      userId = await opened.newUser();
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      const template = newTemplate(userId);
      templateId = template.templateId;
      await store.create(template);
      const rows: Partial<LoggedOperation>[] = [
        { type: "ADD_PAGE", target: { pageId: "p1" }, batchId: "first" },
        { type: "ADD_ELEMENT", target: { pageId: "p1", elementId: "e1" }, batchId: "first" },
        { userId, target: { pageId: "p1", elementId: "e2" } },
        { userId, clientId: null, target: { pageId: "p2", elementId: "e1" } },
        { type: "UPDATE_AUDIO_LAYER", target: { audioLayerId: "l1" } },
        { type: "UPDATE_AUDIO_CLIP", target: { audioLayerId: "l1", clipId: "c1" } },
        { type: "UPDATE_CANVAS", target: {}, clientId: "Ünïcode 'x' \\" },
      ];
      const operations = rows.map((row, index) => operationAt(index + 2, row));
      await store.commit({ templateId, expectedVersion: 1, operations });
    });

    const searched = (filter: LogFilter, more: Partial<LogSearch> = {}): LogSearch => ({
      ...{ templateId, filter, limit: 100, newestFirst: false },
      ...{ afterVersion: 1, throughVersion: 1_000, ...more },
    });
    const find = (filter: LogFilter, more?: Partial<LogSearch>) =>
      store.searchLog(searched(filter, more));

    it.each<[LogFilter | (() => LogFilter), number[]]>([
      [{}, [2, 3, 4, 5, 6, 7, 8]],
      [{ elementId: "e1" }, [3, 5]],
      [{ pageId: "p1" }, [2, 3, 4]],
      [{ audioLayerId: "l1" }, [6, 7]],
      [{ clipId: "c1" }, [7]],
      [() => ({ userId }), [4, 5]],
      [{ clientId: "Ünïcode 'x' \\" }, [8]],
      [{ batchId: "first" }, [2, 3]],
      [{ types: ["ADD_PAGE", "UPDATE_CANVAS"] }, [2, 8]],
      [{ types: [] }, []],
      [{ from: instant + 7 }, [7, 8]],
      [{ to: instant + 4 }, [2, 3]],
      [{ from: instant + 4, to: instant + 6 }, [4, 5]],
      [{ from: instant + 6, to: instant + 4 }, []],
      [{ pageId: "p1", elementId: "e1" }, [3]],
      [() => ({ userId, elementId: "e1", types: ["MOVE_ELEMENT"] }), [5]],
      [{ elementId: "p1" }, []],
      [{ userId: randomUUID() }, []],
      [{ userId: "no uuid" }, []],
    ])("LOG-24 %j finds %j", async (given, versions) => {
      const filter = typeof given === "function" ? given() : given;
      expect(await find(filter)).toEqual(versions);
      expect(await find(filter, { newestFirst: true })).toEqual(versions.toReversed());
      expect(await store.countLog(searched(filter))).toBe(versions.length);
    });

    it("LOG-24 keeps to the range, the limit and the template", async () => {
      expect(await find({ pageId: "p1" }, { afterVersion: 2, throughVersion: 3 })).toEqual([3]);
      expect(await find({ pageId: "p1" }, { limit: 2 })).toEqual([2, 3]);
      expect(await find({ pageId: "p1" }, { limit: 2, newestFirst: true })).toEqual([4, 3]);
      expect(await store.countLog(searched({ pageId: "p1" }, { limit: 2 }))).toBe(2);
      for (const more of [{ templateId: randomUUID() }, { templateId: "no uuid" }, { limit: 0 }]) {
        expect(await find({ pageId: "p1" }, more)).toEqual([]);
        expect(await store.countLog(searched({ pageId: "p1" }, more))).toBe(0);
      }
    });

    it("LOG-24 tells what was found by version, with sizes that are known before", async () => {
      const [all, payload] = [{ templateId, afterVersion: 1, limit: 100 }, { payload: true }];
      const log = await store.readRecords(all, payload);
      const chosen = log.filter(({ resultingVersion }) => [3, 7].includes(resultingVersion));
      expect(await store.readRecordsAt(templateId, [7, 3, 99], payload)).toEqual(chosen);
      const without = await store.readRecordsAt(templateId, [3], { payload: false });
      expect(without[0]).not.toHaveProperty("payload");
      const bytes = (version: number) => JSON.stringify({ x: version, y: 0.5 }).length;
      expect(await store.measureLogAt(templateId, [7, 3, 99])).toEqual(
        new Map([
          [3, bytes(3)],
          [7, bytes(7)],
        ]),
      );
      expect(await store.readRecordsAt(templateId, [], payload)).toEqual([]);
      expect(await store.readRecordsAt("no uuid", [3], payload)).toEqual([]);
      expect(await store.measureLogAt("no uuid", [3])).toEqual(new Map());
    });
  });
}
