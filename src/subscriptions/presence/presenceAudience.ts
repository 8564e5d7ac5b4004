/**
 * The subscribers of one template's presence on one node. All that changed since the last round goes out as one event,
 * at most 30 rounds a second; who stands at the same revision shares the event and its rendering. Nothing is queued
 * for one that takes no more: it keeps its revision and is told what changed since, the newest only.
 */
import type { Viewing } from "../changes/viewing.js";
import type { Viewer } from "../../domain/access/access.js";
import type { Clock } from "../../platform/clock.js";
import type { EndReason, EventSink, Renderer } from "../subscription.js";
import type { Warn } from "../../platform/logging.js";
import { Pacer } from "../../platform/pacer.js";
import type { PresenceEvent } from "./presenceSource.js";
import { PresenceMember, type MemberOwner } from "./presenceMember.js";
import type { PresenceSettings } from "./presenceSettings.js";

/** What there is to tell. */
export interface AudienceStage {
  readonly revision: number;
  /** Whoever stands below must begin anew. */
  readonly forgotten: number;
  /** Whether nothing may be told now: who may see it is being asked, or who is here and what is locked is not known yet. */
  readonly paused: boolean;
  eventSince(revision: number): PresenceEvent;
  /** The last subscriber left. */
  deserted(): void;
}

export interface AudienceParts {
  readonly clock: Clock;
  readonly settings: PresenceSettings;
  readonly warn: Warn;
  /** Lets other work of the process go first. */
  readonly turn: () => Promise<void>;
}

export class PresenceAudience implements MemberOwner {
  readonly #stage: AudienceStage;
  readonly #parts: AudienceParts;
  readonly #members = new Set<PresenceMember>();
  readonly #rounds: Pacer;

  constructor(stage: AudienceStage, parts: AudienceParts) {
    this.#stage = stage;
    this.#parts = parts;
    this.#rounds = new Pacer(parts.clock, parts.settings.presenceMessageMs, () => this.#round());
  }

  get size(): number {
    return this.#members.size;
  }

  get viewers(): Viewer[] {
    return [...this.#members].map(({ viewer }) => viewer);
  }

  /** Takes in a subscriber, whose first event tells everyone who is here. */
  admit<R>(
    renderer: Renderer<R, PresenceEvent>,
    sink: EventSink<R>,
    viewer: Viewer,
    release: () => void,
  ): PresenceMember<R> {
    const member = new PresenceMember(this, renderer, sink, viewer, this.#parts.warn, release);
    this.#members.add(member as PresenceMember);
    this.#rounds.request();
    return member;
  }

  /** There is something to tell, or a reason not to tell is gone. */
  news(): void {
    if (this.#members.size > 0) this.#rounds.request();
  }

  resumed(): void {
    this.news();
  }

  left(member: PresenceMember): void {
    this.#members.delete(member);
    if (this.#members.size === 0) {
      this.#rounds.stop();
      this.#stage.deserted();
    }
  }

  /** Ends the subscriptions of those whom `choose` names. */
  end(reason: EndReason, choose: (viewer: Viewer) => boolean = () => true): void {
    for (const member of [...this.#members]) if (choose(member.viewer)) member.end(reason);
  }

  async #round(): Promise<void> {
    if (this.#stage.paused) return;
    const { revision, forgotten } = this.#stage;
    for (const [since, renderers] of this.#whoWaits(revision)) {
      if (since > 0 && since < forgotten) {
        // It has read nothing for so long that nobody knows what it shows.
        for (const members of renderers.values()) {
          for (const member of members) member.end("shutdown");
        }
        continue;
      }
      const event = this.#stage.eventSince(since);
      const tellsNothing = since > 0 && isEmpty(event);
      for (const [renderer, members] of renderers) {
        if (tellsNothing) {
          for (const member of members) member.revision = revision;
          continue;
        }
        const rendered = renderer.render(event);
        const ready = rendered instanceof Promise ? await rendered : rendered;
        await this.#handOut(members, ready, revision);
      }
    }
    // Rendering takes a while, in which more may have happened.
    if (this.#stage.revision > revision) this.#rounds.request();
  }

  /** Whether it tells of everybody who looks: who came meanwhile has asked again. */
  observe({ head, mayView }: Viewing): boolean {
    const isThere = head !== undefined && !head.deleted;
    if (!isThere) this.end("deleted");
    this.end("accessRevoked", (viewer) => mayView.get(viewer) === false);
    return !isThere || this.viewers.every((viewer) => mayView.has(viewer));
  }

  /** Members that can be told something, by where they stand and how it is rendered. */
  #whoWaits(
    revision: number,
  ): Map<number, Map<Renderer<unknown, PresenceEvent>, PresenceMember[]>> {
    const waiting = new Map<number, Map<Renderer<unknown, PresenceEvent>, PresenceMember[]>>();
    for (const member of this.#members) {
      if (member.revision === revision || !member.ready) continue;
      const since = member.revision ?? 0;
      const renderers = waiting.get(since) ?? new Map<typeof member.renderer, PresenceMember[]>();
      waiting.set(since, renderers);
      const members = renderers.get(member.renderer);
      if (members === undefined) renderers.set(member.renderer, [member]);
      else members.push(member);
    }
    return waiting;
  }

  async #handOut(
    members: readonly PresenceMember[],
    ready: unknown,
    revision: number,
  ): Promise<void> {
    const { settings, turn } = this.#parts;
    for (const [index, member] of members.entries()) {
      if (index > 0 && index % settings.deliveriesPerTurn === 0) await turn();
      if (this.#stage.paused) return;
      if (member.ready) member.deliver(ready, revision);
    }
  }
}

/** Somebody came and went before anybody was told. */
function isEmpty({ joined, moved, left, locks }: PresenceEvent): boolean {
  return joined.length + moved.length + left.length === 0 && locks === null;
}
