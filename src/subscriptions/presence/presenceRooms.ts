/**
 * Presence on one node: a room for each template that somebody here shows themselves on or looks at. Presence lives in
 * memory and in Redis and never touches PostgreSQL, but for the question who may see it.
 */
import { randomUUID } from "node:crypto";
import type { Presence } from "../../commands/services.js";
import { decideAccess } from "../../domain/access/access.js";
import { ShuttingDown } from "../../live/liveTemplates.js";
import type { Session } from "../../storage/sessions/sessionStore.js";
import type { EventSink, LiveSubscription, Renderer } from "../subscription.js";
import { shownAt } from "./presenceActivity.js";
import type { PresenceEntry, PresenceState, ShownPresence } from "../../bus/presenceEntry.js";
import { type PresenceEvent, PresenceSource, type PresencePlace } from "./presenceSource.js";
import { PresenceRoom } from "./presenceRoom.js";
import { defaultPresenceSettings, type PresenceSettings } from "./presenceSettings.js";
import type { RoomParts } from "./roomParts.js";

export interface PresenceRoomsOptions extends Omit<
  RoomParts,
  "settings" | "nextSequence" | "turn"
> {
  /** Keeps the session alive until the returned function is called. */
  readonly hold: (session: Session) => () => void;
  readonly settings?: Partial<PresenceSettings>;
  /** Names a connection that keeps a session alive; a UUID where omitted. */
  readonly newConnectionId?: () => string;
  /** A number from 0 to 1,023 that tells this node's sequences from those of others; drawn where omitted. */
  readonly tag?: number;
}

const tickMs = 1_000;

export class PresenceRooms implements Presence {
  readonly #options: PresenceRoomsOptions;
  readonly #newConnectionId: () => string;
  readonly #parts: RoomParts;
  readonly #rooms = new Map<string, PresenceRoom>();
  #cancelTick: (() => void) | undefined;
  #accessAskedAt = -Infinity;
  #closed = false;

  constructor(options: PresenceRoomsOptions) {
    this.#options = options;
    this.#newConnectionId = options.newConnectionId ?? randomUUID;
    this.#parts = {
      ...options,
      settings: { ...defaultPresenceSettings, ...options.settings },
      nextSequence: sequences(options.tag ?? Math.floor(Math.random() * 1_024)),
      turn: () => new Promise((resolve) => void setImmediate(resolve)),
    };
  }

  /** Rooms that are open on this node. */
  get size(): number {
    return this.#rooms.size;
  }

  /** A session began, or came back. */
  enter(session: Session): void {
    void this.#roomOf(session.templateId)?.enter(session);
  }

  /** A session is over. */
  leave({ templateId, id }: Pick<Session, "templateId" | "id">): void {
    this.#roomOf(templateId)?.leave(id);
  }

  /** The heartbeat of this node renewed these. */
  renewed(sessions: readonly Session[]): void {
    for (const session of sessions) this.#rooms.get(session.templateId)?.renewed(session);
  }

  acted(templateId: string, userId: string, clientId: string): void {
    this.#rooms.get(templateId)?.acted(userId, clientId);
  }

  async update(session: Session, change: Partial<PresenceState>): Promise<ShownPresence> {
    const room = this.#roomOf(session.templateId);
    if (room === undefined) throw new ShuttingDown("the node is stopping");
    return this.#shown(await room.update(session, change));
  }

  async collaborators(templateId: string): Promise<readonly ShownPresence[]> {
    const room = this.#rooms.get(templateId);
    const show = (entry: PresenceEntry) => this.#shown(entry);
    if (room !== undefined) return (await room.entries()).map(show);
    try {
      const { entries } = await this.#parts.store.read(templateId);
      return entries.map(({ entry }) => show(entry));
    } catch {
      // Nobody is here through this node, and of the others nothing is known now.
      return [];
    }
  }

  /**
   * Where a subscriber's events come from; undefined where there is no such template, or none for this viewer. Rejects
   * with `StorageUnavailable`.
   */
  async follow(place: PresencePlace): Promise<PresenceSource | undefined> {
    const head = await this.#parts.access.look(place.viewer, place.templateId);
    const { viewer } = place;
    if (head === undefined || !decideAccess(viewer, "view", head).allowed) return undefined;
    return new PresenceSource(this, place, this.#parts.settings.presencePeopleMs);
  }

  /** Starts to serve a subscriber; used by `PresenceSource`. */
  attach<R>(
    { templateId, viewer, session }: PresencePlace,
    renderer: Renderer<R, PresenceEvent>,
    sink: EventSink<R>,
  ): LiveSubscription {
    const room = this.#roomOf(templateId);
    if (room === undefined) {
      sink.end("shutdown");
      return { resume: () => undefined, close: () => undefined };
    }
    const release = session && this.#options.hold(session);
    const disconnect = session && room.connected(session, this.#newConnectionId());
    const member = room.audience.admit(renderer, sink, viewer, () => {
      release?.();
      disconnect?.();
    });
    // What happened between the check of access and this moment shows in the head.
    room.attended();
    return member;
  }

  /** Ends all subscriptions so that their clients come back elsewhere; who attaches later ends at once. */
  end(): void {
    this.#closed = true;
    this.#cancelTick?.();
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
  }

  async close(): Promise<void> {
    this.end();
    await this.#parts.store.close();
  }

  #shown(entry: PresenceEntry): ShownPresence {
    const { clock, settings } = this.#parts;
    return shownAt(entry, clock.now(), settings);
  }

  #roomOf(templateId: string): PresenceRoom | undefined {
    if (this.#closed) return undefined;
    const open = this.#rooms.get(templateId);
    if (open !== undefined) return open;
    const room = new PresenceRoom(templateId, this.#parts);
    this.#rooms.set(templateId, room);
    this.#cancelTick ??= this.#parts.clock.after(tickMs, () => this.#tick());
    return room;
  }

  #tick(): void {
    const { clock, settings, bus } = this.#parts;
    const now = clock.monotonic();
    const asksAccess = !bus.healthy || now - this.#accessAskedAt >= settings.presenceAccessMs;
    if (asksAccess) this.#accessAskedAt = now;
    for (const [templateId, room] of this.#rooms) {
      room.tick(now);
      // All in one moment, so that the heads of all rooms are one question.
      if (asksAccess) room.checkAccess();
      if (!room.idle) continue;
      room.close();
      this.#rooms.delete(templateId);
    }
    this.#cancelTick = this.#rooms.size > 0 ? clock.after(tickMs, () => this.#tick()) : undefined;
  }
}

/** Nodes that differ in their number; greater sequences would not be exact. */
const tagsMax = 1_024;

/**
 * Makes sequences for the node with the number (0 to 1,023): milliseconds, then that number, so that they follow the time, never
 * fall, and differ between nodes. Each is above the known one.
 */
function sequences(tag: number): (known: number, now: number) => number {
  return (known, now) => {
    const instant = Math.max(now, Math.floor(known / tagsMax));
    const sequence = instant * tagsMax + tag;
    return sequence > known ? sequence : sequence + tagsMax;
  };
}
