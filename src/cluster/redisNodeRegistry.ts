/**
 * The list of nodes in Redis: per node a report, which is kept for as long as an offline node is listed, and a sign of
 * life with a short time to live, so that Redis' clock alone decides who is offline. All keys are in one slot of a
 * Redis Cluster.
 */
import { z } from "zod";
import type { RedisClient } from "../redis/redisConnection.js";
import { RedisNames } from "../redis/redisNames.js";
import {
  byName,
  defaultRegistryTimes,
  type ListedNode,
  type NodeRegistry,
  type NodeReport,
  type RegistryTimes,
} from "./nodeRegistry.js";

export interface RedisNodeRegistryOptions {
  readonly redis: RedisClient;
  readonly times?: RegistryTimes;
  readonly names?: RedisNames;
}

const NODES_MAX = 1_000;
const count = z.number().int().nonnegative();
const ratio = z.number().nonnegative();

/** Whoever can write to Redis can write anything there. */
const reportSchema = z.object({
  id: z.string().min(1).max(100),
  name: z.string().max(300),
  address: z.string().max(300).exactOptional(),
  version: z.string().max(100),
  startedAt: count,
  reportedAt: count,
  status: z.enum(["ONLINE", "DRAINING"]),
  load: z.object({
    eventLoopRatio: ratio,
    cpuRatio: ratio,
    memoryBytes: count,
    connections: count,
    subscriptions: count,
    liveTemplates: count,
  }),
  lag: z.object({
    eventLoopMs: ratio,
    deliveryMs: ratio.nullable(),
    hearsOtherNodes: z.boolean(),
  }),
}) satisfies z.ZodType<NodeReport>;

export class RedisNodeRegistry implements NodeRegistry {
  readonly #redis: RedisClient;
  readonly #times: RegistryTimes;
  readonly #names: RedisNames;

  constructor({ redis, times, names }: RedisNodeRegistryOptions) {
    this.#redis = redis;
    this.#times = times ?? defaultRegistryTimes;
    this.#names = names ?? new RedisNames();
  }

  async report(report: NodeReport): Promise<void> {
    const { silenceMsMax, offlineMsMax } = this.#times;
    const { id } = report;
    await this.#redis.set(this.#reportKey(id), JSON.stringify(report), "PX", offlineMsMax);
    await this.#redis.set(this.#lifeKey(id), "", "PX", silenceMsMax);
    await this.#redis.zadd(this.#idsKey, report.reportedAt, id);
    await this.#redis.pexpire(this.#idsKey, 2 * offlineMsMax);
  }

  async remove(nodeId: string): Promise<void> {
    await this.#redis.del(this.#reportKey(nodeId), this.#lifeKey(nodeId));
    await this.#redis.zrem(this.#idsKey, nodeId);
  }

  async list(): Promise<ListedNode[]> {
    const ids = await this.#redis.zrange(this.#idsKey, 0, NODES_MAX - 1, "REV");
    if (ids.length === 0) return [];
    const reportKeys = ids.map((id) => this.#reportKey(id));
    const [texts, lives, left] = await Promise.all([
      this.#redis.mget(reportKeys),
      this.#redis.mget(ids.map((id) => this.#lifeKey(id))),
      Promise.all(reportKeys.map((key) => this.#redis.pttl(key))),
    ]);
    const forgotten = ids.filter((_id, index) => texts[index] === null);
    if (forgotten.length > 0) await this.#redis.zrem(this.#idsKey, ...forgotten);
    return ids
      .flatMap((id, index): ListedNode[] => {
        const report = parse(texts[index] ?? null);
        if (report?.id !== id) return [];
        // What is left of a report's time to live tells its age by Redis' clock.
        const silentMs = this.#times.offlineMsMax - Math.max(left[index] ?? 0, 0);
        const listed = { ...report, silentMs };
        return [lives[index] === null ? { ...listed, status: "OFFLINE" } : listed];
      })
      .sort(byName);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  get #idsKey(): string {
    return this.#names.nodes("ids");
  }

  #reportKey(id: string): string {
    return this.#names.nodes(`report:${id}`);
  }

  #lifeKey(id: string): string {
    return this.#names.nodes(`alive:${id}`);
  }
}

/** A report that is none is passed over; the node's next one replaces it. */
function parse(text: string | null): NodeReport | undefined {
  if (text === null) return undefined;
  try {
    return reportSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
