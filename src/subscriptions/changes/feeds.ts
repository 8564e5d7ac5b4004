/**
 * The feeds of one node: one per template that somebody follows here, opened with its first subscriber and closed
 * with its last. Beside the bus, the heads of all open feeds are asked for together from time to time, often
 * while the bus is down: so a message that was lost delays a change and never loses it.
 */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import type { Clock } from "../../platform/clock.js";
import type { AccessReader } from "../../storage/access/accessReader.js";
import { StorageUnavailable } from "../../storage/storageUnavailable.js";
import type { TemplateStore } from "../../storage/templates/templateStore.js";
import type { ChangeBus } from "../../bus/changeBus.js";
import { ChangeSource, type SourcePosition } from "./changeSource.js";
import { defaultFeedSettings, type FeedSettings } from "../feedSettings.js";
import { FeedSource, type State } from "./feedSource.js";
import { type EventSink, type Renderer, Subscription } from "../subscription.js";
import { TemplateFeed, type FeedOwner } from "./templateFeed.js";
import { readViewing, type ViewingParts } from "./viewing.js";
import type { FollowedViewport } from "./followedViewport.js";
import type { Warn } from "../../platform/logging.js";

export interface FeedsOptions extends ViewingParts {
  readonly store: Pick<TemplateStore, "readLog" | "measureLog">;
  readonly access: AccessReader;
  readonly bus: ChangeBus;
  /** The newest state of a template; may reject with `StorageUnavailable`. */
  readonly readState: (templateId: string) => Promise<State>;
  readonly clock: Clock;
  readonly warn: Warn;
  readonly settings?: Partial<FeedSettings>;
  /** Runs a task after the work under way; `setImmediate` where omitted. */
  readonly defer?: (task: () => void) => void;
}

export interface FollowRequest {
  readonly templateId: string;
  /** The version the client has; where omitted or null, the version at subscribing. */
  readonly fromVersion?: number | null | undefined;
  readonly viewer: Viewer;
  readonly viewport?: FollowedViewport | null | undefined;
}

interface OpenFeed {
  readonly feed: TemplateFeed;
  readonly unsubscribe: () => void;
}

export class Feeds implements FeedOwner {
  readonly #bus: ChangeBus;
  readonly #clock: Clock;
  readonly #source: FeedSource;
  readonly #settings: FeedSettings;
  readonly #viewing: ViewingParts;
  readonly #access: AccessReader;
  readonly #open = new Map<string, OpenFeed>();
  readonly #stale = new Set<TemplateFeed>();
  #refreshing = false;
  #polledAt = -Infinity;
  #cancelPoll: (() => void) | undefined;
  #closed = false;

  constructor(options: FeedsOptions) {
    const defer = options.defer ?? ((task: () => void): void => void setImmediate(task));
    this.#bus = options.bus;
    this.#clock = options.clock;
    this.#settings = { ...defaultFeedSettings, ...options.settings };
    this.#viewing = options;
    this.#access = options.access;
    this.#source = new FeedSource({ ...options, defer, settings: this.#settings });
  }

  /** Templates that somebody follows on this node. */
  get size(): number {
    return this.#open.size;
  }

