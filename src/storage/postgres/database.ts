/**
 * The connection to PostgreSQL: one pool, shared by Prisma and by the few who need a plain connection. It outlives the
 * server: connections that break are dropped, and the next statement opens new ones.
 */
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "../generated/prisma/client.js";
import {
  statementNameOf,
  onDatabase,
  queryRows,
  statement,
  type RawExecutor,
} from "./statement.js";
import { keepTurns } from "./transactionTurns.js";

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Connections at most; who needs one more waits for `connectTimeoutMs`. */
  readonly poolSizeMax: number;
  /** A statement that runs longer is cancelled; a transaction may take twice as long. */
  readonly statementTimeoutMs: number;
  /** For a connection, new or free again. */
  readonly connectTimeoutMs: number;
  /** Told of connections that broke while nobody used them. */
  readonly log: { warn(details: { readonly error: Error }, message: string): void };
}

export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** Ends all connections, when running statements have finished. A second call waits for the first. */
  close(): Promise<void>;
}

/** How long after the server's own timeout the answer is given up: the server may have vanished without a word. */
const ANSWER_GRACE_MS = 2_000;

/** Opens the database. Connects with the first statement, so a server that is not there yet is no error here. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, poolSizeMax, statementTimeoutMs, connectTimeoutMs, log } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSizeMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    application_name: "strata",
    // Prisma's adapter takes every timestamp for UTC, whatever the server's own setting is.
    onConnect: (client) => client.query("SET TIME ZONE 'UTC'").then(() => undefined),
  });
  let closed: Promise<void> | undefined;
  // A connection that ends while all are being ended is no news.
  const report = (error: Error) => {
    if (closed === undefined) log.warn({ error }, "a database connection broke");
  };
  // Without a listener, a server that stops would end this process.
  pool.on("error", report);
  const adapter = new PrismaPg(pool, {
    // Only known statements get a name: one per text that Prisma composes would pile up in the server. The type
    // insists on a string, but pg takes undefined for "not prepared".
    statementNameGenerator: ({ sql }) => statementNameOf(sql) as string,
    onConnectionError: report,
  });
  const prisma = new PrismaClient({
    // No stack is taken for every query, and no excerpt of our source gets into messages.
    errorFormat: "minimal",
    adapter,
    transactionOptions: { maxWait: connectTimeoutMs, timeout: 2 * statementTimeoutMs },
  });
  keepTurns(prisma, { poolSizeMax, waitMsMax: connectTimeoutMs });
  const close = async () => {
    await prisma.$disconnect();
    await pool.end();
  };
  return { pool, prisma, close: () => (closed ??= close()) };
}

const readTime = statement(
  "read_time",
  `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::double precision AS "epochMs"`,
);

/**
 * The time of the database, the one clock that all nodes share. Milliseconds since the epoch. Rejects with
 * StorageUnavailable.
 */
export async function readDatabaseTime(executor: RawExecutor): Promise<number> {
  const [row] = await onDatabase(() => queryRows<{ epochMs: number }>(executor, readTime, []));
  if (row === undefined) throw new Error("the database returned no time");
  return row.epochMs;
}
