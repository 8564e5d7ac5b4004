/**
 * The change bus over Redis: one connection publishes, others listen, one channel per template and topic. Redis is only
 * a hint that there is news, so nothing here waits for it: local listeners are served by `publish` itself, commands
 * are bounded in time and number, and what is lost is found by asking the log.
 *
 * After each (re)subscription the listeners of a channel hear `accessChanged`, which makes them read the head:
 * whatever was published while nobody listened is found at once instead of at the next poll.
 */
import { Cluster } from "ioredis";
import type { Clock } from "../platform/clock.js";
import { decodeEnvelope, encodeEnvelope } from "./busEnvelope.js";
import {
  topicsOf,
  type BusListener,
  type BusMessage,
  type BusTopic,
  type ChangeBus,
} from "./changeBus.js";
import { Listeners } from "./listeners.js";
import type { RedisEndpoint } from "../redis/redisAddress.js";
import { ClusterLinks } from "./clusterLinks.js";
import {
  nodeConnection,
  reconnect,
  redisConnection,
  type RedisClient,
  type RedisPlace,
} from "../redis/redisConnection.js";
import { RedisNames } from "../redis/redisNames.js";
import { SubscriberLink, type ChannelLinks } from "./subscriberLink.js";
import type { Warn } from "../platform/logging.js";

export interface RedisBusOptions extends RedisPlace {
  readonly names?: RedisNames;
  /** Differs between nodes that run at the same time. */
  readonly nodeId: string;
  /** UTF-8 bytes of a message, beyond which it travels without its operations. */
  readonly messageBytesMax?: number;
  /** How often both connections are asked for a sign of life, in milliseconds. */
  readonly pingMs?: number;
  /** Whether to use sharded channels; where omitted, what the server can decides. */
  readonly sharded?: boolean;
  readonly clock: Clock;
  readonly warn: Warn;
}

/** Published messages that Redis has not answered; beyond them messages are dropped, and found in the log. */
const unansweredMax = 1_000;

export class RedisBus implements ChangeBus {
  readonly #options: RedisBusOptions;
  readonly #names: RedisNames;
  readonly #listeners: Listeners;
  readonly #publisher: RedisClient;
  readonly #links: ChannelLinks;
  #unanswered = 0;
  #closed = false;
  #cancelPing: () => void = () => undefined;

  constructor(options: RedisBusOptions) {
    this.#options = options;
    this.#names = options.names ?? new RedisNames();
    this.#listeners = new Listeners(options.warn);
    this.#publisher = redisConnection(options, "publisher", options.warn);
    this.#links = this.#openLinks();
    this.#schedulePing();
  }

  get healthy(): boolean {
    return this.#links.complete && this.#publisher.status === "ready";
  }

  publish(message: BusMessage): void {
    this.#listeners.serve(message);
    if (this.#publisher.status !== "ready") return;
    const { nodeId, messageBytesMax = 64_000 } = this.#options;
    const text = encodeEnvelope({ node: nodeId, message }, messageBytesMax);
    const { templateId } = message;
    for (const topic of topicsOf[message.kind]) {
      this.#send(this.#names.channel({ templateId, topic }), text);
    }
  }

  subscribe<T extends BusTopic = "changes">(
    templateId: string,
    listener: BusListener<T>,
    topic = "changes" as T,
  ): () => void {
    const channel = { templateId, topic };
    const { isFirst, remove } = this.#listeners.add(channel, listener);
    if (isFirst) this.#links.join(this.#names.channel(channel));
    return () => {
      if (remove()) this.#links.leave(this.#names.channel(channel));
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPing();
    this.#listeners.clear();
    this.#links.close();
    this.#publisher.disconnect();
  }

  #send(name: string, text: string): void {
    if (this.#unanswered >= unansweredMax) return;
    this.#unanswered += 1;
    const sent = this.#links.sharded
      ? this.#publisher.spublish(name, text)
      : this.#publisher.publish(name, text);
    // A message that Redis did not take is found in the log; the connection reports its own failure.
    void sent
      .catch(() => undefined)
      .finally(() => {
        this.#unanswered -= 1;
      });
  }

  #openLinks(): ChannelLinks {
    const { nodeId, sharded, clock, warn } = this.#options;
    const events = {
      received: (name: string, text: string) => this.#receive(name, text),
      joined: (name: string) => this.#joined(name),
      warn,
    };
    const publisher = this.#publisher;
    if (publisher instanceof Cluster) {
      const connect = (endpoint: RedisEndpoint) =>
        nodeConnection(this.#options, endpoint, "subscriber", warn);
      return new ClusterLinks({ ...events, cluster: publisher, connect, clock });
    }
    const redis = redisConnection(this.#options, "subscriber", warn);
    const link = new SubscriberLink({
      ...events,
      redis,
      ...(sharded !== undefined && { sharded }),
    });
    // Held as long as the connection, so that the last listener's leaving never ends the subscriber mode.
    link.join(this.#names.channel({ templateId: `node-${nodeId}`, topic: "changes" }));
    return link;
  }

  #joined(name: string): void {
    const channel = this.#names.channelOf(name);
    if (channel === undefined) return;
    const { templateId, topic } = channel;
    this.#listeners.serve({ kind: "accessChanged", templateId }, [topic as BusTopic]);
  }

  #receive(name: string, text: string): void {
    const envelope = decodeEnvelope(text);
    const topic = envelope && this.#topicOf(name, envelope.message);
    if (envelope === undefined || topic === undefined) {
      this.#options.warn(`Redis bus: dropped a message on ${name} in an unknown format`);
      return;
    }
    if (envelope.node !== this.#options.nodeId) this.#listeners.serve(envelope.message, [topic]);
  }

  /** The topic whose channel has the name; undefined where the message does not belong there. */
  #topicOf(name: string, { kind, templateId }: BusMessage): BusTopic | undefined {
    return topicsOf[kind].find((topic) => this.#names.channel({ templateId, topic }) === name);
  }

  /** A connection that was cut without a word looks open for minutes: one that does not answer starts again. */
  #schedulePing(): void {
    this.#cancelPing = this.#options.clock.after(this.#options.pingMs ?? 5_000, () => {
      void Promise.all([this.#pingPublisher(), this.#links.ping()]).then(() => {
        if (!this.#closed) this.#schedulePing();
      });
    });
  }

  async #pingPublisher(): Promise<void> {
    const publisher = this.#publisher;
    // A cluster's own client looks after its nodes.
    if (publisher instanceof Cluster || publisher.status !== "ready") return;
    try {
      await publisher.ping();
    } catch (error) {
      if (this.#closed || publisher.status !== "ready") return;
      this.#options.warn("Redis bus: no answer, connecting again", error);
      reconnect(publisher);
      await new Promise((resolve) => publisher.once("close", resolve));
    }
  }
}
