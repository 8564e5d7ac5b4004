/**
 * The inboxes that somebody follows on one node. All are asked for news together now and then, so a message that is lost
 * delays a notification and never loses it.
 */
import type { SignedInViewer } from "../../commands/authorize.js";
import type { Clock } from "../../platform/clock.js";
import type { ChangeBus } from "../../bus/changeBus.js";
import type { FeedSettings } from "../feedSettings.js";
import { OpenFeeds } from "../openFeeds.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import { type InboxEvent, InboxSource, type InboxPlace } from "./inboxSource.js";
import { InboxFeed, type InboxFeedParts } from "./inboxFeed.js";

export interface InboxFeedsOptions extends InboxFeedParts {
  readonly bus: ChangeBus;
  readonly clock: Clock;
  readonly settings: Pick<FeedSettings, "pollMs" | "pollMsWhenUnhealthy">;
}

export class InboxFeeds {
  readonly #options: InboxFeedsOptions;
  readonly #open: OpenFeeds<InboxFeed>;

  constructor(options: InboxFeedsOptions) {
    this.#options = options;
    this.#open = new OpenFeeds({
      ...options,
      made: (userId, deserted) => new InboxFeed(userId, options, deserted),
      listened: (userId, feed) =>
        options.bus.subscribe(
          userId,
          (message) => {
            if (message.kind === "notified") feed.news(message.sequence);
            else feed.look();
          },
          "inbox",
        ),
      sequences: (userIds) => options.notifications.sequences(userIds),
    });
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
    if (this.#open.isClosed) {
      sink.end("shutdown");
      return { resume: () => undefined, close: () => undefined };
    }
    return this.#open.of(viewer.userId).admit(renderer, sink, viewer, afterSequence);
  }

  /** Ends all subscriptions so that their clients come back elsewhere; who attaches later ends at once. */
  close(): void {
    this.#open.close();
  }
}
