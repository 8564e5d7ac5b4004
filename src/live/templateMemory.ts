/**
 * One template in memory: its document at a version and the newest part of its log. The log in the store is the
 * truth; memory only ever moves ahead along it, so a read and a commit that finish in either order do no harm.
 */
import { documentOfSteps } from "../domain/document/fromDesign.js";
import type { DocumentState } from "../domain/history/append.js";
import { heapBytes } from "../domain/document/size.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { TemplateStore } from "../storage/templates/templateStore.js";
import { replay } from "../domain/history/replay.js";
import type { Steps } from "../domain/steps.js";
import type { Paced } from "./pace.js";
import { TemplateGone } from "./liveTemplates.js";
import type { LiveSettings } from "./liveSettings.js";
import type { DocumentRoom } from "./documentRoom.js";
import { RecentLog } from "./recentLog.js";
import { StorageCadence } from "./storageCadence.js";

/** Operations read from the log at a time. */
const PAGE_OPERATIONS = 1_000;

/** Operations replayed in one step. */
const OPERATIONS_AT_ONCE = 50;

/** The log may be cut once more while the stored state is read; what is not whole after so many reads is damaged. */
const RELOADS_MAX = 3;

/** Bytes of log rows read at once, unless the first alone has more. */
const PAGE_BYTES = 8_000_000;

/** Where the log is read from: the store, or a transaction that holds the template's lock. */
export type LogReader = Pick<
  TemplateStore,
  "readLog" | "readHistory" | "findOperations" | "readLocks"
>;

/** What memory holds; `head` moves ahead, the rest follows it. */
export interface Loaded {
  head: DocumentState;
  readonly recent: RecentLog;
  readonly checkpoints: StorageCadence;
  readonly snapshots: StorageCadence;
  /** By the monotonic clock: until then copies that are due wait, unless too much would have to be replayed. */
  copiesRestUntil: number;
}

export class TemplateMemory {
  private loaded: Loaded | undefined;
  /** A commit whose fate is unknown, or a lost race: the log has to be asked before anything is decided or read. */
  private doubtful = false;
  private catchingUp: Promise<void> | undefined;

  constructor(
    readonly templateId: string,
    private readonly store: TemplateStore,
    private readonly settings: LiveSettings,
    private readonly room: Pick<DocumentRoom, "holding">,
    private readonly pace: Paced,
  ) {}

  /** What is in memory, which may be behind the store. */
  get current(): Loaded | undefined {
    return this.loaded;
  }

  /** Whether the log or the checkpoint is being read. */
  get loading(): boolean {
    return this.catchingUp !== undefined;
  }

  /** Bytes held, about. */
  get bytes(): number {
    if (this.loaded === undefined) return 0;
    return heapBytes(this.loaded.head.document) + this.loaded.recent.bytes;
  }

