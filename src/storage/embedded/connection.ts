import { realpathSync } from "node:fs";
import pg from "pg";
import { SUPERUSER } from "./cluster.js";

const HOST = "127.0.0.1";
const CONNECT_TIMEOUT_MS = 2_000;
const DATABASE_MISSING = "3D000";

/** The database that Strata uses. */
const DATABASE = "strata";

/** The address of the embedded server, password included. */
export function urlOf(port: number, password: string, database = DATABASE): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@${HOST}:${port}/${database}`;
}

/** Whether the server on that port accepts the password and serves exactly this cluster. */
export async function servesCluster(
  port: number,
  password: string,
  clusterDir: string,
): Promise<boolean> {
  try {
    const folder = await withClient(urlOf(port, password, "postgres"), async (client) => {
      const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
      return rows[0]?.data_directory;
    });
    return folder !== undefined && realpathSync(folder) === realpathSync(clusterDir);
  } catch {
    // Not reachable, not ours, or not yet accepting connections: all of them are "no" for now.
    return false;
  }
}

/** Creates Strata's database where it is missing: a killed first start may have got no further than the cluster. */
export async function ensureDatabase(port: number, password: string): Promise<void> {
  try {
    await withClient(urlOf(port, password), async () => {});
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== DATABASE_MISSING) throw error;
    await withClient(urlOf(port, password, "postgres"), (client) =>
      client.query(`CREATE DATABASE ${pg.escapeIdentifier(DATABASE)}`),
    );
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A server that goes away in between reports it twice: to the query, and here.
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
