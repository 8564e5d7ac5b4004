/** What a person can do about a database that refuses a program, in one line. */

/** SQLSTATE, by the standard's classes and PostgreSQL's own. */
const SQL_STATE = /^(?:\d[0-9A-Z]{4}|(?:HV|XX|P0|F0)[0-9A-Z]{3})$/;
/** Wrappers around wrappers end somewhere. */
const CAUSES_MAX = 8;

interface Place {
  readonly role: string;
  readonly database: string;
  /** Host and port. */
  readonly server: string;
}

interface Failure {
  readonly code: string;
  readonly reason: string;
}

/**
 * Why the database refuses, and what to do about it. Undefined for errors that nobody but a programmer can mend.
 *
 * @param url the address that was tried; its password is not shown
 */
export function databaseProblem(error: unknown, url: string): string | undefined {
  const failure = failureIn(error);
  const remedy = failure && remedyFor(failure, placeOf(url));
  return remedy && `${failure.reason}; ${remedy}`;
}

function remedyFor({ code, reason }: Failure, { role, database, server }: Place) {
  switch (code) {
    case "28P01":
    case "28000":
      return "check user and password in DATABASE_URL";
    case "3D000":
      return `create it (CREATE DATABASE "${database}") or name another in DATABASE_URL`;
    case "42501":
      return /for schema|for database/.test(reason)
        ? `as the owner of "${database}" run GRANT USAGE, CREATE ON SCHEMA public TO "${role}"`
        : `give the role "${role}" this right, or name the role that owns the tables in DATABASE_URL`;
    case "53300":
      return "end other programs, raise max_connections, or lower POOL_CONNECTIONS_MAX";
    case "25006":
      return "it is read-only: name the primary in DATABASE_URL";
    case "57P03":
    case "57P01":
      return "start Strata again in a moment";
    case "ECONNREFUSED":
      return `nothing listens at ${server}: start PostgreSQL, or correct DATABASE_URL`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name of ${server} cannot be resolved; correct DATABASE_URL`;
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${server} does not respond; check the address, and firewalls in between`;
    default:
      return undefined;
  }
}

function placeOf(url: string): Place {
  try {
    const { username, hostname, port, pathname } = new URL(url);
    const role = decodeURIComponent(username);
    const database = decodeURIComponent(pathname.slice(1)) || role;
    return { role, database, server: `${hostname}:${port || 5432}` };
  } catch {
    return { role: "", database: "", server: "the server" };
  }
}

/** The innermost thing that says of which kind the failure is: of the socket, of pg, or what Prisma's adapter wraps. */
function failureIn(error: unknown): Failure | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX; depth += 1) {
    if (typeof current !== "object" || current === null) return undefined;
    const code = codeOf(current);
    const reason = textOf(current, "originalMessage") || textOf(current, "message") || code || "";
    if (code !== undefined) return { code, reason: lastLineOf(reason) };
    if (/timeout/.test(reason) && !(current instanceof AggregateError)) {
      return { code: "ETIMEDOUT", reason: lastLineOf(reason) };
    }
    current = nextOf(current);
  }
  return undefined;
}

function codeOf(value: object): string | undefined {
  return ["originalCode", "code"]
    .map((name) => textOf(value, name))
    .find((code) => code !== undefined && (SQL_STATE.test(code) || /^E[A-Z_]{3,}$/.test(code)));
}

function nextOf(value: object): unknown {
  const meta = field(value, "meta");
  const wrapped =
    typeof meta === "object" && meta !== null ? field(meta, "driverAdapterError") : undefined;
  return wrapped ?? field(value, "cause");
}

/** Of Prisma's messages the last line says what happened. */
function lastLineOf(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

function textOf(value: object, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" ? found : undefined;
}

function field(value: object, name: string): unknown {
  return (value as { readonly [key: string]: unknown })[name];
}
