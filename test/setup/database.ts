import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { testDatabasePrefix, urlOfDatabase, withTemplateLock } from "./templateDatabase.js";

/** A database of one test or suite. */
export interface TestDatabase {
  readonly url: string;
  /** Drops it, connections and all. What is not dropped goes when the run ends. */
  drop(): Promise<void>;
}

/** A new database with all migrations applied and no rows, in some 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createFrom(inject("postgresTemplate"));
}

/** A new database with nothing in it, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom("template0");
}

async function createFrom(template: string): Promise<TestDatabase> {
  const serverUrl = inject("postgresUrl");
  const name = `${testDatabasePrefix(process.pid)}${randomBytes(6).toString("hex")}`;
  await withTemplateLock(serverUrl, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template} ENCODING 'UTF8'`),
  );
  return {
    url: urlOfDatabase(serverUrl, name),
    async drop() {
      await withTemplateLock(serverUrl, (client) =>
        client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      );
    },
  };
}
