/**
 * The change bus over Redis: one connection publishes, one listens, one channel per template and topic. Redis is only a hint
 * that there is news, so nothing here waits for it: local listeners are served by `publish` itself, commands are
 * bounded in time and number, and what is lost is found by asking the log.
 *
 * After each (re)subscription the listeners of a channel hear `accessChanged`, which makes them read the head:
 * whatever was published while nobody listened is found at once instead of at the next poll.
 */

import type { Clock } from "../live/clock.js";
import { decodeEnvelope, encodeEnvelope } from "./busEnvelope.js";
import {
  topicsOf,
  type BusListener,
  type BusMessage,
  type BusTopic,
  type ChangeBus,
} from "./changeBus.js";
import { Listeners, type Channel } from "./listeners.js";
import {
  reconnect,
  redisConnection,
  serverShardsChannels,
  type RedisClient,
} from "./redisConnection.js";
import type { Warn } from "./warn.js";

export interface RedisBusOptions {
  readonly url: string;
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
  readonly #listeners: Listeners;
  readonly #publisher: RedisClient;
  readonly #subscriber: RedisClient;
  /** Held as long as the connection, so that the last listener's leaving never ends the subscriber mode. */
  readonly #ownChannel: string;
  #sharded = false;
  /** The subscriber takes commands: what is subscribed to now is joined at once. */
  #listening = false;
  /** Everything that was subscribed to when the connection became ready is joined. */
  #complete = false;
  #unanswered = 0;
  #closed = false;
  #cancelPing: () => void = () => undefined;

  constructor(options: RedisBusOptions) {
    this.#options = options;
    this.#listeners = new Listeners(options.warn);
    this.#ownChannel = nameOf({ templateId: `node-${options.nodeId}`, topic: "changes" });
    this.#publisher = redisConnection(options.url, "publisher", options.warn);
    this.#subscriber = redisConnection(options.url, "subscriber", options.warn);
    this.#subscriber.on("ready", () => void this.#listen());
    this.#subscriber.on("close", () => this.#stopListening());
    const receive = (channel: string, text: string): void => this.#receive(channel, text);
    this.#subscriber.on("message", receive);
    this.#subscriber.on("smessage", receive);
    this.#schedulePing();
  }

  get healthy(): boolean {
    return this.#complete && this.#publisher.status === "ready";
  }

  publish(message: BusMessage): void {
    this.#listeners.serve(message);
    if (this.#publisher.status !== "ready") return;
    const { nodeId, messageBytesMax = 64_000 } = this.#options;
    const text = encodeEnvelope({ node: nodeId, message }, messageBytesMax);
    const { templateId } = message;
    for (const topic of topicsOf[message.kind]) this.#send(nameOf({ templateId, topic }), text);
  }

  subscribe<T extends BusTopic = "changes">(
    templateId: string,
    listener: BusListener<T>,
    topic = "changes" as T,
  ): () => void {
    const channel = { templateId, topic };
    const { isFirst, remove } = this.#listeners.add(channel, listener);
    if (isFirst && this.#listening) void this.#subscribeTo([channel]);
    return () => {
      if (!remove() || !this.#listening) return;
      const name = nameOf(channel);
      const left = this.#sharded
        ? this.#subscriber.sunsubscribe(name)
        : this.#subscriber.unsubscribe(name);
      left.catch((error: unknown) => this.#restart("could not leave a channel", error));
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    this.#cancelPing();
    this.#listeners.clear();
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  #send(name: string, text: string): void {
    if (this.#unanswered >= unansweredMax) return;
    this.#unanswered += 1;
    const sent = this.#sharded
      ? this.#publisher.spublish(name, text)
      : this.#publisher.publish(name, text);
    // A message that Redis did not take is found in the log; the connection reports its own failure.
    void sent
      .catch(() => undefined)
      .finally(() => {
        this.#unanswered -= 1;
      });
  }

  /** Everything to subscribe to, on a connection that just became ready. */
  async #listen(): Promise<void> {
    try {
      this.#sharded = this.#options.sharded ?? (await serverShardsChannels(this.#subscriber));
      await this.#join(this.#ownChannel);
    } catch (error) {
      this.#restart("could not start to listen", error);
      return;
    }
    if (this.#closed) return;
    this.#listening = true;
    this.#complete = await this.#subscribeTo(this.#listeners.channels);
  }

  #stopListening(): void {
    this.#listening = false;
    this.#complete = false;
  }

  async #subscribeTo(channels: readonly Channel[]): Promise<boolean> {
    const joining = channels.map(async (channel) => {
      const { templateId, topic } = channel;
      await this.#join(nameOf(channel));
      this.#listeners.serve({ kind: "accessChanged", templateId }, [topic]);
    });
    try {
      await Promise.all(joining);
      return this.#listening;
    } catch (error) {
      this.#restart("could not join a channel", error);
      return false;
    }
  }

  #join(name: string): Promise<unknown> {
    return this.#sharded ? this.#subscriber.ssubscribe(name) : this.#subscriber.subscribe(name);
  }

  /** A connection whose subscriptions are not certain starts again and subscribes to everything anew. */
  #restart(message: string, error: unknown): void {
    if (this.#closed || this.#subscriber.status !== "ready") return;
    this.#stopListening();
    this.#options.warn(`Redis bus: ${message}`, error);
    reconnect(this.#subscriber);
  }

  #receive(name: string, text: string): void {
    const envelope = decodeEnvelope(text);
    const topic = envelope && topicOf(name, envelope.message);
    if (envelope === undefined || topic === undefined) {
      this.#options.warn(`Redis bus: dropped a message on ${name} that is not one of ours`);
      return;
    }
    if (envelope.node !== this.#options.nodeId) this.#listeners.serve(envelope.message, [topic]);
  }

  /** A connection that was cut without a word looks open for minutes: one that does not answer starts again. */
  #schedulePing(): void {
    this.#cancelPing = this.#options.clock.after(this.#options.pingMs ?? 5_000, () => {
      void Promise.all([this.#ping(this.#publisher), this.#ping(this.#subscriber)]).then(() => {
        if (!this.#closed) this.#schedulePing();
      });
    });
  }

  async #ping(connection: RedisClient): Promise<void> {
    if (connection.status !== "ready") return;
    try {
      await connection.ping();
    } catch (error) {
      if (this.#closed || connection.status !== "ready") return;
      this.#options.warn("Redis bus: no answer, connecting again", error);
      reconnect(connection);
      await new Promise((resolve) => connection.once("close", resolve));
    }
  }
}

/** The hash tag keeps everything about one template in one slot of a Redis Cluster. */
function nameOf({ templateId, topic }: Channel): string {
  return `strata:{${templateId}}:${topic}`;
}

/** The topic whose channel has the name; undefined where the message does not belong there. */
function topicOf(name: string, { kind, templateId }: BusMessage): BusTopic | undefined {
  return topicsOf[kind].find((topic) => nameOf({ templateId, topic }) === name);
}
