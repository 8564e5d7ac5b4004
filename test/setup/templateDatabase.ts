/**
 * The migrated database that test databases are copied from, and the clearing of what killed runs left.
 *
 * Names say whose they are: `strata_template_<hash of the migrations>` is shared by all runs on a server,
 * `strata_test_<machine>_<process>_<random>` belongs to one process.
 */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import pg from "pg";
import { isAlive } from "../../src/storage/embedded/processIdentity.js";
import { applyMigrations, readMigrationFiles } from "../../src/storage/postgres/migrations.js";

/** Copying a template fails while another session copies it, so everyone takes turns under this key. */
const TEMPLATE_LOCK_KEY = 7_361_420;
const TEST_PREFIX = `strata_test_${shortHash(hostname())}_`;

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}

/** The beginning of the names of this process's databases. */
export function testDatabasePrefix(pid: number): string {
  return `${TEST_PREFIX}${pid}_`;
}

/** The same server, another database. */
export function urlOfDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs with one connection that holds the lock on templates. */
export async function withTemplateLock<T>(
  serverUrl: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    // Freed with the connection, also where this process dies.
    await client.query("SELECT pg_advisory_lock($1)", [TEMPLATE_LOCK_KEY]);
    return await use(client);
  } finally {
    await client.end();
  }
}

/**
 * Makes the template for these migrations where the server has none yet.
 *
 * @returns its name
 */
export async function prepareTemplate(serverUrl: string, migrationsDir: string): Promise<string> {
  const files = await readMigrationFiles(migrationsDir);
  const name = `strata_template_${shortHash(JSON.stringify(files))}`;
  await withTemplateLock(serverUrl, async (client) => {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (rowCount !== 0) return;
    // Under another name until it is whole: a killed run must not leave a half-migrated template.
    const unfinished = `${name}_unfinished`;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${unfinished} TEMPLATE template0 ENCODING 'UTF8'`);
    const pool = new pg.Pool({ connectionString: urlOfDatabase(serverUrl, unfinished) });
    try {
      await applyMigrations(pool, migrationsDir);
    } finally {
      await pool.end();
    }
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
  });
  return name;
}

/** Drops the test databases of processes of this machine that are gone. */
export async function dropAbandonedDatabases(serverUrl: string): Promise<void> {
  await withTemplateLock(serverUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE starts_with(datname, $1)",
      [TEST_PREFIX],
    );
    for (const { datname } of rows) {
      const pid = Number.parseInt(datname.slice(TEST_PREFIX.length), 10);
      if (!isAlive(pid)) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
    }
  });
}
