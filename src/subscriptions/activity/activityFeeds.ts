/** The templates whose activity somebody follows on one node, each heard of once for all who follow it. */
import type { AccessReader } from "../../storage/access/accessReader.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import type { ChangeBus } from "../../bus/changeBus.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { Warn } from "../../platform/logging.js";
import { type ActivityEvent, ActivitySource, type ActivityPlace } from "./activitySource.js";
import { ActivityFeed, ActivityMember } from "./activityFeed.js";

export interface ActivityFeedsOptions {
  readonly bus: ChangeBus;
  /** The head as of the call or later; lookups of one moment share a query. May reject with `StorageUnavailable`. */
  readonly head: (templateId: string) => Promise<TemplateHead | undefined>;
  readonly access: Pick<AccessReader, "granted">;
  /** How long the names of people may be out of date. */
  readonly peopleMs: number;
  readonly warn: Warn;
}

interface OpenFeed {
  readonly feed: ActivityFeed;
  readonly unsubscribe: () => void;
}

export class ActivityFeeds {
  readonly #options: ActivityFeedsOptions;
  readonly #open = new Map<string, OpenFeed>();
  readonly #members = new Set<ActivityMember>();
  #closed = false;

  constructor(options: ActivityFeedsOptions) {
    this.#options = options;
  }

  /** Templates that somebody follows on this node. */
  get size(): number {
    return this.#open.size;
  }

  /** Where a subscriber's events come from; templates that are not there for the viewer are silent. */
  follow(place: ActivityPlace): ActivitySource {
    return new ActivitySource(this, place, this.#options.peopleMs);
  }

  /** Starts to serve a subscriber; used by `ActivitySource`. */
  attach<R>(
    { templateIds, viewer }: ActivityPlace,
    renderer: Renderer<R, ActivityEvent>,
    sink: EventSink<R>,
  ): LiveSubscription {
    const followed = [...new Set(templateIds)];
    const member = new ActivityMember(renderer, sink, viewer, this.#options.warn, (left) => {
      this.#members.delete(left);
      for (const templateId of followed) this.#leave(templateId, left);
    });
    const any = member as ActivityMember;
    this.#members.add(any);
    for (const templateId of followed) this.#feedOf(templateId).members.add(any);
    if (this.#closed) member.end("shutdown");
    return member;
  }

  /** Ends all subscriptions so that their clients come back elsewhere; who attaches later ends at once. */
  close(): void {
    this.#closed = true;
    for (const member of [...this.#members]) member.end("shutdown");
  }

  #feedOf(templateId: string): ActivityFeed {
    const present = this.#open.get(templateId);
    if (present !== undefined) return present.feed;
    const { bus, head, access } = this.#options;
    const feed = new ActivityFeed(() => head(templateId), access);
    const unsubscribe = bus.subscribe(
      templateId,
      (message) => {
        if (message.kind === "activity") feed.receive(message);
      },
      "activity",
    );
    this.#open.set(templateId, { feed, unsubscribe });
    return feed;
  }

  #leave(templateId: string, member: ActivityMember): void {
    const open = this.#open.get(templateId);
    if (open === undefined) return;
    open.feed.members.delete(member);
    if (open.feed.members.size > 0) return;
    open.unsubscribe();
    this.#open.delete(templateId);
  }
}
