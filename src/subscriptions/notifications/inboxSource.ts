/** Where the events of `notificationsChanged` come from. */
import type { SignedInViewer } from "../../commands/authorize.js";
import { LiveSource, type SourceFeeds } from "../liveSource.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { Notification } from "../../domain/notifications/notification.js";

export interface InboxPlace {
  readonly viewer: SignedInViewer;
  /** The number after which the subscriber wants to be told. */
  readonly afterSequence: number;
}

export class InboxSource extends LiveSource<"notificationsChanged", InboxEvent> {
  readonly field = "notificationsChanged";
  override readonly idOf = ({ sequence }: InboxEvent): string => String(sequence);
  readonly #feeds: SourceFeeds<InboxPlace, InboxEvent>;

  constructor(
    feeds: SourceFeeds<InboxPlace, InboxEvent>,
    readonly place: InboxPlace,
  ) {
    super();
    this.#feeds = feeds;
  }

  get templateIds(): readonly string[] {
    return [];
  }

  attach<R>(renderer: Renderer<R, InboxEvent>, sink: EventSink<R>): LiveSubscription {
    return this.#feeds.attach(this.place, renderer, sink);
  }
}

/** What a follower of an inbox is told. */
export interface InboxEvent {
  readonly userId: string;
  /** What was added, or happened again, since the event before, oldest first. */
  readonly added: readonly Notification[];
  readonly unreadCount: number;
  /** The follower knows all through it. */
  readonly sequence: number;
}
