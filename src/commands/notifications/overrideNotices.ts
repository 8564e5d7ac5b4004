/**
 * Tells people that a merge decided by clock or rule over edits of theirs that were committed already. It is written behind,
 * together for some time, so that no edit waits for it: what a node that dies did not write is still in the record of
 * conflicts.
 */
import { noticesOfOverride } from "../../domain/notifications/notices.js";
import type { Clock } from "../../platform/clock.js";
import type { DecidedConflict } from "../../storage/conflicts/conflictStore.js";
import type {
  NotificationStore,
  TellInboxes,
} from "../../storage/notifications/notificationStore.js";

export interface OverrideNoticesParts {
  readonly store: Pick<NotificationStore, "add" | "authorsOf">;
  readonly tell: TellInboxes;
  readonly clock: Clock;
  readonly warn: (message: string, error: unknown) => void;
}

interface Waiting {
  readonly templateId: string;
  readonly actorId: string | null;
  decidedBy: DecidedConflict["decidedBy"];
  readonly operationIds: Set<string>;
}

/** How long decisions are gathered, in milliseconds. */
const GATHER_MS = 2_000;

/** People on templates whose decisions wait, and operations of each; what is beyond is in the record of conflicts alone. */
const WAITING_MAX = 1_000;
const OPERATIONS_MAX = 100;

export class OverrideNotices {
  readonly #parts: OverrideNoticesParts;
  #waiting = new Map<string, Waiting>();
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: OverrideNoticesParts) {
    this.#parts = parts;
  }

  /** Notes what commits decided; costs next to nothing. */
  note(templateId: string, decided: readonly DecidedConflict[]): void {
    for (const { userId, decidedBy, decisions } of decided) {
      const lost = decisions.filter(({ winner }) => winner === "CLIENT");
      if (lost.length === 0) continue;
      const waiting = this.#waitingOf(templateId, userId, decidedBy);
      if (waiting === undefined) return;
      waiting.decidedBy = decidedBy;
      for (const { serverOperation } of lost) {
        if (waiting.operationIds.size < OPERATIONS_MAX) waiting.operationIds.add(serverOperation);
      }
    }
    if (this.#waiting.size === 0 || this.#closed) return;
    this.#cancel ??= this.#parts.clock.after(GATHER_MS, () => this.#write());
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#write();
    await this.#writing;
  }

  #waitingOf(
    templateId: string,
    actorId: string | null,
    decidedBy: DecidedConflict["decidedBy"],
  ): Waiting | undefined {
    const key = `${templateId} ${actorId ?? ""}`;
    const known = this.#waiting.get(key);
    if (known !== undefined || this.#waiting.size >= WAITING_MAX) return known;
    const made = { templateId, actorId, decidedBy, operationIds: new Set<string>() };
    this.#waiting.set(key, made);
    return made;
  }

  #write(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#writing = this.#writing.then(() => this.#writeAll(waiting));
  }

  async #writeAll(waiting: readonly Waiting[]): Promise<void> {
    const { store, tell, clock, warn } = this.#parts;
    try {
      for (const { templateId, actorId, decidedBy, operationIds } of waiting) {
        const authors = await store.authorsOf(templateId, [...operationIds]);
        const notices = noticesOfOverride(templateId, authors, { actorId, decidedBy });
        if (notices.length > 0) tell(await store.add(notices, clock.now()));
      }
    } catch (error) {
      warn("notifications of overridden edits could not be written", error);
    }
  }
}
