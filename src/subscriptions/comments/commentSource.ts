/** Where the events of `commentChanged` come from. */
import type { Viewer } from "../../domain/access/access.js";
import { LiveSource, type SourceFeeds } from "../liveSource.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { Comment } from "../../domain/comments/comment.js";
import type { CommentThread } from "../../storage/comments/commentStore.js";

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

/** One comment as it is after a change; one object serves everybody who is told of it. */
export interface CommentEvent {
  readonly comment: Comment;
  /** At or after the change; undefined where all of it was deleted. */
  readonly thread: CommentThread | undefined;
}
