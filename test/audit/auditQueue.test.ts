import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { AuditLog } from "../../src/audit/auditLog.js";
import type { AuditSettings } from "../../src/audit/auditSettings.js";
import type { Attempt } from "../../src/domain/audit/attempt.js";
import type { AuditTrailKind } from "../../src/domain/audit/auditTrails.js";
import { outcomeOf } from "../../src/domain/audit/outcome.js";
import type { AuditEntry } from "../../src/domain/audit/auditEntry.js";
import type { AuditBatch } from "../../src/storage/audit/auditStore.js";
import { MemoryAuditStore } from "../twins/memoryAuditStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import { testAuditLog } from "../setup/testAudit.js";

/** A store that can be away, and that tells what it was asked. */
class Store extends MemoryAuditStore {
  readonly batches: AuditBatch[] = [];
  isAway = false;
  refuses: (entry: AuditEntry) => boolean = () => false;

  override async announce(nodeId: string, entry: AuditEntry): Promise<string | null> {
    if (this.isAway) throw new StorageUnavailable(1);
    return super.announce(nodeId, entry);
  }

  override async write(batch: AuditBatch): Promise<void> {
    if (this.isAway) throw new StorageUnavailable(1);
    if (batch.entries.some(this.refuses)) throw new Error("a check was violated");
    this.batches.push(batch);
    await super.write(batch);
  }
}

const nobody = { actorKind: "ANONYMOUS", actorId: null, address: "192.0.2.1" } as const;
const attempt: Attempt = { action: "X", clientId: null, resourceIds: {}, details: {} };
const accepted = { kind: "applied", operations: [{ id: "a", resultingVersion: 2 }] };
const refused = { kind: "refused", code: "LOCKED" };

let store: Store;
let warnings: string[];
let log: AuditLog;

function open(settings: Partial<AuditSettings> = {}): void {
  const tables = {
    templateIds: () => [],
    readLog: async () => [],
    teamRoleOf: () => undefined,
    isPersonal: () => false,
  };
  store = new Store(tables, () => Date.now());
  warnings = [];
  log = testAuditLog(store, settings, undefined, (message) => warnings.push(message));
}
beforeEach(() => open());

function follow<T>(kind: AuditTrailKind, work: () => T | Promise<T>, action = "X"): Promise<T> {
  const judge = {
    answered: outcomeOf,
    failed: () => ({ result: "FAILED", code: "UNAVAILABLE" }) as const,
  };
  return log.trail.follow(kind, nobody, { ...attempt, action }, work, judge);
}

async function written(): Promise<AuditEntry[]> {
  const all = { from: 0, to: Infinity, limit: 10_000, order: "oldestFirst" } as const;
  return store.list(all);
}
const told = async () => (await written()).map(({ result, code }) => [result, code]);

describe("attempts", () => {
  it("AUD-7 are answered before they are written, and written together", async () => {
    expect(await follow("log", () => accepted)).toBe(accepted);
    expect(await follow("behind", () => refused)).toBe(refused);
    expect(await written()).toEqual([]);
    await log.queue.flush();
    expect(store.batches).toHaveLength(1);
    expect(await told()).toEqual([
      ["ACCEPTED", null],
      ["REFUSED", "LOCKED"],
    ]);
  });

  it("AUD-4 are announced before they begin, where nothing else tells of them", async () => {
    const announced = async () => {
      await store.endWriter("node-of-the-test");
      return told();
    };
    expect(await follow("announced", announced)).toEqual([["UNKNOWN", null]]);
    expect(await follow("log", announced)).toHaveLength(1);
  });

  it("AUD-4 do not begin where they cannot be announced", async () => {
    store.isAway = true;
    let begun = 0;
    const work = () => (begun += 1);
    await expect(follow("announced", work)).rejects.toThrow(StorageUnavailable);
    expect(begun).toBe(0);
    store.isAway = false;
    await log.queue.flush();
    expect(store.batches.at(-1)?.writer?.writtenThrough).toBe(
      store.batches.at(-1)?.writer?.clockAt,
    );
    open({ auditQueuedEntriesMax: 1 });
    await follow("behind", () => refused);
    await expect(follow("announced", work)).rejects.toThrow(StorageUnavailable);
    expect(begun).toBe(0);
  });

  it("AUD-6 that fail are told as that and fail as they did", async () => {
    const failure = new Error("away");
    await expect(follow("announced", () => Promise.reject(failure))).rejects.toBe(failure);
    await log.queue.flush();
    expect(await told()).toEqual([["FAILED", "UNAVAILABLE"]]);
  });

  it("AUD-8 by nobody are of whom the answer made known, unless they were refused", async () => {
    const userId = randomUUID();
    await follow("announced", () => ({ kind: "signedIn", userId }));
    await follow("announced", () => ({ ...refused, userId }));
    await log.queue.flush();
    expect(await written()).toMatchObject([
      { actorKind: "USER", actorId: userId, resourceKind: "user" },
      { actorKind: "ANONYMOUS", actorId: null },
    ]);
  });

  it("AUD-6 that change nothing that lasts are not told", async () => {
    await follow("none", () => accepted);
    await log.queue.flush();
    expect(await written()).toEqual([]);
  });
});

