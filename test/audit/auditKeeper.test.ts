import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { AuditLog } from "../../src/audit/auditLog.js";
import type { AuditEntry } from "../../src/domain/audit/auditEntry.js";
import { outcomeOf } from "../../src/domain/audit/outcome.js";
import { MemoryAuditStore } from "../twins/memoryAuditStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { newTemplate, operationAt } from "../contracts/storedOperations.js";
import { testAuditLog } from "../setup/testAudit.js";

const SILENCE_MS = 60_000;
const userId = "00000000-0000-7000-8000-000000000001";

const robotId = "00000000-0000-7000-8000-000000000002";

let now: number;
let templates: MemoryTemplateStore;
let store: MemoryAuditStore;
let templateId: string;
let survivor: AuditLog;
let dying: AuditLog;

const clock = { now: () => now, monotonic: () => now, after: () => () => {} };
const node = (name: string) =>
  testAuditLog(store, { auditSilenceMs: SILENCE_MS }, clock, undefined, name);

beforeEach(async () => {
  now = Date.UTC(2026, 10, 21);
  templates = new MemoryTemplateStore();
  const template = newTemplate(randomUUID());
  ({ templateId } = template);
  await templates.create(template);
  store = new MemoryAuditStore(
    {
      templateIds: () => [templateId],
      readLog: templates.readLog.bind(templates),
      teamRoleOf: () => undefined,
      isPersonal: () => false,
      isServiceAccount: (id) => id === robotId,
    },
    () => now,
  );
  survivor = node("survivor");
  dying = node("dying");
  await survivor.start();
  await dying.start();
});

/** A commit of so many operations that one request sent. */
async function commit(count = 1, fields: object = {}) {
  const expectedVersion = (await templates.heads([templateId])).get(templateId)!.version;
  const batchId = randomUUID();
  const author = { batchId, userId, clientId: "tab", serverTimestamp: now };
  const operations = Array.from({ length: count }, (_, index) =>
    operationAt(expectedVersion + 1 + index, { ...author, ...fields }),
  );
  const { kind } = await templates.commit({ templateId, expectedVersion, operations });
  if (kind !== "committed") throw new Error(`the commit was ${kind}`);
  return { kind: "applied", operations, templateId };
}

function edit(log: AuditLog, work: () => Promise<object>): Promise<object> {
  const request = { actorKind: "USER", actorId: userId, address: "192.0.2.1" } as const;
  const attempt = {
    action: "APPLY_OPERATIONS",
    clientId: "tab",
    resourceIds: { templateId },
    details: {},
  };
  return log.trail.follow("log", request, attempt, work, {
    answered: outcomeOf,
    failed: () => ({ result: "FAILED", code: "UNAVAILABLE" }),
  });
}

const versions = ({ details }: AuditEntry) => [details["fromVersion"], details["toVersion"]];
async function accepted(): Promise<AuditEntry[]> {
  const all = { from: 0, to: Infinity, limit: 1_000, order: "oldestFirst" } as const;
  return store.list({ ...all, result: "ACCEPTED" });
}

/** Lets time pass with the survivor alive, and with it the others that are named. */
async function pass(ms: number, ...others: readonly AuditLog[]): Promise<void> {
  for (let passed = 0; passed < ms; passed += SILENCE_MS / 2) {
    now += SILENCE_MS / 2;
    for (const log of [survivor, ...others]) await log.queue.flush();
    await survivor.keeper.restore();
  }
}

