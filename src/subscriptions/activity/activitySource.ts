/** Where the events of `templateActivity` come from. */
import type { Viewer } from "../../domain/access/access.js";
import { LiveSource, type SourceFeeds } from "../liveSource.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { ActivityKind } from "../../bus/changeBus.js";

export interface ActivityPlace {
  readonly templateIds: readonly string[];
  readonly viewer: Viewer;
}

export class ActivitySource extends LiveSource<"templateActivity", ActivityEvent> {
  readonly field = "templateActivity";
  readonly #feeds: SourceFeeds<ActivityPlace, ActivityEvent>;

  constructor(
    feeds: SourceFeeds<ActivityPlace, ActivityEvent>,
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

/** One thing that happened on one template, as followers of galleries see it; one object serves all of them. */
export interface ActivityEvent {
  readonly templateId: string;
  readonly kind: ActivityKind;
  /** Null where nobody did it. */
  readonly userId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