describe("the queue", () => {
  it("AUD-7 keeps what could not be written, and writes it later", async () => {
    store.isAway = true;
    await follow("log", () => accepted);
    await log.queue.flush();
    expect(warnings).toHaveLength(1);
    store.isAway = false;
    await log.queue.flush();
    expect(await told()).toEqual([["ACCEPTED", null]]);
  });

  it("AUD-7 is bounded: what it leaves out is counted, and accepted edits are looked for", async () => {
    open({ auditQueuedEntriesMax: 2 });
    store.isAway = true;
    await follow("log", () => refused);
    await follow("log", () => refused);
    for (let count = 0; count < 5; count += 1) await follow("log", () => refused);
    await follow("behind", () => ({ kind: "left" }));
    expect(log.queue.doubt).toBeUndefined();
    const before = Date.now();
    await follow("log", () => accepted);
    expect(log.queue.doubt?.since).toBeGreaterThanOrEqual(before);
    store.isAway = false;
    await log.queue.flush();
    const entries = await written();
    expect(entries).toHaveLength(3);
    expect(entries.at(-1)).toMatchObject({
      action: "AUDIT_ENTRIES_DROPPED",
      actorKind: "SYSTEM",
      details: { dropped: 6 },
    });
    expect(store.batches.at(-1)?.writer?.inDoubtSince).toBe(log.queue.doubt?.since);
  });

  it("AUD-7 writes around an entry that the log does not take", async () => {
    store.refuses = ({ action }) => action === "BAD";
    for (const action of ["A", "B", "BAD", "C", "D"]) await follow("log", () => accepted, action);
    await log.queue.flush();
    expect((await written()).map(({ action }) => action)).toEqual(["A", "B", "C", "D"]);
    expect(warnings).toEqual(["the audit log refused an entry of BAD"]);
    await log.queue.flush();
    expect(warnings).toHaveLength(1);
  });

  it("AUD-7 writes full batches at once, each within its bound", async () => {
    open({ auditBatchEntriesMax: 3 });
    for (let count = 0; count < 10; count += 1) await follow("behind", () => refused);
    await log.queue.close();
    expect(await written()).toHaveLength(10);
    expect(Math.max(...store.batches.map(({ entries }) => entries.length))).toBe(3);
    expect(store.batches.length).toBeLessThan(6);
  });

  it("AUD-5 says through when all is written: not beyond what is under way", async () => {
    let end: (answer: object) => void = () => {};
    const before = Date.now();
    const slow = follow("log", () => new Promise<object>((resolve) => (end = resolve)));
    const begun = Date.now();
    await follow("log", () => accepted);
    await log.queue.flush();
    const { writer } = store.batches.at(-1)!;
    expect(writer?.writtenThrough).toBeGreaterThanOrEqual(before);
    expect(writer?.writtenThrough).toBeLessThanOrEqual(begun);
    end(accepted);
    await slow;
    await log.queue.flush();
    expect(store.batches.at(-1)?.writer).toMatchObject({ inDoubtSince: null });
    const last = store.batches.at(-1)?.writer;
    expect(last?.writtenThrough).toBe(last?.clockAt);
  });

  it("AUD-5 is in doubt about edits that failed: their commit may have been on its way", async () => {
    await follow("behind", () => Promise.reject(new Error("away"))).catch(() => {});
    expect(log.queue.doubt).toBeUndefined();
    await follow("log", () => Promise.reject(new Error("away"))).catch(() => {});
    const { doubt } = log.queue;
    expect(doubt).toBeDefined();
    await log.queue.close();
    // Others will look, since this node did not say goodbye.
    expect(await store.writers(0)).toMatchObject([{ inDoubtSince: doubt?.since }]);
    log.queue.settle(doubt!);
    expect(log.queue.doubt).toBeUndefined();
  });

  it("AUD-4 says goodbye when all is written", async () => {
    await log.queue.start();
    expect(await store.writers(0)).toHaveLength(1);
    await follow("behind", () => refused);
    await log.queue.close();
    expect(await store.writers(0)).toEqual([]);
    expect(await told()).toHaveLength(1);
  });
});

