/**
 * Follows the templates of a node's sessions, and ends the sessions of those who may no longer see one. Where access
 * changed, the head is read and asked about everyone who has a session there, on whichever node; that several nodes do
 * so at once ends each session once.
 */
import { decideAccess } from "../domain/access/access.js";
import type { Session, SessionStore } from "../storage/sessions/sessionStore.js";
import type { AccessReader } from "../storage/access/accessReader.js";
import type { TemplateHead } from "../storage/templates/templateStore.js";
import type { ChangeBus, TopicMessages } from "../bus/changeBus.js";
import type { TemplateFollower } from "./knownSessions.js";
import type { SessionEnd } from "./sessions.js";

export interface AccessWatchParts {
  readonly store: SessionStore;
  readonly bus: Pick<ChangeBus, "subscribe">;
  /** The head as of the call or later. */
  readonly head: (templateId: string) => Promise<TemplateHead | undefined>;
  readonly access: Pick<AccessReader, "granted">;
  readonly ended: (session: Session, reason: SessionEnd) => void;
  /** Sessions may be over that this node remembers: those another node names, or all of the template. */
  readonly doubted: (templateId: string, ids?: readonly string[]) => void;
  /** Access to the template changed, and its sessions were looked at. */
  readonly checked: (templateId: string) => void;
  readonly warn: (message: string, error: unknown) => void;
}

export class AccessWatch implements TemplateFollower {
  readonly #parts: AccessWatchParts;
  readonly #followed = new Map<string, () => void>();
  /** What those who follow a template's sessions were looked at under; `standingOf` of a head. */
  readonly #lookedAt = new Map<string, string>();
  /** Templates whose sessions are to be looked at. */
  readonly #due = new Set<string>();
  #checking: Promise<void> | undefined;

  constructor(parts: AccessWatchParts) {
    this.#parts = parts;
  }

  follow(templateId: string): void {
    const hear = (message: TopicMessages["presence"]) => {
      if (message.kind === "accessChanged") void this.check(templateId);
      if (message.kind !== "presence" || message.left.length === 0) return;
      this.#parts.doubted(templateId, message.left);
    };
    this.#followed.set(templateId, this.#parts.bus.subscribe(templateId, hear, "presence"));
    // The first session is let in at this moment, and looked at by itself.
    this.#parts.head(templateId).then(
      (head) => this.#remember(templateId, head),
      () => {},
    );
  }

  unfollow(templateId: string): void {
    this.#followed.get(templateId)?.();
    this.#followed.delete(templateId);
    this.#lookedAt.delete(templateId);
  }

  /** Looks at a session that was just opened: its person may have been shut out since they were let in. */
  async checkOpened(session: Session): Promise<void> {
    const { templateId } = session;
    try {
      await this.#endLosing(await this.#parts.head(templateId), [session]);
    } catch {
      this.#due.add(templateId);
    }
  }

  /** Looks at the template's sessions with a head read from now on; what fails is done by `retry`. */
  check(templateId: string): Promise<void> {
    this.#due.add(templateId);
    return this.retry();
  }

  /**
   * Looks at what is due, and at the templates where access changed without a word: messages between nodes get lost, and
   * there are none while Redis is away. Rejects with StorageUnavailable.
   */
  async lookAgain(): Promise<void> {
    const followed = [...this.#followed.keys()];
    const heads = await Promise.all(followed.map((templateId) => this.#parts.head(templateId)));
    for (const [index, templateId] of followed.entries()) {
      const standing = standingOf(heads[index]);
      if (this.#lookedAt.get(templateId) !== standing) this.#due.add(templateId);
    }
    await this.retry();
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
    const sessions = await this.#parts.store.list(templateId);
    if (sessions.length === 0 && !this.#followed.has(templateId)) return;
    // Read after the list: one that is opened meanwhile is looked at by itself.
    const head = await this.#parts.head(templateId);
    await this.#endLosing(head, sessions);
    this.#remember(templateId, head);
    // Another node may have been quicker.
    this.#parts.doubted(templateId);
    this.#parts.checked(templateId);
  }

  #remember(templateId: string, head: TemplateHead | undefined): void {
    if (this.#followed.has(templateId)) this.#lookedAt.set(templateId, standingOf(head));
  }

  async #endLosing(head: TemplateHead | undefined, sessions: readonly Session[]): Promise<void> {
    const { store, ended } = this.#parts;
    const [first] = sessions;
    if (first === undefined) return;
    const mayView = await Promise.all(sessions.map((session) => this.#mayView(head, session)));
    const losing = sessions.filter((_session, index) => mayView[index] === false);
    if (losing.length === 0) return;
    const ids = losing.map(({ id }) => id);
    const reason = head === undefined || head.deleted ? "DELETED" : "ACCESS_REVOKED";
    for (const session of await store.end(first.templateId, ids)) ended(session, reason);
  }

  /** As the credentials do that the session was opened with: what an API token is limited to counts, too. */
  async #mayView(head: TemplateHead | undefined, { userId, limits }: Session): Promise<boolean> {
    if (head === undefined) return false;
    const viewer = { kind: "user", userId, ...(limits && { limits }) } as const;
    return decideAccess(viewer, "view", await this.#parts.access.granted(viewer, head)).allowed;
  }
}

/** All that says who may see a template: where it is the same, nobody's access changed but by time. */
function standingOf(head: TemplateHead | undefined): string {
  if (head === undefined) return "gone";
  const { accessRevision, isPublic, deleted } = head;
  return `${accessRevision} ${isPublic} ${deleted}`;
}
