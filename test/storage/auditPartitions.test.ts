import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PrismaAuditStore } from "../../src/storage/audit/prismaAuditStore.js";
import { auditEntry } from "../contracts/auditStore.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";

const DAY_MS = 86_400_000;

let opened: StoreOnPostgres;
let store: PrismaAuditStore;
beforeAll(async () => {
  opened = await openStoreOnPostgres();
  store = new PrismaAuditStore(opened.database.prisma);
});
afterAll(() => opened.close());

const sql = async <T extends object>(text: string) =>
  (await opened.database.pool.query<T>(text)).rows;

async function partitions(): Promise<string[]> {
  const rows = await sql<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
     WHERE inhparent = 'audit_log'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** `audit_log_2026_01`, so many months from now. */
function monthFromNow(months: number): string {
  const now = new Date();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months));
  return `audit_log_${month.toISOString().slice(0, 7).replace("-", "_")}`;
}

describe("the partitions of the audit log", () => {
  it("AUD-2 are made ahead by month, once, also by several at a time", async () => {
    const standing = [0, 1, 2, 3].map(monthFromNow);
    expect(await partitions()).toEqual([...standing, "audit_log_rest"]);
    expect(await store.makePartitions(3)).toBe(0);
    const made = await Promise.all([store.makePartitions(5), store.makePartitions(5)]);
    expect(made.reduce((sum, count) => sum + count)).toBe(2);
    const later = [...standing, ...[4, 5].map(monthFromNow), "audit_log_rest"];
    expect(await partitions()).toEqual(later);
  });

  it("AUD-2 what belongs to none is kept and found all the same, and hinders none that is made later", async () => {
    const far = auditEntry({ at: Date.now() + 230 * DAY_MS });
    await store.write({ entries: [far] });
    expect(await sql("SELECT id FROM audit_log_rest")).toEqual([{ id: far.id }]);
    const query = { from: 0, to: far.at + 1, limit: 1, order: "newestFirst" } as const;
    expect(await store.list(query)).toEqual([far]);
    expect(await store.makePartitions(12)).toBeGreaterThan(3);
    const near = auditEntry({ at: far.at - 1 });
    await store.write({ entries: [near] });
    expect(await store.list({ ...query, limit: 2 })).toEqual([far, near]);
  });

  it("AUD-9 a range reads the partitions of its months only", async () => {
    const plan = await sql<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT * FROM audit_log WHERE at >= date_trunc('month', now(), 'UTC')
         AND at < date_trunc('month', now(), 'UTC') + interval '1 hour' ORDER BY at DESC, id DESC LIMIT 50`,
    );
    const text = plan.map((line) => line["QUERY PLAN"]).join("\n");
    expect(text).toContain(monthFromNow(0));
    expect(text).not.toMatch(new RegExp(`${monthFromNow(1)}|audit_log_rest`));
  });

  it("AUD-2 a month goes by dropping its partition", async () => {
    await sql(`DROP TABLE ${monthFromNow(2)}`);
    expect(await store.makePartitions(3)).toBe(1);
  });
});

describe("the audit log", () => {
  let id: string;
  beforeEach(async () => {
    id = randomUUID();
    await store.write({ entries: [auditEntry({ id })] });
  });

  const tables = () => ["audit_log", monthFromNow(0)];

  it.each([
    ["updated", (table: string) => `UPDATE ${table} SET result = 'REFUSED'`],
    ["deleted", (table: string) => `DELETE FROM ${table}`],
    ["emptied", (table: string) => `TRUNCATE ${table}`],
  ])("AUD-3 is not %s, by its owner neither, whole or by month", async (_name, change) => {
    for (const table of tables()) {
      await expect(sql(change(table))).rejects.toThrow("the audit log only grows");
    }
    expect(await sql(`SELECT result FROM audit_log WHERE id = '${id}'`)).toEqual([
      { result: "ACCEPTED" },
    ]);
  });

  it("AUD-3 is not changed in the role of a replica, nor in a partition made later", async () => {
    await store.makePartitions(14);
    const at = Date.now() + 400 * DAY_MS;
    await store.write({ entries: [auditEntry({ at })] });
    const client = await opened.database.pool.connect();
    try {
      await client.query("SET session_replication_role = 'replica'");
      for (const change of [
        "DELETE FROM audit_log",
        `DELETE FROM audit_log WHERE at > now() + interval '300 days'`,
        "UPDATE audit_log SET code = 'x'",
        `TRUNCATE ${monthFromNow(14)}`,
      ]) {
        await expect(client.query(change)).rejects.toThrow("the audit log only grows");
      }
    } finally {
      client.release(true);
    }
  });

  it("AUD-3 outlasts the account, the template and the team that it names", async () => {
    const userId = await opened.newUser();
    const entry = auditEntry({ actorId: userId });
    await store.write({ entries: [entry] });
    await sql(`DELETE FROM users WHERE id = '${userId}'`);
    const query = { from: 0, to: Date.now() + 1, actorId: userId, limit: 2 };
    expect(await store.list({ ...query, order: "newestFirst" })).toEqual([entry]);
  });

  it("AUD-1 takes no entry beyond its bounds", async () => {
    const entries = [auditEntry({ details: { much: "x".repeat(5_000) } })];
    await expect(store.write({ entries })).rejects.toThrow();
  });
});
