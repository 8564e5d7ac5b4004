/**
 * The port to the record of conflicts: each one that was answered, both its sides, and how it was resolved. Adapters
 * (Prisma, memory) pass one contract suite (test/contracts/conflictStore.ts).
 */
import type { Collision } from "../../domain/merge/collide.js";
import type { MergeDecision } from "../../domain/merge/judging/decisions.js";
import type { Decider } from "../../domain/merge/judging/verdict.js";
import type { SentOperation } from "../../domain/operations/operation.js";

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

/** What a merge decided over one batch, by clock or rule; recorded with the commit of the batch. */
export interface DecidedConflict extends Omit<
  NewConflict,
  "clientOperations" | "collisions" | "userId"
> {
  readonly userId: string | null;
  readonly decidedBy: Decider;
  /** The first so many of `decisionCount`. */
  readonly decisions: readonly MergeDecision[];
  readonly decisionCount: number;
}

/**
 * One that a person was asked about, or that was decided. Of the latter the log holds the client's operations, as they were
 * asked for, and `collisions` are those that are told of its decisions.
 */
export interface ConflictRecord extends Omit<NewConflict, "userId"> {
  /** Null where the account is gone. */
  readonly userId: string | null;
  /** Null while it is open. */
  readonly resolution: ConflictResolution | null;
  readonly resolvedAt: number | null;
  readonly resolvedById: string | null;
  /** Null where a person is asked. */
  readonly decidedBy: Decider | null;
  readonly decisions: readonly MergeDecision[];
  readonly decisionCount: number;
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
  /** Only those that are resolved or were decided, or only those that are open; both where absent. */
  readonly resolved?: boolean;
  /** Only those that this decided; `PERSON`: those that a person resolved. */
  readonly decidedBy?: Decider | "PERSON";
  /** Only those that this person met. */
  readonly userId?: string;
  /** Only those of operations made on this version. */
  readonly baseVersion?: number;
  /** Only those older than this one. */
  readonly before?: { readonly createdAt: number; readonly id: string };
  readonly limit: number;
  /** Leaves `clientOperations` empty: they may be large, and are read by `readOperations`. */
  readonly withoutOperations?: boolean;
}

/** Operations of clients by the id of their conflict. */
export type ClientOperations = ReadonlyMap<string, readonly SentOperation[]>;

export interface ConflictStore {
  record(conflict: NewConflict): Promise<void>;
  /** Marks the open conflicts as resolved; how many there were. */
  resolve(resolved: ResolvedConflict): Promise<number>;
  /** Newest first. */
  list(query: ConflictQuery): Promise<ConflictRecord[]>;
  /** The bytes that `readOperations` would read, by conflict, told without reading them. */
  measureOperations(
    templateId: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** What clients sent, of the conflicts with these ids. */
  readOperations(templateId: string, ids: readonly string[]): Promise<ClientOperations>;
}
