/**
 * One template's presence on one node: what it knows of everyone, what it tells the other nodes and the store, and its
 * subscribers. Messages may get lost, doubled or out of order: entries are whole, the newest holds, every node says
 * again what it vouches for, and the store is read again; so all rooms of a template come to show the same.
 */
import type { Session } from "../../storage/sessions/sessionStore.js";
import type { TopicMessages } from "../../bus/changeBus.js";
import { readViewing } from "../changes/viewing.js";
import { AccessCheck } from "./accessCheck.js";
import { PresenceAudience, type AudienceStage } from "./presenceAudience.js";
import { shownNews } from "./presenceActivity.js";
import { entryOf, type PresenceEntry, type PresenceState } from "../../bus/presenceEntry.js";
import type { SessionShown } from "../../bus/presenceEntry.js";
import { SessionLives } from "./sessionLives.js";
import type { PresenceEvent } from "./presenceSource.js";
import type { RoomParts } from "./roomParts.js";
import { Roster } from "./roster.js";
import { ShownLocks } from "./shownLocks.js";
import { PresencePublisher } from "./presencePublisher.js";
import { TextSelections } from "./textSelections.js";

export class PresenceRoom implements AudienceStage {
  readonly #parts: RoomParts;
  readonly #roster: Roster;
  /** Sessions that came or moved through this node: it says them again as long as it serves them. */
  readonly #own = new Set<string>();
  readonly #lives: SessionLives;
  readonly #publisher: PresencePublisher;
  readonly #access: AccessCheck;
  readonly #locks: ShownLocks;
  readonly #selections: TextSelections;
  readonly #unsubscribe: () => void;
  /** Settles when the store was read once, or could not be. */
  readonly #opened: Promise<void>;
  readonly audience: PresenceAudience;
  #isOpen = false;
  #publishing = false;
  /** Something may not have reached the other nodes or the store, or not come from there. */
  #isCutOff = false;
  #renewedAt: number;

