/** How a node knows of others, put together for server.ts: through Redis, or not at all. */
import { Membership } from "../cluster/membership.js";
import { MemoryNodeRegistry } from "../cluster/memoryNodeRegistry.js";
import type { NodeRegistry } from "../cluster/nodeRegistry.js";
import { RedisNodeRegistry } from "../cluster/redisNodeRegistry.js";
import type { Config } from "../config/readConfig.js";
import type { Clock } from "../platform/clock.js";
import type { Logger } from "../platform/logging.js";
import { packageVersion } from "../platform/packageRoot.js";
import type { ChangeBus } from "../bus/changeBus.js";
import { LocalBus } from "../bus/localBus.js";
import { RedisBus } from "../bus/redisBus.js";
import { redisConnection } from "../redis/redisConnection.js";
import { RedisNames } from "../redis/redisNames.js";
import { redisPlaceOf } from "./wireRedis.js";

/** The node among the others. */
export function membershipOf(
  config: Config,
  {
    clock,
    logger,
    nodeId,
  }: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly nodeId: string;
  },
): Membership {
  const place = redisPlaceOf(config);
  const warn = (message: string, error?: unknown) => logger.warn({ error }, message);
  const registry: NodeRegistry =
    place === undefined
      ? new MemoryNodeRegistry(clock)
      : new RedisNodeRegistry({
          redis: redisConnection(place, "nodes", warn),
          names: new RedisNames(config.redis.prefix),
        });
  return new Membership({ registry, clock, id: nodeId, version: packageVersion });
}

/** What carries news between nodes. */
export function busOf(config: Config, nodeId: string, clock: Clock, logger: Logger): ChangeBus {
  const warn = (message: string, error?: unknown) => logger.warn({ error }, message);
  const place = redisPlaceOf(config);
  if (place === undefined) return new LocalBus(warn);
  const names = new RedisNames(config.redis.prefix);
  const recovered = (message: string) => logger.info(message);
  return new RedisBus({ ...place, recovered, names, nodeId, clock, warn });
}
