/**
 * Ends the sessions of those who may no longer see a template. Where access changed, the head is read and asked about
 * everyone who has a session there, on whichever node; that several nodes do so at once ends each session once.
 */
import { decideAccess } from "../domain/access/access.js";
import type { Session, SessionStore } from "../storage/sessionStore.js";
import type { TemplateHead } from "../storage/templateStore.js";
import type { ChangeBus } from "../subscriptions/changeBus.js";
import type { TemplateFollower } from "./knownSessions.js";
import type { SessionEnd } from "./sessions.js";

export interface AccessWatchParts {
  readonly store: SessionStore;
  readonly bus: Pick<ChangeBus, "subscribe">;
  /** The head as of the call or later. */
  readonly head: (templateId: string) => Promise<TemplateHead | undefined>;
  readonly ended: (session: Session, reason: SessionEnd) => void;
  readonly warn: (message: string, error: unknown) => void;
}

export class AccessWatch implements TemplateFollower {
  readonly #parts: AccessWatchParts;
  readonly #followed = new Map<string, () => void>();
  /** Templates whose sessions are to be looked at. */
  readonly #due = new Set<string>();
  #checking: Promise<void> | undefined;

  constructor(parts: AccessWatchParts) {
    this.#parts = parts;
  }

  follow(templateId: string): void {
    const unsubscribe = this.#parts.bus.subscribe(templateId, ({ kind }) => {
      if (kind === "accessChanged") void this.check(templateId);
    });
    this.#followed.set(templateId, unsubscribe);
  }

  unfollow(templateId: string): void {
    this.#followed.get(templateId)?.();
    this.#followed.delete(templateId);
  }

  /** Looks at the template's sessions with a head read from now on; what fails is done by `retry`. */
  check(templateId: string): Promise<void> {
    this.#due.add(templateId);
    return this.retry();
  }

  /** Looks at what is due. Never rejects. */
  retry(): Promise<void> {
    this.#checking ??= this.#checkAll().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  close(): void {
    for (const templateId of [...this.#followed.keys()]) this.unfollow(templateId);
    this.#due.clear();
  }

  async #checkAll(): Promise<void> {
    const failed: string[] = [];
    for (const templateId of this.#due) {
      this.#due.delete(templateId);
      try {
        await this.#checkOne(templateId);
      } catch (error) {
        failed.push(templateId);
        this.#parts.warn(`the sessions of template ${templateId} cannot be checked`, error);
      }
    }
    for (const templateId of failed) this.#due.add(templateId);
  }

  async #checkOne(templateId: string): Promise<void> {
    const { head: readHead, store, ended } = this.#parts;
    const head = await readHead(templateId);
    const sessions = await store.list(templateId);
    const losing = sessions.filter(
      ({ userId }) =>
        head === undefined || !decideAccess({ kind: "user", userId }, "view", head).allowed,
    );
    if (losing.length === 0) return;
    const removed = await store.end(
      templateId,
      losing.map(({ id }) => id),
    );
    const reason = head === undefined || head.deleted ? "DELETED" : "ACCESS_REVOKED";
    for (const session of removed) ended(session, reason);
  }
}