  constructor(
    readonly templateId: string,
    parts: RoomParts,
  ) {
    const { clock, settings, bus } = parts;
    this.#parts = parts;
    this.#renewedAt = clock.monotonic();
    this.#roster = new Roster(settings.presenceLifetimeMs);
    this.#lives = new SessionLives(this.#roster, parts);
    const publish: ConstructorParameters<typeof PresencePublisher>[3] = (message) => {
      this.#publishing = true;
      bus.publish(message);
      this.#publishing = false;
    };
    const failed = () => (this.#isCutOff = true);
    this.#publisher = new PresencePublisher(templateId, this.#roster, parts, publish, failed);
    this.audience = new PresenceAudience(this, parts);
    this.#access = new AccessCheck(
      () => readViewing(parts, templateId, () => this.audience.viewers),
      (viewing) => this.audience.observe(viewing),
      () => this.audience.news(),
    );
    this.#locks = new ShownLocks(
      () => parts.readLocks(templateId),
      () => {
        this.#locks.revision = this.#roster.advance();
        this.audience.news();
      },
    );
    this.#selections = new TextSelections(templateId, parts, this.#roster, () =>
      this.audience.news(),
    );
    this.#isCutOff = !bus.healthy;
    this.#unsubscribe = bus.subscribe(templateId, (message) => this.#receive(message), "presence");
    this.#opened = this.#load().finally(() => {
      this.#isOpen = true;
      this.audience.news();
    });
  }

  get revision(): number {
    return this.#roster.revision;
  }

  get forgotten(): number {
    return this.#roster.forgotten;
  }

  get paused(): boolean {
    return !this.#isOpen || this.#access.isAsking || this.#locks.areUnknown;
  }

  /** Whether nobody needs it any more. */
  get idle(): boolean {
    return this.audience.size === 0 && this.#own.size === 0 && this.#publisher.idle;
  }

  /** Everyone who is here, once the room knows. */
  async entries(): Promise<PresenceEntry[]> {
    await this.#opened;
    return this.#roster.entries;
  }

  /** Shows the session, as it was if it was here before. */
  async enter(session: Session): Promise<void> {
    await this.#opened;
    const { id } = session;
    const known = this.#roster.get(id);
    if (known === undefined) return void this.#say(session, {});
    if (this.#roster.isOver(id)) return;
    this.#own.add(id);
    if (this.#roster.merge(known, this.#parts.clock.monotonic())) this.audience.news();
    this.#publisher.renewed(id);
  }

  /** Shows what the session's client says of itself; what it does not mention stays. */
  async update(session: Session, change: Partial<PresenceState>): Promise<PresenceEntry> {
    await this.#opened;
    const updatedAt = this.#parts.clock.now();
    const life = this.#lives.of(session, { lastActiveAt: updatedAt });
    return this.#say(session, { ...this.#roster.get(session.id), ...change }, { life, updatedAt });
  }

  /** A connection keeps the session alive from now on, until the returned function is called. */
  connected(session: Session, connectionId: string): () => void {
    this.#lives.connected(session.id, connectionId);
    void this.enter(session).then(() => this.#showConnection(session));
    return () => {
      if (this.#lives.disconnected(session.id, connectionId)) this.#showConnection(session);
    };
  }

  /** Shows what the heartbeat found of a session of this node. */
  renewed(session: Session): void {
    const isNews = this.#own.has(session.id) && this.#lives.isNews(session);
    if (isNews) this.#say(session, this.#roster.get(session.id) ?? {});
  }

  /** A person did something with a client, such as an edit. */
  acted(userId: string, clientId: string): void {
    for (const session of this.#lives.acting(userId, clientId)) {
      this.#say(session, this.#roster.get(session.id) ?? {});
    }
  }

  /** The session is over, for good. */
  leave(sessionId: string): void {
    this.#own.delete(sessionId);
    if (this.#roster.end(sessionId, this.#parts.clock.monotonic())) this.audience.news();
    this.#publisher.ended(sessionId);
  }

  /** Asks anew who may see it. */
  checkAccess(): void {
    if (this.audience.size > 0) this.#access.look();
  }

  /** Called every second. */
  tick(now: number): void {
    const isOver = this.#roster.expire(now);
    if (this.#lives.pass() || isOver) this.audience.news();
    this.#access.retry();
    this.#locks.retry();
    const { bus, settings } = this.#parts;
    const isDue = now - this.#renewedAt >= settings.presenceRenewMs;
    // What was lost while Redis was away is said as soon as it is back, not at the next renewal.
    if (isDue || (this.#isCutOff && bus.healthy)) this.#renew();
    if (!bus.healthy) this.#isCutOff = true;
  }

  eventSince(revision: number): PresenceEvent {
    const { clock, settings } = this.#parts;
    const serverTimestamp = clock.now();
    return {
      templateId: this.templateId,
      ...shownNews(this.#roster.since(revision), serverTimestamp, settings),
      locks: this.#locks.since(revision),
      serverTimestamp,
    };
  }

  /** Somebody subscribes: from now on the locks are shown, and access is watched. */
  attended(): void {
    this.#locks.start();
    this.#access.look();
  }

  deserted(): void {
    this.#locks.stop();
  }

  /** Ends what there is; what is not told yet is told. */
  close(): void {
    this.audience.end("shutdown");
    this.#publisher.finish();
    this.#selections.stop();
    this.#unsubscribe();
  }

  #receive(message: TopicMessages["presence"]): void {
    if (this.#publishing) return;
    if (message.kind === "locks") return this.#locks.changed();
    if (message.kind === "accessChanged") {
      if (this.audience.size > 0) this.#access.suspect();
      this.#locks.changed();
      // It is also said where messages may have been missed, by all sides.
      return this.#renew();
    }
    const now = this.#parts.clock.monotonic();
    let changed = false;
    for (const entry of message.entries) changed = this.#merge(entry, now) || changed;
    for (const sessionId of message.left) {
      this.#own.delete(sessionId);
      changed = this.#roster.end(sessionId, now) || changed;
    }
    if (changed) this.audience.news();
  }

  /** Says again who is here through this node, and hears what others wrote. */
  #renew(): void {
    const now = this.#parts.clock.monotonic();
    this.#renewedAt = now;
    this.#isCutOff = !this.#parts.bus.healthy;
    for (const sessionId of this.#own) {
      const entry = this.#roster.get(sessionId);
      if (entry === undefined || !this.#parts.serves(sessionId)) {
        this.#own.delete(sessionId);
        continue;
      }
      if (this.#roster.merge(entry, now)) this.audience.news();
      this.#publisher.renewed(sessionId);
    }
    this.#publisher.renewEnded(now);
    this.#selections.check();
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      const { entries, over } = await this.#parts.store.read(this.templateId);
      const now = this.#parts.clock.monotonic();
      let changed = false;
      for (const sessionId of over) {
        this.#own.delete(sessionId);
        changed = this.#roster.end(sessionId, now) || changed;
      }
      for (const { entry, ageMs } of entries) {
        changed = this.#merge(entry, now, ageMs) || changed;
      }
      if (changed) this.audience.news();
    } catch {
      // It is read again in a moment; until then there is what the other nodes say.
      this.#isCutOff = true;
    }
  }

  #showConnection(session: SessionShown): void {
    const known = this.#roster.get(session.id);
    if (known === undefined || this.#roster.isOver(session.id)) return;
    const connectionId = this.#lives.connectionOf(session.id);
    if (known.life?.connectionId === connectionId) return;
    this.#say(session, known, { life: this.#lives.of(session, { connectionId }) });
  }

  #say(
    session: SessionShown,
    state: Partial<PresenceState>,
    news: Partial<Pick<PresenceEntry, "life" | "updatedAt">> = {},
  ): PresenceEntry {
    const { clock, nextSequence } = this.#parts;
    const instant = clock.now();
    const known = this.#roster.get(session.id);
    const entry = entryOf(session, state, {
      sequence: nextSequence(known?.sequence ?? 0, instant),
      updatedAt: news.updatedAt ?? known?.updatedAt ?? instant,
      life: news.life ?? this.#lives.of(session),
    });
    // One that is over is not shown again, whoever still asks for it.
    if (!this.#merge(entry, clock.monotonic())) return entry;
    this.#own.add(session.id);
    this.#publisher.changed(session.id, known === undefined);
    this.audience.news();
    return entry;
  }

  /** Takes what is told of a session; true where that changes what is shown. */
  #merge(entry: PresenceEntry, now: number, ageMs?: number): boolean {
    if (!this.#roster.merge(entry, now, ageMs)) return false;
    this.#selections.shown(entry);
    const denied = this.#lives.denied(entry);
    if (denied !== undefined) this.#showConnection(denied);
    return true;
  }
}
