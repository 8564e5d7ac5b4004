/** What PostgreSQL, or what is in it, may have against a start: said in one line with what to do. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer } from "../../src/node/server.js";
import { problemIn } from "../../src/storage/postgres/serverFitness.js";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../setup/database.js";

const ROLE = `strata_role_${process.pid}`;
let dataDir: string;
let empty: TestDatabase;
let migrated: TestDatabase;
let owner: pg.Pool;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "strata-refusals-"));
  empty = await createEmptyDatabase();
  migrated = await createTestDatabase();
  owner = new pg.Pool({ connectionString: migrated.url });
  await owner.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 's3cret-1'`);
});
afterAll(async () => {
  await owner.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
  await owner.end();
  await empty.drop();
  await migrated.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The database's address for the role, with what is changed of it. */
function addressOf({ url }: TestDatabase, changes: Partial<URL> = {}): string {
  return Object.assign(new URL(url), { username: ROLE, password: "s3cret-1" }, changes).href;
}

function environmentOf(url: string) {
  return { NODE_ENV: "test", PORT: "0", DATABASE_URL: url, DATA_DIR: dataDir, LOG_LEVEL: "silent" };
}

function start(url: string) {
  return startServer(readConfig(environmentOf(url)));
}

async function refusal(url: string): Promise<string> {
  const error = await start(url).then(
    () => undefined,
    (failure: Error) => failure,
  );
  expect(["StartError", "MigrationError"]).toContain(error?.name);
  expect(error?.message).not.toMatch(/\n|s3cret/);
  return error?.message ?? "";
}

const cannot = "DATABASE_URL: the database cannot be used: ";

describe("a start on a database that refuses it", () => {
  test("RUN-6 says what is wrong with the address and what to do", async () => {
    const addresses = [
      [{ password: "s3cret-2" }, `password authentication failed for user "${ROLE}"; check user`],
      [{ pathname: "/no_such_one" }, 'CREATE DATABASE "no_such_one"'],
      [{ port: "1" }, "nothing listens at"],
      [{ hostname: "no-such-host.invalid" }, "cannot be resolved"],
    ] as const;
    for (const [changes, said] of addresses) {
      const message = await refusal(addressOf(migrated, changes));
      expect(message.startsWith(cannot)).toBe(true);
      expect(message).toContain(said);
    }
  });

  test("RUN-6 says which right the role lacks and how it gets it", async () => {
    expect(await refusal(addressOf(empty))).toBe(
      `${cannot}permission denied for schema public; as the owner of ` +
        `"${new URL(empty.url).pathname.slice(1)}" run GRANT USAGE, CREATE ON SCHEMA public TO "${ROLE}"`,
    );
    const noTable = await refusal(addressOf(migrated));
    expect(noTable).toContain("permission denied for table _prisma_migrations; give the role");
    await owner.query(`GRANT SELECT ON _prisma_migrations TO ${ROLE}`);
    expect(await refusal(addressOf(migrated))).toMatch(/permission denied for .*; give the role/);
  });

  test("RUN-6 needs no right to change the schema where nothing is to be changed", async () => {
    await owner.query(`
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${ROLE};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${ROLE}`);
    const server = await start(addressOf(migrated));
    await server.close();
  });

  test("RUN-6 says that it is read-only, or full", async () => {
    await owner.query(`ALTER ROLE ${ROLE} SET default_transaction_read_only = on`);
    expect(await refusal(addressOf(migrated))).toContain("accepts no writes");
    await owner.query(`ALTER ROLE ${ROLE} RESET ALL; ALTER ROLE ${ROLE} CONNECTION LIMIT 0`);
    expect(await refusal(addressOf(migrated))).toContain(
      `too many connections for role "${ROLE}"; end other`,
    );
    await owner.query(`ALTER ROLE ${ROLE} CONNECTION LIMIT -1`);
  });

  test("RUN-6 wants a server and an encoding that it can work with", () => {
    const fine = {
      version: "15.0",
      version_number: 150_000,
      encoding: "UTF8",
      is_standby: false,
      is_read_only: false,
    };
    expect(problemIn(fine)).toBeUndefined();
    expect(problemIn({ ...fine, version: "14.9", version_number: 140_009 })).toBe(
      "PostgreSQL 14.9 is too old; version 15 or newer is needed",
    );
    expect(problemIn({ ...fine, is_standby: true, is_read_only: true })).toContain(
      "name the primary",
    );
    expect(problemIn({ ...fine, encoding: "SQL_ASCII" })).toContain("ENCODING 'UTF8'");
  });

  test("RUN-5 refuses a database that a newer version migrated, and so do the commands", async () => {
    await owner.query(`
      INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
      VALUES ('newer', 'sum', '20990101000000_from_the_future', now(), 1)`);
    try {
      const said = "newer version of Strata than this one";
      expect(await refusal(migrated.url)).toContain(said);
      for (const words of [
        ["admin", "list"],
        ["audit"],
        ["verify", "00000000-0000-4000-8000-000000000000"],
      ]) {
        const { status, stderr } = command(migrated.url, words);
        expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
        expect(stderr.trim()).not.toContain("\n");
      }
    } finally {
      await owner.query("DELETE FROM _prisma_migrations WHERE id = 'newer'");
    }
    const { status, stderr } = command(empty.url, ["admin", "list"]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^admin: the database lacks .*\n$/),
    ]);
  });
});

function command(url: string, [name = "", ...words]: readonly string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", `src/cli/${name}.ts`, ...words], {
    encoding: "utf8",
    env: { ...process.env, ...environmentOf(url) },
  });
}
