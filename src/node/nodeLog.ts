/** The lines of a node about itself: its start, its stop, and that it goes on after a failure. */
import type { Closers } from "../platform/closers.js";
import type { Config } from "../config/readConfig.js";
import type { CommittedBatch } from "../live/committedBatch.js";
import type { Logger } from "../platform/logging.js";
import { packageVersion } from "../platform/packageRoot.js";
import { watchDatabase } from "../storage/postgres/databaseWatch.js";
import { systemClock } from "../platform/clock.js";

/** The node takes requests. */
export function tellStarted(
  logger: Logger,
  { server, database, redis }: Config,
  { url, tookMs }: { readonly url: string; readonly tookMs: number },
): void {
  const details = {
    version: packageVersion,
    mode: server.environment,
    url,
    database: database.url === undefined ? "embedded" : "server",
    redis: redis.url !== undefined,
    nodejs: process.versions.node,
    pid: process.pid,
    tookMs: Math.round(tookMs),
  };
  logger.info(details, "started");
}

/** Tells of a commit at the level debug: which versions, and how many operations of which types. */
export function tellCommit(
  logger: Logger,
  templateId: string,
  { fromVersion, operations, accessRevision }: CommittedBatch,
): void {
  if (!logger.isLevelEnabled("debug")) return;
  const types: { [type: string]: number } = {};
  for (const { type } of operations) types[type] = (types[type] ?? 0) + 1;
  const toVersion = fromVersion + operations.length;
  logger.debug({ templateId, fromVersion, toVersion, types, accessRevision }, "committed");
}

/** Tells when the stop begins and when it is over. */
export function tellStops(logger: Logger, close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const closeAndTell = async (): Promise<void> => {
    const beganAt = systemClock.monotonic();
    logger.info("stopping");
    await close();
    logger.info({ tookMs: Math.round(systemClock.monotonic() - beganAt) }, "stopped");
  };
  return () => (closing ??= closeAndTell());
}

/** Tells when PostgreSQL cannot be reached, and when it answers again. */
export function tellDatabase(logger: Logger, closers: Closers): void {
  let lostAt = 0;
  const endWatching = watchDatabase({
    lost(error) {
      lostAt = systemClock.monotonic();
      logger.warn({ error }, "PostgreSQL cannot be reached");
    },
    back() {
      const awayMs = Math.round(systemClock.monotonic() - lostAt);
      logger.info({ awayMs }, "recovered: PostgreSQL can be reached again");
    },
  });
  closers.add(async () => endWatching());
}
