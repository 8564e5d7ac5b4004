/** Subscribers: what they share with others, where their events go, and, of a feed, where one stands. */
import type { Viewer } from "../domain/access/access.js";
import type { SharedChange } from "./changes/sharedChange.js";

/** Turns an event into what sinks take; called once per event for all who share it, and never rejects. */
export interface Renderer<R, E = SharedChange> {
  render(event: E): R | Promise<R>;
}

/**
 * Why a subscription ended: its last event said so, or the node is going away and the client should come back.
 */
export type EndReason = "deleted" | "accessRevoked" | "shutdown";

/** Where a subscriber's events go: a socket, an iterator. */
export interface EventSink<R> {
  deliver(rendered: R): void;
  /**
   * Whether it takes nothing more for now. Whoever answers true calls `resume` of the subscription when that
   * changes; meanwhile nothing is queued: the subscriber goes on from where it stands.
   */
  full(): boolean;
  /** Nothing follows. Not called where the subscriber itself closed the subscription. */
  end(reason: EndReason): void;
}

/** A sink that is attached to a source. */
export interface LiveSubscription {
  /** The sink takes events again. */
  resume(): void;
  /** Ends the subscription from the subscriber's side; nothing is delivered afterwards. */
  close(): void;
}

/** What a subscription asks of the group that serves it. */
export interface ServingGroup<R> {
  /** Serves a member that is behind, until it has caught up. */
  catchUp(member: Subscription<R>): void;
  leave(member: Subscription<R>): void;
}

/** Per subscriber nothing else is held, however far behind it is. */
export class Subscription<R = unknown> implements LiveSubscription {
  /** The version its client has. */
  cursor: number;
  /**
   * - `live`: served with its group
   * - `behind`: reads on its own from the ring or the log
   */
  state: "live" | "behind" | "ended" = "behind";
  /** Its client is ahead of the template, or holds nothing yet: only a state helps. */
  needsState: boolean;
  /** Its client holds all that its viewport shows at its version. */
  holdsViewport = true;
  /** A catch-up is under way. */
  catchingUp = false;

  constructor(
    readonly group: ServingGroup<R>,
    readonly sink: EventSink<R>,
    readonly viewer: Viewer,
    cursor: number,
    needsState: boolean,
  ) {
    this.cursor = cursor;
    this.needsState = needsState;
  }

  resume(): void {
    if (this.state === "behind") this.group.catchUp(this);
  }

  close(): void {
    this.group.leave(this);
  }
}
