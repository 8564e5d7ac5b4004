/**
 * Tells a database that is out of reach from a statement that is wrong. Errors arrive in many dresses: from the socket,
 * from pg (SQLSTATE), from the pool (only a message), and from Prisma, which wraps all of them (P-codes, with the
 * driver's error in `meta`).
 */

/** A server that went away needs a moment; one that is merely full or slow may answer soon. */
const UNREACHABLE_RETRY_MS = 1_000;
const OVERLOADED_RETRY_MS = 250;

const unreachableCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  // Prisma: not reachable, reached too late, connection closed by the server.
  "P1001",
  "P1002",
  "P1017",
  // The same from the adapter, where the socket failed: a raw query's error has no other sign.
  "DatabaseNotReachable",
  "ConnectionClosed",
  // read_only_sql_transaction: a standby that may become the primary.
  "25006",
]);

const overloadedCodes = new Set([
  // Prisma: timed out, no connection free, transaction not started or not finished in time, too many connections.
  "P1008",
  "P2024",
  "P2028",
  "P2037",
  // query_canceled (statement_timeout), lock_not_available, serialization_failure, deadlock_detected.
  "57014",
  "55P03",
  "40001",
  "40P01",
  "P2034",
  "SocketTimeout",
  "TooManyConnections",
]);

/** What pg and its pool say without a code. */
const unreachableMessages =
  /^(Connection terminated|Client (was closed|has encountered a connection error)|Cannot use a pool after calling end)/;
const overloadedMessages = /^(timeout exceeded when trying to connect|Query read timeout)/;

/** Wrappers around wrappers end somewhere; a cause that leads back to itself would not. */
const CAUSES_MAX = 8;

/**
 * After how many milliseconds trying again may help, where the error means that the database cannot be reached or did
 * not answer in time; undefined for every other error.
 */
export function unavailableAfterMs(error: unknown): number | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX; depth += 1) {
    if (typeof current !== "object" || current === null) return undefined;
    for (const code of codesOf(current)) {
      if (isUnreachable(code)) return UNREACHABLE_RETRY_MS;
      if (isOverloaded(code)) return OVERLOADED_RETRY_MS;
    }
    const message = textOf(current, "message") ?? "";
    if (unreachableMessages.test(message)) return UNREACHABLE_RETRY_MS;
    if (overloadedMessages.test(message)) return OVERLOADED_RETRY_MS;
    current = causeOf(current);
  }
  return undefined;
}

/** Whether such a time means that the server was not there, and not that it was full or slow. */
export function isUnreachableAfter(retryAfterMs: number): boolean {
  return retryAfterMs === UNREACHABLE_RETRY_MS;
}

/** Whether PostgreSQL has no disk left to write to, which no retry mends. */
export function isDiskFull(error: unknown): boolean {
  return hasCode(error, "53100");
}

/** Whether PostgreSQL ended the statement because it and another waited for each other: again is another matter. */
export function isDeadlock(error: unknown): boolean {
  return hasCode(error, "40P01");
}

/** Whether what a statement refers to is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return hasCode(error, "23503") || hasCode(error, "P2003");
}

function hasCode(error: unknown, code: string): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX; depth += 1) {
    if (typeof current !== "object" || current === null) return false;
    if (codesOf(current).includes(code)) return true;
    current = causeOf(current);
  }
  return false;
}

/** The unique index that a statement violated, undefined where the error is of another kind. */
export function violatedUniqueIndex(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX; depth += 1) {
    if (typeof current !== "object" || current === null) return undefined;
    if (codesOf(current).includes("23505")) return indexOf(current);
    current = causeOf(current);
  }
  return undefined;
}

function isUnreachable(code: string): boolean {
  // 08: connection exceptions. 57P: the server is shutting down, crashed or starting, or its database was dropped.
  return unreachableCodes.has(code) || code.startsWith("08") || code.startsWith("57P");
}

function isOverloaded(code: string): boolean {
  // 53: out of connections, memory or disk.
  return overloadedCodes.has(code) || (code.startsWith("53") && code.length === 5);
}

/** What an error says about its kind: a code of whatever wrote it, or the adapter's word. */
function codesOf(error: object): string[] {
  return ["code", "originalCode", "kind"]
    .map((name) => textOf(error, name))
    .filter((code) => code !== undefined);
}

/** Prisma's known errors carry the driver's error in `meta`, that one carries what PostgreSQL said as its cause. */
function causeOf(error: object): unknown {
  const meta = field(error, "meta");
  const driverError =
    typeof meta === "object" && meta !== null ? field(meta, "driverAdapterError") : undefined;
  return driverError ?? field(error, "cause");
}

function indexOf(error: object): string | undefined {
  const constraint = field(error, "constraint");
  if (typeof constraint === "string") return constraint;
  return typeof constraint === "object" && constraint !== null
    ? textOf(constraint, "index")
    : undefined;
}

function textOf(value: object, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" ? found : undefined;
}

function field(value: object, name: string): unknown {
  return (value as { readonly [key: string]: unknown })[name];
}
