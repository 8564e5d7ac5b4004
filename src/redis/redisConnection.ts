/** Redis connections that reconnect for ever, queue nothing while they are down and bound every command in time. */
import type { ConnectionOptions } from "node:tls";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { parseRedisAddress, type RedisAddress, type RedisEndpoint } from "./redisAddress.js";
import { SentinelTlsConnector, TlsConnector } from "./redisTls.js";
import type { Warn } from "../platform/logging.js";

/** PEM texts for `rediss`: who signs the servers' certificates, if not who Node.js trusts, and the client's own. */
export interface RedisCertificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface RedisPlace {
  /** As parseRedisAddress takes it. */
  readonly url: string;
  readonly certificates?: RedisCertificates;
  /** Told once when the server is reached again after it was lost. */
  readonly recovered?: (message: string) => void;
}

/** One server, the master that Sentinels name, or a whole cluster: commands are the same. */
export type RedisClient = Redis | Cluster;

/** How long a connection that is given up may take to close. */
const farewellMsMax = 100;
const commandTimeoutMs = 2_000;
const reconnectDelayMsMax = 2_000;

/** Starts to connect at once. Each loss of the connection is reported once, not each failing try. */
export function redisConnection(place: RedisPlace, role: string, warn: Warn): RedisClient {
  const address = addressOf(place.url);
  const tls = tlsOf(address, place);
  const options = optionsOf(address, tls, role);
  const redis =
    address.kind === "cluster"
      ? clusterOf(address, options)
      : new Redis({ ...options, ...whereOf(address, tls) });
  return reportLosses(redis, role, warn, place.recovered);
}

/** A connection of its own to one node of a cluster, for what belongs to its slots. */
export function nodeConnection(
  place: RedisPlace,
  endpoint: RedisEndpoint,
  role: string,
  warn: Warn,
): Redis {
  const address = addressOf(place.url);
  const redis = new Redis({ ...optionsOf(address, tlsOf(address, place), role), ...endpoint });
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
  if (address === undefined) throw new Error("REDIS_URL is not a valid URL");
  return address;
}

/** What a TLS connection is made with; undefined where there is none. */
function tlsOf({ tls }: RedisAddress, { certificates }: RedisPlace): ConnectionOptions | undefined {
  return tls ? { ...certificates } : undefined;
}

function reportLosses<R extends RedisClient>(
  redis: R,
  role: string,
  warn: Warn,
  recovered?: (message: string) => void,
): R {
  let reported = false;
  redis.on("error", (error: Error) => {
    if (reported) return;
    reported = true;
    warn(`Redis ${role}: connection lost, trying again`, error);
  });
  redis.on("ready", () => {
    // Of the connections to one server that come back together, one tells.
    if (reported && role === "publisher") recovered?.("recovered: Redis can be reached again");
    reported = false;
  });
  return redis;
}

function optionsOf(
  { username, password }: RedisAddress,
  tls: ConnectionOptions | undefined,
  role: string,
): RedisOptions {
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
    ...(tls && { tls, Connector: TlsConnector }),
  };
}

function delayOf(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt - 1, 10), reconnectDelayMsMax);
}

function whereOf(
  address: Exclude<RedisAddress, { kind: "cluster" }>,
  tls: ConnectionOptions | undefined,
): RedisOptions {
  const { database: db } = address;
  if (address.kind === "server") return { ...address.endpoint, db };
  const { sentinels, masterName, sentinelUsername, sentinelPassword } = address;
  return {
    sentinels: [...sentinels],
    name: masterName,
    db,
    sentinelRetryStrategy: delayOf,
    sentinelCommandTimeout: commandTimeoutMs,
    ...(sentinelUsername !== undefined && { sentinelUsername }),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls && {
      enableTLSForSentinelMode: true,
      sentinelTLS: tls,
      Connector: SentinelTlsConnector,
    }),
  };
}

function clusterOf(
  { endpoints, tls }: Extract<RedisAddress, { kind: "cluster" }>,
  redisOptions: RedisOptions,
): Cluster {
  return new Cluster([...endpoints], {
    redisOptions,
    // A certificate is for the name of its server: names are left to the connection, not looked up before it.
    ...(tls && { dnsLookup: (name, found) => found(null, name) }),
    enableOfflineQueue: false,
    clusterRetryStrategy: delayOf,
    slotsRefreshTimeout: commandTimeoutMs,
    slotsRefreshInterval: 5_000,
    retryDelayOnMoved: 20,
  });
}
