/**
 * The twin of the PostgreSQL store, in memory: the same contract without a server, for tests and simulation. Nothing
 * in it is random, and only leases of locks are timed; the hooks let a simulation fail a commit before or after it took effect.
 */
import type { LockSet } from "../../src/domain/locks/lock.js";
import type { MergeRule } from "../../src/domain/merge/judging/mergeRules.js";
import type { QuotaFull, Quotas } from "../../src/domain/quotas.js";
import type { DecidedConflict } from "../../src/storage/conflicts/conflictStore.js";
import {
  append,
  copyOf,
  describeRow,
  headOf,
  lockSetOf,
  nearestState,
  newRow,
  prune,
  savepoint,
  type MemoryRow,
} from "./memoryTemplateRow.js";
import { bytesOfJson, MemoryQuotas } from "./memoryQuotas.js";
import { MemoryLog } from "./memoryLog.js";
import { sizeOf } from "./memorySizes.js";
import type {
  Checkpoint,
  Commit,
  CommitOutcome,
  LockedTemplate,
  NewSnapshot,
  NewTemplate,
  SnapshotStored,
  StoredMergeRules,
  StoredState,
  DetailsChange,
  TemplateDetails,
  TemplateHead,
  TemplateStore,
} from "../../src/storage/templates/templateStore.js";

/** Called around every commit; may reject with StorageUnavailable. */
export interface CommitHooks {
  /** A rejection leaves nothing written. */
  beforeCommit?(commit: Commit): Promise<void>;
  /** A rejection leaves the commit written, as when the answer is lost. */
  afterCommit?(commit: Commit): Promise<void>;
}

export class MemoryTemplateStore extends MemoryLog implements TemplateStore {
  /** The team that a template belongs to; who keeps places says so. */
  teamOf: (templateId: string) => string | null = () => null;
  readonly quotas = new MemoryQuotas(this.rows, (templateId) => this.teamOf(templateId));

