/** Where the events of `commentChanged` come from. */
import type { Viewer } from "../../domain/access/access.js";
import { LiveSource, type SourceFeeds } from "../liveSource.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { CommentEvent } from "./commentEvent.js";

export interface CommentPlace {
  readonly templateId: string;
  readonly viewer: Viewer;
  /** The change after which the subscriber wants to be told. */
  readonly afterSequence: number;
}

export class CommentSource extends LiveSource<"commentChanged", CommentEvent> {
  readonly field = "commentChanged";
  override readonly idOf = ({ comment }: CommentEvent): string => String(comment.sequence);
  readonly #feeds: SourceFeeds<CommentPlace, CommentEvent>;

  constructor(
    feeds: SourceFeeds<CommentPlace, CommentEvent>,
    readonly place: CommentPlace,
  ) {
    super();
    this.#feeds = feeds;
  }

  get templateIds(): readonly string[] {
    return [this.place.templateId];
  }

  attach<R>(renderer: Renderer<R, CommentEvent>, sink: EventSink<R>): LiveSubscription {
    return this.#feeds.attach(this.place, renderer, sink);
  }
}
