/** What every record of conflicts promises. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MergeDecision } from "../../src/domain/merge/judging/decisions.js";
import type {
  ConflictQuery,
  ConflictStore,
  DecidedConflict,
  NewConflict,
} from "../../src/storage/conflicts/conflictStore.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";
import { instant, operationAt } from "./storedOperations.js";

/** A store under test, with what it does not do itself: making people and templates. */
export interface ConflictStoreUnderTest {
  readonly store: ConflictStore;
  /** What merges decide is recorded with commits. */
  readonly templates: TemplateStore;
  newUser(): Promise<string>;
  newTemplate(authorId: string): Promise<string>;
  close(): Promise<void>;
}

/** Registers the tests for one adapter. */
export function describeConflictStore(
  name: string,
  open: () => Promise<ConflictStoreUnderTest>,
): void {
  describe(name, () => {
    let opened: ConflictStoreUnderTest;
    let store: ConflictStore;
    let userId: string;
    let other: string;
    let templateId: string;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      [userId, other] = [await opened.newUser(), await opened.newUser()];
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      templateId = await opened.newTemplate(userId);
    });

    const newConflict = (overrides: Partial<NewConflict> = {}): NewConflict => ({
      id: randomUUID(),
      templateId,
      userId,
      clientId: "tab 🎨",
      baseVersion: 1,
      headVersion: 7,
      clientOperations: [
        {
          id: 'mine "1"',
          type: "UPDATE_ELEMENT_PROPS",
          target: { pageId: "p", elementId: "e" },
          payload: { fill: null, n: [0.1, 1e21, "键"], deep: { a: [{}] } },
          timestamp: instant - 5,
        },
        { id: "b", type: "DELETE_PAGE", target: { pageId: "p" }, payload: null, timestamp: null },
      ],
      serverOperationIds: ["theirs", 'a,b "{}"', ""],
      collisions: [
        {
          kind: "CONCURRENT_EDIT",
          clientOperation: 'mine "1"',
          serverOperation: "theirs",
          path: "/pages/p/elements/e~1",
          properties: ["fill", "x y"],
        },
      ],
      createdAt: instant,
      ...overrides,
    });
    const undecided = { decidedBy: null, decisions: [], decisionCount: 0 };
    const stillOpen = { resolution: null, resolvedAt: null, resolvedById: null, ...undecided };
    const idsOf = async (query: Partial<ConflictQuery> = {}) =>
      (await store.list({ templateId, limit: 100, ...query })).map(({ id }) => id);
    const resolution = { resolution: "MANUAL", resolvedAt: instant + 90 } as const;

    it("STO-16 a conflict comes back as it was recorded, and open", async () => {
      const conflicts = [newConflict({ createdAt: instant + 1, clientId: null }), newConflict()];
      for (const conflict of conflicts) await store.record(conflict);
      expect(await store.list({ templateId, limit: 10 })).toEqual(
        conflicts.map((conflict) => ({ ...conflict, ...stillOpen })),
      );
    });

    it("STO-16 what is given and what is got is the reader's own", async () => {
      const conflict = newConflict();
      await store.record(conflict);
      (conflict.serverOperationIds as string[]).push("later");
      const [read] = await store.list({ templateId, limit: 1 });
      (read!.collisions as unknown[]).pop();
      const [again] = await store.list({ templateId, limit: 1 });
      expect(again?.serverOperationIds).toHaveLength(3);
      expect(again?.collisions).toHaveLength(1);
    });

    it("STO-17 are told newest first, in pages, each once, also those of one instant", async () => {
      const all: NewConflict[] = [];
      for (let index = 0; index < 9; index += 1) {
        all.push(newConflict({ createdAt: instant + Math.floor(index / 3) }));
        await store.record(all.at(-1)!);
      }
      const newestFirst = all
        .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
        .map(({ id }) => id);
      expect(await idsOf()).toEqual(newestFirst);
      for (const limit of [1, 2, 4, 9]) {
        const seen: string[] = [];
        for (let before: ConflictQuery["before"]; ;) {
          const page = await store.list({ templateId, limit, ...(before && { before }) });
          if (page.length === 0) break;
          seen.push(...page.map(({ id }) => id));
          before = page.at(-1)!;
        }
        expect(seen).toEqual(newestFirst);
      }
      expect(await idsOf({ limit: 0 })).toEqual([]);
    });

    it("STO-17 are told by whether they are resolved, with pages that know it", async () => {
      const [first, second, third, fourth] = [1, 2, 3, 4].map((baseVersion) =>
        newConflict({ baseVersion, createdAt: instant + baseVersion }),
      ) as [NewConflict, NewConflict, NewConflict, NewConflict];
      for (const conflict of [first, second, third, fourth]) await store.record(conflict);
      for (const { baseVersion } of [first, third]) {
        await store.resolve({ templateId, userId, baseVersion, ...resolution });
      }
      expect(await idsOf({ resolved: true })).toEqual([third.id, first.id]);
      expect(await idsOf({ resolved: false })).toEqual([fourth.id, second.id]);
      expect(await idsOf({ resolved: true, before: third, limit: 1 })).toEqual([first.id]);
      expect(await idsOf({ resolved: false, before: second })).toEqual([]);
      expect(await idsOf({ resolved: false, baseVersion: 2 })).toEqual([second.id]);
    });

    it("STO-18 resolving marks the person's open ones on that base, and counts them", async () => {
      const mine = [newConflict(), newConflict({ headVersion: 8 })];
      const others = [
        newConflict({ userId: other }),
        newConflict({ baseVersion: 2 }),
        newConflict({ templateId: await opened.newTemplate(userId) }),
      ];
      for (const conflict of [...mine, ...others]) await store.record(conflict);
      const resolved = { templateId, userId, baseVersion: 1, ...resolution };
      expect(await store.resolve(resolved)).toBe(2);
      const again = { ...resolved, resolution: "SERVER_WINS", resolvedAt: instant + 99 } as const;
      expect(await store.resolve(again)).toBe(0);
      const marked = await store.list({ templateId, limit: 10, resolved: true });
      expect(marked.map(({ id }) => id).toSorted()).toEqual(mine.map(({ id }) => id).toSorted());
      for (const one of marked) expect(one).toMatchObject({ ...resolution, resolvedById: userId });
      expect(await idsOf({ resolved: false })).toHaveLength(2);
    });

    const decidedAt = (version: number, more: Partial<DecidedConflict> = {}): DecidedConflict => ({
      id: randomUUID(),
      templateId,
      userId,
      clientId: null,
      baseVersion: 1,
      headVersion: version - 1,
      serverOperationIds: ["theirs", 'a,b "{}"'],
      createdAt: instant + version,
      decidedBy: "CLOCK",
      decisions: [
        {
          kind: "CONCURRENT_EDIT",
          clientOperation: `op-${version}`,
          serverOperation: "theirs",
          path: "/pages/p/elements/e~1",
          properties: ["fill"],
          winner: "CLIENT",
          lost: { fill: ["\u0001", { a: null }] },
        },
      ],
      decisionCount: 250,
      ...more,
    });
    const commit = (version: number, decided: DecidedConflict[], decidedKeptMax?: number) =>
      opened.templates.commit({
        templateId,
        expectedVersion: version - 1,
        operations: [operationAt(version)],
        decided,
        ...(decidedKeptMax !== undefined && { decidedKeptMax }),
      });

    it("STO-29 what a merge decided is recorded with its commit, or not at all", async () => {
      const decided = [decidedAt(2), decidedAt(2, { userId: null, decidedBy: "RULE" })];
      expect(await commit(3, decided)).toEqual({ kind: "moved" });
      expect(await idsOf()).toEqual([]);
      expect(await commit(2, decided)).toEqual({ kind: "committed" });
      const [{ winner: _winner, lost: _lost, ...collision }] = decided[0]!.decisions as [
        MergeDecision,
      ];
      const told = decided.map((one) => ({
        ...one,
        clientOperations: [],
        collisions: [collision],
        resolution: null,
        resolvedAt: one.createdAt,
        resolvedById: null,
      }));
      const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? 1 : -1);
      expect(await store.list({ templateId, limit: 9 })).toEqual(told.toSorted(byId));
      expect(await commit(2, [decidedAt(2)])).toEqual({ kind: "moved" });
      const rejected = opened.templates.withLock(templateId, async (locked) => {
        const operations = [operationAt(3)];
        await locked.commit({
          templateId,
          expectedVersion: 2,
          operations,
          decided: [decidedAt(3)],
        });
        throw new Error("undone");
      });
      await expect(rejected).rejects.toThrow("undone");
      expect(await idsOf()).toHaveLength(2);
    });

    it("STO-29 is told by who decided and whom it met, and never open", async () => {
      const asked = [newConflict(), newConflict({ userId: other, baseVersion: 3 })];
      for (const conflict of asked) await store.record(conflict);
      const clock = decidedAt(2);
      const rule = decidedAt(2, { userId: other, decidedBy: "RULE" });
      await commit(2, [clock, rule]);
      await store.resolve({ templateId, userId, baseVersion: 1, ...resolution });
      expect(await idsOf({ decidedBy: "CLOCK" })).toEqual([clock.id]);
      expect(await idsOf({ decidedBy: "RULE" })).toEqual([rule.id]);
      expect(await idsOf({ decidedBy: "PERSON" })).toEqual([asked[0]!.id]);
      expect(await idsOf({ resolved: false })).toEqual([asked[1]!.id]);
      expect(new Set(await idsOf({ userId }))).toEqual(new Set([asked[0]!.id, clock.id]));
      expect(await idsOf({ userId: other, resolved: true })).toEqual([rule.id]);
      expect(await idsOf({ userId: "no uuid" })).toEqual([]);
    });

    it("STO-29 the oldest of what was decided before go where a commit says so, and no others", async () => {
      const asked = newConflict({ createdAt: instant - 99 });
      await store.record(asked);
      const all: DecidedConflict[] = [];
      for (let version = 2; version <= 6; version += 1) {
        all.push(decidedAt(version));
        await commit(version, [all.at(-1)!]);
      }
      expect(await idsOf()).toHaveLength(6);
      all.push(decidedAt(7));
      await commit(7, [all.at(-1)!], 2);
      const kept = all.slice(-3).map(({ id }) => id);
      expect(await idsOf()).toEqual([...kept.toReversed(), asked.id]);
    });

    it("STO-18 what is no id belongs to nothing", async () => {
      expect(await idsOf({ templateId: "no uuid" })).toEqual([]);
      expect(await idsOf({ templateId: randomUUID() })).toEqual([]);
      for (const id of ["no uuid", randomUUID()]) {
        const resolved = { templateId: id, userId, baseVersion: 1, ...resolution };
        expect(await store.resolve(resolved)).toBe(0);
      }
    });
  });
}
