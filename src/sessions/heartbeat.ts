/**
 * The heartbeat of one node's sessions: every so often one statement renews all that gave a sign of life here, and
 * sessions that no node renewed are ended. A node that dies stops doing so, and another ends its sessions.
 */
import type { Clock } from "../platform/clock.js";
import type { Renewal, Session, SessionStore } from "../storage/sessions/sessionStore.js";
import type { AccessWatch } from "./accessWatch.js";
import type { KnownSessions } from "./knownSessions.js";
import type { SessionEnd } from "./sessions.js";
import { leaseMsOf, type SessionSettings } from "./sessionSettings.js";

/** Sessions ended by one statement. */
const ENDED_AT_ONCE_MAX = 200;

export interface HeartbeatParts {
  readonly store: SessionStore;
  readonly known: KnownSessions;
  readonly access: AccessWatch;
  readonly clock: Clock;
  readonly settings: SessionSettings;
  readonly ended: (session: Session, reason: SessionEnd) => void;
  readonly renewed: (sessions: readonly Session[]) => void;
  /** This node had it in memory, and it was ended elsewhere. */
  readonly gone: (session: Session) => void;
  readonly warn: (message: string, error: unknown) => void;
}

export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #cancel: (() => void) | undefined;
  #stopped = false;
  /** Whether the database answered the last heartbeat. */
  #isRegular = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, settings } = this.#parts;
    this.#cancel = clock.after(settings.sessionRenewMs, () => {
      void this.#beat().finally(() => {
        if (!this.#stopped) this.start();
      });
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Asks the store for sessions that may be over; those that are leave memory. */
  async verify(ids: readonly string[]): Promise<void> {
    try {
      await this.#tell(this.#parts.known.renewalsOf(ids));
    } catch {
      // The next heartbeat asks for all of them.
    }
  }

  async #beat(): Promise<void> {
    try {
      await this.#renew();
      // After an outage every node gets one heartbeat in which to renew what it holds.
      if (this.#isRegular) await this.#sweep();
      this.#isRegular = true;
      await this.#parts.access.lookAgain();
    } catch (error) {
      this.#isRegular = false;
      this.#parts.warn("the sessions of this node cannot be renewed", error);
    }
  }

  async #renew(): Promise<void> {
    const { known } = this.#parts;
    const renewals = known.takeRenewals();
    try {
      await this.#tell(renewals);
    } catch (error) {
      known.restore(renewals);
      throw error;
    }
  }

  async #tell(renewals: readonly Renewal[]): Promise<void> {
    if (renewals.length === 0) return;
    const { store, known, settings, renewed } = this.#parts;
    const sessions = await store.renew(renewals, leaseMsOf(settings));
    const over = known.settle(renewals, sessions);
    renewed(sessions);
    for (const session of over) this.#parts.gone(session);
  }

  async #sweep(): Promise<void> {
    const { store, ended } = this.#parts;
    let removed: Session[];
    do {
      removed = await store.endExpired(ENDED_AT_ONCE_MAX);
      for (const session of removed) ended(session, "TIMEOUT");
    } while (removed.length === ENDED_AT_ONCE_MAX);
  }
}
