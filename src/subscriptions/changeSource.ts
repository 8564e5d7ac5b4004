/**
 * What the resolver of `templateChanged` answers: where a subscriber's changes will come from. It is an
 * AsyncIterable, so any GraphQL server can serve it; a transport that knows it attaches a sink instead and shares
 * execution and serialisation between subscribers. Nothing is held, and nothing is missed, until then.
 */
import type { Viewer } from "../domain/access/access.js";
import type { Feeds } from "./feeds.js";
import { PulledChanges } from "./pulledChanges.js";
import type { SharedChange } from "./sharedChange.js";
import type { ChangeSink, Renderer, Subscription } from "./subscription.js";
import type { Viewport } from "./viewport.js";

/** An event as GraphQL executes it: the root value whose field the subscription selects. */
export interface ChangeEvent {
  readonly templateChanged: SharedChange;
}

export interface SourcePosition {
  readonly templateId: string;
  readonly viewer: Viewer;
  readonly viewport: Viewport | undefined;
  /** The version the client has. */
  readonly cursor: number;
  /** The template's version when access was checked. */
  readonly version: number;
}

export class ChangeSource implements AsyncIterable<ChangeEvent> {
  readonly #feeds: Feeds;

  constructor(
    feeds: Feeds,
    readonly position: SourcePosition,
  ) {
    this.#feeds = feeds;
  }

  /** Starts to deliver to the sink, from the position on; subscribers with the same renderer share its work. */
  attach<R>(renderer: Renderer<R>, sink: ChangeSink<R>): Subscription<R> {
    return this.#feeds.attach(this, renderer, sink);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<ChangeEvent> {
    return new PulledChanges((sink) => this.attach(asEvent, sink));
  }
}

const asEvent: Renderer<ChangeEvent> = {
  render: (change) => ({ templateChanged: change }),
};
