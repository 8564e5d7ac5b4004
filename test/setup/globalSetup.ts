/**
 * Runs once before all suites: a PostgreSQL with a migrated template database, and a Redis. What the suites need to
 * know travels to the workers by vitest's `provide`.
 */
import type { TestProject } from "vitest/node";
import generateClient from "./generatedClient.js";
import { findProgram, installOnDebian } from "./debianPackage.js";
import { startTestPostgres } from "./postgresServer.js";
import { startTestRedis } from "./redisServer.js";
import { dropAbandonedDatabases, prepareTemplate } from "./templateDatabase.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A database of the test server from which others can be created. */
    postgresUrl: string;
    /** The migrated database that test databases are copied from. */
    postgresTemplate: string;
    /** Undefined where there is no Redis; `redisProblem` then says why. */
    redisUrl: string | undefined;
    redisProblem: string | undefined;
  }
}

const MIGRATIONS_DIR = "prisma/migrations";

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  generateClient();
  const postgres = await startTestPostgres();
  const redis = await startTestRedis();
  // Of a machine without it and without packages, the tests that need it tell.
  if (findProgram("openssl") === undefined) installOnDebian("openssl");
  const stop = async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
  try {
    await dropAbandonedDatabases(postgres.url);
    provide("postgresUrl", postgres.url);
    provide("postgresTemplate", await prepareTemplate(postgres.url, MIGRATIONS_DIR));
  } catch (error) {
    await stop();
    throw error;
  }
  provide("redisUrl", redis.url);
  provide("redisProblem", redis.problem);
  return async () => {
    await dropAbandonedDatabases(postgres.url);
    await stop();
  };
}
