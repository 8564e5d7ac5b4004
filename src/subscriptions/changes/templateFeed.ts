/**
 * What one node knows about one template while somebody follows it: a ring of the newest operations up to its version,
 * without a gap, and the groups of subscribers. Messages of the bus and answers of the poller are hints: what is there
 * is ignored, and where one shows a hole the log is read, by one read at a time.
 */
import type { Viewer } from "../../domain/access/access.js";
import { StorageUnavailable } from "../../storage/storageUnavailable.js";
import type { ChangedMessage, ChangeOperation, TopicMessages } from "../../bus/changeBus.js";
import { AccessGate } from "./accessGate.js";
import { ChangeRing } from "./changeRing.js";
import type { FeedSettings } from "../feedSettings.js";
import type { FeedSource } from "./feedSource.js";
import { RecentDocuments } from "./recentDocuments.js";
import { standing, type SharedChange } from "./sharedChange.js";
import { ChangeCache } from "./changeCache.js";
import { SubscriberGroup } from "./subscriberGroup.js";
import type { EndReason, Renderer, Subscription } from "../subscription.js";
import type { Viewing } from "./viewing.js";
import { viewportKey, type FollowedViewport } from "./followedViewport.js";
import type { Warn } from "../../platform/logging.js";

/** What a feed asks of the registry that holds it. */
export interface FeedOwner {
  /** Reads soon who may see the template, together with others, and hands it to `observe`. */
  refresh(feed: TemplateFeed): void;
  /** Tells all who listen to the template that they have to ask again, this feed among them. */
  accessChanged(templateId: string): void;
  /** Nobody follows the template any more. */
  emptied(feed: TemplateFeed): void;
}

export class TemplateFeed {
  readonly #source: FeedSource;
  readonly #owner: FeedOwner;
  readonly #ring: ChangeRing;
  readonly #groups = new Map<Renderer<unknown>, Map<string, SubscriberGroup>>();
  readonly #shared: ChangeCache;
  /** For those who follow with a viewport. */
  readonly documents: RecentDocuments;
  /** The highest version that somebody claimed; the log is asked while it is above the ring's. */
  #wanted: number;
  #early: ChangedMessage[] = [];
  #reading = false;
  #servingSoon = false;
  #cancelRetry: (() => void) | undefined;
  #closed = false;
  readonly access = new AccessGate();

