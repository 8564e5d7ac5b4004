/** How the audit log is written; each name carries its unit. */
export interface AuditSettings {
  /** How long entries wait for others to go with. */
  readonly auditFlushMs: number;
  /** Entries of one statement. */
  readonly auditBatchEntriesMax: number;
  /** Entries that wait in memory: beyond them, what was refused is counted and left out. */
  readonly auditQueuedEntriesMax: number;
  /** How long a node is silent before others write what it left. */
  readonly auditSilenceMs: number;
  /** Entries an hour for refused attempts from one address on which nobody is signed in; those beyond are counted. */
  readonly auditAnonymousEntriesPerHourMax: number;
  /** How often an entry tells what was counted. */
  readonly auditCountedMs: number;
  /** Months for which partitions are made ahead. */
  readonly auditMonthsAhead: number;
}

export const defaultAuditSettings: AuditSettings = {
  auditFlushMs: 100,
  auditBatchEntriesMax: 500,
  auditQueuedEntriesMax: 20_000,
  auditSilenceMs: 60_000,
  auditAnonymousEntriesPerHourMax: 60,
  auditCountedMs: 600_000,
  auditMonthsAhead: 3,
};