describe("AUD-20 refused attempts of nobody", () => {
  const counted = async () =>
    (await written()).filter(({ action }) => action === "ANONYMOUS_ATTEMPTS_COUNTED");
  const from = (address: string, answer: unknown, action = "SIGN_OUT") => {
    const judge = {
      answered: outcomeOf,
      failed: () => ({ result: "FAILED", code: "UNAVAILABLE" }) as const,
    };
    const request = { ...nobody, address };
    return log.trail.follow("announced", request, { ...attempt, action }, () => answer, judge);
  };

  it("are told a few times an hour for each address, and counted beyond", async () => {
    open({ auditAnonymousEntriesPerHourMax: 3, auditCountedMs: 1 });
    for (let index = 0; index < 50; index += 1) {
      await from("192.0.2.1", refused);
      await from(`2001:db8::${index}`, refused, index < 40 ? "SIGN_IN" : "SIGN_UP");
    }
    await from("192.0.2.9", refused);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await log.queue.flush();
    const entries = await written();
    expect(entries.filter(({ action }) => action === "SIGN_OUT")).toHaveLength(4);
    expect(entries.filter(({ action }) => action === "SIGN_IN")).toHaveLength(3);
    const told = (await counted()).map(({ address, details }) => [address, details]);
    expect(told).toEqual([
      ["192.0.2.1", { attempts: 47, "SIGN_OUT LOCKED": 47 }],
      ["2001:db8:0:0::", { attempts: 47, "SIGN_IN LOCKED": 37, "SIGN_UP LOCKED": 10 }],
    ]);
    // Nothing that was counted is left over for when the node is gone.
    await log.close();
    expect((await written()).filter(({ result }) => result === "UNKNOWN")).toEqual([]);
  });

  it("AUD-4 do not let an accepted attempt be lost with the node, however many there were before", async () => {
    open({ auditAnonymousEntriesPerHourMax: 2 });
    for (let index = 0; index < 10; index += 1) await from("192.0.2.1", refused);
    await log.queue.flush();
    const userId = randomUUID();
    await from("192.0.2.1", { kind: "signedUp", userId }, "SIGN_UP");
    // The node dies before it writes: another one ends it.
    await store.endWriter("node-of-the-test");
    const entries = await written();
    expect(entries.filter(({ action }) => action === "SIGN_UP")).toMatchObject([
      { result: "UNKNOWN", address: "192.0.2.1" },
    ]);
    expect(entries.filter(({ action }) => action === "SIGN_OUT")).toHaveLength(2);
  });

  it("do not hide what is accepted, nor what signed-in people attempt", async () => {
    open({ auditAnonymousEntriesPerHourMax: 1 });
    for (let index = 0; index < 5; index += 1) await from("192.0.2.1", refused);
    await from("192.0.2.1", { kind: "signedIn", userId: "3f0e9f8e-3f0e-4f0e-8f0e-3f0e9f8e3f0e" });
    const judge = {
      answered: outcomeOf,
      failed: () => ({ result: "FAILED", code: "UNAVAILABLE" }) as const,
    };
    const ada = { actorKind: "USER", actorId: null, address: "192.0.2.1" } as const;
    for (let index = 0; index < 5; index += 1) {
      await log.trail.follow("announced", ada, attempt, () => refused, judge);
    }
    await log.queue.flush();
    const entries = await written();
    expect(entries.filter(({ result }) => result === "ACCEPTED")).toHaveLength(1);
    expect(entries.filter(({ actorKind }) => actorKind === "USER")).toHaveLength(6);
    expect(await counted()).toEqual([]);
    await log.close();
    expect(await counted()).toMatchObject([{ details: { attempts: 4 } }]);
  });
});
