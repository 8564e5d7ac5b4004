/**
 * What the resolver of a subscription field answers: where a subscriber's events will come from. It is an
 * AsyncIterable, so any GraphQL server can serve it; a transport that knows it attaches a sink instead and shares
 * execution and serialisation between subscribers. Nothing is held until then.
 */
import { PulledEvents } from "./pulledEvents.js";
import type { EventSink, LiveSubscription, Renderer } from "./subscription.js";

/** An event as GraphQL executes it: the root value whose field the subscription selects. */
export type RootEvent<F extends string, E> = { readonly [field in F]: E };

/** Serves the subscribers of a source: the feeds of one node. `Place` says what a subscriber follows and from where. */
export interface SourceFeeds<Place, E> {
  attach<R>(place: Place, renderer: Renderer<R, E>, sink: EventSink<R>): LiveSubscription;
}

export abstract class LiveSource<F extends string = string, E = unknown> implements AsyncIterable<
  RootEvent<F, E>
> {
  /** The subscription's field, under which GraphQL finds each event. */
  abstract readonly field: F;
  /** The templates that are followed. */
  abstract readonly templateIds: readonly string[];
  /** What else tells its events from those that others get of these templates with the same renderer. */
  readonly part: string = "";
  /**
   * How long executions may share a context, in milliseconds, and with it what they read; where it is 0 each gets one
   * of its own.
   */
  readonly contextMs: number = 0;

  /** Where an event ends, for a client that resumes after it (`Last-Event-ID`); none where events are states. */
  readonly idOf: (event: E) => string | undefined = () => undefined;

  /** Starts to deliver to the sink; subscribers with the same renderer share its work. */
  abstract attach<R>(renderer: Renderer<R, E>, sink: EventSink<R>): LiveSubscription;

  /** The event as root value. */
  rootOf(event: E): RootEvent<F, E> {
    return { [this.field]: event } as RootEvent<F, E>;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<RootEvent<F, E>> {
    const asRoot: Renderer<RootEvent<F, E>, E> = { render: (event) => this.rootOf(event) };
    return new PulledEvents((sink) => this.attach(asRoot, sink));
  }
}
