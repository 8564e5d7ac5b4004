/**
 * One Redis connection that listens, and the channels that are to be joined on it: all of them again after each loss
 * of the connection. A connection whose subscriptions are not certain starts again.
 */
import { reconnect, serverShardsChannels, type RedisClient } from "../redis/redisConnection.js";
import type { Warn } from "../platform/logging.js";

/** Listens to channels by name, on one connection or on one per node of a cluster. */
export interface ChannelLinks {
  /** Everything that is to be joined was joined on the connections of now. */
  readonly complete: boolean;
  /** Whether channels are sharded (SSUBSCRIBE). */
  readonly sharded: boolean;
  join(name: string): void;
  leave(name: string): void;
  /** Finds connections that were cut without a word. */
  ping(): Promise<void>;
  close(): void;
}

export interface LinkEvents {
  readonly received: (name: string, text: string) => void;
  /** Joined, for the first time or again: anything may have been missed before. */
  readonly joined: (name: string) => void;
  readonly warn: Warn;
}

export interface SubscriberLinkOptions extends LinkEvents {
  readonly redis: RedisClient;
  /** Where omitted, what the server can decides. */
  readonly sharded?: boolean;
  /** The connection was lost, or a channel is not at home there any more. */
  readonly doubted?: () => void;
}

/** What ioredis says when the server ends a subscription by itself, because its slot moved to another node. */
const UNASKED = "Command queue state error";

export class SubscriberLink implements ChannelLinks {
  readonly #options: SubscriberLinkOptions;
  readonly #redis: RedisClient;
  readonly #names = new Set<string>();
  #sharded = false;
  /** The connection takes commands: what is to be joined now is joined at once. */
  #listening = false;
  #complete = false;
  #closed = false;

  constructor(options: SubscriberLinkOptions) {
    this.#options = options;
    this.#redis = options.redis;
    this.#redis.on("ready", () => void this.#listen());
    this.#redis.on("close", () => this.#lost());
    this.#redis.on("error", ({ message }: Error) => {
      if (message.startsWith(UNASKED)) this.#restart("a subscription was ended by Redis", message);
    });
    this.#redis.on("message", options.received);
    this.#redis.on("smessage", options.received);
  }

  get complete(): boolean {
    return this.#complete;
  }

  get sharded(): boolean {
    return this.#sharded;
  }

  get size(): number {
    return this.#names.size;
  }

  join(name: string): void {
    this.#names.add(name);
    if (this.#listening) void this.#subscribeTo([name]);
  }

  leave(name: string): void {
    if (!this.#names.delete(name) || !this.#listening) return;
    const left = this.#sharded ? this.#redis.sunsubscribe(name) : this.#redis.unsubscribe(name);
    left.catch((error: unknown) => this.#restart("could not leave a channel", error));
  }

  async ping(): Promise<void> {
    if (this.#redis.status !== "ready") return;
    try {
      await this.#redis.ping();
    } catch (error) {
      this.#restart("no answer", error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.#redis.disconnect();
  }

  /** Everything that is to be joined, on a connection that just became ready. */
  async #listen(): Promise<void> {
    try {
      this.#sharded = this.#options.sharded ?? (await serverShardsChannels(this.#redis));
    } catch (error) {
      this.#restart("could not start to listen", error);
      return;
    }
    if (this.#closed) return;
    this.#listening = true;
    this.#complete = await this.#subscribeTo([...this.#names]);
  }

  #lost(): void {
    this.#stopListening();
    if (!this.#closed) this.#options.doubted?.();
  }

  #stopListening(): void {
    this.#listening = false;
    this.#complete = false;
  }

  async #subscribeTo(names: readonly string[]): Promise<boolean> {
    const joining = names.map(async (name) => {
      await (this.#sharded ? this.#redis.ssubscribe(name) : this.#redis.subscribe(name));
      if (this.#names.has(name)) this.#options.joined(name);
    });
    try {
      await Promise.all(joining);
      return this.#listening;
    } catch (error) {
      this.#restart("could not join a channel", error);
      return false;
    }
  }

  #restart(message: string, error: unknown): void {
    if (this.#closed || this.#redis.status !== "ready") return;
    this.#stopListening();
    this.#options.warn(`Redis bus: ${message}, connecting again`, error);
    reconnect(this.#redis);
  }
}
