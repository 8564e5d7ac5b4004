/**
 * What one node knows of how the sessions of a template live: which connections of its own keep them alive, when their
 * people last did something, and so whether they are idle or away.
 */
import { activityOf } from "./presenceActivity.js";
import type {
  PresenceActivity,
  PresenceEntry,
  SessionLife,
  SessionShown,
} from "../../bus/presenceEntry.js";
import type { RoomParts } from "./roomParts.js";
import type { Roster } from "./roster.js";

/** A heartbeat tells the time of a sign of life that was told already, give or take its own clock. */
const STEP_MS = 1_000;
/** What a client does is told so often. */
const ACTED_STEP_MS = 5_000;

export class SessionLives {
  readonly #roster: Roster;
  readonly #parts: Pick<RoomParts, "clock" | "settings">;
  /** Connections of this node by session, the newest last. */
  readonly #connections = new Map<string, readonly string[]>();
  /** When somebody was last found to act, by person and client. */
  readonly #actedAt = new Map<string, number>();
  #activities = new Map<string, PresenceActivity>();

  constructor(roster: Roster, parts: Pick<RoomParts, "clock" | "settings">) {
    this.#roster = roster;
    this.#parts = parts;
  }

  /** A connection keeps the session alive from now on. */
  connected(sessionId: string, connectionId: string): void {
    const connections = this.#connections.get(sessionId) ?? [];
    this.#connections.set(sessionId, [...connections, connectionId]);
  }

  /** It does no longer; true where it is the one that is shown, and not another one, here or on another node. */
  disconnected(sessionId: string, connectionId: string): boolean {
    const left = this.#connections.get(sessionId)?.filter((id) => id !== connectionId) ?? [];
    if (left.length > 0) this.#connections.set(sessionId, left);
    else this.#connections.delete(sessionId);
    return this.#roster.get(sessionId)?.life?.connectionId === connectionId;
  }

  /** The newest connection of this node that keeps the session alive; null where there is none. */
  connectionOf(sessionId: string): string | null {
    return this.#connections.get(sessionId)?.at(-1) ?? null;
  }

  /** The life of the session by now; versions and times that were told before never fall. */
  of(session: SessionShown, news: Partial<SessionLife> = {}): SessionLife {
    const { id, lastKnownVersion, lastActiveAt } = session;
    const told = this.#roster.get(id)?.life;
    return {
      connectionId: this.connectionOf(id) ?? told?.connectionId ?? null,
      ...news,
      lastKnownVersion: Math.max(lastKnownVersion, told?.lastKnownVersion ?? 0),
      lastActiveAt: Math.max(lastActiveAt, told?.lastActiveAt ?? 0, news.lastActiveAt ?? 0),
    };
  }

  /**
   * Whether no other node has a connection of the session, as far as is known. What another node hears of its client at
   * this moment is newer than what this one could repeat.
   */
  #isOurs(id: string, life: SessionLife): boolean {
    return life.connectionId === null || life.connectionId === this.connectionOf(id);
  }

  /** The session of an entry that says nothing of the connection that this node has; undefined where it does. */
  denied({ sessionId: id, userId, clientId, color, joinedAt, life }: PresenceEntry) {
    if (life?.connectionId !== null || this.connectionOf(id) === null) return undefined;
    return { ...life, id, userId, clientId, color, joinedAt } satisfies SessionShown;
  }

  /** Whether what the heartbeat found of the session is newer than what was told. */
  isNews({ id, lastKnownVersion, lastActiveAt }: SessionShown): boolean {
    const told = this.#roster.get(id)?.life;
    if (told === undefined || !this.#isOurs(id, told)) return false;
    return lastKnownVersion > told.lastKnownVersion || lastActiveAt > told.lastActiveAt + STEP_MS;
  }

  /** The sessions of a client whose person does something now: none where that was told a short while ago. */
  acting(userId: string, clientId: string): readonly SessionShown[] {
    const { clock } = this.#parts;
    const heardAt = clock.monotonic();
    const key = JSON.stringify([userId, clientId]);
    // Edits come in dozens a second; who is here is looked through now and then.
    if (heardAt - (this.#actedAt.get(key) ?? -Infinity) < ACTED_STEP_MS) return [];
    this.#actedAt.set(key, heardAt);
    const actsAt = clock.now();
    return this.#roster.entries.flatMap(({ sessionId: id, color, joinedAt, life, ...entry }) => {
      const isTheirs = entry.userId === userId && entry.clientId === clientId;
      if (!isTheirs || life === undefined || !this.#isOurs(id, life)) return [];
      return { ...life, id, userId, clientId, color, joinedAt, lastActiveAt: actsAt };
    });
  }

  /** Marks whoever became idle or away as changed; true where that is somebody. */
  pass(): boolean {
    const { clock, settings } = this.#parts;
    const heardNow = clock.monotonic();
    for (const [key, heardAt] of this.#actedAt) {
      if (heardNow - heardAt >= ACTED_STEP_MS) this.#actedAt.delete(key);
    }
    const instant = clock.now();
    const before = this.#activities;
    this.#activities = new Map();
    let changed = false;
    for (const entry of this.#roster.entries) {
      const activity = activityOf(entry, instant, settings);
      this.#activities.set(entry.sessionId, activity);
      if ((before.get(entry.sessionId) ?? activity) === activity) continue;
      this.#roster.touch(entry.sessionId);
      changed = true;
    }
    return changed;
  }
}
