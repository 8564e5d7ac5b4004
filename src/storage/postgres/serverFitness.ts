/** Whether a PostgreSQL server is one that Strata can work with, asked before anything is done on it. */
import type pg from "pg";

const VERSION_MIN = 15;

interface Facts {
  readonly version: string;
  readonly version_number: number;
  readonly encoding: string;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
}

/** What is wrong with the server and what to do, in one line; undefined where nothing is. */
export async function serverProblem(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<Facts>(`
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int AS version_number,
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() AS is_standby,
           current_setting('transaction_read_only') = 'on' AS is_read_only`);
  const [facts] = rows;
  return facts && problemIn(facts);
}

/** The same of what the server said. */
export function problemIn(facts: Facts): string | undefined {
  const { version, version_number, encoding, is_standby, is_read_only } = facts;
  if (version_number < VERSION_MIN * 10_000) {
    return `PostgreSQL ${version} is too old; version ${VERSION_MIN} or newer is needed`;
  }
  if (is_standby) return "the server is a standby, which is read-only; name the primary";
  if (is_read_only) {
    return "the server accepts no writes (default_transaction_read_only is on); name one that does, or set it to off";
  }
  if (encoding !== "UTF8") {
    return `the database's encoding is ${encoding}; create one with ENCODING 'UTF8' and TEMPLATE template0`;
  }
  return undefined;
}
