/** The database of one node: reached or started, brought up to date, and the clock that goes by its time. */
import { join } from "node:path";
import pg from "pg";
import type { Closers } from "./closers.js";
import type { Config } from "./config.js";
import type { Clock } from "./live/clock.js";
import { DatabaseClock } from "./live/databaseClock.js";
import type { Logger } from "./logging.js";
import { packageRoot } from "./packageRoot.js";
import { StartError } from "./startError.js";
import { openDatabase, type Database } from "./storage/database.js";
import { readDatabaseTime } from "./storage/databaseTime.js";
import { startEmbeddedPostgres } from "./storage/embedded/startEmbeddedPostgres.js";
import { applyMigrations } from "./storage/migrations.js";

export interface DatabaseParts {
  readonly machineClock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Rejects with StartError, EmbeddedPostgresError or MigrationError where a person can mend it. */
export async function wireDatabase(
  config: Config,
  { machineClock, logger, closers }: DatabaseParts,
): Promise<{ readonly database: Database; readonly clock: Clock }> {
  const url = await databaseUrlOf(config, closers, logger);
  await migrate(url);
  const database = openDatabase({
    url,
    poolSizeMax: config.database.poolConnectionsMax,
    statementTimeoutMs: config.database.statementMs,
    connectTimeoutMs: config.database.connectMs,
    log: logger,
  });
  closers.add(() => database.close());
  const clock = new DatabaseClock(machineClock, () => readDatabaseTime(database.prisma));
  closers.add(async () => clock.close());
  await clock.start();
  return { database, clock };
}

async function databaseUrlOf(config: Config, closers: Closers, logger: Logger): Promise<string> {
  if (config.database.url !== undefined) return config.database.url;
  const postgres = await startEmbeddedPostgres({
    dataDir: config.server.dataDir,
    log: (line) => logger.info(line),
    warn: (line) => logger.warn(line),
  });
  closers.add(() => postgres.stop());
  return postgres.url;
}

/** On a connection of its own: a migration may take longer than any statement of a request. */
async function migrate(url: string): Promise<void> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    application_name: "strata-migrations",
  });
  pool.on("error", () => undefined);
  try {
    await pool.query("SELECT 1").catch(cannotBeUsed);
    await applyMigrations(pool, join(packageRoot, "prisma/migrations"));
  } finally {
    await pool.end();
  }
}

/** Says in one line what is wrong with the database. */
export function cannotBeUsed(error: unknown): never {
  const { message, code } = error as NodeJS.ErrnoException;
  // Of a name with several addresses the error is a list without a message; of Prisma's the last line says what happened.
  const reason = message.trim().split("\n").at(-1) || code;
  throw new StartError(`DATABASE_URL: the database cannot be used: ${reason}`, {
    cause: error,
  });
}
