/**
 * The port to the tables of templates: heads, log, checkpoints and snapshots. Two adapters pass one contract suite
 * (test/contracts/templateStore.ts): Prisma on PostgreSQL, and a twin in memory for tests and simulation.
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { DecidedConflict } from "../conflicts/conflictStore.js";
import type { LogFilter } from "../../domain/history/logFilter.js";
import type { LogEntry } from "../../domain/history/logEntry.js";
import type { OwnRun } from "../../domain/undo/undoLine.js";
import type { LockSet } from "../../domain/locks/lock.js";
import type { MergeRule } from "../../domain/merge/judging/mergeRules.js";
import type { Design } from "../../domain/document/design.js";
import type { JsonSize } from "../../domain/document/size.js";
import type { LoggedOperation, OperationContent } from "../../domain/operations/operation.js";
import type { HoldersUse, QuotaFull, Quotas } from "../../domain/quotas.js";
import type { TemplateStanding } from "../../domain/access/access.js";

/** What one indexed row tells about a template: its standing and how fresh all else is, never the document. */
export interface TemplateHead extends TemplateStanding {
  readonly templateId: string;
  readonly version: number;
  readonly versionHash: string;
  /** The log holds the operations with a resulting version above this one. */
  readonly logStartVersion: number;
  /** That of the set of locks, 0 where there never was one. */
  readonly lockRevision: number;
  /** Grows with every change of who was granted what; a grant that was read at another one is out of date. */
  readonly accessRevision: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When the head was reached or the details changed, milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** A document at one version, with the chain's value there. */
export interface StoredState {
  readonly version: number;
  /** Empty where the state comes from a snapshot, which carries no chain value. */
  readonly versionHash: string;
  readonly design: Design;
}

export interface NewTemplate extends TemplateDetails {
  readonly templateId: string;
  readonly authorId: string;
  readonly design: Design;
  readonly versionHash: string;
  readonly createdAt: number;
}

/** The operations of one commit: `operations[0].resultingVersion` is `expectedVersion + 1`, and so on. */
export interface Commit {
  readonly templateId: string;
  readonly expectedVersion: number;
  /** That of the locks which the operations were decided under; 0 where absent: none was ever taken. */
  readonly expectedLockRevision?: number;
  /** That of the grants which the operations were allowed under; whatever it is where absent. */
  readonly expectedAccessRevision?: number;
  readonly operations: readonly LoggedOperation[];
  /** What was decided over them; committed with them or not at all. */
  readonly decided?: readonly DecidedConflict[];
  /** Also drop the oldest of what was decided before, down to so many; nothing where absent. */
  readonly decidedKeptMax?: number;
}

export type CommitOutcome =
  | { readonly kind: "committed" }
  /** Another writer was first, locks or grants changed, or the template is gone or in the bin: read the head to know. */
  | { readonly kind: "moved" }
  /** At least one operation id is in the log already; nothing was written. */
  | { readonly kind: "operationIdTaken" };

/** The bounds are resulting versions: `afterVersion` is left out, `throughVersion` is included. */
export interface LogRange {
  readonly templateId: string;
  readonly afterVersion: number;
  readonly throughVersion?: number;
  readonly limit: number;
}

/** A search of a part of the log; the bounds are as those of `LogRange`. */
export interface LogSearch extends LogRange {
  readonly throughVersion: number;
  readonly filter: LogFilter;
  readonly newestFirst: boolean;
}

/** An operation as the API shows it; the columns only the engine needs are not read. */
export type OperationRecord = Omit<
  LoggedOperation,
  | "footprint"
  | "inverse"
  | "requestHash"
  | "authorProof"
  | "versionHash"
  | "payload"
  | "requested"
  | "skipped"
> & {
  readonly templateId: string;
  /** Undefined where it was not asked for: then its column was not read. */
  readonly payload?: OperationContent["payload"];
  /** Read with the payload, and undefined where that is. */
  readonly requested?: OperationContent | null;
};

/** How large a stored document is, and at which version. */
export interface StoredSize extends JsonSize {
  readonly version: number;
}

/** A part of the log that is small enough to be read at once, measured without reading it. */
export interface LogMeasure {
  readonly throughVersion: number;
  /** UTF-8 bytes of the payloads as JSON. */
  readonly bytes: number;
}

/** Whose runs of operations: a user's, on whichever client. */
export interface OwnRange {
  readonly templateId: string;
  readonly userId: string;
  /** Those before this version; the newest of all where it is absent. */
  readonly beforeVersion?: number;
  /** At most so many. */
  readonly limit: number;
}

/** The rules of a template for writes that collide; `version` counts their changes, 0 where there never was one. */
export interface StoredMergeRules {
  readonly rules: readonly MergeRule[];
  readonly version: number;
}

export interface Checkpoint {
  readonly templateId: string;
  readonly version: number;
  readonly versionHash: string;
  readonly design: Design;
}

export type SnapshotKind = "AUTO" | "MANUAL" | "REVERT";

/**
 * "gone" where the template has no such named snapshot, "notOwn" where it is another person's, "needed" where the log was
 * pruned through its version and nothing else is stored there: older versions are read from it.
 */
export type SnapshotDeletion = "deleted" | "gone" | "notOwn" | "needed";

export interface NewSnapshot {
  readonly id: string;
  readonly templateId: string;
  readonly version: number;
  readonly kind: SnapshotKind;
  readonly name: string | null;
  readonly reason: string | null;
  readonly design: Design;
  readonly designHash: string;
  readonly createdById: string | null;
  readonly createdAt: number;
  /** Its id is made from an idempotency key, so it may be asked for again when the version has moved on. */
  readonly isKeyed?: boolean;
}

/** The snapshot that there is now: the one that was given, or the one that there was, which has another id. */
export interface SnapshotStored {
  readonly kind: "stored";
  readonly id: string;
}

/** What describes a template besides its document. */
export interface TemplateDetails {
  readonly name: string;
  readonly description: string | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly isPublic: boolean;
}

/** New details; what is absent stays. */
export interface DetailsChange extends Partial<TemplateDetails> {
  /** Whether it may be read without an account while it is public; never so where nobody said. */
  readonly openToGuests?: boolean;
}

/** Reading and committing while the template's row is locked against every other writer. */
export interface LockedTemplate {
  head(): Promise<TemplateHead>;
  readLog(range: LogRange): Promise<LoggedOperation[]>;
  readHistory(range: LogRange): Promise<LogEntry[]>;
  findOperations(operationIds: readonly string[]): Promise<LoggedOperation[]>;
  readLocks(): Promise<LockSet>;
  commit(commit: Commit): Promise<CommitOutcome>;
}

export interface TemplateStore {
  /** The heads of the templates that exist, those in the bin included, in one query. */
  heads(templateIds: readonly string[]): Promise<Map<string, TemplateHead>>;
  /**
   * Makes it; where the id is taken nothing is written: an earlier try of the same request made it. With quotas only
   * where its author has room for it, however many are made at once.
   */
  create(template: NewTemplate, quotas?: Quotas): Promise<"stored" | QuotaFull>;
  /** The locks of the templates that exist, without those whose lease ran out by the store's clock, oldest first. */
  readLocks(templateIds: readonly string[]): Promise<Map<string, LockSet>>;
  /** The checkpoint, from which the log leads to the head; undefined where there is no such template. */
  readCheckpoint(templateId: string): Promise<StoredState | undefined>;
  /**
   * The stored state nearest below or at `version` from which the log leads on: a snapshot, the checkpoint or the
   * document of version 1. Undefined where the log no longer reaches.
   */
  readNearestState(templateId: string, version: number): Promise<StoredState | undefined>;
  /** The size of what `readCheckpoint` would read, told without reading it. */
  readCheckpointSize(templateId: string): Promise<JsonSize | undefined>;
  /** The size of what `readNearestState` would read, told without reading it. */
  readNearestSize(templateId: string, version: number): Promise<StoredSize | undefined>;
  /**
   * How the log after `afterVersion` divides into pages of about `bytesMax`: the last version of the first page, at
   * least one, and the bytes of its payloads. Undefined where the range is empty.
   */
  measureLog(range: LogRange, bytesMax: number): Promise<LogMeasure | undefined>;
  /** Oldest first, at most `limit`, with everything the engine needs. */
  readLog(range: LogRange): Promise<LoggedOperation[]>;
  /** As `readLog`, only what decisions about newer operations go by: footprints, never payloads or inverses. */
  readHistory(range: LogRange): Promise<LogEntry[]>;
  /** As `readLog`, only what the API shows; `payload` says whether the columns of what operations say are read. */
  readRecords(range: LogRange, columns: { readonly payload: boolean }): Promise<OperationRecord[]>;
  /** The versions of the operations of the range that match, in the order asked for, at most `limit`. */
  searchLog(search: LogSearch): Promise<number[]>;
  /** How many operations of the range match, at most `limit`. */
  countLog(search: LogSearch): Promise<number>;
  /** As `readRecords`, of these versions, oldest first. */
  readRecordsAt(
    templateId: string,
    versions: readonly number[],
    columns: { readonly payload: boolean },
  ): Promise<OperationRecord[]>;
  /** The bytes of what the operations of these versions say, told without reading them. */
  measureLogAt(
    templateId: string,
    versions: readonly number[],
  ): Promise<ReadonlyMap<number, number>>;
  /** The bytes that `findOperations` would read, by operation, told without reading them. */
  measureOperations(
    templateId: string,
    operationIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** Those of the ids that are in the template's log. */
  findOperations(templateId: string, operationIds: readonly string[]): Promise<LoggedOperation[]>;
  /** Whose the operations are that are in the template's log, by id; null where nobody's any more. */
  readAuthors(
    templateId: string,
    operationIds: readonly string[],
  ): Promise<ReadonlyMap<string, string | null>>;
  /**
   * The newest runs of one person's operations, oldest first: what follows each other in one commit and belongs to one
   * step. The cost is that of the runs, however many operations they have.
   */
  readOwnRuns(range: OwnRange): Promise<OwnRun[]>;
  /** One statement, one round trip: raises the version if it, locks and grants still are as expected and inserts the rows. */
  commit(commit: Commit): Promise<CommitOutcome>;
  /** Runs the work under the row lock of the template, in one transaction. */
  withLock<T>(templateId: string, work: (locked: LockedTemplate) => Promise<T>): Promise<T>;
  /** Moves the checkpoint ahead; a version that is not ahead of the stored one changes nothing. */
  writeCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /**
   * Where the id is taken, or the version has a snapshot of that kind, nothing is written, however many add one at once. One
   * with a keyed id is then remembered as asked for, and answered alike when it comes again at another version. With quotas only where the template has room for another named version and its author and team for the bytes.
   */
  addSnapshot(snapshot: NewSnapshot, quotas?: Quotas): Promise<SnapshotStored | QuotaFull>;
  /** Removes a named snapshot, for its person alone where one is given. */
  deleteSnapshot(
    templateId: string,
    snapshotId: string,
    createdById: string | null,
  ): Promise<SnapshotDeletion>;
  /** What is stored for the template's author and for its team; null where there is none. */
  readHoldersUse(templateId: string): Promise<HoldersUse | undefined>;
  /** The version of the newest snapshot of any kind, 1 where there is none. */
  newestSnapshotVersion(templateId: string): Promise<number>;
  readDetails(templateId: string): Promise<TemplateDetails | undefined>;
  /** Sets the details that are there; what is absent stays. */
  updateDetails(templateId: string, details: DetailsChange, now: number): Promise<void>;
  /** Undefined where there is no such template. */
  readMergeRules(templateId: string): Promise<StoredMergeRules | undefined>;
  /** Sets the rules if their version still is the expected one; says whether it was. */
  updateMergeRules(
    templateId: string,
    rules: readonly MergeRule[],
    expectedVersion: number,
  ): Promise<boolean>;
  /** Puts the template into the bin (an instant in milliseconds) or takes it out (null). */
  setDeleted(templateId: string, deletedAt: number | null): Promise<void>;
  /**
   * Drops the log through `version`, which must be that of a snapshot and at or below the checkpoint (else it
   * throws): older versions are then out of reach, and the document of version 1 goes too.
   */
  pruneLog(templateId: string, version: number): Promise<void>;
}
