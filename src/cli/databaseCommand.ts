/** What the commands that work beside a running server have in common: the database they use, and how they fail. */
import { ConfigError, readConfig } from "../config/readConfig.js";
import { processTerminal, type Terminal } from "./terminal.js";
import { openDatabase, type Database } from "../storage/postgres/database.js";
import { checkMigrations, MigrationError } from "../storage/postgres/migrations.js";
import { StartError } from "../platform/startError.js";
import { EmbeddedPostgresError } from "../storage/embedded/errors.js";
import { usePostgres } from "../storage/embedded/usePostgres.js";
import { databaseStartError, migrationsDir } from "../node/wireDatabase.js";

const expected = [ConfigError, EmbeddedPostgresError, MigrationError, StartError];
const CONNECT_MS_MAX = 5_000;

export interface DatabaseCommandOptions {
  readonly statementMsMax: number;
  /** What the configuration is read from. */
  readonly env: Terminal["env"];
}

/**
 * Does the work on DATABASE_URL, or on the data folder's PostgreSQL, which is started where no server runs it. Rejects
 * with one of the errors that `runCommand` says in one line.
 */
export async function withDatabase<T>(
  { statementMsMax, env }: DatabaseCommandOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { database, server } = readConfig(env);
  const postgres =
    database.url === undefined
      ? await usePostgres({ dataDir: server.dataDir })
      : { url: database.url, release: async () => {} };
  const connection = openDatabase({
    url: postgres.url,
    poolSizeMax: 1,
    statementTimeoutMs: statementMsMax,
    connectTimeoutMs: CONNECT_MS_MAX,
    log: { warn: () => {} },
  });
  try {
    await checkMigrations(connection.pool, migrationsDir);
    return await work(connection);
  } catch (error) {
    throw databaseStartError(error, postgres.url) ?? error;
  } finally {
    await connection.close();
    await postgres.release();
  }
}

/** Runs the command. Its exit code is what `main` answers, 2 where that fails. */
export async function runCommand(
  name: string,
  main: () => Promise<number>,
  terminal: Terminal = processTerminal,
): Promise<number> {
  try {
    return await main();
  } catch (error) {
    const isExpected = expected.some((kind) => error instanceof kind);
    const text =
      error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
    terminal.err(`${name}: ${text}\n`);
    return 2;
  }
}
