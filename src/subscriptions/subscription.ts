/** One subscriber of a feed: where it stands, what it shares with others, and where its events go. */
import type { Viewer } from "../domain/access/access.js";
import type { SharedChange } from "./sharedChange.js";
import type { SubscriberGroup } from "./subscriberGroup.js";

/** Turns a change into what a group's sinks take; called once per change for the whole group, and never rejects. */
export interface Renderer<R> {
  render(change: SharedChange): R | Promise<R>;
}

/**
 * Why a subscription ended: its last event said so, or the node is going away and the client should come back.
 */
export type EndReason = "deleted" | "accessRevoked" | "shutdown";

/** Where a subscriber's events go: a socket, an iterator. */
export interface ChangeSink<R> {
  deliver(rendered: R): void;
  /**
   * Whether it takes nothing more for now. Whoever answers true calls `resume` of the subscription when that
   * changes; meanwhile nothing is queued: the subscriber reads on from the ring or the log.
   */
  full(): boolean;
  /** Nothing follows. Not called where the subscriber itself closed the subscription. */
  end(reason: EndReason): void;
}

/** Per subscriber nothing else is held, however far behind it is. */
export class Subscription<R = unknown> {
  /** The version its client has. */
  cursor: number;
  /**
   * - `live`: served with its group
   * - `behind`: reads on its own from the ring or the log
   */
  state: "live" | "behind" | "ended" = "behind";
  /** Its client is ahead of the template, so that only a state helps. */
  needsState: boolean;
  /** A catch-up is under way. */
  catchingUp = false;

  constructor(
    readonly group: SubscriberGroup<R>,
    readonly sink: ChangeSink<R>,
    readonly viewer: Viewer,
    cursor: number,
    needsState: boolean,
  ) {
    this.cursor = cursor;
    this.needsState = needsState;
  }

  /** The sink takes events again. */
  resume(): void {
    if (this.state === "behind") this.group.catchUp(this);
  }

  /** Ends the subscription from the subscriber's side; nothing is delivered afterwards. */
  close(): void {
    this.group.leave(this);
  }
}
