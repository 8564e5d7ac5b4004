import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/storage/embedded/startEmbeddedPostgres.js";
import { EmbeddedPostgresError } from "../../src/storage/embedded/errors.js";

const CACHE_DIR = ".cache/test-postgres";
const RUNS_AT_ONCE_MAX = 16;

/** Tests do not pull the plug; without flushing, a database is created and written several times faster. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
};

/**
 * The server that the suites use: `DATABASE_URL` where it is set (PostgreSQL 15 or newer, with the right to create
 * databases), else the embedded one. Its folder is kept between runs; runs at the same time each take their own.
 */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined && given !== "") return { url: given, stop: async () => {} };
  for (let slot = 1; slot <= RUNS_AT_ONCE_MAX; slot++) {
    const server = await tryToStart(`${CACHE_DIR}/${slot}`);
    if (server !== undefined) return server;
  }
  throw new Error(
    `${RUNS_AT_ONCE_MAX} test runs are under way in this folder; wait for one to end`,
  );
}

async function tryToStart(dataDir: string): Promise<EmbeddedPostgres | undefined> {
  try {
    return await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
  } catch (error) {
    if (error instanceof EmbeddedPostgresError && error.code === "DATA_FOLDER_IN_USE")
      return undefined;
    throw error;
  }
}
