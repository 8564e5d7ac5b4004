/** Redis connections that reconnect for ever, queue nothing while they are down and bound every command in time. */
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { parseRedisAddress, type RedisAddress, type RedisEndpoint } from "./redisAddress.js";
import type { Warn } from "./warn.js";

/** One server, the master that Sentinels name, or a whole cluster: commands are the same. */
export type RedisClient = Redis | Cluster;

/** How long a connection that is given up may take to close. */
const farewellMsMax = 100;
const commandTimeoutMs = 2_000;
const reconnectDelayMsMax = 2_000;

/** Starts to connect at once. Each loss of the connection is reported once, not each failing try. */
export function redisConnection(url: string, role: string, warn: Warn): RedisClient {
  const address = addressOf(url);
  const redis =
    address.kind === "cluster"
      ? clusterOf(address, role)
      : new Redis({ ...optionsOf(address, role), ...whereOf(address) });
  return reportLosses(redis, role, warn);
}

/** A connection of its own to one node of a cluster, for what belongs to its slots. */
export function nodeConnection(
  url: string,
  endpoint: RedisEndpoint,
  role: string,
  warn: Warn,
): Redis {
  const redis = new Redis({ ...optionsOf(addressOf(url), role), ...endpoint });
  return reportLosses(redis, role, warn);
}

/** Gives up the connection, whose commands then fail, and makes a new one. */
export function reconnect(redis: RedisClient): void {
  redis.disconnect(true);
}

/** Whether the server has sharded channels (SSUBSCRIBE): Redis 7 and later, Valkey. Rejects where it does not answer. */
export async function serverShardsChannels(redis: RedisClient): Promise<boolean> {
  const info = await redis.info("server");
  const major = /^redis_version:(\d+)\./m.exec(info)?.[1];
  return Number(major ?? 0) >= 7;
}

function addressOf(url: string): RedisAddress {
  const address = parseRedisAddress(url);
  if (address === undefined) throw new Error("the address of Redis is not one");
  return address;
}

function reportLosses<R extends RedisClient>(redis: R, role: string, warn: Warn): R {
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

function optionsOf({ username, password, tls }: RedisAddress, role: string): RedisOptions {
  return {
    connectionName: `strata-${role}`,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    disconnectTimeout: farewellMsMax,
    retryStrategy: delayOf,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  };
}

function delayOf(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt - 1, 10), reconnectDelayMsMax);
}

function whereOf(address: Exclude<RedisAddress, { kind: "cluster" }>): RedisOptions {
  const { database: db } = address;
  if (address.kind === "server") return { ...address.endpoint, db };
  const { sentinels, masterName, sentinelUsername, sentinelPassword, tls } = address;
  return {
    sentinels: [...sentinels],
    name: masterName,
    db,
    sentinelRetryStrategy: delayOf,
    sentinelCommandTimeout: commandTimeoutMs,
    ...(sentinelUsername !== undefined && { sentinelUsername }),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  };
}

function clusterOf(address: Extract<RedisAddress, { kind: "cluster" }>, role: string): Cluster {
  return new Cluster([...address.endpoints], {
    redisOptions: optionsOf(address, role),
    enableOfflineQueue: false,
    clusterRetryStrategy: delayOf,
    slotsRefreshTimeout: commandTimeoutMs,
    slotsRefreshInterval: 5_000,
    retryDelayOnMoved: 20,
  });
}
