/**
 * Compares the migrations with prisma/schema.prisma.
 *
 *   npm run migrate:diff                      prints the SQL that is missing; exit code 0: nothing, 2: something
 *   npm run migrate:diff -- --write add_tags  writes it as a new migration, to be read and completed by hand
 *
 * The migrations are applied to an empty PostgreSQL of its own; no other database is touched.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { readCommandLine } from "../src/cli/commandLine.js";
import { startEmbeddedPostgres } from "../src/storage/embedded/startEmbeddedPostgres.js";
import { applyMigrations } from "../src/storage/postgres/migrations.js";
import { schemaDrift } from "./schemaDrift.js";

const MIGRATIONS_DIR = "prisma/migrations";
const SCHEMA_FILE = "prisma/schema.prisma";
const EXIT_CODE_DIFFERENT = 2;

async function missingSql(): Promise<string | undefined> {
  const dataDir = await mkdtemp(join(tmpdir(), "strata-diff-"));
  // As root, PostgreSQL runs as another user, who has to be able to enter.
  await chmod(dataDir, 0o755);
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: "off" } });
    const pool = new pg.Pool({ connectionString: server.url });
    pool.on("error", () => {});
    try {
      await applyMigrations(pool, MIGRATIONS_DIR);
      return await schemaDrift(server.url, SCHEMA_FILE);
    } finally {
      await pool.end();
      await server.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function writeMigration(name: string, sql: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const folder = join(MIGRATIONS_DIR, `${stamp}_${name}`);
  await mkdir(folder);
  const file = join(folder, "migration.sql");
  await writeFile(file, sql);
  return file;
}

const { values, refuse } = readCommandLine({
  name: "migrate:diff",
  usage: "npm run migrate:diff -- [--write NAME]",
  options: { write: { type: "string" } },
});
if (values.write !== undefined && !/^[a-z][a-z0-9_]*$/.test(values.write)) {
  refuse("--write takes a name of lower-case letters, digits and underscores");
}
const sql = await missingSql();
if (sql === undefined) {
  console.log("the migrations lead to schema.prisma");
} else if (values.write !== undefined) {
  console.log(`wrote ${await writeMigration(values.write, sql)}`);
} else {
  console.log(sql);
  process.exitCode = EXIT_CODE_DIFFERENT;
}
