/** The database of one run: a fresh embedded PostgreSQL with the settings of production, gone afterwards. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../../src/storage/embedded/startEmbeddedPostgres.js";
import { applyMigrations } from "../../src/storage/postgres/migrations.js";

export interface BenchDatabase {
  readonly url: string;
  /** A folder for whatever else the run keeps. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), "strata-bench-"));
  // Under root PostgreSQL is another user. What it cannot enter, it would leave for a place that stays.
  chmodSync(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDir });
  const pool = new pg.Pool({ connectionString: postgres.url, max: 1 });
  try {
    await applyMigrations(pool, "prisma/migrations");
  } finally {
    await pool.end();
  }
  return {
    url: postgres.url,
    dataDir,
    async stop() {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
