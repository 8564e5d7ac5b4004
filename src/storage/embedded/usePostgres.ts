/** The embedded PostgreSQL for programs beside the server: the running one, else one that is started for a moment. */
import { readPassword } from "./cluster.js";
import { servesCluster, urlOf } from "./connection.js";
import { EmbeddedPostgresError } from "./errors.js";
import { choosePlace, readMemory } from "./place.js";
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from "./startEmbeddedPostgres.js";

/** A way into the database of a data folder. */
export interface PostgresInUse {
  /** Address of the database, with the password: not for logs. */
  readonly url: string;
  /** Stops the server where it was started for this. */
  release(): Promise<void>;
}

/**
 * Reaches the database of a data folder. Where another process holds the folder, its server is used and left alone.
 *
 * @throws EmbeddedPostgresError as startEmbeddedPostgres, DATA_FOLDER_IN_USE where the holder's server does not answer
 */
export async function usePostgres(options: EmbeddedPostgresOptions): Promise<PostgresInUse> {
  try {
    const started = await startEmbeddedPostgres(options);
    return { url: started.url, release: () => started.stop() };
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError) || error.code !== "DATA_FOLDER_IN_USE")
      throw error;
    const url = await urlOfRunning(options.dataDir);
    if (url === undefined) throw error;
    return { url, release: async () => {} };
  }
}

async function urlOfRunning(dataDir: string): Promise<string | undefined> {
  const { clusterDir } = choosePlace(dataDir, () => {});
  const { port } = readMemory(dataDir);
  if (port === undefined) return undefined;
  const password = readPassword(clusterDir);
  return (await servesCluster(port, password, clusterDir)) ? urlOf(port, password) : undefined;
}
