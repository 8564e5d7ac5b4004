/**
 * The subscribers of one template whose events are equal: same rendering, same viewport. A group renders each
 * change once. Its live members all stand at its version and are served together; one that cannot follow stands
 * for itself and reads on from its own cursor, until it has caught up.
 *
 * The one rule that keeps promises: a member is handed a change only where `change.fromVersion` is its cursor.
 */
import type { Viewer } from "../../domain/access/access.js";
import type { FeedSettings } from "../feedSettings.js";
import type { RecentDocuments } from "./recentDocuments.js";
import type { SharedChange } from "./sharedChange.js";
import type { EndReason, Renderer, Subscription } from "../subscription.js";
import type { FollowedViewport } from "./followedViewport.js";
import { ViewportView, type View } from "./viewportView.js";
import type { Warn } from "../../platform/logging.js";

/** What a group asks of the feed of its template. */
export interface GroupFeed {
  readonly settings: Pick<FeedSettings, "deliveriesPerTurn">;
  readonly warn: Warn;
  /** The documents of the template at the newest versions, for viewports. */
  readonly documents: RecentDocuments;
  /** The version up to which the feed has everything. */
  readonly version: number;
  /** Whether nothing may be delivered now. */
  readonly paused: boolean;
  /** The change that follows the version, if it is in memory. */
  recent(version: number): SharedChange | undefined;
  /** The next event after the version; undefined while the database cannot be reached. */
  next(version: number, needsState: boolean): SharedChange | Promise<SharedChange | undefined>;
  eventAt(kind: "OPERATIONS" | "DELETED" | "ACCESS_REVOKED", version: number): SharedChange;
  /** Lets other work of the process go first. */
  turn(): Promise<void>;
  memberLeft(group: SubscriberGroup): void;
}

export class SubscriberGroup<R = unknown> {
  readonly #feed: GroupFeed;
  readonly #renderer: Renderer<R>;
  readonly #view: ViewportView | undefined;
  readonly #live = new Set<Subscription<R>>();
  readonly #behind = new Set<Subscription<R>>();
  /** What a change was rendered to, as long as somebody has the change. */
  readonly #rendered = new WeakMap<SharedChange, R | Promise<R>>();
  /** The same, with all that the viewport shows. */
  readonly #complete = new WeakMap<SharedChange, R | Promise<R>>();
  /** Where the live members stand. */
  #version = 0;
  #serving = false;

  constructor(feed: GroupFeed, renderer: Renderer<R>, viewport: FollowedViewport | undefined) {
    this.#feed = feed;
    this.#renderer = renderer;
    this.#view = viewport && new ViewportView(viewport, feed.documents);
  }

  get size(): number {
    return this.#live.size + this.#behind.size;
  }

  get hasViewport(): boolean {
    return this.#view !== undefined;
  }

