/** What every store of locks promises. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LockSet } from "../../src/domain/locks/lock.js";
import type { LockRequest, LockStore } from "../../src/storage/locks/lockStore.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";
import { newTemplate, operationAt } from "./storedOperations.js";

/** A store under test, with what it does not do itself. */
export interface LockStoreUnderTest {
  readonly locks: LockStore;
  readonly templates: TemplateStore;
  newUser(): Promise<string>;
  /** Opens a session and gives its id. */
  newSession(templateId: string, userId: string, clientId: string): Promise<string>;
  /** Ends a session, which takes its locks along. */
  endSession(templateId: string, sessionId: string): Promise<void>;
  /** Lets time pass for the locks that are there. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Registers the tests for one adapter. */
export function describeLockStore(name: string, open: () => Promise<LockStoreUnderTest>): void {
  describe(`${name}: locks`, () => {
    let opened: LockStoreUnderTest;
    let locks: LockStore;
    let templates: TemplateStore;
    let userId: string;
    let templateId: string;
    let session: string;
    beforeAll(async () => {
      opened = await open();
      ({ locks, templates } = opened);
      userId = await opened.newUser();
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      const template = newTemplate(userId);
      templateId = template.templateId;
      await templates.create(template);
      session = await opened.newSession(templateId, userId, "tab 🎨");
    });

    const page = "/pages/p1";
    const request = (overrides: Partial<LockRequest> = {}): LockRequest => ({
      ...{ templateId, path: page, sessionId: session, userId, clientId: "tab 🎨" },
      ...{ leaseMs: 30_000, holdMsMax: 100_000 },
      ...overrides,
    });
    const never = () => undefined;
    const acquire = async (overrides: Partial<LockRequest> = {}) => {
      const outcome = await locks.acquire(request(overrides), never);
      if (outcome.kind !== "acquired") throw new Error(`the lock was ${outcome.kind}`);
      return outcome.lock;
    };
    const held = async () => (await templates.readLocks([templateId])).get(templateId);
    const headRevision = async () =>
      (await templates.heads([templateId])).get(templateId)?.lockRevision;
    const commitUnder = async (expectedLockRevision?: number) => {
      const version = (await templates.heads([templateId])).get(templateId)?.version ?? 0;
      const commit = {
        ...{ templateId, expectedVersion: version, operations: [operationAt(version + 1)] },
        ...(expectedLockRevision !== undefined && { expectedLockRevision }),
      };
      return (await templates.commit(commit)).kind;
    };

    it("LOCK-20 what is acquired is read as it was, with a fence that is the new revision", async () => {
      expect(await held()).toEqual({ revision: 0, locks: [] });
      const first = await acquire({ path: "" });
      const second = await acquire({ path: '/pages/a~1"b\\' });
      expect(first).toMatchObject({ path: "", sessionId: session, userId, clientId: "tab 🎨" });
      expect(first.expiresAt - first.acquiredAt).toBe(30_000);
      expect([first.fence, second.fence]).toEqual([1, 2]);
      expect(await held()).toEqual({ revision: 2, locks: [first, second] });
      expect(await headRevision()).toBe(2);
    });

    it("LOCK-20 who refuses sees the locks of the moment, and nothing changes", async () => {
      const lock = await acquire();
      let seen: LockSet | undefined;
      const outcome = await locks.acquire(request({ path: "" }), (set) => {
        seen = set;
        return "no";
      });
      expect(outcome).toEqual({ kind: "refused", reason: "no" });
      expect(seen).toEqual({ revision: 1, locks: [lock] });
      expect(await held()).toEqual(seen);
    });

    it("LOCK-20 of many that refuse what is taken one gets it", async () => {
      const sessions = await Promise.all(
        Array.from({ length: 5 }, (_, i) => opened.newSession(templateId, userId, `c${i}`)),
      );
      const outcomes = await Promise.all(
        sessions.map((sessionId, i) =>
          locks.acquire(request({ sessionId, clientId: `c${i}` }), (set) =>
            set.locks.length > 0 ? "taken" : undefined,
          ),
        ),
      );
      const kinds = outcomes.map(({ kind }) => kind).toSorted();
      expect(kinds).toEqual(["acquired", "refused", "refused", "refused", "refused"]);
      expect((await held())?.revision).toBe(1);
    });

    it("LOCK-21 one's own is renewed and keeps its fence, also for another session", async () => {
      const first = await acquire();
      await opened.pass(20_000);
      const again = await opened.newSession(templateId, userId, "tab 🎨");
      const outcome = await locks.acquire(request({ sessionId: again }), never);
      expect(outcome).toMatchObject({
        kind: "acquired",
        isNew: false,
        lock: { fence: first.fence, sessionId: again },
      });
      await opened.pass(15_000);
      expect((await held())?.locks).toHaveLength(1);
      expect(await headRevision()).toBe(1);
    });

    it("LOCK-22 heartbeats renew the locks of their sessions, never beyond the longest hold", async () => {
      const lock = await acquire();
      const other = await acquire({ path: "/pages/p2" });
      for (let passed = 0; passed < 100_000; passed += 20_000) {
        expect((await held())?.locks.map(({ fence }) => fence)).toEqual([lock.fence, other.fence]);
        await opened.pass(20_000);
        await locks.renew([{ templateId, id: session }], 30_000);
      }
      expect(await held()).toEqual({ revision: 2, locks: [] });
    });

    it("LOCK-22 a renewal shortens no lease, and revives none that ran out", async () => {
      const long = await acquire({ leaseMs: 80_000 });
      await locks.renew([{ templateId, id: session }], 5);
      expect((await held())?.locks).toEqual([long]);
      await opened.pass(80_000);
      await locks.renew([{ templateId, id: session }], 30_000);
      expect((await held())?.locks).toEqual([]);
      await locks.renew([], 30_000);
    });

    it("LOCK-23 what ran out is as nothing, is taken by the next, and raises no revision", async () => {
      const lock = await acquire();
      await opened.pass(30_000);
      expect(await held()).toEqual({ revision: 1, locks: [] });
      expect(await locks.release(templateId, page, null)).toBeUndefined();
      expect(await headRevision()).toBe(1);
      const next = await acquire({ clientId: "other" });
      expect(next).toMatchObject({ fence: lock.fence + 1, clientId: "other" });
      await opened.pass(30_000);
      const own = await locks.acquire(request({ clientId: "other" }), never);
      expect(own).toMatchObject({ kind: "acquired", isNew: true, lock: { fence: 3 } });
      await opened.pass(30_000);
      expect(await locks.dropExpired()).toContain(templateId);
      expect(await locks.dropExpired()).not.toContain(templateId);
      expect(await headRevision()).toBe(3);
    });

    it("LOCK-24 a release takes what the editor holds, or whoever does", async () => {
      const lock = await acquire();
      const stranger = { userId: await opened.newUser(), clientId: "tab 🎨" };
      expect(await locks.release(templateId, page, stranger)).toBeUndefined();
      expect(await locks.release(templateId, page, { userId, clientId: "other" })).toBeUndefined();
      expect(await locks.release(templateId, "", { userId, clientId: "tab 🎨" })).toBeUndefined();
      expect(await headRevision()).toBe(1);
      const own = { userId, clientId: "tab 🎨" };
      expect(await locks.release(templateId, page, own)).toEqual(lock);
      expect(await locks.release(templateId, page, own)).toBeUndefined();
      expect(await held()).toEqual({ revision: 2, locks: [] });
      const again = await acquire();
      expect(await locks.release(templateId, page, null)).toEqual(again);
      expect(await headRevision()).toBe(4);
    });

    it("LOCK-25 locks end with their session, and none is acquired without one", async () => {
      await acquire();
      await opened.endSession(templateId, session);
      expect((await held())?.locks).toEqual([]);
      expect(await headRevision()).toBe(2);
      expect(await locks.acquire(request(), never)).toEqual({ kind: "gone" });
      expect(await headRevision()).toBe(2);
    });

    it("LOCK-25 nothing is locked in the bin, on what is not there, or by what is no id", async () => {
      await templates.setDeleted(templateId, 1);
      expect(await locks.acquire(request(), never)).toEqual({ kind: "gone" });
      for (const id of [randomUUID(), "no uuid"]) {
        expect(await locks.acquire(request({ templateId: id }), never)).toEqual({ kind: "gone" });
        expect(await locks.release(id, page, null)).toBeUndefined();
        expect(await templates.readLocks([id])).toEqual(new Map());
      }
      expect(await locks.acquire(request({ sessionId: "no uuid" }), never)).toMatchObject({
        kind: "gone",
      });
    });

    it("LOCK-26 a commit goes through under the revision it names and under no other", async () => {
      expect(await commitUnder()).toBe("committed");
      await acquire();
      expect(await commitUnder()).toBe("moved");
      expect(await commitUnder(1)).toBe("committed");
      expect(await commitUnder(2)).toBe("moved");
      await locks.release(templateId, page, null);
      expect(await commitUnder(1)).toBe("moved");
      await templates.withLock(templateId, async (locked) => {
        expect(await locked.readLocks()).toEqual({ revision: 2, locks: [] });
        expect((await locked.head()).lockRevision).toBe(2);
      });
      expect(await commitUnder(2)).toBe("committed");
    });

    it("LOCK-26 of a commit and a lock that race, the later knows of the earlier", async () => {
      for (let round = 0; round < 20; round += 1) {
        const revision = (await headRevision()) ?? 0;
        let seenVersion = 0;
        const [committed] = await Promise.all([
          commitUnder(revision),
          acquire({ path: `/pages/${round}` }).then(async () => {
            seenVersion = (await templates.heads([templateId])).get(templateId)?.version ?? 0;
          }),
        ]);
        const version = (await templates.heads([templateId])).get(templateId)?.version;
        // Once the lock is acquired, no commit decided without it takes effect any more.
        if (committed === "committed") expect(seenVersion).toBe(version);
        else expect(committed).toBe("moved");
        expect(await headRevision()).toBe(revision + 1);
      }
    });
  });
}
