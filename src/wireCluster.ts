/** How a node knows of others, put together for server.ts: through Redis, or not at all. */
import { randomUUID } from "node:crypto";
import { Membership } from "./cluster/membership.js";
import { MemoryNodeRegistry } from "./cluster/memoryNodeRegistry.js";
import type { NodeRegistry } from "./cluster/nodeRegistry.js";
import { RedisNodeRegistry } from "./cluster/redisNodeRegistry.js";
import type { Config } from "./config.js";
import type { Clock } from "./live/clock.js";
import type { Logger } from "./logging.js";
import { packageVersion } from "./packageRoot.js";
import type { ChangeBus } from "./subscriptions/changeBus.js";
import { LocalBus } from "./subscriptions/localBus.js";
import { RedisBus } from "./subscriptions/redisBus.js";
import { redisConnection } from "./subscriptions/redisConnection.js";
import { RedisNames } from "./subscriptions/redisNames.js";

/** The node among the others. */
export function membershipOf(config: Config, clock: Clock, logger: Logger): Membership {
  const { url, prefix } = config.redis;
  const warn = (message: string, error?: unknown) => logger.warn({ error }, message);
  const registry: NodeRegistry =
    url === undefined
      ? new MemoryNodeRegistry(clock)
      : new RedisNodeRegistry({
          redis: redisConnection(url, "nodes", warn),
          names: new RedisNames(prefix),
        });
  return new Membership({ registry, clock, id: randomUUID(), version: packageVersion });
}

/** What carries news between nodes. */
export function busOf(config: Config, nodeId: string, clock: Clock, logger: Logger): ChangeBus {
  const warn = (message: string, error?: unknown) => logger.warn({ error }, message);
  const { url, prefix } = config.redis;
  if (url === undefined) return new LocalBus(warn);
  return new RedisBus({ url, names: new RedisNames(prefix), nodeId, clock, warn });
}
