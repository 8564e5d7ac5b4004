/**
 * Who is here on one template, as one node knows it, whatever order it heard it in: of what is told about a session
 * the greatest sequence holds, an end holds for good, and what nobody says again is over after its time. Each change
 * gets a revision, so that whoever stands at one is told what changed since and nothing else need be kept for them.
 */
import type { PresenceEntry, ShownTextSelection } from "../../bus/presenceEntry.js";

/** What changed since a revision; each session is in one list at most. */
export interface RosterNews {
  readonly joined: readonly PresenceEntry[];
  readonly moved: readonly PresenceEntry[];
  /** As they were last. */
  readonly left: readonly PresenceEntry[];
}

interface Known {
  entry: PresenceEntry;
  here: boolean;
  /** The revision at which it came. */
  joined: number;
  /** The revision of its last change, also of its leaving. */
  changed: number;
  /** When it is over unless it is said again; of one that is not here, when it is forgotten. */
  until: number;
}

export class Roster {
  readonly #lifetimeMs: number;
  readonly #known = new Map<string, Known>();
  /** Sessions that are over for good, until when that is remembered. */
  readonly #over = new Map<string, number>();
  #revision = 0;
  #forgotten = 0;

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Whoever stands below was not told of an end that is forgotten by now. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Everyone who is here. */
  get entries(): PresenceEntry[] {
    return [...this.#known.values()].filter(({ here }) => here).map(({ entry }) => entry);
  }

  /** What is known of a session, whether it is here or not. */
  get(sessionId: string): PresenceEntry | undefined {
    return this.#known.get(sessionId)?.entry;
  }

  isHere(sessionId: string): boolean {
    return this.#known.get(sessionId)?.here === true;
  }

  isOver(sessionId: string): boolean {
    return this.#over.has(sessionId);
  }

  /** A revision for a change of something that is shown beside the roster. */
  advance(): number {
    this.#revision += 1;
    return this.#revision;
  }

  /** What is shown of the session changed, though nobody said anything new. */
  touch(sessionId: string): void {
    const known = this.#known.get(sessionId);
    if (known?.here === true) known.changed = this.advance();
  }

  /** Takes what is told of a session; true where that changes what is shown. */
  merge(entry: PresenceEntry, now: number, ageMs = 0): boolean {
    const until = now + this.#lifetimeMs - ageMs;
    if (until <= now || this.#over.has(entry.sessionId)) return false;
    const known = this.#known.get(entry.sessionId);
    if (known === undefined) {
      const revision = this.advance();
      const arrived = { entry, here: true, joined: revision, changed: revision, until };
      this.#known.set(entry.sessionId, arrived);
      return true;
    }
    if (entry.sequence < known.entry.sequence) return false;
    const isNews = entry.sequence > known.entry.sequence || !known.here;
    known.until = known.here ? Math.max(known.until, until) : until;
    if (!isNews) return false;
    known.changed = this.advance();
    if (!known.here) known.joined = known.changed;
    known.here = true;
    known.entry = entry;
    return true;
  }

  /**
   * Where the session's place in a text is by now; true where that changes what is shown. What the client said stays
   * what it said: the sequence is the same, and so every node that knows it comes to the same place.
   */
  moveSelection(sessionId: string, selection: ShownTextSelection | null): boolean {
    const known = this.#known.get(sessionId);
    const before = known?.entry.textSelection;
    if (known === undefined || before == null) return false;
    const { textSelection: _, ...others } = known.entry;
    known.entry = selection === null ? others : { ...others, textSelection: selection };
    const isSame = selection?.index === before.index && selection.length === before.length;
    if (isSame || !known.here) return false;
    known.changed = this.advance();
    return true;
  }

  /** The session is over for good; true where that changes what is shown. */
  end(sessionId: string, now: number): boolean {
    this.#over.set(sessionId, now + this.#lifetimeMs);
    const known = this.#known.get(sessionId);
    if (known === undefined || !known.here) return false;
    this.#leave(known, now);
    return true;
  }

  /** Drops who was not said again in time and what need not be remembered; true where what is shown changes. */
  expire(now: number): boolean {
    let changed = false;
    for (const [sessionId, known] of this.#known) {
      if (known.until > now) continue;
      if (known.here) {
        this.#leave(known, now);
        changed = true;
      } else {
        this.#known.delete(sessionId);
        this.#forgotten = Math.max(this.#forgotten, known.changed);
      }
    }
    for (const [sessionId, until] of this.#over) {
      if (until <= now) this.#over.delete(sessionId);
    }
    return changed;
  }

  /** What somebody who stands at the revision must be told; who stands at 0 is told everyone. */
  since(revision: number): RosterNews {
    const news = {
      joined: [] as PresenceEntry[],
      moved: [] as PresenceEntry[],
      left: [] as PresenceEntry[],
    };
    for (const { entry, here, joined, changed } of this.#known.values()) {
      if (changed <= revision) continue;
      if (!here) {
        if (joined <= revision) news.left.push(entry);
      } else if (joined > revision) news.joined.push(entry);
      else news.moved.push(entry);
    }
    return news;
  }

  #leave(known: Known, now: number): void {
    known.here = false;
    known.changed = this.advance();
    known.until = now + this.#lifetimeMs;
  }
}
