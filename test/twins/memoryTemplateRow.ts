/** A template in the memory twin: what PostgreSQL keeps in rows of three tables, and what a statement does to them. */
import type { Design } from "../../src/domain/document/design.js";
import type { Lock, LockSet } from "../../src/domain/locks/lock.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import { isInFilter } from "../../src/domain/history/logFilter.js";
import { runOf, type OwnRun } from "../../src/domain/undo/undoLine.js";
import { stepStarts } from "../../src/storage/history/stepRuns.js";
import type { DecidedConflict } from "../../src/storage/conflicts/conflictStore.js";
import type {
  Commit,
  CommitOutcome,
  LogSearch,
  NewSnapshot,
  NewTemplate,
  OperationRecord,
  OwnRange,
  StoredMergeRules,
  StoredState,
  DetailsChange,
  TemplateDetails,
  TemplateHead,
} from "../../src/storage/templates/templateStore.js";

/** A row of the table of locks; no renewal leads beyond `expiresMaxAt`. */
export interface MemoryLock extends Lock {
  readonly expiresMaxAt: number;
}

/** A row of the templates' table, with its log and snapshots. */
export interface MemoryRow {
  readonly templateId: string;
  authorId: string;
  readonly createdAt: number;
  details: TemplateDetails;
  version: number;
  versionHash: string;
  checkpoint: StoredState;
  initialDesign: Design | null;
  logStartVersion: number;
  updatedAt: number;
  deletedAt: number | null;
  mergeRules: StoredMergeRules;
  lockRevision: number;
  accessRevision: number;
  openToGuests: boolean;
  /** Those whose lease ran out among them. */
  locks: readonly MemoryLock[];
  log: LoggedOperation[];
  /** For each version of the log that at which its run starts. */
  readonly stepStarts: Map<number, number>;
  /** The log by operation id. */
  readonly byId: Map<string, LoggedOperation>;
  readonly snapshots: NewSnapshot[];
  /** Ids of snapshots that keyed requests were answered with, by the id that they would have made. */
  readonly askedSnapshots: Map<string, string>;
  /** What commits decided, oldest first. */
  readonly decided: DecidedConflict[];
  /** The tail of the queue of those that hold or want the row's lock. */
  lock: Promise<void>;
}

/** Commits to the row, which nobody else may be changing. */
export function append(row: MemoryRow, commit: Commit): CommitOutcome {
  const { expectedVersion, expectedLockRevision = 0, operations } = commit;
  const { expectedAccessRevision = row.accessRevision } = commit;
  const last = operations.at(-1);
  if (last === undefined) throw new Error("a commit needs at least one operation");
  const ids = new Set(operations.map(({ id }) => id));
  if (ids.size < operations.length) return { kind: "operationIdTaken" };
  const isAsExpected =
    row.version === expectedVersion &&
    row.lockRevision === expectedLockRevision &&
    row.accessRevision === expectedAccessRevision;
  if (!isAsExpected || row.deletedAt !== null) return { kind: "moved" };
  if (operations.some(({ id }) => row.byId.has(id))) return { kind: "operationIdTaken" };
  const starts = stepStarts(operations);
  for (const [index, operation] of copyOf(operations).entries()) {
    row.log.push(operation);
    row.byId.set(operation.id, operation);
    row.stepStarts.set(operation.resultingVersion, starts[index]!);
  }
  const { decided = [], decidedKeptMax = Infinity } = commit;
  row.decided.splice(0, Math.max(0, row.decided.length - decidedKeptMax));
  row.decided.push(...copyOf(decided));
  row.version = last.resultingVersion;
  row.versionHash = last.versionHash;
  row.updatedAt = last.serverTimestamp;
  return { kind: "committed" };
}

/** The newest runs of the person's operations, oldest first. */
export function runsIn(
  row: MemoryRow | undefined,
  { userId, beforeVersion = Infinity, limit }: OwnRange,
): OwnRun[] {
  const runs = new Map<number, OwnRun>();
  for (const operation of row?.log ?? []) {
    if (operation.userId !== userId || operation.resultingVersion >= beforeVersion) continue;
    const firstVersion = row!.stepStarts.get(operation.resultingVersion)!;
    runs.set(firstVersion, { ...runOf(operation), firstVersion });
  }
  return [...runs.values()].slice(-limit);
}

