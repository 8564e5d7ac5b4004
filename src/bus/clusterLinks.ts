/**
 * Listening in a Redis Cluster: a sharded channel belongs to a slot, its messages stay on the node that owns the slot,
 * and so each channel is joined on that very node, over one connection per node. When slots move or a replica takes
 * over, channels move after them; until all have, this is not complete.
 */
import type { Cluster, Redis } from "ioredis";
import type { Clock } from "../platform/clock.js";
import type { RedisEndpoint } from "../redis/redisAddress.js";
import { slotOf } from "../redis/redisSlot.js";
import { SubscriberLink, type ChannelLinks, type LinkEvents } from "./subscriberLink.js";

export interface ClusterLinksOptions extends LinkEvents {
  /** Knows who owns which slot, and asks again at a pace. */
  readonly cluster: Cluster;
  readonly connect: (endpoint: RedisEndpoint) => Redis;
  readonly clock: Clock;
}

/** How long after a doubt the cluster is asked who owns what: an election takes its time. */
const ASK_AGAIN_MS = 200;

interface Place {
  readonly slot: number;
  /** The node on which the channel is, as `host:port`; undefined where nobody owns its slot. */
  node: string | undefined;
}

export class ClusterLinks implements ChannelLinks {
  readonly #options: ClusterLinksOptions;
  readonly #links = new Map<string, SubscriberLink>();
  readonly #places = new Map<string, Place>();
  #cancelAsking: (() => void) | undefined;
  #closed = false;

  constructor(options: ClusterLinksOptions) {
    this.#options = options;
    options.cluster.on("refresh", () => this.#placeAll());
  }

  readonly sharded = true;

  get complete(): boolean {
    if (this.#options.cluster.status !== "ready") return false;
    for (const link of this.#links.values()) if (!link.complete) return false;
    for (const { node } of this.#places.values()) if (node === undefined) return false;
    return true;
  }

  join(name: string): void {
    const place: Place = { slot: slotOf(name), node: undefined };
    this.#places.set(name, place);
    this.#put(name, place);
  }

  leave(name: string): void {
    const place = this.#places.get(name);
    this.#places.delete(name);
    if (place !== undefined) this.#takeFrom(place.node, name);
  }

  async ping(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.ping()));
  }

  close(): void {
    this.#closed = true;
    this.#cancelAsking?.();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
    this.#places.clear();
  }

  #placeAll(): void {
    for (const [name, place] of this.#places) this.#put(name, place);
  }

  #put(name: string, place: Place): void {
    if (this.#closed) return;
    const owner = this.#options.cluster.slots[place.slot]?.[0];
    if (owner === undefined) this.#doubt();
    if (owner === place.node) return;
    this.#takeFrom(place.node, name);
    place.node = owner;
    if (owner !== undefined) this.#linkTo(owner).join(name);
  }

  /** A connection that nothing is listened to on is not kept. */
  #takeFrom(node: string | undefined, name: string): void {
    const link = node === undefined ? undefined : this.#links.get(node);
    if (link === undefined || node === undefined) return;
    if (link.size > 1) return link.leave(name);
    link.close();
    this.#links.delete(node);
  }

  #linkTo(node: string): SubscriberLink {
    const present = this.#links.get(node);
    if (present !== undefined) return present;
    const { connect, received, joined, warn } = this.#options;
    const colon = node.lastIndexOf(":");
    const endpoint = { host: node.slice(0, colon), port: Number(node.slice(colon + 1)) };
    const link = new SubscriberLink({
      redis: connect(endpoint),
      sharded: true,
      received,
      joined,
      warn,
      doubted: () => this.#doubt(),
    });
    this.#links.set(node, link);
    return link;
  }

  /** Asks who owns what, in a moment, and again as long as something is not in its place. */
  #doubt(): void {
    if (this.#closed || this.#cancelAsking !== undefined) return;
    this.#cancelAsking = this.#options.clock.after(ASK_AGAIN_MS, () => {
      this.#cancelAsking = undefined;
      if (this.#options.cluster.status === "ready") this.#options.cluster.refreshSlotsCache();
      if (!this.complete) this.#doubt();
    });
  }
}
