/**
 * `npm run admin -- grant EMAIL | revoke EMAIL | list`: who administers this deployment. Works on DATABASE_URL or the
 * data folder, also while the server runs, which follows at once. Exit code 0 where it is so now, 1 where there is no
 * such account, 2 where nothing could be done: wrong usage, no database.
 */
import { parseEmailAddress } from "./commands/emailAddress.js";
import { ConfigError, readConfig } from "./config.js";
import { openDatabase } from "./storage/database.js";
import { EmbeddedPostgresError } from "./storage/embedded/errors.js";
import { usePostgres } from "./storage/embedded/usePostgres.js";
import { PrismaUserStore } from "./storage/prismaUserStore.js";
import { StorageUnavailable } from "./storage/templateStore.js";
import type { UserStore } from "./storage/userStore.js";

const expected = [ConfigError, EmbeddedPostgresError, StorageUnavailable];

const STATEMENT_MS_MAX = 10_000;
const CONNECT_MS_MAX = 5_000;
const USAGE = "usage: npm run admin -- grant EMAIL | revoke EMAIL | list\n";

async function main([command, address, ...more]: readonly string[]): Promise<number> {
  if (more.length > 0) return refuse(USAGE);
  switch (command) {
    case "list":
      return address === undefined ? withUsers(list) : refuse(USAGE);
    case "grant":
    case "revoke": {
      if (address === undefined) return refuse(USAGE);
      const email = parseEmailAddress(address);
      if (email === undefined) return refuse(`admin: ${address} is no e-mail address\n`);
      return withUsers((users) => setRole(users, command, email));
    }
    default:
      return refuse(USAGE);
  }
}

function refuse(text: string): number {
  process.stderr.write(text);
  return 2;
}

async function list(users: UserStore): Promise<number> {
  const administrators = await users.administrators();
  const lines = administrators.map(({ email, name }) => `${email ?? "(no address)"}  ${name}\n`);
  process.stdout.write(lines.join("") || "there is no administrator\n");
  return 0;
}

async function setRole(
  users: UserStore,
  command: "grant" | "revoke",
  email: string,
): Promise<number> {
  if (!(await users.setRole(email, command === "grant" ? "ADMIN" : "USER"))) {
    process.stderr.write(`admin: no account has the address ${email}; sign up first\n`);
    return 1;
  }
  const now = command === "grant" ? "is an administrator now" : "is no administrator any more";
  process.stdout.write(`${email} ${now}\n`);
  return 0;
}

async function withUsers(work: (users: UserStore) => Promise<number>): Promise<number> {
  const { database, server } = readConfig(process.env);
  const postgres =
    database.url === undefined
      ? await usePostgres({ dataDir: server.dataDir })
      : { url: database.url, release: async () => {} };
  const connection = openDatabase({
    url: postgres.url,
    poolSizeMax: 1,
    statementTimeoutMs: STATEMENT_MS_MAX,
    connectTimeoutMs: CONNECT_MS_MAX,
    log: { warn: () => {} },
  });
  try {
    return await work(new PrismaUserStore(connection.prisma));
  } finally {
    await connection.close();
    await postgres.release();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExpected = expected.some((kind) => error instanceof kind);
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`admin: ${text}\n`);
  process.exitCode = 2;
}
