/**
 * The templates whose comments somebody follows on one node. All are asked for news together now and then, so a message
 * that is lost delays a change and never loses it.
 */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import type { Clock } from "../../platform/clock.js";
import type { ChangeBus } from "../../bus/changeBus.js";
import type { FeedSettings } from "../feedSettings.js";
import { OpenFeeds } from "../openFeeds.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import { type CommentEvent, CommentSource, type CommentPlace } from "./commentSource.js";
import { CommentFeed, type CommentFeedParts } from "./commentFeed.js";

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

export class CommentFeeds {
  readonly #options: CommentFeedsOptions;
  readonly #open: OpenFeeds<CommentFeed>;

  constructor(options: CommentFeedsOptions) {
    this.#options = options;
    this.#open = new OpenFeeds({
      ...options,
      made: (templateId, deserted) => new CommentFeed(templateId, options, deserted),
      listened: (templateId, feed) =>
        options.bus.subscribe(
          templateId,
          (message) => {
            if (message.kind === "comments") feed.news(message.sequence);
            else feed.look();
          },
          "comments",
        ),
      sequences: (templateIds) => options.comments.sequences(templateIds),
    });
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
    if (this.#open.isClosed) {
      sink.end("shutdown");
      return { resume: () => undefined, close: () => undefined };
    }
    return this.#open.of(templateId).admit(renderer, sink, viewer, afterSequence);
  }

  /** Ends all subscriptions so that their clients come back elsewhere; who attaches later ends at once. */
  close(): void {
    this.#open.close();
  }
}
