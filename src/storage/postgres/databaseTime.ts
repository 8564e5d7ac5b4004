/** The time as the database has it: the one clock that all nodes share. */
import { onDatabase, queryRows, statement, type RawExecutor } from "./statement.js";

const readTime = statement(
  "read_time",
  `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::double precision AS "epochMs"`,
);

/** Milliseconds since the epoch. Rejects with StorageUnavailable. */
export async function readDatabaseTime(executor: RawExecutor): Promise<number> {
  const [row] = await onDatabase(() => queryRows<{ epochMs: number }>(executor, readTime, []));
  if (row === undefined) throw new Error("the database told no time");
  return row.epochMs;
}
