/** A Prisma store on a database of its own, and a way into that database beside it. */
import { randomUUID } from "node:crypto";
import {
  openDatabase,
  type Database,
  type DatabaseOptions,
} from "../../src/storage/postgres/database.js";
import { PrismaTemplateStore } from "../../src/storage/templates/prismaTemplateStore.js";
import { createTestDatabase } from "../setup/database.js";
import type { StoreUnderTest } from "./templateStore.js";

export interface StoreOnPostgres extends StoreUnderTest {
  readonly store: PrismaTemplateStore;
  readonly database: Database;
  readonly url: string;
}

/** The options of a test's connection to the database at the address. */
export function databaseOptions(url: string): DatabaseOptions {
  const log = { warn: () => {} };
  return { url, poolSizeMax: 6, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000, log };
}

export async function openStoreOnPostgres(): Promise<StoreOnPostgres> {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase(databaseOptions(url));
  return {
    store: new PrismaTemplateStore(database.prisma),
    database,
    url,
    newUser: () => insertUser(database),
    async close() {
      await database.close();
      await drop();
    },
  };
}

/** Adds a person and gives the id. */
export async function insertUser({ pool }: Database): Promise<string> {
  const id = randomUUID();
  await pool.query("INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'N', 'x')", [
    id,
    `${id}@example.org`,
  ]);
  return id;
}