  /** Subscriptions that are open on this node. */
  get subscriptions(): number {
    return [...this.#open.values()].reduce((sum, { feed }) => sum + feed.size, 0);
  }

  /**
   * Where a subscriber's changes come from; undefined where there is no such template, or none for this viewer.
   * Holds nothing until it is attached. Rejects with `StorageUnavailable`.
   */
  async follow(request: FollowRequest): Promise<ChangeSource | undefined> {
    const head = await this.#access.look(request.viewer, request.templateId);
    if (head === undefined || !decideAccess(request.viewer, "view", head).allowed) return undefined;
    return new ChangeSource(this, {
      templateId: request.templateId,
      viewer: request.viewer,
      viewport: request.viewport ?? undefined,
      cursor: request.fromVersion ?? head.version,
      version: head.version,
      accessRevision: head.accessRevision,
    });
  }

  /** Starts to serve a subscriber; used by `ChangeSource`. */
  attach<R>(position: SourcePosition, renderer: Renderer<R>, sink: EventSink<R>): Subscription<R> {
    const { templateId, viewer, viewport, cursor, version, accessRevision } = position;
    const feed = this.#feedOf(templateId, version);
    const group = feed.group(renderer, viewport);
    const needsState = cursor > version || viewport?.state === true;
    const member = new Subscription(group, sink, viewer, cursor, needsState);
    feed.access.admit(accessRevision);
    group.join(member);
    // What happened between the check of access and this moment shows in the head.
    this.refresh(feed);
    if (this.#closed) feed.close("shutdown");
    return member;
  }

  refresh(feed: TemplateFeed): void {
    this.#stale.add(feed);
    if (!this.#refreshing) void this.#refresh();
  }

  accessChanged(templateId: string): void {
    this.#bus.publish({ kind: "accessChanged", templateId });
  }

  emptied(feed: TemplateFeed): void {
    const open = this.#open.get(feed.templateId);
    this.#stale.delete(feed);
    if (open?.feed !== feed) return;
    open.unsubscribe();
    this.#open.delete(feed.templateId);
    if (this.#open.size > 0) return;
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }

  /** Ends all subscriptions so that their clients come back elsewhere; who attaches later ends at once. */
  close(): void {
    this.#closed = true;
    for (const { feed } of [...this.#open.values()]) feed.close("shutdown");
  }

  #feedOf(templateId: string, version: number): TemplateFeed {
    const present = this.#open.get(templateId);
    if (present !== undefined) return present.feed;
    const feed = new TemplateFeed(templateId, version, this.#source, this);
    const unsubscribe = this.#bus.subscribe(templateId, (message) => feed.receive(message));
    this.#open.set(templateId, { feed, unsubscribe });
    if (this.#cancelPoll === undefined) {
      this.#polledAt = this.#clock.monotonic();
      this.#schedulePoll();
    }
    return feed;
  }

  async #refresh(): Promise<void> {
    this.#refreshing = true;
    // All that come within this moment share one reading, and each is handed its head once.
    await Promise.resolve();
    while (this.#stale.size > 0) {
      const feeds = [...this.#stale].map((feed) => ({ feed, epoch: feed.access.epoch }));
      this.#stale.clear();
      try {
        const viewings = await Promise.all(
          feeds.map(({ feed }) => readViewing(this.#viewing, feed.templateId, () => feed.viewers)),
        );
        for (const [index, { feed, epoch }] of feeds.entries()) {
          feed.observe(viewings[index]!, epoch);
        }
      } catch (error) {
        for (const { feed } of feeds) {
          if (this.#open.get(feed.templateId)?.feed === feed) this.#stale.add(feed);
        }
        await this.#pause(error);
      }
    }
    this.#refreshing = false;
  }

  /** Subscribers stay while the database is away; their feeds ask again. */
  #pause(error: unknown): Promise<void> {
    const { retryMsMax } = this.#settings;
    const isExpected = error instanceof StorageUnavailable;
    if (!isExpected) this.#source.warn("the heads of followed templates cannot be read", error);
    const delay = isExpected ? Math.min(error.retryAfterMs, retryMsMax) : retryMsMax;
    return new Promise((resolve) => void this.#clock.after(delay, resolve));
  }

  #schedulePoll(): void {
    this.#cancelPoll = this.#clock.after(this.#settings.pollMsWhenUnhealthy, () => {
      const isDue = this.#clock.monotonic() - this.#polledAt >= this.#settings.pollMs;
      if (isDue || !this.#bus.healthy) {
        this.#polledAt = this.#clock.monotonic();
        for (const { feed } of this.#open.values()) this.refresh(feed);
      }
      this.#schedulePoll();
    });
  }
}
