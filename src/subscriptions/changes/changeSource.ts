/** Where the events of `templateChanged` come from. Nothing is missed before somebody attaches: it begins at a version. */
import type { Viewer } from "../../domain/access/access.js";
import { LiveSource } from "../liveSource.js";
import type { SharedChange } from "./sharedChange.js";
import type { EventSink, Renderer, Subscription } from "../subscription.js";
import { viewportKey, type FollowedViewport } from "./followedViewport.js";

export interface SourcePosition {
  readonly templateId: string;
  readonly viewer: Viewer;
  readonly viewport: FollowedViewport | undefined;
  /** The version the client has. */
  readonly cursor: number;
  /** The template's version when access was checked. */
  readonly version: number;
  /** Of the grants that access was checked under. */
  readonly accessRevision: number;
}

/** What serves the subscribers of a source: the feeds of one node. */
export interface ChangeFeeds {
  attach<R>(position: SourcePosition, renderer: Renderer<R>, sink: EventSink<R>): Subscription<R>;
}

export class ChangeSource extends LiveSource<"templateChanged", SharedChange> {
  readonly field = "templateChanged";
  override readonly part: string;
  override readonly idOf = ({ toVersion }: SharedChange): string => String(toVersion);
  readonly #feeds: ChangeFeeds;

  constructor(
    feeds: ChangeFeeds,
    readonly position: SourcePosition,
  ) {
    super();
    this.#feeds = feeds;
    this.part = position.viewport === undefined ? "" : viewportKey(position.viewport);
  }

  get templateIds(): readonly string[] {
    return [this.position.templateId];
  }

  /** Starts to deliver to the sink, from the position on. */
  attach<R>(renderer: Renderer<R>, sink: EventSink<R>): Subscription<R> {
    return this.#feeds.attach(this.position, renderer, sink);
  }
}
