/**
 * The twin of the PostgreSQL store, in memory: the same contract without a server, for tests and simulation. Nothing
 * in it is random or timed; the hooks let a simulation fail a commit before or after it took effect.
 */
import type { Design } from "../domain/document/design.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type {
  Checkpoint,
  Commit,
  CommitOutcome,
  LockedTemplate,
  LogRange,
  NewSnapshot,
  NewTemplate,
  OperationRecord,
  StoredState,
  TemplateDetails,
  TemplateHead,
  TemplateStore,
} from "./templateStore.js";

/** Called around every commit; may reject with StorageUnavailable. */
export interface CommitHooks {
  /** A rejection leaves nothing written. */
  beforeCommit?(commit: Commit): Promise<void>;
  /** A rejection leaves the commit written, as when the answer is lost. */
  afterCommit?(commit: Commit): Promise<void>;
}

/** A row of the templates' table, with its log and snapshots. */
interface Row {
  readonly templateId: string;
  readonly authorId: string;
  readonly createdAt: number;
  details: TemplateDetails;
  version: number;
  versionHash: string;
  checkpoint: StoredState;
  initialDesign: Design | null;
  logStartVersion: number;
  updatedAt: number;
  deletedAt: number | null;
  log: LoggedOperation[];
  readonly snapshots: NewSnapshot[];
  /** The tail of the queue of those that hold or want the row's lock. */
  lock: Promise<void>;
}

export class MemoryTemplateStore implements TemplateStore {
  private readonly rows = new Map<string, Row>();

  constructor(private readonly hooks: CommitHooks = {}) {}

  async heads(templateIds: readonly string[]): Promise<Map<string, TemplateHead>> {
    const found = templateIds.flatMap((id) => this.rows.get(id) ?? []);
    return new Map(found.map((row) => [row.templateId, headOf(row)]));
  }

  async create(template: NewTemplate): Promise<void> {
    const { templateId, authorId, design, versionHash, createdAt, ...details } = template;
    const { name, description, category, tags, isPublic } = details;
    const copy = structuredClone(design);
    this.rows.set(templateId, {
      templateId,
      authorId,
      createdAt,
      details: { name, description, category, tags: [...tags], isPublic },
      version: 1,
      versionHash,
      checkpoint: { version: 1, versionHash, design: copy },
      initialDesign: copy,
      logStartVersion: 1,
      updatedAt: createdAt,
      deletedAt: null,
      log: [],
      snapshots: [],
      lock: Promise.resolve(),
    });
  }

  async readCheckpoint(templateId: string): Promise<StoredState | undefined> {
    return structuredClone(this.rows.get(templateId)?.checkpoint);
  }

  async readNearestState(templateId: string, version: number): Promise<StoredState | undefined> {
    const row = this.rows.get(templateId);
    if (row === undefined) return undefined;
    const states: StoredState[] = [row.checkpoint];
    for (const { version: at, design } of row.snapshots) {
      states.push({ version: at, versionHash: "", design });
    }
    if (row.initialDesign !== null) {
      states.push({ version: 1, versionHash: "", design: row.initialDesign });
    }
    const reachable = states.filter(
      (state) => state.version <= version && state.version >= row.logStartVersion,
    );
    return structuredClone(reachable.toSorted((a, b) => b.version - a.version)[0]);
  }

  async readLog(range: LogRange): Promise<LoggedOperation[]> {
    const row = this.rows.get(range.templateId);
    if (row === undefined) return [];
    const first = Math.max(0, range.afterVersion - row.logStartVersion);
    const last = (range.throughVersion ?? Infinity) - row.logStartVersion;
    return structuredClone(
      row.log.slice(first, Math.max(first, Math.min(last, first + range.limit))),
    );
  }

  async readRecords(
    range: LogRange,
    columns: { readonly payload: boolean },
  ): Promise<OperationRecord[]> {
    const { templateId } = range;
    return (await this.readLog(range)).map((operation) => {
      const { footprint, inverse, requestHash, versionHash, payload, ...shown } = operation;
      return { templateId, ...shown, ...(columns.payload && { payload }) };
    });
  }

