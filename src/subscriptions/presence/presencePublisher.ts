/**
 * Publishes what one room knows first: its sessions' newest entries, to the other nodes at most 30 times a second and
 * to the store once a second. Joins and leaves are published at once.
 */
import type { PresenceMessage } from "../../bus/changeBus.js";
import { Pacer } from "../../platform/pacer.js";
import type { PresenceEntry } from "../../bus/presenceEntry.js";
import type { RoomParts } from "./roomParts.js";
import type { Roster } from "./roster.js";

/** Entries in one message: more are told in several. */
const messageEntriesMax = 200;

export class PresencePublisher {
  readonly #templateId: string;
  readonly #roster: Roster;
  readonly #parts: RoomParts;
  readonly #publish: (message: PresenceMessage) => void;
  /** The store did not take what it was told. */
  readonly #failed: () => void;
  readonly #unpublished = new Set<string>();
  readonly #unstored = new Set<string>();
  /** Sessions that ended here, until when that is said again. */
  readonly #ended = new Map<string, number>();
  readonly #messages: Pacer;
  readonly #writes: Pacer;

  constructor(
    templateId: string,
    roster: Roster,
    parts: RoomParts,
    publish: (message: PresenceMessage) => void,
    failed: () => void,
  ) {
    const { clock, settings } = parts;
    this.#templateId = templateId;
    this.#roster = roster;
    this.#parts = parts;
    this.#publish = publish;
    this.#failed = failed;
    this.#messages = new Pacer(clock, settings.presenceMessageMs, () => this.#tell());
    this.#writes = new Pacer(clock, settings.presenceStoreMs, () => this.#write());
  }

  /** Whether there is nothing to tell, now or again. */
  get idle(): boolean {
    return this.#unpublished.size === 0 && this.#unstored.size === 0 && this.#ended.size === 0;
  }

  /** The session came, or says something new of itself. */
  changed(sessionId: string, isNew: boolean): void {
    this.renewed(sessionId);
    if (isNew) this.#writes.hurry();
  }

  /** The session is still here. */
  renewed(sessionId: string): void {
    this.#unpublished.add(sessionId);
    this.#unstored.add(sessionId);
    this.#messages.request();
    this.#writes.request();
  }

  /** The session is over. */
  ended(sessionId: string): void {
    const { clock, settings } = this.#parts;
    this.#ended.set(sessionId, clock.monotonic() + settings.presenceLifetimeMs);
    this.renewed(sessionId);
    this.#writes.hurry();
  }

  /** Says again which sessions ended here, as long as somebody may show them. */
  renewEnded(now: number): void {
    for (const [sessionId, until] of this.#ended) {
      if (until > now) this.renewed(sessionId);
      else this.#ended.delete(sessionId);
    }
  }

  /** Tells the rest and ends. */
  finish(): void {
    this.#messages.stop();
    this.#writes.stop();
    this.#tell();
    void this.#write();
  }

  #tell(): void {
    const { entries, left } = this.#take(this.#unpublished);
    const { templateId } = { templateId: this.#templateId };
    for (let begin = 0; begin < Math.max(entries.length, left.length); begin += messageEntriesMax) {
      this.#publish({
        kind: "presence",
        templateId,
        entries: entries.slice(begin, begin + messageEntriesMax),
        left: left.slice(begin, begin + messageEntriesMax),
      });
    }
  }

  async #write(): Promise<void> {
    const { entries, left } = this.#take(this.#unstored);
    await this.#parts.store.write(this.#templateId, entries, left).catch(this.#failed);
  }

  /** What is to be said of the sessions now. */
  #take(sessionIds: Set<string>): { entries: PresenceEntry[]; left: string[] } {
    const entries: PresenceEntry[] = [];
    const left: string[] = [];
    for (const sessionId of sessionIds) {
      const entry = this.#roster.get(sessionId);
      if (this.#roster.isOver(sessionId)) left.push(sessionId);
      else if (entry !== undefined) entries.push(entry);
    }
    sessionIds.clear();
    return { entries, left };
  }
}
