/**
 * Entries on their way into the audit log: bounded, and written behind, many with one statement. Each statement also says
 * through when everything of this node is written, so that another node knows what to look for should this one die.
 */
import type { AuditEntry } from "../domain/audit/auditEntry.js";
import type { AuditTrailKind } from "../domain/audit/auditTrails.js";
import type { Clock } from "../platform/clock.js";
import type { AuditStore, AuditWriterState } from "../storage/audit/auditStore.js";
import { StorageUnavailable } from "../storage/storageUnavailable.js";
import { AnonymousAttempts } from "./anonymousAttempts.js";
import type { AuditSettings } from "./auditSettings.js";

/** How often a node that has nothing to write says that it is there, as a part of the silence that would end it. */
const SIGNS_PER_SILENCE = 6;
const RETRY_MS = 1_000;

export interface AuditQueueParts {
  readonly store: AuditStore;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly settings: AuditSettings;
  readonly warn: (message: string, error: unknown) => void;
}

/** Edits that may be in the log without an entry: begun at `since` or later, the last of them at `last`. */
export interface Doubt {
  readonly since: number;
  readonly last: number;
}

export class AuditQueue {
  /** Attempts under way and entries not written yet, by id, with when they began: the oldest first. */
  readonly #owed = new Map<string, number>();
  /** Refused attempts of nobody, told one by one or counted. */
  readonly anonymous: AnonymousAttempts;
  #tellCountedAt: number;
  #waiting: AuditEntry[] = [];
  /** Announced attempts that get no entry, by id. */
  #withdrawn: string[] = [];
  #dropped = 0;
  #doubt: Doubt | undefined;
  #writing: Promise<void> | undefined;
  #cancel: () => void = () => undefined;
  /** By the monotonic clock. */
  #signAt = -Infinity;
  #closed = false;

  constructor(private readonly parts: AuditQueueParts) {
    const { clock, settings } = parts;
    this.anonymous = new AnonymousAttempts(clock, settings.auditAnonymousEntriesPerHourMax);
    this.#tellCountedAt = clock.monotonic() + settings.auditCountedMs;
  }

  /** Whether nothing more may be announced. */
  get full(): boolean {
    const { auditQueuedEntriesMax } = this.parts.settings;
    return this.#waiting.length + this.#withdrawn.length >= auditQueuedEntriesMax;
  }

  get doubt(): Doubt | undefined {
    return this.#doubt;
  }

  /** Appears as a writer, and writes from then on. Rejects with StorageUnavailable. */
  async start(): Promise<void> {
    await this.#write([]);
    this.#schedule();
  }

  begin({ id, at }: AuditEntry): void {
    this.#owed.set(id, at);
  }

  /** What never began is not told. */
  forget({ id }: AuditEntry): void {
    this.#owed.delete(id);
  }

