/** Where the events of `presenceChanged` come from. */
import type { Viewer } from "../../domain/access/access.js";
import type { Session } from "../../storage/sessions/sessionStore.js";
import { LiveSource, type SourceFeeds } from "../liveSource.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { Lock } from "../../domain/locks/lock.js";
import type { ShownPresence } from "../../bus/presenceEntry.js";
import type { RosterNews } from "./roster.js";

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

/** What a subscriber of presence is told at once; one object serves everybody who stands at the same revision. */
export interface PresenceEvent extends Record<keyof RosterNews, readonly ShownPresence[]> {
  readonly templateId: string;
  /** The template's locks where they changed, else null. */
  readonly locks: readonly Lock[] | null;
  /** Milliseconds since the epoch. */
  readonly serverTimestamp: number;
}
