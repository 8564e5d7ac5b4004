/**
 * The feeds that somebody follows on one node, by key. All are asked for news together now and then, so a message that is
 * lost delays an event and never loses it.
 */
import type { Clock } from "../platform/clock.js";
import type { ChangeBus } from "../bus/changeBus.js";
import type { FeedSettings } from "./feedSettings.js";

/** What is open of a feed. */
interface OpenFeed<F> {
  readonly feed: F;
  readonly unsubscribe: () => void;
}

/** A feed, as far as it is kept here. */
interface Feed {
  news(sequence: number): void;
  retry(): void;
  shutDown(): void;
}

export interface OpenFeedsParts<F> {
  readonly bus: Pick<ChangeBus, "healthy">;
  readonly clock: Clock;
  readonly settings: Pick<FeedSettings, "pollMs" | "pollMsWhenUnhealthy">;
  /** A new feed; it calls `deserted` when its last follower leaves. */
  readonly made: (key: string, deserted: () => void) => F;
  /** Brings the feed what the bus tells of the key, until the returned function is called. */
  readonly listened: (key: string, feed: F) => () => void;
  /** The last number of each; what is missing has none. May reject. */
  readonly sequences: (keys: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

/** How often it is looked whether a question is due, in milliseconds. */
const TICK_MS = 1_000;

export class OpenFeeds<F extends Feed> {
  readonly #parts: OpenFeedsParts<F>;
  readonly #open = new Map<string, OpenFeed<F>>();
  #cancelTick: (() => void) | undefined;
  #askedAt = -Infinity;
  #closed = false;

  constructor(parts: OpenFeedsParts<F>) {
    this.#parts = parts;
  }

  /** How many are followed on this node. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether they were closed: nothing is followed here any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Ends all subscriptions so that their clients come back elsewhere. */
  close(): void {
    this.#closed = true;
    for (const { feed } of this.#open.values()) feed.shutDown();
  }

  /** The feed of the key, opened where it is not yet. */
  of(key: string): F {
    const present = this.#open.get(key);
    if (present !== undefined) return present.feed;
    const { made, listened } = this.#parts;
    const feed = made(key, () => this.#drop(key));
    this.#open.set(key, { feed, unsubscribe: listened(key, feed) });
    this.#cancelTick ??= this.#tickLater();
    return feed;
  }

  #drop(key: string): void {
    this.#open.get(key)?.unsubscribe();
    this.#open.delete(key);
    if (this.#open.size > 0) return;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  #tickLater(): () => void {
    const { clock, settings } = this.#parts;
    return clock.after(Math.min(TICK_MS, settings.pollMs), () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const { bus, clock, settings } = this.#parts;
    const everyMs = bus.healthy ? settings.pollMs : settings.pollMsWhenUnhealthy;
    const now = clock.monotonic();
    if (now - this.#askedAt >= everyMs) {
      this.#askedAt = now;
      await this.#ask();
    }
    for (const { feed } of this.#open.values()) feed.retry();
    this.#cancelTick = this.#open.size > 0 ? this.#tickLater() : undefined;
  }

  /** One question for all. */
  async #ask(): Promise<void> {
    // What cannot be read now is asked for again with the next tick that is due.
    const last = await this.#parts.sequences([...this.#open.keys()]).catch(() => undefined);
    if (last === undefined) return;
    for (const [key, { feed }] of this.#open) feed.news(last.get(key) ?? 0);
  }
}
