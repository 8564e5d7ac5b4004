/**
 * The log below the recent part, as far as one round of decisions needs it: footprints from the lowest base version
 * on, and whole rows under the ids that decisions name. It lives as long as its round, which reads nothing twice
 * however often it decides.
 */
import type { LogEntry } from "../domain/history/logEntry.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import { StorageUnavailable } from "../storage/storageUnavailable.js";
import type { LogReader } from "./templateMemory.js";

/** When a request may come again whose history was cut under it. */
const CUT_RETRY_MS = 500;

export class OlderLog {
  /** What was committed after `startVersion`, oldest first and without a gap. */
  private entries: readonly LogEntry[] = [];
  private startVersion: number | undefined;
  /** Below this version the log was cut, so that it leads on from nothing there. */
  private cutVersion = 0;
  private readonly rows = new Map<string, LoggedOperation>();

  constructor(private readonly templateId: string) {}

  /** The operation under the id, where it was read wholly. */
  find(operationId: string): LoggedOperation | undefined {
    return this.rows.get(operationId);
  }

  /** Whether it is known what was committed after the one version through the other, or that the log was cut. */
  knows(afterVersion: number, throughVersion: number): boolean {
    const { startVersion: start, cutVersion, entries } = this;
    if (start === undefined) return false;
    return start <= Math.max(afterVersion, cutVersion) && throughVersion <= start + entries.length;
  }

  /** What was committed after the one version through the other, which is known; undefined where the log was cut. */
  between(afterVersion: number, throughVersion: number): readonly LogEntry[] | undefined {
    const { startVersion: start = 0, cutVersion, entries } = this;
    if (afterVersion < cutVersion) return undefined;
    if (!this.knows(afterVersion, throughVersion)) throw new Error("the history was not read");
    return entries.slice(afterVersion - start, throughVersion - start);
  }

  /** Reads what is not known yet of what was committed after the one version through the other. */
  async readHistory(log: LogReader, afterVersion: number, throughVersion: number): Promise<void> {
    const start = this.startVersion ?? throughVersion;
    const end = start + this.entries.length;
    const wanted = Math.max(afterVersion, this.cutVersion);
    const older = await this.entriesBetween(log, wanted, start);
    const newer = await this.entriesBetween(log, end, throughVersion);
    const first = this.keep([...older, ...this.entries, ...newer], Math.max(end, throughVersion));
    if (first > Math.min(wanted, start)) this.cutVersion = first;
  }

  /**
   * Reads the operations under those of the ids that were not read yet: such as need not be in the log, and entries of
   * the history.
   */
  async readRows(
    log: LogReader,
    sought: readonly string[],
    entries: readonly string[],
  ): Promise<void> {
    const ids = [...new Set([...sought, ...entries])].filter((id) => !this.rows.has(id));
    if (ids.length === 0) return;
    for (const operation of await log.findOperations(this.templateId, ids)) {
      this.rows.set(operation.id, operation);
    }
    const missing = new Set(entries.filter((id) => !this.rows.has(id)));
    if (missing.size > 0) this.cutAt(this.entries.findLastIndex(({ id }) => missing.has(id)));
  }

  /** Drops everything: the store was set back, and another history may follow. */
  forget(): void {
    this.entries = [];
    this.startVersion = undefined;
    this.cutVersion = 0;
    this.rows.clear();
  }

  private entriesBetween(
    log: LogReader,
    afterVersion: number,
    throughVersion: number,
  ): Promise<LogEntry[]> | readonly LogEntry[] {
    if (afterVersion >= throughVersion) return [];
    const limit = throughVersion - afterVersion;
    return log.readHistory({ templateId: this.templateId, afterVersion, throughVersion, limit });
  }

  /** Keeps what leads to the version without a gap; the version from which it leads is returned. */
  private keep(entries: readonly LogEntry[], throughVersion: number): number {
    let start = throughVersion;
    let first = entries.length;
    while (first > 0 && entries[first - 1]?.resultingVersion === start) {
      first -= 1;
      start -= 1;
    }
    this.entries = entries.slice(first);
    return (this.startVersion = start);
  }

  /** The log was cut while it was read: the entry at the index is there, its row is not. */
  private cutAt(index: number): void {
    const { startVersion } = this;
    // What was read before the request came here may be cut by now: asked again, it is told that it is out of reach.
    if (startVersion === undefined || index < 0) throw new StorageUnavailable(CUT_RETRY_MS);
    this.entries = this.entries.slice(index + 1);
    this.startVersion = this.cutVersion = startVersion + index + 1;
  }
}
