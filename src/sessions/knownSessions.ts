/**
 * The sessions in the memory of one node: those that connections hold, and those that were asked for since the last
 * heartbeat. It is bounded: of those that nobody holds the one that was longest not asked for leaves first.
 */
import type { Renewal, Session } from "../storage/sessions/sessionStore.js";

interface Known {
  session: Session;
  /** Undefined where it is held though it was forgotten since it was asked for. */
  tokenHash: string | undefined;
  /** Connections that keep it alive. */
  holds: number;
  /** Whether its person did something since the last heartbeat. */
  isActive: boolean;
}

/** What the memory asks of its owner: to follow the templates it has sessions of. */
export interface TemplateFollower {
  follow(templateId: string): void;
  unfollow(templateId: string): void;
}

export class KnownSessions {
  /** In the order in which they were last asked for. */
  readonly #byHash = new Map<string, Known>();
  readonly #byId = new Map<string, Known>();
  readonly #perTemplate = new Map<string, number>();
  readonly #follower: TemplateFollower;
  readonly #knownMax: number;

  constructor(follower: TemplateFollower, knownMax: number) {
    this.#follower = follower;
    this.#knownMax = knownMax;
  }

  /** Adds a session as the store has it now. */
  add(session: Session, tokenHash: string): void {
    const known = this.#byId.get(session.id) ?? this.#addNew(session);
    known.session = session;
    known.tokenHash = tokenHash;
    this.#byHash.set(tokenHash, known);
    if (this.#byHash.size > this.#knownMax) this.#dropIdlest(known);
  }

  /** The person's session under the hash of a token; asking is a sign of life. */
  find(tokenHash: string, userId: string): Session | undefined {
    const known = this.#byHash.get(tokenHash);
    if (known === undefined || known.session.userId !== userId) return undefined;
    known.isActive = true;
    this.#byHash.delete(tokenHash);
    this.#byHash.set(tokenHash, known);
    return known.session;
  }

  has(sessionId: string): boolean {
    return this.#byId.has(sessionId);
  }

  /** Keeps the session in memory, and renewed, until the returned function is called. */
  hold(session: Session): () => void {
    const known = this.#byId.get(session.id) ?? this.#addNew(session);
    known.holds += 1;
    let isHeld = true;
    return () => {
      if (isHeld) known.holds -= 1;
      isHeld = false;
    };
  }

  acknowledge({ id }: Session, version: number): void {
    const known = this.#byId.get(id);
    if (known === undefined || known.session.lastKnownVersion >= version) return;
    known.session = { ...known.session, lastKnownVersion: version };
    known.isActive = true;
  }

  /** What the next heartbeat tells the store; what gave no sign of life since the last one is forgotten. */
  takeRenewals(): Renewal[] {
    const renewals: Renewal[] = [];
    for (const known of [...this.#byId.values()]) {
      if (known.holds === 0 && !known.isActive) {
        this.forget(known.session.id);
        continue;
      }
      renewals.push(renewalOf(known));
      known.isActive = false;
    }
    return renewals;
  }

  idsOf(templateId: string): string[] {
    const sessions = [...this.#byId.values()].map(({ session }) => session);
    return sessions.filter((session) => session.templateId === templateId).map(({ id }) => id);
  }

  /** Signs of life of those of the sessions that are in memory: asking the store tells which of them are over. */
  renewalsOf(ids: readonly string[]): Renewal[] {
    return ids.flatMap((id) => {
      const known = this.#byId.get(id);
      return known === undefined ? [] : [{ ...renewalOf(known), isActive: false }];
    });
  }

  idsOfPerson(userId: string): string[] {
    const sessions = [...this.#byId.values()].map(({ session }) => session);
    return sessions.filter((session) => session.userId === userId).map(({ id }) => id);
  }

  /** The store's answer: what it no longer has is over, and is returned. */
  settle(renewals: readonly Renewal[], renewed: readonly Session[]): Session[] {
    const over: Session[] = [];
    const byId = new Map(renewed.map((session) => [session.id, session]));
    for (const { id } of renewals) {
      const known = this.#byId.get(id);
      const stored = byId.get(id);
      if (known === undefined) continue;
      if (stored === undefined) {
        over.push(known.session);
        this.forget(id);
        continue;
      }
      const version = Math.max(stored.lastKnownVersion, known.session.lastKnownVersion);
      known.session = { ...stored, lastKnownVersion: version };
    }
    return over;
  }

  /** The store could not be told: the next heartbeat does. */
  restore(renewals: readonly Renewal[]): void {
    for (const { id, isActive } of renewals) {
      const known = this.#byId.get(id);
      if (known !== undefined) known.isActive ||= isActive;
    }
  }

  forget(id: string): void {
    const known = this.#byId.get(id);
    if (known === undefined) return;
    const { templateId } = known.session;
    this.#byId.delete(id);
    if (known.tokenHash !== undefined) this.#byHash.delete(known.tokenHash);
    const left = (this.#perTemplate.get(templateId) ?? 0) - 1;
    if (left > 0) {
      this.#perTemplate.set(templateId, left);
      return;
    }
    this.#perTemplate.delete(templateId);
    this.#follower.unfollow(templateId);
  }

  #addNew(session: Session): Known {
    const { id, templateId } = session;
    const added = { session, tokenHash: undefined, holds: 0, isActive: false };
    this.#byId.set(id, added);
    const sessions = this.#perTemplate.get(templateId) ?? 0;
    this.#perTemplate.set(templateId, sessions + 1);
    if (sessions === 0) this.#follower.follow(templateId);
    return added;
  }

  #dropIdlest(added: Known): void {
    for (const known of this.#byHash.values()) {
      if (known.holds > 0 || known === added) continue;
      this.forget(known.session.id);
      return;
    }
  }
}

function renewalOf({ session, isActive }: Known): Renewal {
  const { templateId, id, lastKnownVersion } = session;
  return { templateId, id, lastKnownVersion, isActive };
}