  /** `now` is the store's clock, by which leases run out. */
  constructor(
    private readonly hooks: CommitHooks = {},
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  async heads(templateIds: readonly string[]): Promise<Map<string, TemplateHead>> {
    const found = templateIds.flatMap((id) => this.rows.get(id) ?? []);
    return new Map(found.map((row) => [row.templateId, headOf(row)]));
  }

  async create(template: NewTemplate, quotas?: Quotas): Promise<"stored" | QuotaFull> {
    const { templateId, authorId, design } = template;
    if (this.rows.has(templateId)) return "stored";
    const added = { templates: 1, bytes: bytesOfJson(design) };
    const full = quotas && this.quotas.exceeded(quotas, { person: authorId, team: null }, added);
    if (full !== undefined) return full;
    this.rows.set(templateId, newRow(copyOf(template)));
    return "stored";
  }

  async readLocks(templateIds: readonly string[]): Promise<Map<string, LockSet>> {
    const found = templateIds.flatMap((id) => this.rows.get(id) ?? []);
    return new Map(found.map((row) => [row.templateId, lockSetOf(row, this.now())]));
  }

  /** Changes the locks of a template that is not in the bin, alone with its row; undefined where there is none. */
  async changeLocks<T>(
    templateId: string,
    change: (row: MemoryRow, now: number) => T,
  ): Promise<T | undefined> {
    const row = this.rows.get(templateId);
    if (row === undefined) return undefined;
    return this.exclusively(row, async () =>
      row.deletedAt === null ? change(row, this.now()) : undefined,
    );
  }

  /** Changes what was granted on a template, alone with its row, and raises its access revision where that is news. */
  async changeAccess(templateId: string, change: (row: MemoryRow) => boolean): Promise<boolean> {
    const row = this.rows.get(templateId);
    if (row === undefined) return false;
    await this.exclusively(row, async () => {
      if (change(row)) row.accessRevision += 1;
    });
    return true;
  }

  /** Removes locks whose lease ran out; the templates that had some. */
  dropExpiredLocks(): string[] {
    const now = this.now();
    const changed: string[] = [];
    for (const row of this.rows.values()) {
      const held = row.locks.filter(({ expiresAt }) => expiresAt > now);
      if (held.length < row.locks.length) changed.push(row.templateId);
      row.locks = held;
    }
    return changed;
  }

  /** What commits decided over collisions, oldest first. */
  decidedConflicts(templateId: string): readonly DecidedConflict[] {
    return copyOf(this.rows.get(templateId)?.decided ?? []);
  }

  async readCheckpoint(templateId: string): Promise<StoredState | undefined> {
    return copyOf(this.rows.get(templateId)?.checkpoint);
  }

  async readNearestState(templateId: string, version: number): Promise<StoredState | undefined> {
    const row = this.rows.get(templateId);
    return row === undefined ? undefined : copyOf(nearestState(row, version));
  }

  async readCheckpointSize(id: string) {
    return sizeOf(this.rows.get(id)?.checkpoint);
  }
  async readNearestSize(id: string, version: number) {
    return sizeOf(await this.readNearestState(id, version));
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    await this.hooks.beforeCommit?.(commit);
    const row = this.rows.get(commit.templateId);
    const outcome: CommitOutcome =
      row === undefined
        ? { kind: "moved" }
        : await this.exclusively(row, async () => append(row, commit));
    await this.hooks.afterCommit?.(commit);
    return outcome;
  }

  async withLock<T>(templateId: string, work: (locked: LockedTemplate) => Promise<T>): Promise<T> {
    const row = this.row(templateId);
    return this.exclusively(row, async () => {
      const undo = savepoint(row);
      try {
        return await work({
          head: async () => headOf(row),
          readLog: (range) => this.readLog(range),
          readHistory: (range) => this.readHistory(range),
          findOperations: (operationIds) => this.findOperations(templateId, operationIds),
          readLocks: async () => lockSetOf(row, this.now()),
          commit: async (commit) => append(row, commit),
        });
      } catch (error) {
        undo();
        throw error;
      }
    });
  }

  async writeCheckpoint({ templateId, ...state }: Checkpoint): Promise<void> {
    const row = this.rows.get(templateId);
    if (row === undefined) return;
    await this.exclusively(row, async () => {
      if (state.version <= row.checkpoint.version || state.version > row.version) return;
      row.checkpoint = copyOf(state);
    });
  }

  async addSnapshot(snapshot: NewSnapshot, quotas?: Quotas): Promise<SnapshotStored | QuotaFull> {
    const { snapshots, askedSnapshots } = this.row(snapshot.templateId);
    const { id, version, kind, isKeyed = false } = snapshot;
    const isThere = (other: NewSnapshot) => other.version === version && other.kind === kind;
    const there =
      snapshots.find((other) => other.id === id)?.id ??
      askedSnapshots.get(id) ??
      snapshots.find(isThere)?.id;
    if (there !== undefined) {
      if (isKeyed && there !== id) askedSnapshots.set(id, there);
      return { kind: "stored", id: there };
    }
    const full = quotas && this.quotas.exceededBySnapshot(quotas, snapshot);
    if (full !== undefined) return full;
    snapshots.push(copyOf(snapshot));
    return { kind: "stored", id };
  }

  async deleteSnapshot(templateId: string, snapshotId: string, createdById: string | null) {
    const row = this.rows.get(templateId);
    const { snapshots, logStartVersion } = row ?? { snapshots: [], logStartVersion: 1 };
    const index = snapshots.findIndex(({ id, kind }) => id === snapshotId && kind === "MANUAL");
    const found = snapshots[index];
    if (found === undefined) return "gone" as const;
    if (createdById !== null && found.createdById !== createdById) return "notOwn" as const;
    const beside = snapshots.filter(({ version }) => version === found.version);
    const isBase = found.version > 1 && found.version === logStartVersion;
    if (isBase && beside.length === 1) return "needed" as const;
    snapshots.splice(index, 1);
    return "deleted" as const;
  }

  async readHoldersUse(templateId: string) {
    return this.quotas.ofHolders(templateId);
  }

  async newestSnapshotVersion(templateId: string): Promise<number> {
    const snapshots = this.rows.get(templateId)?.snapshots ?? [];
    return Math.max(1, ...snapshots.map(({ version }) => version));
  }

  async readDetails(templateId: string): Promise<TemplateDetails | undefined> {
    return copyOf(this.rows.get(templateId)?.details);
  }

  async updateDetails(templateId: string, details: DetailsChange, now: number): Promise<void> {
    const row = this.row(templateId);
    await this.exclusively(row, async () => describeRow(row, details, now));
  }

  /** Whether guests may read it while it is public. */
  isOpenToGuests(templateId: string): boolean {
    return this.rows.get(templateId)?.openToGuests ?? false;
  }

  async readMergeRules(templateId: string): Promise<StoredMergeRules | undefined> {
    return copyOf(this.rows.get(templateId)?.mergeRules);
  }

  async updateMergeRules(
    templateId: string,
    rules: readonly MergeRule[],
    expectedVersion: number,
  ): Promise<boolean> {
    const row = this.rows.get(templateId);
    if (row?.mergeRules.version !== expectedVersion) return false;
    row.mergeRules = { rules: copyOf(rules), version: expectedVersion + 1 };
    return true;
  }

  async setDeleted(templateId: string, deletedAt: number | null): Promise<void> {
    const row = this.row(templateId);
    await this.exclusively(row, async () => void (row.deletedAt = deletedAt));
  }

  async pruneLog(templateId: string, version: number): Promise<void> {
    const row = this.row(templateId);
    await this.exclusively(row, async () => prune(row, version));
  }

  private row(templateId: string): MemoryRow {
    const row = this.rows.get(templateId);
    if (row === undefined) throw new Error(`there is no template ${templateId}`);
    return row;
  }

  /** Runs the work when all who asked for the row before are done, as PostgreSQL's row lock does. */
  private async exclusively<T>(row: MemoryRow, work: () => Promise<T>): Promise<T> {
    const before = row.lock;
    let release = () => {};
    row.lock = new Promise((resolve) => (release = resolve));
    await before;
    try {
      return await work();
    } finally {
      release();
    }
  }
}
