/**
 * Applies the SQL files of prisma/migrations, without Prisma's engine and in a way the engine recognises: the same
 * advisory lock, the same table, the same checksums. Whoever has the CLI can go on with `prisma migrate deploy`.
 *
 * Unlike the engine, each file and its row are one transaction: a migration that fails or is killed leaves nothing,
 * and the next start tries again. A file must therefore hold no statement that refuses a transaction.
 */
import { createHash, randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";

/** The key under which Prisma's engine takes its lock, so that both never migrate at once. */
const ADVISORY_LOCK_KEY = 72_707_369;
const LOCK_WAIT_MS = 120_000;
const LOCK_NOT_AVAILABLE = "55P03";

export type MigrationProblem =
  /** Another migration holds the lock and does not finish. */
  | "LOCKED"
  /** The database holds a migration that began and did not finish. */
  | "FAILED_EARLIER"
  /** The database holds a migration that this program does not know: a newer one made it. */
  | "NEWER"
  /** A file is not applied yet. */
  | "NOT_APPLIED"
  /** A file was changed after it had been applied. */
  | "CHANGED"
  /** A statement of a file failed; nothing of that file is applied. */
  | "STATEMENT_FAILED";

/** A refusal to migrate; `message` is one line that names the migration and says what to do. */
export class MigrationError extends Error {
  readonly code: MigrationProblem;
  readonly migration: string | undefined;

  constructor(
    code: MigrationProblem,
    migration: string | undefined,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = "MigrationError";
    this.code = code;
    this.migration = migration;
  }
}

/** One folder of prisma/migrations. */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  /** sha256 of the file, in hexadecimal, as Prisma's engine stores it. */
  readonly checksum: string;
}

interface MigrationRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/** Exactly the table that Prisma's engine creates. */
const CREATE_TABLE = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings a database up to date. Runners that race apply each migration once.
 *
 * @param migrationsDir the folder with one folder per migration, each with a `migration.sql`
 * @returns the names of the migrations that this call applied, in order
 * @throws MigrationError
 */
export async function applyMigrations(
  pool: pg.Pool,
  migrationsDir: string,
): Promise<{ applied: string[] }> {
  const files = await readMigrationFiles(migrationsDir);
  const client = await pool.connect();
  let failure: unknown;
  try {
    await takeLock(client);
    return { applied: await applyPending(client, files) };
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (failure === undefined) await giveBack(client);
    // Closing the connection is what surely frees the lock and ends whatever state it was left in.
    else client.release(true);
  }
}

/** Reads the migrations in the order they apply, which is that of their names. */
export async function readMigrationFiles(migrationsDir: string): Promise<MigrationFile[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(join(migrationsDir, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function takeLock(client: pg.PoolClient): Promise<void> {
  // The pool's own time limits are meant for requests, not for migrations.
  await client.query(`SET statement_timeout = 0; SET lock_timeout = ${LOCK_WAIT_MS}`);
  try {
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK_KEY]);
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new MigrationError(
      "LOCKED",
      undefined,
      `another process has been migrating this database for ${LOCK_WAIT_MS / 1000} s; wait for it or end it`,
      error,
    );
  }
  await client.query("RESET lock_timeout");
}

async function giveBack(client: pg.PoolClient): Promise<void> {
  await client.query("SELECT pg_advisory_unlock($1)", [ADVISORY_LOCK_KEY]);
  await client.query("RESET statement_timeout");
  client.release();
}

/**
 * Checks that a database is as this program knows it, and changes nothing.
 *
 * @throws MigrationError
 */
export async function checkMigrations(pool: pg.Pool, migrationsDir: string): Promise<void> {
  const [pending] = await pendingFiles(pool, await readMigrationFiles(migrationsDir));
  if (pending === undefined) return;
  throw new MigrationError(
    "NOT_APPLIED",
    pending.name,
    `the database lacks migration ${pending.name}; start Strata on it first`,
  );
}

async function applyPending(client: pg.PoolClient, files: MigrationFile[]): Promise<string[]> {
  const pending = await pendingFiles(client, files);
  // Only then is a right to change the schema needed.
  if (pending.length > 0) await client.query(CREATE_TABLE);
  for (const file of pending) await applyOne(client, file);
  return pending.map(({ name }) => name);
}

/** The files that are still to be applied. Rejects where the database's own are not those of this program. */
async function pendingFiles(
  database: Pick<pg.Pool | pg.PoolClient, "query">,
  files: readonly MigrationFile[],
): Promise<MigrationFile[]> {
  const rows = await appliedRows(database);
  const unfinished = rows.find((row) => row.finished_at === null);
  if (unfinished !== undefined) {
    throw new MigrationError(
      "FAILED_EARLIER",
      unfinished.migration_name,
      `migration ${unfinished.migration_name} failed earlier; repair the database, then run "prisma migrate resolve"`,
    );
  }
  const unknown = rows.find((row) => files.every(({ name }) => name !== row.migration_name));
  if (unknown !== undefined) {
    throw new MigrationError(
      "NEWER",
      unknown.migration_name,
      `the database was migrated by a newer version of Strata than this one, which does not know ` +
        `${unknown.migration_name}; start that version, or one after it`,
    );
  }
  const done = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const changed = files.find(({ name, checksum }) => (done.get(name) ?? checksum) !== checksum);
  if (changed !== undefined) {
    throw new MigrationError(
      "CHANGED",
      changed.name,
      `migration ${changed.name} was changed after it had been applied; restore the file and add a new migration`,
    );
  }
  return files.filter(({ name }) => !done.has(name));
}

async function appliedRows(
  database: Pick<pg.Pool | pg.PoolClient, "query">,
): Promise<MigrationRow[]> {
  const { rows: found } = await database.query<{ readonly exists: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists",
  );
  if (found[0]?.exists !== true) return [];
  const { rows } = await database.query<MigrationRow>(
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
      WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

async function applyOne(client: pg.PoolClient, file: MigrationFile): Promise<void> {
  const id = randomUUID();
  await client.query("BEGIN");
  try {
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())",
      [id, file.checksum, file.name],
    );
    await client.query(file.sql);
    await client.query(
      "UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1",
      [id],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw new MigrationError(
      "STATEMENT_FAILED",
      file.name,
      `migration ${file.name} failed and was rolled back: ${(error as Error).message}`,
      error,
    );
  }
}