  constructor(
    readonly templateId: string,
    version: number,
    source: FeedSource,
    owner: FeedOwner,
  ) {
    this.#source = source;
    this.#owner = owner;
    this.#wanted = version;
    this.#ring = new ChangeRing(version, source.settings);
    this.#shared = new ChangeCache(templateId, this.#ring, source);
    this.documents = new RecentDocuments(templateId, this.#ring, source, {
      ready: () => this.#serveSoon(true),
      failed: (error) => this.#retryLater(error),
    });
  }

  /** The version up to which the feed has everything. */
  get version(): number {
    return this.#ring.toVersion;
  }

  get settings(): FeedSettings {
    return this.#source.settings;
  }

  get warn(): Warn {
    return this.#source.warn;
  }

  /** Whether nothing may be delivered now, because who may see it is being asked. */
  get paused(): boolean {
    return this.access.isClosed || this.#closed;
  }

  /** Subscribers of all groups. */
  get size(): number {
    return this.#allGroups().reduce((sum, group) => sum + group.size, 0);
  }

  /** Who follows it now. */
  get viewers(): Viewer[] {
    return this.#allGroups().flatMap((group) => group.viewers);
  }

  /** The group of those who share the rendering and the viewport. */
  group<R>(renderer: Renderer<R>, viewport: FollowedViewport | undefined): SubscriberGroup<R> {
    const key = viewport === undefined ? "" : viewportKey(viewport);
    let byViewport = this.#groups.get(renderer);
    if (byViewport === undefined) this.#groups.set(renderer, (byViewport = new Map()));
    let group = byViewport.get(key) as SubscriberGroup<R> | undefined;
    if (group === undefined) {
      group = new SubscriberGroup(this, renderer, viewport);
      byViewport.set(key, group as SubscriberGroup);
    }
    return group;
  }

  /** Takes a message of the bus. */
  receive(message: TopicMessages["changes"]): void {
    if (message.kind === "accessChanged") {
      this.access.hint();
      this.#owner.refresh(this);
      return;
    }
    // Grants changed and no message said so: this feed asks again with all who listen to the template.
    if (this.access.isNews(message.accessRevision)) this.#owner.accessChanged(this.templateId);
    if (message.toVersion <= this.version) return;
    this.#wanted = Math.max(this.#wanted, message.toVersion);
    if (!this.#append(message)) this.#keep(message);
    this.#fill();
  }

  /** Takes what was read at the epoch, and ends whom it shuts out; who came meanwhile has asked for another reading. */
  observe({ head, mayView }: Viewing, epoch: number): void {
    if (this.#closed) return;
    if (head === undefined || head.deleted) {
      this.#finish("DELETED", () => true);
      return;
    }
    this.#finish("ACCESS_REVOKED", ({ viewer }) => mayView.get(viewer) === false);
    if (this.#closed) return;
    const wasPaused = this.paused;
    const isForAll = this.viewers.every((viewer) => mayView.has(viewer));
    if (isForAll) this.access.answer(epoch, head.accessRevision);
    // The log no longer leads here: whoever stands below gets a state.
    if (head.logStartVersion > this.version) {
      this.#ring.reset(head.logStartVersion);
      this.#serveSoon(false);
    }
    this.#wanted = Math.max(this.#wanted, head.version);
    this.#fill();
    if (wasPaused && !this.paused) this.#serveSoon(true);
  }

  /** The change that follows the version in the ring; undefined where there is none or the ring begins later. */
  recent(version: number): SharedChange | undefined {
    return this.#shared.recent(version);
  }

  /**
   * The next event for somebody who stands at the version: from the ring, else from the log, else the state.
   * Undefined where the database cannot be reached: then the groups are woken when it is time to try again.
   */
  next(version: number, needsState: boolean): SharedChange | Promise<SharedChange | undefined> {
    const recent = needsState ? undefined : this.recent(version);
    if (recent !== undefined) return recent;
    return this.#shared.stored(version, needsState).catch((error: unknown) => {
      this.#retryLater(error);
      return undefined;
    });
  }

  /** An event that tells of the version itself. */
  eventAt(kind: "OPERATIONS" | "DELETED" | "ACCESS_REVOKED", version: number): SharedChange {
    return standing(this.templateId, kind, version, this.#source.clock.now());
  }

  /** Lets other work of the process go first. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#source.defer(resolve));
  }

  /** A group lost a member; the last one closes the feed. */
  memberLeft(group: SubscriberGroup): void {
    if (group.size === 0) this.#dropEmptyGroups();
  }

  /** Ends all subscriptions; the feed is of no use afterwards. */
  close(reason: EndReason): void {
    for (const group of this.#allGroups()) group.end(reason);
    this.#dropEmptyGroups();
  }

  #finish(kind: "DELETED" | "ACCESS_REVOKED", choose: (member: Subscription) => boolean): void {
    for (const group of this.#allGroups()) group.finish(kind, choose);
    this.#dropEmptyGroups();
  }

  #allGroups(): SubscriberGroup[] {
    return [...this.#groups.values()].flatMap((byViewport) => [...byViewport.values()]);
  }

  #dropEmptyGroups(): void {
    for (const [renderer, byViewport] of this.#groups) {
      for (const [key, group] of byViewport) if (group.size === 0) byViewport.delete(key);
      if (byViewport.size === 0) this.#groups.delete(renderer);
    }
    if (!this.#allGroups().some(({ hasViewport }) => hasViewport)) this.documents.stop();
    if (this.#groups.size > 0 || this.#closed) return;
    this.#closed = true;
    this.#cancelRetry?.();
    this.#owner.emptied(this);
  }

  /** Adds what the message brings beyond the ring's version; false where it does not join on. */
  #append(message: ChangedMessage): boolean {
    const { operations, fromVersion, toVersion } = message;
    if (operations === null || operations.length !== toVersion - fromVersion) return false;
    if (fromVersion > this.version) return false;
    this.#appendAll(operations.slice(this.version - fromVersion));
    return true;
  }

  #appendAll(operations: readonly ChangeOperation[]): void {
    for (const operation of operations) this.#ring.append(operation);
    if (operations.length === 0) return;
    this.documents.follow(operations);
    this.#serveSoon(false);
  }

  #keep(message: ChangedMessage): void {
    if (message.operations === null) return;
    if (this.#early.length < this.settings.earlyMessagesMax) this.#early.push(message);
  }

  /** Adds the early messages that join on now, in whatever order they came. */
  #appendEarly(): void {
    this.#early.sort((a, b) => a.fromVersion - b.fromVersion);
    this.#early = this.#early.filter(
      (message) => message.toVersion > this.version && !this.#append(message),
    );
  }

  #fill(): void {
    this.#appendEarly();
    if (this.#wanted > this.version && !this.#reading && this.#cancelRetry === undefined) {
      void this.#read();
    }
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#wanted > this.version && !this.#closed) {
        const before = this.version;
        const operations = await this.#source.readLog(
          this.templateId,
          before,
          this.#ring.operationBytes,
        );
        this.#takePage(operations);
        this.#appendEarly();
        // Nobody's claim is believed twice: what the log does not have is not there.
        if (operations.length === 0 && this.version === before) this.#wanted = before;
      }
    } catch (error) {
      this.#retryLater(error);
    } finally {
      this.#reading = false;
    }
  }

  #takePage(operations: readonly ChangeOperation[]): void {
    const news = operations.filter((operation) => operation.resultingVersion > this.version);
    const first = news[0];
    if (first === undefined) return;
    // Pruned below it: the feed goes on from there, and who stands below gets a state.
    if (first.resultingVersion !== this.version + 1) this.#ring.reset(first.resultingVersion - 1);
    this.#appendAll(news);
  }

  #serveSoon(wake: boolean): void {
    if (wake) for (const group of this.#allGroups()) group.wakeBehind();
    if (this.#servingSoon) return;
    this.#servingSoon = true;
    this.#source.defer(() => void this.#serveAll());
  }

  /** Each group executes for itself: in between the process does other work. */
  async #serveAll(): Promise<void> {
    this.#servingSoon = false;
    for (const [index, group] of this.#allGroups().entries()) {
      if (index > 0 && index % this.settings.groupsPerTurn === 0) await this.turn();
      group.serve();
    }
  }

  #retryLater(error: unknown): void {
    const isExpected = error instanceof StorageUnavailable;
    if (!isExpected) this.warn(`the changes of template ${this.templateId} cannot be read`, error);
    if (this.#closed || this.#cancelRetry !== undefined) return;
    const delay = isExpected ? error.retryAfterMs : this.settings.retryMsMax;
    this.#cancelRetry = this.#source.clock.after(Math.min(delay, this.settings.retryMsMax), () => {
      this.#cancelRetry = undefined;
      this.#fill();
      this.#serveSoon(true);
    });
  }
}