/** The versions of the operations that the search lets through, in its order. */
export function matchesIn(log: readonly LoggedOperation[], search: LogSearch): number[] {
  const matches = log
    .filter((operation) => isInFilter(search.filter, operation))
    .map(({ resultingVersion }) => resultingVersion);
  return (search.newestFirst ? matches.toReversed() : matches).slice(0, search.limit);
}

/** The row of a template at version 1. */
export function newRow(template: NewTemplate): MemoryRow {
  const { templateId, authorId, design, versionHash, createdAt, ...details } = template;
  const { name, description, category, tags, isPublic } = details;
  return {
    templateId,
    authorId,
    createdAt,
    details: { name, description, category, tags, isPublic },
    version: 1,
    versionHash,
    checkpoint: { version: 1, versionHash, design },
    initialDesign: design,
    logStartVersion: 1,
    stepStarts: new Map(),
    updatedAt: createdAt,
    deletedAt: null,
    mergeRules: { rules: [], version: 0 },
    lockRevision: 0,
    accessRevision: 0,
    openToGuests: false,
    locks: [],
    log: [],
    byId: new Map(),
    snapshots: [],
    askedSnapshots: new Map(),
    decided: [],
    lock: Promise.resolve(),
  };
}

/** What takes back the commits after it. */
export function savepoint(row: MemoryRow): () => void {
  const { version, versionHash, updatedAt } = row;
  const { length } = row.log;
  const decided = [...row.decided];
  return () => {
    Object.assign(row, { version, versionHash, updatedAt });
    for (const { id } of row.log.splice(length)) row.byId.delete(id);
    row.decided.splice(0, row.decided.length, ...decided);
  };
}

/** The stored state nearest below or at the version from which the log leads on. */
export function nearestState(row: MemoryRow, version: number): StoredState | undefined {
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
  // The sort is stable: of two at one version the checkpoint, which knows the chain's value.
  return reachable.toSorted((a, b) => b.version - a.version)[0];
}

/** Drops the log through the version; throws where no snapshot or no checkpoint would lead on. */
export function prune(row: MemoryRow, version: number): void {
  const kept = row.snapshots.some((snapshot) => snapshot.version === version);
  if (!kept || version > row.checkpoint.version) {
    throw new Error(`the log of ${row.templateId} cannot be pruned through ${version}`);
  }
  const start = Math.max(row.logStartVersion, version);
  for (const { id } of row.log.splice(0, start - row.logStartVersion)) row.byId.delete(id);
  row.logStartVersion = start;
  row.initialDesign = null;
}

/** The operation as the API shows it. */
export function recordOf(
  templateId: string,
  operation: LoggedOperation,
  withPayload: boolean,
): OperationRecord {
  const { footprint: _1, inverse: _2, requestHash: _3, versionHash: _4, ...more } = operation;
  const { payload, requested, authorProof: _5, skipped: _6, ...rest } = more;
  return withPayload ? { templateId, ...rest, payload, requested } : { templateId, ...rest };
}

/** What a database would give back: a value of its own, that nobody else holds. */
export function copyOf<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** The locks of the row that hold at the instant, oldest first. */
export function lockSetOf({ lockRevision, locks }: MemoryRow, now: number): LockSet {
  const held = locks.filter(({ expiresAt }) => expiresAt > now);
  return {
    revision: lockRevision,
    locks: held.toSorted((a, b) => a.fence - b.fence).map(shownLock),
  };
}

/** A stored lock as it is told. */
export function shownLock({ expiresMaxAt: _expiresMaxAt, ...lock }: MemoryLock): Lock {
  return lock;
}

/** What the head of the row says. */
export function headOf(row: MemoryRow): TemplateHead {
  const { templateId, authorId, version, versionHash, logStartVersion, lockRevision } = row;
  const { accessRevision, createdAt, updatedAt } = row;
  return {
    templateId,
    authorId,
    isPublic: row.details.isPublic,
    deleted: row.deletedAt !== null,
    version,
    versionHash,
    logStartVersion,
    lockRevision,
    accessRevision,
    createdAt,
    updatedAt,
  };
}

/** Changes what the row says about its template. */
export function describeRow(row: MemoryRow, change: DetailsChange, now: number): void {
  const { openToGuests = row.openToGuests, ...details } = change;
  row.details = { ...row.details, ...copyOf(details) };
  row.updatedAt = now;
  if (row.openToGuests !== openToGuests) row.accessRevision += 1;
  row.openToGuests = openToGuests;
}
