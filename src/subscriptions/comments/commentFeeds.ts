/**
 * The templates whose comments somebody follows on one node. All are asked for news together now and then, so a message
 * that is lost delays a change and never loses it.
 */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import type { Clock } from "../../live/clock.js";
import type { ChangeBus } from "../changeBus.js";
import type { FeedSettings } from "../feedSettings.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { CommentEvent } from "./commentEvent.js";
import { CommentFeed, type CommentFeedParts } from "./commentFeed.js";
import { CommentSource, type CommentPlace } from "./commentSource.js";

export interface CommentFeedsOptions extends CommentFeedParts {
  readonly bus: ChangeBus;
  readonly clock: Clock;
  readonly settings: Pick<FeedSettings, "pollMs" | "pollMsWhenUnhealthy">;
}

export interface CommentFollowing {
  readonly templateId: string;
  readonly viewer: Viewer;
  /** The change after which to begin; the last one there is where absent. */
  readonly afterSequence?: number;
}

interface OpenFeed {
  readonly feed: CommentFeed;
  readonly unsubscribe: () => void;
}

/** How often it is looked whether a question is due, in milliseconds. */
const TICK_MS = 1_000;

export class CommentFeeds {
  readonly #options: CommentFeedsOptions;
  readonly #open = new Map<string, OpenFeed>();
  #cancelTick: (() => void) | undefined;
  #askedAt = -Infinity;
  #closed = false;

  constructor(options: CommentFeedsOptions) {
    this.#options = options;
  }

  /** Templates that somebody follows on this node. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Where a subscriber's events come from. `notThere`: no such template, or none for this viewer; `ahead`: there are
   * fewer changes than the subscriber says it knows. Rejects with `StorageUnavailable`.
   */
  async follow(following: CommentFollowing): Promise<CommentSource | "notThere" | "ahead"> {
    const { templateId, viewer } = following;
    const { access, comments } = this.#options;
    const head = await access.look(viewer, templateId);
    if (head === undefined || !decideAccess(viewer, "view", head).allowed) return "notThere";
    const last = (await comments.sequences([templateId])).get(templateId) ?? 0;
    const afterSequence = following.afterSequence ?? last;
    return afterSequence > last
      ? "ahead"
      : new CommentSource(this, { templateId, viewer, afterSequence });
  }

  /** Starts to serve a subscriber; used by `CommentSource`. */
  attach<R>(
    { templateId, viewer, afterSequence }: CommentPlace,
    renderer: Renderer<R, CommentEvent>,
    sink: EventSink<R>,
  ): LiveSubscription {
    if (this.#closed) {
      sink.end("shutdown");
      return { resume: () => undefined, close: () => undefined };
    }
    return this.#feedOf(templateId).admit(renderer, sink, viewer, afterSequence);
  }

  /** Ends all subscriptions so that their clients come back elsewhere; who attaches later ends at once. */
  close(): void {
    this.#closed = true;
    for (const { feed } of this.#open.values()) feed.shutDown();
  }

  #feedOf(templateId: string): CommentFeed {
    const present = this.#open.get(templateId);
    if (present !== undefined) return present.feed;
    const feed = new CommentFeed(templateId, this.#options, () => this.#drop(templateId));
    const unsubscribe = this.#options.bus.subscribe(
      templateId,
      (message) => {
        if (message.kind === "comments") feed.news(message.sequence);
        else feed.look();
      },
      "comments",
    );
    this.#open.set(templateId, { feed, unsubscribe });
    this.#cancelTick ??= this.#tickLater();
    return feed;
  }

  #drop(templateId: string): void {
    this.#open.get(templateId)?.unsubscribe();
    this.#open.delete(templateId);
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

  /** One question for all templates. */
  async #ask(): Promise<void> {
    const { comments } = this.#options;
    // What cannot be read now is asked for again with the next tick that is due.
    const last = await comments.sequences([...this.#open.keys()]).catch(() => undefined);
    if (last === undefined) return;
    for (const [templateId, { feed }] of this.#open) feed.news(last.get(templateId) ?? 0);
  }
}