  get viewers(): Viewer[] {
    return [...this.#live, ...this.#behind].map(({ viewer }) => viewer);
  }

  /** Takes in a new member, which starts by catching up. */
  join(member: Subscription<R>): void {
    this.#behind.add(member);
    // What the next change does to a viewport is told from the documents before and after it.
    this.#view?.ready();
    this.catchUp(member);
  }

  leave(member: Subscription<R>): void {
    if (member.state === "ended") return;
    this.#forget(member);
    this.#feed.memberLeft(this as SubscriberGroup);
  }

  /** Serves the live members up to the feed's version; changes that arrive meanwhile are taken along. */
  serve(): void {
    // Who waits for the document of its version may have it now.
    if (this.#view !== undefined) this.wakeBehind();
    if (!this.#serving) void this.#serve();
  }

  /** Lets those that are behind go on: there is news, or the reason why they stopped is gone. */
  wakeBehind(): void {
    for (const member of this.#behind) this.catchUp(member);
  }

  /** Serves one member that is behind until it has caught up, its sink is full, or the log cannot be read. */
  catchUp(member: Subscription<R>): void {
    if (!member.catchingUp) void this.#catchUp(member);
  }

  /** Ends the members that `choose` names, each after a last event. */
  finish(kind: "DELETED" | "ACCESS_REVOKED", choose: (member: Subscription<R>) => boolean): void {
    const events = new Map<number, SharedChange>();
    for (const member of [...this.#live, ...this.#behind]) {
      if (!choose(member)) continue;
      this.#forget(member);
      const event = events.get(member.cursor) ?? this.#feed.eventAt(kind, member.cursor);
      events.set(member.cursor, event);
      void this.#finish(member, event);
    }
  }

  /** Ends all members without an event. */
  end(reason: EndReason): void {
    for (const member of [...this.#live, ...this.#behind]) {
      this.#forget(member);
      member.sink.end(reason);
    }
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    try {
      while (this.#live.size > 0 && !this.#feed.paused) {
        const change = this.#feed.recent(this.#version);
        if (change === undefined) break;
        const view = this.#view?.of(change, true) ?? "change";
        // What cannot be told of all alike each is told by itself.
        if (view === "page" || view === "complete") {
          this.#skipTo(change.toVersion);
          break;
        }
        const rendered = this.#render(change, view);
        const ready = rendered instanceof Promise ? await rendered : rendered;
        if (this.#feed.paused) break;
        await this.#handOut(change, ready);
      }
      if (!this.#feed.paused && this.#live.size > 0) this.#skipTo(this.#feed.version);
    } finally {
      this.#serving = false;
    }
  }

  /** Where the ring does not lead on from the group's version, its members find their way through the log. */
  #skipTo(version: number): void {
    if (version <= this.#version) return;
    this.#version = version;
    for (const member of [...this.#live]) if (member.cursor < version) this.#fallBehind(member);
  }

  /** In slices, so that ten thousand members don't keep everything else waiting. */
  async #handOut(change: SharedChange, rendered: R): Promise<void> {
    let count = 0;
    for (const member of this.#live) {
      if (member.cursor === change.fromVersion && !member.sink.full()) {
        this.#deliver(member, change, rendered);
        count += 1;
        if (count % this.#feed.settings.deliveriesPerTurn === 0) {
          await this.#feed.turn();
          if (this.#feed.paused) return;
        }
      } else if (member.cursor < change.toVersion) {
        this.#fallBehind(member);
      }
    }
    this.#version = change.toVersion;
  }

  #fallBehind(member: Subscription<R>): void {
    this.#live.delete(member);
    member.state = "behind";
    this.#behind.add(member);
    this.catchUp(member);
  }

  async #catchUp(member: Subscription<R>): Promise<void> {
    member.catchingUp = true;
    try {
      while (member.state === "behind" && !this.#feed.paused && !member.sink.full()) {
        if (this.#hasCaughtUp(member)) {
          // Being served at once, it may have fallen behind again before this returns.
          this.#goLive(member);
          continue;
        }
        const next = this.#nextFor(member);
        const change = next instanceof Promise ? await next : next;
        if (change === undefined) return;
        const view = this.#view?.of(change, member.holdsViewport) ?? "change";
        const rendered = this.#render(change, view);
        const ready = rendered instanceof Promise ? await rendered : rendered;
        if (member.state !== "behind" || this.#feed.paused || member.sink.full()) continue;
        member.needsState = false;
        member.holdsViewport = view !== "page";
        this.#deliver(member, change, ready);
      }
    } finally {
      member.catchingUp = false;
    }
  }

  /** The next event for a member that is behind; undefined where it has to wait, and will be woken. */
  #nextFor(member: Subscription<R>): SharedChange | Promise<SharedChange | undefined> | undefined {
    if (this.#view?.ready() === false) return undefined;
    if (member.needsState || member.holdsViewport || member.cursor < this.#feed.version) {
      return this.#feed.next(member.cursor, member.needsState);
    }
    return this.#view?.knows(member.cursor) === true
      ? this.#feed.eventAt("OPERATIONS", member.cursor)
      : undefined;
  }

  #hasCaughtUp(member: Subscription<R>): boolean {
    if (member.needsState || !member.holdsViewport) return false;
    if (member.cursor >= this.#feed.version) return true;
    return this.#live.size > 0 && member.cursor === this.#version;
  }

  #goLive(member: Subscription<R>): void {
    // A state may be newer than what the feed has heard of; the group never is.
    if (this.#live.size === 0 && !this.#serving) {
      this.#version = Math.min(member.cursor, this.#feed.version);
    }
    this.#behind.delete(member);
    member.state = "live";
    this.#live.add(member);
    // What came between its last page and this moment is served with the group.
    if (this.#feed.version > this.#version) this.serve();
  }

  #deliver(member: Subscription<R>, change: SharedChange, rendered: R): void {
    member.cursor = change.toVersion;
    try {
      member.sink.deliver(rendered);
    } catch (error) {
      // A sink that fails has lost an event: it must not get the next one.
      this.#feed.warn("a subscriber's sink failed", error);
      this.leave(member);
      member.sink.end("shutdown");
    }
  }

  async #finish(member: Subscription<R>, event: SharedChange): Promise<void> {
    const rendered = this.#render(event, "change");
    const ready = rendered instanceof Promise ? await rendered : rendered;
    try {
      member.sink.deliver(ready);
    } finally {
      member.sink.end(event.kind === "DELETED" ? "deleted" : "accessRevoked");
    }
  }

  #render(change: SharedChange, view: View): R | Promise<R> {
    const renderings = view === "complete" ? this.#complete : this.#rendered;
    const known = renderings.get(change);
    if (known !== undefined) return known;
    const rendered = this.#renderer.render(this.#view?.render(change, view) ?? change);
    renderings.set(change, rendered);
    if (rendered instanceof Promise) void rendered.then((ready) => renderings.set(change, ready));
    return rendered;
  }

  #forget(member: Subscription<R>): void {
    this.#live.delete(member);
    this.#behind.delete(member);
    member.state = "ended";
  }
}
