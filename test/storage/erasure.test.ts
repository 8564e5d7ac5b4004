/** What an erasure does to the log, on PostgreSQL: a little at a time, while others edit. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { takeNameFromLog } from "../../src/storage/accounts/nameInLog.js";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
import { operationAt, newTemplate } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";

let postgres: StoreOnPostgres;
let ada: string;
let bob: string;
beforeAll(async () => {
  postgres = await openStoreOnPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  [ada, bob] = [await postgres.newUser(), await postgres.newUser()];
});

/** A template of Ada's, with an operation by each of them in turn. */
async function newLog(authors: readonly string[]): Promise<string> {
  const template = newTemplate(ada);
  await postgres.store.create(template);
  const operations = authors.map((userId, index) => operationAt(index + 2, { userId }));
  await postgres.store.commit({ templateId: template.templateId, expectedVersion: 1, operations });
  return template.templateId;
}

async function authorsOf(templateId: string): Promise<(string | null)[]> {
  const range = { templateId, afterVersion: 1, limit: 100 };
  return (await postgres.store.readLog(range)).map(({ userId }) => userId);
}

test("AUTH-18 a name is taken from every template and every stretch of versions, and nobody else's", async () => {
  const templateIds: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    templateIds.push(await newLog([ada, bob, ada, ada, bob, bob, ada]));
  }
  await takeNameFromLog(postgres.database.prisma, ada, 2);
  for (const templateId of templateIds) {
    expect(await authorsOf(templateId)).toEqual([null, bob, null, null, bob, bob, null]);
  }
});

test("AUTH-18 others edit what was the person's while the log is gone through", async () => {
  const templateId = await newLog([ada, bob]);
  const users = new PrismaUserStore(postgres.database.prisma);
  const slow = await postgres.database.pool.connect();
  try {
    // Stands for a log that takes long.
    await slow.query("BEGIN");
    await slow.query("SELECT FROM template_operations WHERE template_id = $1 FOR UPDATE", [
      templateId,
    ]);
    const { rows } = await slow.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const removed = users.remove(ada, Date.now());
    await waitedFor(rows[0]!.pid);
    const operations = [operationAt(4, { userId: bob })];
    const commit = { templateId, expectedVersion: 3, operations };
    expect(await postgres.store.commit(commit)).toEqual({ kind: "committed" });
    expect(await users.findById(ada)).toBeDefined();
    await slow.query("COMMIT");
    expect(await removed).toBe(true);
  } finally {
    slow.release();
  }
  expect(await users.findById(ada)).toBeUndefined();
  expect(await authorsOf(templateId)).toEqual([null, bob, bob]);
  expect((await postgres.store.heads([templateId])).get(templateId)?.authorId).toBeNull();
});

test("AUTH-18 a last edit of the person's that waits for the erasure, and it for that, does not stop it", async () => {
  const templateId = await newLog([ada]);
  const users = new PrismaUserStore(postgres.database.prisma);
  const edit = await postgres.database.pool.connect();
  try {
    await edit.query("BEGIN");
    await edit.query("UPDATE templates SET version = 3 WHERE id = $1", [templateId]);
    const { rows } = await edit.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const removed = users.remove(ada, Date.now());
    await waitedFor(rows[0]!.pid);
    // As the foreign key of the log does. Whichever of the two PostgreSQL ends, the erasure gets through.
    const asked = edit.query("SELECT FROM users WHERE id = $1 FOR KEY SHARE", [ada]);
    await asked.catch(() => {});
    await edit.query("ROLLBACK");
    expect(await removed).toBe(true);
  } finally {
    edit.release();
  }
  expect(await users.findById(ada)).toBeUndefined();
});

/** Until somebody waits for what the connection holds. */
async function waitedFor(pid: number): Promise<void> {
  for (;;) {
    const { rowCount } = await postgres.database.pool.query(
      "SELECT FROM pg_stat_activity WHERE $1::int = ANY(pg_blocking_pids(pid))",
      [pid],
    );
    if (rowCount !== 0) return;
    await sleep(10);
  }
}