describe("after the death of a node", () => {
  it("AUTH-64 an edit of a service account that is made from the log is told as such", async () => {
    await edit(dying, () => commit(1, { userId: robotId }));
    await edit(dying, () => commit(1));
    await pass(4 * SILENCE_MS);
    const actors = (await accepted()).map(({ actorKind, actorId }) => [actorKind, actorId]);
    expect(new Map(actors as [string, string][])).toEqual(
      new Map([
        ["SERVICE_ACCOUNT", robotId],
        ["USER", userId],
      ]),
    );
  });

  it("AUD-5 edits that it took with it are made from the log, those that are told are not", async () => {
    await edit(dying, () => commit(2));
    await dying.queue.flush();
    now += 5;
    await edit(dying, () => commit(3));
    await edit(dying, () => commit(1, { undoes: "x", userId: null }));
    await edit(survivor, () => commit());
    await pass(4 * SILENCE_MS);
    const entries = await accepted();
    expect(entries.map(versions).toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [1, 3],
      [3, 6],
      [6, 7],
      [7, 8],
    ]);
    expect(entries.find(({ details }) => details["toVersion"] === 6)).toMatchObject({
      actorKind: "USER",
      actorId: userId,
      clientId: "tab",
      address: null,
      action: "APPLY_OPERATIONS",
      templateId,
      at: Date.UTC(2026, 10, 21) + 5,
      details: { restored: true },
    });
    expect(entries.find(({ details }) => details["toVersion"] === 7)).toMatchObject({
      actorKind: "SYSTEM",
      action: "UNDO",
    });
    expect(entries.filter(({ details }) => details["restored"])).toHaveLength(2);
    expect((await store.writers(SILENCE_MS)).map(({ nodeId }) => nodeId)).toEqual(["survivor"]);
  });

  it("AUD-4 what it had announced is told as UNKNOWN", async () => {
    const request = { actorKind: "USER", actorId: userId, address: null } as const;
    const attempt = { action: "X", clientId: null, resourceIds: {}, details: {} };
    const judge = { answered: outcomeOf, failed: () => ({ result: "FAILED", code: "X" }) as const };
    const never = () => new Promise<object>(() => {});
    void dying.trail.follow("announced", request, attempt, never, judge);
    await pass(4 * SILENCE_MS);
    const all = { from: 0, to: Infinity, limit: 10, order: "oldestFirst" } as const;
    expect(await store.list(all)).toMatchObject([{ action: "X", result: "UNKNOWN" }]);
  });

  it("AUD-5 a second node that looks adds nothing", async () => {
    await edit(dying, () => commit(2));
    const third = node("third");
    await third.queue.start();
    for (let run = 0; run < 8; run += 1) {
      now += SILENCE_MS / 2;
      for (const log of [survivor, third]) await log.queue.flush();
      await Promise.all([survivor.keeper.restore(), third.keeper.restore()]);
    }
    expect((await accepted()).map(versions)).toEqual([[1, 3]]);
  });

  it("AUD-5 nobody is told for another who lives and has yet to write", async () => {
    const slow = node("slow");
    await slow.queue.start();
    let end: () => void = () => {};
    const answer = await commit();
    const committed = edit(slow, async () => {
      await new Promise<void>((resolve) => (end = resolve));
      return answer;
    });
    await edit(dying, () => commit());
    await pass(4 * SILENCE_MS, slow);
    // What the slow one began is not written, so it holds back those who look.
    expect(await accepted()).toEqual([]);
    end();
    await committed;
    await pass(2 * SILENCE_MS, slow);
    expect((await accepted()).filter(({ details }) => details["restored"])).toHaveLength(1);
    expect(await accepted()).toHaveLength(2);
  });

  it("AUD-5 nobody is taken for dead who is silent once, as all are after an outage", async () => {
    await edit(dying, () => commit());
    now += 10 * SILENCE_MS;
    await survivor.queue.flush();
    await survivor.keeper.restore();
    await dying.queue.flush();
    await pass(4 * SILENCE_MS, dying);
    const entries = await accepted();
    expect(entries.map(versions)).toEqual([[1, 2]]);
    expect(entries[0]?.details).not.toHaveProperty("restored");
  });
});

it("AUD-5 an edit of which nobody knows whether it was committed is looked for, once", async () => {
  const lost = edit(survivor, async () => {
    await commit();
    throw new Error("the answer was lost");
  });
  await expect(lost).rejects.toThrow("lost");
  await pass(SILENCE_MS / 2, dying);
  expect(await accepted()).toEqual([]);
  await pass(2 * SILENCE_MS, dying);
  expect((await accepted()).map(versions)).toEqual([[1, 2]]);
  expect(survivor.queue.doubt).toBeUndefined();
  await pass(2 * SILENCE_MS, dying);
  expect(await accepted()).toHaveLength(1);
});
