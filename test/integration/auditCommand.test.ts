/** `npm run audit` and what `npm run admin` leaves in the audit log, as processes of their own. */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDatabase, type Database } from "../../src/storage/postgres/database.js";
import { PrismaAuditStore } from "../../src/storage/audit/prismaAuditStore.js";
import { auditEntry } from "../contracts/auditStore.js";
import { databaseOptions, insertUser } from "../contracts/storeOnPostgres.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";

let database: TestDatabase;
let connection: Database;
let store: PrismaAuditStore;

/** Each command is a process that starts. */
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(databaseOptions(database.url));
  store = new PrismaAuditStore(connection.prisma);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

function command(program: "audit" | "admin", words: readonly string[], url = database.url) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", `src/cli/${program}.ts`, ...words],
    { encoding: "utf8", env: { ...process.env, DATABASE_URL: url }, maxBuffer: 1e8 },
  );
  return { status, stdout, stderr };
}

const newest = async (action: string) =>
  store.list({ from: 0, to: Date.now() + 1, action, order: "newestFirst", limit: 10 });

test("AUD-11 writes a range as JSON lines, oldest first, page after page, and is told", async () => {
  const start = Date.UTC(2026, 10, 1);
  const templateId = randomUUID();
  const entries = Array.from({ length: 2_500 }, (_, index) =>
    auditEntry({ at: start + Math.floor(index / 3), ...(index % 2 === 0 && { templateId }) }),
  );
  for (let from = 0; from < entries.length; from += 500) {
    await store.write({ entries: entries.slice(from, from + 500) });
  }
  const range = ["--from", "2026-11-01", "--to", "2026-11-02T00:00:00Z"];
  const { status, stdout } = command("audit", [...range, "--json"]);
  expect(status).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  const read = lines.map((line) => JSON.parse(line) as { id: string; at: string });
  const order = entries.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  expect(read.map(({ id }) => id)).toEqual(order.map(({ id }) => id));
  expect(read[0]).toEqual({ ...order[0], at: "2026-11-01T00:00:00.000Z" });

  const ofTemplate = command("audit", [...range, "--template", templateId.toUpperCase()]);
  const told = ofTemplate.stdout.trimEnd().split("\n");
  expect(told).toHaveLength(1_250);
  expect(told[0]).toContain("ACCEPTED  UPDATE_TEMPLATE  USER");
  expect(await newest("EXPORT_AUDIT_LOG")).toMatchObject([
    { actorKind: "SYSTEM", templateId, result: "ACCEPTED" },
    { details: { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" } },
  ]);
});

test("AUD-11 says what is wrong, by its exit code", () => {
  for (const words of [
    ["--from", "yesterday"],
    ["--result", "GOOD"],
  ]) {
    const { status, stderr } = command("audit", words);
    expect([status, stderr]).toEqual([2, expect.stringContaining("see npm run audit -- --help")]);
  }
  const away = command("audit", [], "postgres://u:secret@127.0.0.1:1/x");
  expect(away.status).toBe(2);
  expect(away.stderr).not.toMatch(/secret|\n./);
});

test("AUD-12 who becomes or ceases to be an administrator is told with it", async () => {
  const userId = await insertUser(connection);
  expect(command("admin", ["grant", userId]).status).toBe(0);
  expect(command("admin", ["revoke", userId]).status).toBe(0);
  expect(command("admin", ["grant", "nobody@example.org"]).status).toBe(1);
  for (const action of ["GRANT_ADMIN", "REVOKE_ADMIN"]) {
    const told = await newest(action);
    expect(told).toMatchObject([
      { actorKind: "SYSTEM", resourceKind: "user", resourceIds: { userId }, result: "ACCEPTED" },
    ]);
    expect(JSON.stringify(told)).not.toContain("example.org");
  }
});

test("AUD-12 nobody becomes an administrator untold", async () => {
  const userId = await insertUser(connection);
  await connection.pool.query("ALTER TABLE audit_log RENAME TO audit_log_away");
  try {
    expect(command("admin", ["grant", userId]).status).toBe(2);
  } finally {
    await connection.pool.query("ALTER TABLE audit_log_away RENAME TO audit_log");
  }
  const { rows } = await connection.pool.query("SELECT role FROM users WHERE id = $1", [userId]);
  expect(rows).toEqual([{ role: "USER" }]);
});
