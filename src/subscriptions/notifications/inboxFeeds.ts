/**
 * The inboxes that somebody follows on one node. All are asked for news together now and then, so a message that is lost
 * delays a notification and never loses it.
 */
import type { SignedInViewer } from "../../commands/authorize.js";
import type { Clock } from "../../live/clock.js";
import type { ChangeBus } from "../changeBus.js";
import type { FeedSettings } from "../feedSettings.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { InboxEvent } from "./inboxEvent.js";
import { InboxFeed, type InboxFeedParts } from "./inboxFeed.js";
import { InboxSource, type InboxPlace } from "./inboxSource.js";

export interface InboxFeedsOptions extends InboxFeedParts {
  readonly bus: ChangeBus;
  readonly clock: Clock;
  readonly settings: Pick<FeedSettings, "pollMs" | "pollMsWhenUnhealthy">;
}

interface OpenFeed {
  readonly feed: InboxFeed;
  readonly unsubscribe: () => void;
}

/** How often it is looked whether a question is due, in milliseconds. */
const TICK_MS = 1_000;

export class InboxFeeds {
  readonly #options: InboxFeedsOptions;
  readonly #open = new Map<string, OpenFeed>();
  #cancelTick: (() => void) | undefined;
  #askedAt = -Infinity;
  #closed = false;

  constructor(options: InboxFeedsOptions) {
    this.#options = options;
  }

  /**
   * Where a subscriber's events come from; "ahead" where less happened than it says it knows. Begins with what comes next
   * where it names no number. Rejects with `StorageUnavailable`.
   */
  async follow(viewer: SignedInViewer, given: number | undefined): Promise<InboxSource | "ahead"> {
    const { userId } = viewer;
    const last = (await this.#options.notifications.sequences([userId])).get(userId) ?? 0;
    const afterSequence = given ?? last;
    return afterSequence > last ? "ahead" : new InboxSource(this, { viewer, afterSequence });
  }

  /** Starts to serve a subscriber; used by `InboxSource`. */
  attach<R>(
    { viewer, afterSequence }: InboxPlace,
    renderer: Renderer<R, InboxEvent>,
    sink: EventSink<R>,
  ): LiveSubscription {
    if (this.#closed) {
      sink.end("shutdown");
      return { resume: () => undefined, close: () => undefined };
    }
    return this.#feedOf(viewer.userId).admit(renderer, sink, viewer, afterSequence);
  }

  /** Ends all subscriptions so that their clients come back elsewhere; who attaches later ends at once. */
  close(): void {
    this.#closed = true;
    for (const { feed } of this.#open.values()) feed.shutDown();
  }

  #feedOf(userId: string): InboxFeed {
    const present = this.#open.get(userId);
    if (present !== undefined) return present.feed;
    const feed = new InboxFeed(userId, this.#options, () => this.#drop(userId));
    const unsubscribe = this.#options.bus.subscribe(
      userId,
      (message) => {
        if (message.kind === "notified") feed.news(message.sequence);
        else feed.look();
      },
      "inbox",
    );
    this.#open.set(userId, { feed, unsubscribe });
    this.#cancelTick ??= this.#tickLater();
    return feed;
  }

  #drop(userId: string): void {
    this.#open.get(userId)?.unsubscribe();
    this.#open.delete(userId);
    if (this.#open.size > 0) return;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  #tickLater(): () => void {
    const { pollMs } = this.#options.settings;
    return this.#options.clock.after(Math.min(TICK_MS, pollMs), () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const { bus, clock, settings } = this.#options;
    const everyMs = bus.healthy ? settings.pollMs : settings.pollMsWhenUnhealthy;
    const now = clock.monotonic();
    if (now - this.#askedAt >= everyMs) {
      this.#askedAt = now;
      await this.#ask();
    }
    for (const { feed } of this.#open.values()) feed.retry();
    this.#cancelTick = this.#open.size > 0 ? this.#tickLater() : undefined;
  }

  /** One question for all inboxes. */
  async #ask(): Promise<void> {
    const { notifications } = this.#options;
    // What cannot be read now is asked for again with the next tick that is due.
    const last = await notifications.sequences([...this.#open.keys()]).catch(() => undefined);
    if (last === undefined) return;
    for (const [userId, { feed }] of this.#open) feed.news(last.get(userId) ?? 0);
  }
}
