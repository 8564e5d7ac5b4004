/** The database of one node: reached or started, brought up to date, and the clock that goes by its time. */
import { join } from "node:path";
import pg from "pg";
import type { Closers } from "../platform/closers.js";
import type { Config } from "../config/readConfig.js";
import type { Clock } from "../platform/clock.js";
import { DatabaseClock } from "../platform/databaseClock.js";
import type { Logger } from "../platform/logging.js";
import { packageRoot } from "../platform/packageRoot.js";
import { StartError } from "../platform/startError.js";
import { openDatabase, type Database, readDatabaseTime } from "../storage/postgres/database.js";
import { databaseProblem } from "../storage/postgres/databaseProblem.js";
import { startEmbeddedPostgres } from "../storage/embedded/startEmbeddedPostgres.js";
import { applyMigrations, MigrationError } from "../storage/postgres/migrations.js";
import { serverProblem } from "../storage/postgres/serverFitness.js";
import { StorageUnavailable } from "../storage/storageUnavailable.js";

/** The folder of the migrations that this program knows. */
export const migrationsDir = join(packageRoot, "prisma/migrations");

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
  await migrate(config, url);
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
  if (postgres.recovered) {
    const { adopted } = postgres;
    logger.info(
      { adopted },
      "recovered: the previous run did not stop orderly; its database continues",
    );
  }
  return postgres.url;
}

/** On a connection of its own: a migration may take longer than any statement of a request. */
async function migrate(config: Config, url: string): Promise<void> {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: config.database.connectMs,
    max: 1,
    application_name: "strata-migrations",
  });
  pool.on("error", () => undefined);
  try {
    const problem = await serverProblem(pool);
    if (problem !== undefined) throw unusableDatabase(problem);
    await applyMigrations(pool, migrationsDir);
  } catch (error) {
    throw databaseStartError(error, url) ?? error;
  } finally {
    await pool.end();
  }
}

/** What a person can mend about a database that refused a start or a command; undefined for errors of another kind. */
export function databaseStartError(error: unknown, url: string): StartError | undefined {
  const cause = error instanceof MigrationError ? error.cause : error;
  const problem = databaseProblem(cause, url);
  if (problem !== undefined) return unusableDatabase(problem, error);
  if (!(error instanceof StorageUnavailable)) return undefined;
  const { message } = (error.cause ?? error) as Error;
  return unusableDatabase(message.trim().split("\n").at(-1) ?? "", error);
}

function unusableDatabase(problem: string, cause?: unknown): StartError {
  return new StartError(`DATABASE_URL: the database cannot be used: ${problem}`, { cause });
}
