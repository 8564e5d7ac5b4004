/** A Redis connection that reconnects for ever, queues nothing while it is down and bounds every command in time. */
import { Redis } from "ioredis";
import type { Warn } from "./warn.js";

/** How long a connection that is given up may take to close. */
const farewellMsMax = 100;
const commandTimeoutMs = 2_000;
const reconnectDelayMsMax = 2_000;

/** Starts to connect at once. Each loss of the connection is reported once, not each failing try. */
export function redisConnection(url: string, role: string, warn: Warn): Redis {
  const redis = new Redis(url, {
    connectionName: `strata-${role}`,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    disconnectTimeout: farewellMsMax,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt - 1, 10), reconnectDelayMsMax),
  });
  let reported = false;
  redis.on("error", (error: Error) => {
    if (reported) return;
    reported = true;
    warn(`Redis ${role}: connection lost, trying again`, error);
  });
  redis.on("ready", () => {
    reported = false;
  });
  return redis;
}

/** Gives up the connection, whose commands then fail, and makes a new one. */
export function reconnect(redis: Redis): void {
  redis.disconnect(true);
}

/** Whether the server has sharded channels (SSUBSCRIBE): Redis 7 and later, Valkey. Rejects where it does not answer. */
export async function serverShardsChannels(redis: Redis): Promise<boolean> {
  const info = await redis.info("server");
  const major = /^redis_version:(\d+)\./m.exec(info)?.[1];
  return Number(major ?? 0) >= 7;
}