  /** The template at or after the version. Rejects with TemplateGone or StorageUnavailable. */
  async fresh(atLeastVersion: number, log: LogReader = this.store): Promise<Loaded> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const loaded = this.loaded;
      if (loaded !== undefined && !this.doubtful && loaded.head.version >= atLeastVersion) {
        return loaded;
      }
      // The first try may join a read that began too early, the second did not: what is behind still, the log that
      // was cut no longer leads on from.
      if (attempt === 2) this.forget();
      await (this.catchingUp ??= this.catchUp(log).finally(() => (this.catchingUp = undefined)));
    }
    const { loaded } = this;
    if (loaded === undefined || loaded.head.version < atLeastVersion) {
      this.forget();
      throw new Error(`the log of template ${this.templateId} ends before ${atLeastVersion}`);
    }
    return loaded;
  }

  /** The log may hold more than memory does. */
  doubt(): void {
    this.doubtful = true;
  }

  /** Drops what is in memory; the next use loads it anew. */
  forget(): void {
    this.loaded = undefined;
    this.doubtful = false;
  }

  /** Takes over what a commit appended, unless a read of the log was quicker. */
  adopt(operations: readonly LoggedOperation[], next: DocumentState): void {
    const { loaded } = this;
    if (loaded === undefined || loaded.head.version >= next.version) return;
    const expected = (operations[0]?.resultingVersion ?? 0) - 1;
    if (loaded.head.version !== expected) return this.doubt();
    this.remember(loaded, operations);
    loaded.head = next;
  }

  private async catchUp(log: LogReader): Promise<void> {
    this.doubtful = false;
    try {
      if (this.loaded === undefined) await this.readAnew(log);
      else await this.follow(log, this.loaded);
    } catch (error) {
      this.doubtful = true;
      throw error;
    }
  }

  /** Reads the checkpoint and what follows it, where there is room for it: its text and what is parsed from that. */
  private async readAnew(log: LogReader): Promise<void> {
    const size = await this.store.readCheckpointSize(this.templateId);
    if (size === undefined) throw new TemplateGone(this.templateId);
    await this.room.holding(heapBytes(size) + size.bytes, async () =>
      this.follow(log, await this.load()),
    );
  }

  /** Reads the log from there to its end. */
  private async follow(log: LogReader, from: Loaded): Promise<void> {
    let loaded = from;
    let reloads = 0;
    for (;;) {
      const page = await this.nextPage(log, loaded.head.version);
      const isCut = (page[0]?.resultingVersion ?? 0) > loaded.head.version + 1;
      if (isCut && reloads < RELOADS_MAX) {
        // The log was cut above what memory holds; the stored state is one from which it leads on.
        reloads += 1;
        this.loaded = undefined;
        loaded = await this.load();
        continue;
      }
      await this.pace.taken(this.absorbSteps(loaded, page));
      if (page.length === 0 || (page.length < PAGE_OPERATIONS && this.loaded !== undefined)) break;
    }
    this.loaded = loaded;
  }

  /** A page of the log; where it may be long, because nothing is in memory, no longer than is read at once. */
  private async nextPage(log: LogReader, afterVersion: number): Promise<LoggedOperation[]> {
    const range = { templateId: this.templateId, afterVersion, limit: PAGE_OPERATIONS };
    if (this.loaded !== undefined || log !== this.store) return log.readLog(range);
    const fits = await this.store.measureLog(range, PAGE_BYTES);
    return fits === undefined ? [] : log.readLog({ ...range, throughVersion: fits.throughVersion });
  }

  private async load(): Promise<Loaded> {
    const stored = await this.store.readCheckpoint(this.templateId);
    if (stored === undefined) throw new TemplateGone(this.templateId);
    const snapshotVersion = await this.store.newestSnapshotVersion(this.templateId);
    const { recentOperationsMax, recentBytesMax } = this.settings;
    const { checkpointVersionsMin, checkpointVersionsMax } = this.settings;
    const { snapshotVersionsMin, snapshotVersionsMax } = this.settings;
    return {
      head: {
        version: stored.version,
        versionHash: stored.versionHash,
        document: await this.pace.taken(documentOfSteps(stored.design)),
      },
      recent: new RecentLog(stored.version, recentOperationsMax, recentBytesMax),
      checkpoints: new StorageCadence(stored.version, checkpointVersionsMin, checkpointVersionsMax),
      snapshots: new StorageCadence(snapshotVersion, snapshotVersionsMin, snapshotVersionsMax),
      copiesRestUntil: -Infinity,
    };
  }

  private *absorbSteps(loaded: Loaded, page: readonly LoggedOperation[]): Steps<void> {
    for (let start = 0; start < page.length; start += OPERATIONS_AT_ONCE) {
      this.absorb(loaded, page.slice(start, start + OPERATIONS_AT_ONCE));
      yield;
    }
  }

  /** Applies what memory does not have yet; a commit may have brought part of it meanwhile. */
  private absorb(loaded: Loaded, page: readonly LoggedOperation[]): void {
    const missed = page.filter((operation) => operation.resultingVersion > loaded.head.version);
    loaded.head = replay(loaded.head, missed);
    this.remember(loaded, missed);
  }

  private remember(loaded: Loaded, operations: readonly LoggedOperation[]): void {
    // Of a commit that is larger than the recent log only the end is kept, so only that is measured.
    const passed = Math.max(0, operations.length - this.settings.recentOperationsMax);
    const lastPassed = operations[passed - 1];
    if (lastPassed !== undefined) loaded.recent.goOnAfter(lastPassed);
    for (const operation of operations.slice(passed)) {
      const bytes = loaded.recent.add(operation);
      loaded.checkpoints.grew(bytes);
      loaded.snapshots.grew(bytes);
    }
  }
}
