import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { schemaDrift } from "../../scripts/schemaDrift.js";
import { applyMigrations, MigrationError } from "../../src/storage/postgres/migrations.js";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../setup/database.js";

const CREATE = "CREATE TABLE first (id INT PRIMARY KEY); INSERT INTO first VALUES (1);";
const CHANGE = "ALTER TABLE first ADD COLUMN name TEXT;";

describe("applyMigrations", () => {
  let folder: string;
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "strata-migrations-"));
    database = await createEmptyDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 8 });
    pool.on("error", () => {});
  });

  afterEach(async () => {
    await pool.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function addMigration(name: string, sql: string): Promise<void> {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, "migration.sql"), sql);
  }

  it("applies what is new, in order of the names, and nothing twice", async () => {
    await addMigration("2_change", CHANGE);
    await addMigration("1_create", CREATE);
    expect(await applyMigrations(pool, folder)).toEqual({ applied: ["1_create", "2_change"] });
    expect(await applyMigrations(pool, folder)).toEqual({ applied: [] });
    await addMigration("3_more", "INSERT INTO first VALUES (2, 'two')");
    expect(await applyMigrations(pool, folder)).toEqual({ applied: ["3_more"] });
    const { rows } = await pool.query("SELECT id, name FROM first ORDER BY id");
    expect(rows).toEqual([
      { id: 1, name: null },
      { id: 2, name: "two" },
    ]);
  });

  it("writes the rows that Prisma's engine would write", async () => {
    await addMigration("1_create", CREATE);
    await applyMigrations(pool, folder);
    const { rows } = await pool.query("SELECT * FROM _prisma_migrations");
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
        migration_name: "1_create",
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        finished_at: expect.any(Date),
        applied_steps_count: 1,
      },
    ]);
  });

  it("applies each migration once when runners race", async () => {
    await addMigration("1_create", CREATE);
    await addMigration("2_change", CHANGE);
    const results = await Promise.all(
      Array.from({ length: 6 }, () => applyMigrations(pool, folder)),
    );
    expect(results.flatMap((result) => result.applied)).toEqual(["1_create", "2_change"]);
    const { rows } = await pool.query("SELECT count(*)::int AS n FROM first");
    expect(rows).toEqual([{ n: 1 }]);
  });

  it("refuses a file that was changed after it had been applied", async () => {
    await addMigration("1_create", CREATE);
    await applyMigrations(pool, folder);
    await addMigration("1_create", `${CREATE} -- better`);
    await addMigration("2_change", CHANGE);
    await expectRefusal({ code: "CHANGED", migration: "1_create" });
    const { rowCount } = await pool.query("SELECT 1 FROM _prisma_migrations");
    expect(rowCount).toBe(1);
  });

  it("refuses a database with a migration that failed earlier", async () => {
    await addMigration("1_create", CREATE);
    await applyMigrations(pool, folder);
    await pool.query("UPDATE _prisma_migrations SET finished_at = NULL");
    await addMigration("2_change", CHANGE);
    await expectRefusal({ code: "FAILED_EARLIER", migration: "1_create" });
  });

  it("takes a row that was marked as rolled back for one that never was", async () => {
    await addMigration("1_create", CREATE);
    await applyMigrations(pool, folder);
    await pool.query("DROP TABLE first");
    await pool.query("UPDATE _prisma_migrations SET finished_at = NULL, rolled_back_at = now()");
    expect(await applyMigrations(pool, folder)).toEqual({ applied: ["1_create"] });
  });

  it("leaves nothing of a migration that fails, and goes on once it is repaired", async () => {
    await addMigration("1_create", CREATE);
    await addMigration("2_change", `${CHANGE} SELECT 1 / 0;`);
    await expectRefusal({ code: "STATEMENT_FAILED", migration: "2_change" });
    const { rows } = await pool.query("SELECT * FROM first");
    expect(rows).toEqual([{ id: 1 }]);
    await addMigration("2_change", CHANGE);
    expect(await applyMigrations(pool, folder)).toEqual({ applied: ["2_change"] });
  });

  it("frees the lock and its connection after a refusal", async () => {
    await addMigration("1_create", "SELECT 1 / 0");
    await expectRefusal({ code: "STATEMENT_FAILED", migration: "1_create" });
    expect(pool.totalCount).toBe(0);
    const { rows } = await pool.query("SELECT pg_try_advisory_lock(72707369) AS free");
    expect(rows).toEqual([{ free: true }]);
  });

  async function expectRefusal(expected: { code: string; migration: string }): Promise<void> {
    const error: unknown = await applyMigrations(pool, folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MigrationError);
    expect(error).toMatchObject(expected);
    expect((error as Error).message).toContain(expected.migration);
    expect((error as Error).message).not.toContain("\n");
  }
});

describe("the migrations of this repository", () => {
  it("lead to schema.prisma without a difference", async () => {
    const database = await createTestDatabase();
    expect(await schemaDrift(database.url, "prisma/schema.prisma")).toBeUndefined();
    await database.drop();
  });

  it("are compared in a way that sees a difference", async () => {
    const folder = await mkdtemp(join(tmpdir(), "strata-drift-"));
    const database = await createTestDatabase();
    const schema = await readFile("prisma/schema.prisma", "utf8");
    const changed = join(folder, "schema.prisma");
    await writeFile(changed, `${schema}\nmodel Extra {\n  id Int @id\n}\n`);
    expect(await schemaDrift(database.url, changed)).toContain('CREATE TABLE "Extra"');
    await database.drop();
    await rm(folder, { recursive: true });
  });
});
