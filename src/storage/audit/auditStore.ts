/**
 * The port to the audit log. Adapters (Prisma, memory) pass one contract suite (test/contracts/auditStore.ts). Entries are
 * added and read; there is no way to change one.
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { TeamRole } from "../../domain/access/grant.js";
import type { AuditEntry, AuditResult } from "../../domain/audit/auditEntry.js";
import type { LoggedEdit, VersionRange } from "../../domain/audit/missingEdits.js";

/** What a node says of itself as a writer; instants in milliseconds by its own clock. */
export interface AuditWriterState {
  readonly nodeId: string;
  /** What it began before is written, but for edits since `inDoubtSince`. */
  readonly writtenThrough: number;
  /** Since when edits may be committed that it has no entry for; null where there are none. */
  readonly inDoubtSince: number | null;
  readonly clockAt: number;
}

export interface AuditWriter extends AuditWriterState {
  /** Whether it gave no sign of life for longer than was asked about, by the store's clock. */
  readonly silent: boolean;
}

export interface AuditBatch {
  readonly entries: readonly AuditEntry[];
  /** Ids of announced attempts that get no entry: they were refused and are counted with others. */
  readonly withdrawn?: readonly string[];
  /** The node that writes, where it is one. */
  readonly writer?: AuditWriterState;
}

/** Entries of a range of time; what is given must all be so. */
export interface AuditQuery {
  /** Milliseconds since the epoch; included. */
  readonly from: number;
  /** Milliseconds since the epoch; left out. */
  readonly to: number;
  readonly actorId?: string;
  readonly templateId?: string;
  /** Null: only what concerned no team. */
  readonly teamId?: string | null;
  readonly action?: string;
  readonly result?: AuditResult;
  readonly order: "newestFirst" | "oldestFirst";
  /** Only what follows this place, in the order asked for. */
  readonly after?: { readonly at: number; readonly id: string };
  readonly limit: number;
}

export interface AuditStore {
  /**
   * Keeps an attempt that is about to begin, and answers the team that it concerns. `write` with its id replaces it;
   * `endWriter` of its node makes it an entry as it stands.
   */
  announce(nodeId: string, entry: AuditEntry): Promise<string | null>;
  /** Adds the entries and takes in what the node says of itself, together. An entry that is there stays as it is. */
  write(batch: AuditBatch): Promise<void>;
  /** Newest or oldest first, by instant and id. */
  list(query: AuditQuery): Promise<AuditEntry[]>;
  /** What the person is in the team now, which decides whether they may read of it. */
  teamRoleOf(teamId: string, userId: string): Promise<TeamRole | undefined>;
  /** Whether the person made the template, and neither it nor its project belongs to a team: its log is theirs to read. */
  isPersonal(templateId: string, authorId: string): Promise<boolean>;
  /** Makes the partitions of this month and so many more; how many were missing. */
  makePartitions(monthsAhead: number): Promise<number>;
  /** All that wrote and did not say goodbye. */
  writers(silentMs: number): Promise<AuditWriter[]>;
  /** Ends a writer: what it had announced are entries now. */
  endWriter(nodeId: string): Promise<void>;
  /** The templates that may have edits of the instant or later. */
  templatesEditedSince(at: number): Promise<string[]>;
  /** The edits of a template of the instant or later, in any order; those of another clock may be missing. */
  editsSince(templateId: string, at: number): Promise<LoggedEdit[]>;
  /** Those of the accounts that are service accounts; one that is gone is none. */
  serviceAccountsAmong(userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The versions that entries of the instant or later tell of. */
  auditedVersionsSince(templateId: string, at: number): Promise<VersionRange[]>;
}
