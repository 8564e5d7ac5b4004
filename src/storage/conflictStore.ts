/**
 * The port to the record of conflicts: each one that was answered, both its sides, and how it was resolved. Adapters
 * (Prisma, memory) pass one contract suite (test/contracts/conflictStore.ts).
 */
import type { Collision } from "../domain/merge/collide.js";
import type { SentOperation } from "../domain/operations/operation.js";

export type ConflictResolution = "CLIENT_WINS" | "SERVER_WINS" | "MANUAL";

/** A conflict as it was answered. */
export interface NewConflict {
  readonly id: string;
  readonly templateId: string;
  readonly userId: string;
  readonly clientId: string | null;
  readonly baseVersion: number;
  readonly headVersion: number;
  /** The client's operations as they were sent. */
  readonly clientOperations: readonly SentOperation[];
  /** Ids of the committed operations they collide with. */
  readonly serverOperationIds: readonly string[];
  readonly collisions: readonly Collision[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface ConflictRecord extends Omit<NewConflict, "userId"> {
  /** Null where the account is gone. */
  readonly userId: string | null;
  /** Null while it is open. */
  readonly resolution: ConflictResolution | null;
  readonly resolvedAt: number | null;
  readonly resolvedById: string | null;
}

/** The resolution of all open conflicts of one person on one base version. */
export interface ResolvedConflict {
  readonly templateId: string;
  readonly userId: string;
  readonly baseVersion: number;
  readonly resolution: ConflictResolution;
  /** Milliseconds since the epoch. */
  readonly resolvedAt: number;
}

export interface ConflictQuery {
  readonly templateId: string;
  /** Only those that are resolved, or only those that are open; both where absent. */
  readonly resolved?: boolean;
  /** Only those older than this one. */
  readonly before?: { readonly createdAt: number; readonly id: string };
  readonly limit: number;
}

export interface ConflictStore {
  record(conflict: NewConflict): Promise<void>;
  /** Marks the open conflicts as resolved; how many there were. */
  resolve(resolved: ResolvedConflict): Promise<number>;
  /** Newest first. */
  list(query: ConflictQuery): Promise<ConflictRecord[]>;
}
