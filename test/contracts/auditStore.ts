/** What every audit log promises. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEntry } from "../../src/domain/audit/auditEntry.js";
import type { AuditQuery, AuditStore } from "../../src/storage/audit/auditStore.js";

/** A store under test, with what it does not do itself. */
export interface AuditStoreUnderTest {
  readonly store: AuditStore;
  newTemplate(): Promise<string>;
  newServiceAccount(): Promise<string>;
  /** Commits edits on the versions, at the instants. */
  commit(templateId: string, serverTimestamps: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

export function auditEntry(overrides: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: randomUUID(),
    at: Date.now(),
    actorKind: "USER",
    actorId: randomUUID(),
    address: "2001:db8::7",
    clientId: 'tab "1" 🎨',
    action: "UPDATE_TEMPLATE",
    resourceKind: "template",
    resourceIds: {},
    templateId: null,
    teamId: null,
    result: "ACCEPTED",
    code: null,
    details: { fromVersion: 1, toVersion: 2, onConflict: "MERGE", force: true },
    ...overrides,
  };
}

/** Registers the tests for one adapter. */
export function describeAuditStore(name: string, open: () => Promise<AuditStoreUnderTest>): void {
  describe(name, () => {
    let opened: AuditStoreUnderTest;
    let store: AuditStore;
    /** Names the entries of one test. */
    let actorId: string;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      actorId = randomUUID();
    });

    const entry = (overrides: Partial<AuditEntry> = {}) => auditEntry({ actorId, ...overrides });
    const all = { from: 0, to: Date.now() + 10 * 86_400_000, limit: 1_000 };
    const list = (query: Partial<AuditQuery> = {}) =>
      store.list({ ...all, actorId, order: "newestFirst", ...query });

    it("AUTH-64 service accounts are told from others, and from those that are gone", async () => {
      const id = await opened.newServiceAccount();
      const asked = [id, randomUUID(), id];
      expect(await store.serviceAccountsAmong(asked)).toEqual(new Set([id]));
      expect(await store.serviceAccountsAmong([])).toEqual(new Set());
    });

    it("AUD-1 an entry comes back as it was written, and is written once", async () => {
      const full = entry();
      const bare = entry({
        at: full.at - 1,
        address: null,
        clientId: null,
        resourceKind: null,
        result: "REFUSED",
        code: "FORBIDDEN",
        resourceIds: { teamId: "a", id: "b" },
        teamId: randomUUID(),
        details: {},
      });
      await store.write({ entries: [full, bare] });
      await store.write({ entries: [{ ...full, result: "REFUSED" }] });
      expect(await list()).toEqual([full, bare]);
    });

    it("AUD-9 entries come in pages, newest or oldest first, each once, also those of one instant", async () => {
      const now = Date.now();
      const entries = [0, 0, 0, 1, 1, 2, 3, 3].map((ms) => entry({ at: now + ms }));
      await store.write({ entries });
      const order = entries.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
      for (const limit of [1, 2, 3, 8, 9]) {
        for (const direction of ["oldestFirst", "newestFirst"] as const) {
          const seen: AuditEntry[] = [];
          for (let after: AuditEntry | undefined; ;) {
            const page = await list({ limit, order: direction, ...(after && { after }) });
            if (page.length === 0) break;
            seen.push(...page);
            after = page.at(-1)!;
          }
          expect(seen).toEqual(direction === "oldestFirst" ? order : order.toReversed());
        }
      }
    });

    it("AUD-9 what a query names must all be so; `from` counts, `to` does not", async () => {
      const [templateId, teamId] = [randomUUID(), randomUUID()];
      const at = Date.now();
      const wanted = entry({ at, templateId, teamId, action: "UNDO", result: "FAILED" });
      const others = [
        entry({ at: at - 1, templateId, teamId, action: "UNDO", result: "FAILED" }),
        entry({ at: at + 1, templateId, teamId, action: "UNDO", result: "FAILED" }),
        entry({ at, teamId, action: "UNDO", result: "FAILED" }),
        entry({ at, templateId, action: "UNDO", result: "FAILED" }),
        entry({ at, templateId, teamId, action: "REDO", result: "FAILED" }),
        entry({ at, templateId, teamId, action: "UNDO" }),
        entry({ at, templateId, teamId, action: "UNDO", result: "FAILED", actorId: null }),
      ];
      await store.write({ entries: [wanted, ...others] });
      const query = { templateId, teamId, action: "UNDO", result: "FAILED" } as const;
      expect(await list({ ...query, from: at, to: at + 1 })).toEqual([wanted]);
      expect(await list({ templateId: "no id" })).toEqual([]);
      const ofNoTeam = await list({ ...query, teamId: null, from: at, to: at + 1 });
      expect(ofNoTeam.map(({ teamId: of }) => of)).toEqual([null]);
    });

    it("AUD-4 what was announced is an entry once it is written, or its writer is ended", async () => {
      const nodeId = randomUUID();
      const [ended, left] = [entry({ result: "UNKNOWN" }), entry({ result: "UNKNOWN" })];
      for (const announced of [ended, left]) {
        expect(await store.announce(nodeId, announced)).toBeNull();
      }
      expect(await list()).toEqual([]);
      const accepted = { ...ended, result: "ACCEPTED" } as const;
      const writer = { nodeId, writtenThrough: 5, inDoubtSince: null, clockAt: 7 };
      await store.write({ entries: [accepted], writer });
      expect(await list()).toEqual([accepted]);
      await store.endWriter(nodeId);
      await store.endWriter(nodeId);
      expect(await list({ result: "UNKNOWN" })).toEqual([left]);
      expect(await list({ result: "ACCEPTED" })).toEqual([accepted]);
      expect((await store.writers(1_000)).find((found) => found.nodeId === nodeId)).toBeUndefined();
    });

    it("AUD-5 writers say how far they are, and are silent by the store's clock", async () => {
      const nodeId = randomUUID();
      const state = { nodeId, writtenThrough: 1_000, inDoubtSince: 900, clockAt: 1_100 };
      const found = async (silentMs: number) =>
        (await store.writers(silentMs)).find((writer) => writer.nodeId === nodeId);
      await store.write({ entries: [], writer: state });
      expect(await found(60_000)).toEqual({ ...state, silent: false });
      await expect.poll(() => found(1)).toEqual({ ...state, silent: true });
      const later = { ...state, writtenThrough: 2_000, inDoubtSince: null, clockAt: 2_000 };
      await store.write({ entries: [], writer: later });
      expect(await found(60_000)).toEqual({ ...later, silent: false });
    });

    it("AUD-5 edits are found by their time, with the versions that entries tell of", async () => {
      const templateId = await opened.newTemplate();
      const now = Date.now();
      await opened.commit(templateId, [now - 5_000, now, now + 1]);
      expect(await store.templatesEditedSince(now)).toContain(templateId);
      expect(await store.templatesEditedSince(now + 10_000)).not.toContain(templateId);
      const edits = await store.editsSince(templateId, now);
      expect(edits.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([3, 4]);
      expect(edits[0]).toMatchObject({ undoes: null, redoes: null });
      await store.write({
        entries: [
          entry({ templateId, details: { fromVersion: 2, toVersion: 3 }, at: now }),
          entry({ templateId, details: {}, at: now }),
          entry({ templateId, details: { fromVersion: 3, toVersion: 4 }, at: now - 1 }),
          entry({ details: { fromVersion: 3, toVersion: 4 }, at: now }),
        ],
      });
      expect(await store.auditedVersionsSince(templateId, now)).toEqual([
        { fromVersion: 2, toVersion: 3 },
      ]);
    });
  });
}