  /** A refused attempt that was announced and is only counted. */
  withdraw({ id }: AuditEntry): void {
    this.#owed.delete(id);
    this.#withdrawn.push(id);
    if (this.#withdrawn.length >= this.parts.settings.auditBatchEntriesMax) void this.#run();
  }

  /** What came of an attempt; `kind` says how much may be lost of it. */
  add(entry: AuditEntry, kind: AuditTrailKind): void {
    const { result, at } = entry;
    // Whether an edit that failed is in the log is not known: its commit may have been on its way.
    if (kind === "log" && result === "FAILED") this.#doubtFrom(at);
    if (this.full && kind !== "announced") {
      this.#owed.delete(entry.id);
      if (kind === "log" && result === "ACCEPTED") this.#doubtFrom(at);
      else this.#dropped += 1;
      return;
    }
    this.#waiting.push(entry);
    if (this.#waiting.length >= this.parts.settings.auditBatchEntriesMax) void this.#run();
  }

  /** Everything up to `last` was looked for; what failed since is still in doubt. */
  settle({ last }: Doubt): void {
    if (this.#doubt === undefined) return;
    this.#doubt = this.#doubt.last <= last ? undefined : { since: last, last: this.#doubt.last };
  }

  /** Writes what waits; resolves when it is written, or could not be. */
  async flush(): Promise<void> {
    await this.#writing;
    await this.#run();
  }

  /** Writes what waits and says goodbye, unless others have to look for something. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.flush();
    if (this.#owed.size > 0 || this.#doubt !== undefined) return;
    await this.parts.store
      .endWriter(this.parts.nodeId)
      .catch((error: unknown) =>
        this.parts.warn("the end of the audit log could not be recorded", error),
      );
  }

  #schedule(delayMs = this.parts.settings.auditFlushMs): void {
    if (this.#closed) return;
    this.#cancel();
    this.#cancel = this.parts.clock.after(delayMs, () => {
      const isIdle = this.#waiting.length + this.#withdrawn.length + this.#dropped === 0;
      if (isIdle && this.parts.clock.monotonic() < this.#signAt) this.#schedule();
      else void this.#run();
    });
  }

  /** One run at a time: what is added meanwhile goes along, full batches at once and the rest with the next. */
  #run(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { settings, warn } = this.parts;
    try {
      this.#tellCounted();
      do {
        if (this.#dropped > 0) this.#tellDropped();
        const batch = this.#waiting.slice(0, settings.auditBatchEntriesMax);
        await this.#writeOrSplit(batch);
        this.#waiting.splice(0, batch.length);
        for (const { id } of batch) this.#owed.delete(id);
      } while (this.#waiting.length >= settings.auditBatchEntriesMax || this.#mustEmpty);
      this.#schedule();
    } catch (error) {
      warn("audit entries could not be written; the node retries", error);
      this.#schedule(RETRY_MS);
    }
  }

  get #mustEmpty(): boolean {
    return this.#closed && this.#waiting.length > 0;
  }

  /** An entry that the log refuses, which none should be, does not keep the others out. */
  async #writeOrSplit(entries: readonly AuditEntry[]): Promise<void> {
    try {
      await this.#write(entries);
    } catch (error) {
      if (error instanceof StorageUnavailable || entries.length === 0) throw error;
      const [entry] = entries;
      if (entries.length === 1 && entry !== undefined) {
        this.parts.warn(`the audit log refused an entry of ${entry.action}`, error);
        return;
      }
      const half = entries.length >> 1;
      await this.#writeOrSplit(entries.slice(0, half));
      await this.#writeOrSplit(entries.slice(half));
    }
  }

  async #write(entries: readonly AuditEntry[]): Promise<void> {
    const { store, clock, settings } = this.parts;
    const withdrawn = [...this.#withdrawn];
    await store.write({ entries, writer: this.#state(entries), withdrawn });
    this.#withdrawn.splice(0, withdrawn.length);
    this.#signAt = clock.monotonic() + settings.auditSilenceMs / SIGNS_PER_SILENCE;
  }

  /** As it is once these are written. */
  #state(entries: readonly AuditEntry[]): AuditWriterState {
    const written = new Set(entries.map(({ id }) => id));
    const clockAt = this.parts.clock.now();
    let writtenThrough = clockAt;
    for (const [id, at] of this.#owed) {
      if (written.has(id)) continue;
      writtenThrough = at;
      break;
    }
    const inDoubtSince = this.#doubt?.since ?? null;
    return { nodeId: this.parts.nodeId, writtenThrough, inDoubtSince, clockAt };
  }

  #doubtFrom(at: number): void {
    const { since = at } = this.#doubt ?? {};
    this.#doubt = { since: Math.min(since, at), last: this.parts.clock.now() };
  }

  /** One entry an address, now and then and at the end, of what was counted. */
  #tellCounted(): void {
    const { clock, settings } = this.parts;
    if (!this.#closed && clock.monotonic() < this.#tellCountedAt) return;
    this.#tellCountedAt = clock.monotonic() + settings.auditCountedMs;
    for (const { address, details } of this.anonymous.takeCounted()) {
      const action = "ANONYMOUS_ATTEMPTS_COUNTED";
      this.#waiting.push({ ...this.#ownEntry(action, details), actorKind: "ANONYMOUS", address });
    }
  }

  #tellDropped(): void {
    this.#waiting.unshift({
      ...this.#ownEntry("AUDIT_ENTRIES_DROPPED", { dropped: this.#dropped }),
      result: "FAILED",
      code: "RATE_LIMITED",
    });
    this.#dropped = 0;
  }

  /** An entry of the log's own. */
  #ownEntry(action: string, details: AuditEntry["details"]): AuditEntry {
    const { clock, newId } = this.parts;
    return {
      id: newId(),
      at: clock.now(),
      actorKind: "SYSTEM",
      actorId: null,
      address: null,
      clientId: null,
      action,
      resourceKind: null,
      resourceIds: {},
      templateId: null,
      teamId: null,
      result: "REFUSED",
      code: null,
      details,
    };
  }
}
