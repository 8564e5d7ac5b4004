/**
 * The sessions in the memory of one node: those that connections hold, and those that were asked for since the last
 * heartbeat. It is bounded: of those that nobody holds the one that was longest not asked for leaves first.
 */
import type { Renewal, Session } from "../storage/sessionStore.js";

interface Known {
  session: Session;
  readonly tokenHash: string;
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
    const known = this.#byId.get(session.id);
    if (known !== undefined) {
      known.session = session;
      return;
    }
    const added = { session, tokenHash, holds: 0, isActive: false };
    this.#byHash.set(tokenHash, added);
    this.#byId.set(session.id, added);
    const sessions = this.#perTemplate.get(session.templateId) ?? 0;
    this.#perTemplate.set(session.templateId, sessions + 1);
    if (sessions === 0) this.#follower.follow(session.templateId);
    if (this.#byId.size > this.#knownMax) this.#dropIdlest(added);
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

  /** Keeps the session in memory, and renewed, until the returned function is called. */
  hold({ id }: Session): () => void {
    const known = this.#byId.get(id);
    if (known === undefined) return () => {};
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
      const { session, holds, isActive } = known;
      if (holds === 0 && !isActive) {
        this.forget(session.id);
        continue;
      }
      const { templateId, id, lastKnownVersion } = session;
      renewals.push({ templateId, id, lastKnownVersion, isActive });
      known.isActive = false;
    }
    return renewals;
  }

  /** The store's answer: what it no longer has is over. */
  settle(renewals: readonly Renewal[], renewed: readonly Session[]): void {
    const byId = new Map(renewed.map((session) => [session.id, session]));
    for (const { id } of renewals) {
      const known = this.#byId.get(id);
      const stored = byId.get(id);
      if (stored === undefined) this.forget(id);
      else if (known !== undefined) {
        const version = Math.max(stored.lastKnownVersion, known.session.lastKnownVersion);
        known.session = { ...stored, lastKnownVersion: version };
      }
    }
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
    this.#byHash.delete(known.tokenHash);
    const left = (this.#perTemplate.get(templateId) ?? 0) - 1;
    if (left > 0) {
      this.#perTemplate.set(templateId, left);
      return;
    }
    this.#perTemplate.delete(templateId);
    this.#follower.unfollow(templateId);
  }

  #dropIdlest(added: Known): void {
    for (const known of this.#byHash.values()) {
      if (known.holds > 0 || known === added) continue;
      this.forget(known.session.id);
      return;
    }
  }
}