  async findOperations(
    templateId: string,
    operationIds: readonly string[],
  ): Promise<LoggedOperation[]> {
    const wanted = new Set(operationIds);
    return structuredClone(this.rows.get(templateId)?.log.filter(({ id }) => wanted.has(id)) ?? []);
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    await this.hooks.beforeCommit?.(commit);
    await this.rows.get(commit.templateId)?.lock;
    const outcome = this.write(commit);
    await this.hooks.afterCommit?.(commit);
    return outcome;
  }

  async withLock<T>(templateId: string, work: (locked: LockedTemplate) => Promise<T>): Promise<T> {
    const row = this.row(templateId);
    const before = row.lock;
    let release = () => {};
    row.lock = new Promise((resolve) => (release = resolve));
    await before;
    const saved = { version: row.version, versionHash: row.versionHash, updatedAt: row.updatedAt };
    const length = row.log.length;
    try {
      return await work({
        head: async () => headOf(row),
        readLog: (range) => this.readLog(range),
        findOperations: (operationIds) => this.findOperations(templateId, operationIds),
        commit: async (commit) => this.write(commit),
      });
    } catch (error) {
      Object.assign(row, saved);
      row.log.length = length;
      throw error;
    } finally {
      release();
    }
  }

  async writeCheckpoint({ templateId, ...state }: Checkpoint): Promise<void> {
    const row = this.rows.get(templateId);
    if (row === undefined || state.version <= row.checkpoint.version) return;
    row.checkpoint = structuredClone(state);
  }

  async addSnapshot(snapshot: NewSnapshot): Promise<void> {
    this.row(snapshot.templateId).snapshots.push(structuredClone(snapshot));
  }

  async newestSnapshotVersion(templateId: string): Promise<number> {
    const snapshots = this.rows.get(templateId)?.snapshots ?? [];
    return Math.max(1, ...snapshots.map(({ version }) => version));
  }

  async readDetails(templateId: string): Promise<TemplateDetails | undefined> {
    return structuredClone(this.rows.get(templateId)?.details);
  }

  async updateDetails(
    templateId: string,
    details: Partial<TemplateDetails>,
    now: number,
  ): Promise<void> {
    const row = this.row(templateId);
    row.details = { ...row.details, ...structuredClone(details) };
    row.updatedAt = now;
  }

  async setDeleted(templateId: string, deletedAt: number | null): Promise<void> {
    this.row(templateId).deletedAt = deletedAt;
  }

  async pruneLog(templateId: string, version: number): Promise<void> {
    const row = this.row(templateId);
    const kept = row.snapshots.some((snapshot) => snapshot.version === version);
    if (!kept || version > row.checkpoint.version) {
      throw new Error(`the log of ${templateId} cannot be pruned through ${version}`);
    }
    row.log = row.log.filter(({ resultingVersion }) => resultingVersion > version);
    row.logStartVersion = Math.max(row.logStartVersion, version);
    row.initialDesign = null;
  }

  private write({ templateId, expectedVersion, operations }: Commit): CommitOutcome {
    const row = this.rows.get(templateId);
    const last = operations.at(-1);
    if (row === undefined || last === undefined) return { kind: "moved" };
    if (row.version !== expectedVersion || row.deletedAt !== null) return { kind: "moved" };
    const ids = new Set(row.log.map(({ id }) => id));
    if (operations.some(({ id }) => ids.has(id))) return { kind: "operationIdTaken" };
    row.log.push(...structuredClone(operations));
    row.version = last.resultingVersion;
    row.versionHash = last.versionHash;
    row.updatedAt = last.serverTimestamp;
    return { kind: "committed" };
  }

  private row(templateId: string): Row {
    const row = this.rows.get(templateId);
    if (row === undefined) throw new Error(`there is no template ${templateId}`);
    return row;
  }
}

function headOf(row: Row): TemplateHead {
  const { templateId, authorId, version, versionHash, logStartVersion, createdAt, updatedAt } = row;
  return {
    templateId,
    authorId,
    isPublic: row.details.isPublic,
    deleted: row.deletedAt !== null,
    version,
    versionHash,
    logStartVersion,
    createdAt,
    updatedAt,
  };
}
