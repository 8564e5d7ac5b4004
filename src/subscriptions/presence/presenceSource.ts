/** Where the events of `presenceChanged` come from. */
import type { Viewer } from "../../domain/access/access.js";
import type { Session } from "../../storage/sessions/sessionStore.js";
import { LiveSource, type SourceFeeds } from "../liveSource.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { PresenceEvent } from "./presenceEvent.js";

export interface PresencePlace {
  readonly templateId: string;
  readonly viewer: Viewer;
  /** The session that the subscription keeps alive. */
  readonly session?: Session;
}

export class PresenceSource extends LiveSource<"presenceChanged", PresenceEvent> {
  readonly field = "presenceChanged";
  readonly #rooms: SourceFeeds<PresencePlace, PresenceEvent>;

  constructor(
    rooms: SourceFeeds<PresencePlace, PresenceEvent>,
    readonly place: PresencePlace,
    override readonly contextMs: number,
  ) {
    super();
    this.#rooms = rooms;
  }

  get templateIds(): readonly string[] {
    return [this.place.templateId];
  }

  /** The same for a subscriber whose session is kept alive. */
  heldBy(session: Session): PresenceSource {
    return new PresenceSource(this.#rooms, { ...this.place, session }, this.contextMs);
  }

  attach<R>(renderer: Renderer<R, PresenceEvent>, sink: EventSink<R>): LiveSubscription {
    return this.#rooms.attach(this.place, renderer, sink);
  }
}
