/** Where the events of `templateActivity` come from. */
import { LiveSource } from "../liveSource.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { ActivityEvent } from "./activityEvent.js";
import type { ActivityFeeds, ActivityPlace } from "./activityFeeds.js";

export class ActivitySource extends LiveSource<"templateActivity", ActivityEvent> {
  readonly field = "templateActivity";
  readonly #feeds: ActivityFeeds;

  constructor(
    feeds: ActivityFeeds,
    readonly place: ActivityPlace,
    override readonly contextMs: number,
  ) {
    super();
    this.#feeds = feeds;
  }

  get templateIds(): readonly string[] {
    return this.place.templateIds;
  }

  attach<R>(renderer: Renderer<R, ActivityEvent>, sink: EventSink<R>): LiveSubscription {
    return this.#feeds.attach(this.place, renderer, sink);
  }
}
