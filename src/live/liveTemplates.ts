/**
 * Templates in memory. All writes of one template on this node go through its queue: what waits while a commit is on
 * its way is decided in order against the state that commit will leave, and goes with the next one.
 */
import type { Restriction } from "../domain/access/grant.js";
import type { Appended, DocumentState } from "../domain/history/append.js";
import type { LogEntry } from "../domain/history/logEntry.js";
import type { Editor, Lock } from "../domain/locks/lock.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { Steps } from "../domain/steps.js";
import type { DecidedConflict } from "../storage/conflicts/conflictStore.js";

/** What a decision may look at. */
export interface DecisionContext {
  readonly state: DocumentState;
  /** What the editor may change, where that is not everything. What goes beyond is refused as a whole once it is decided. */
  readonly restrictions: readonly Restriction[];
  /**
   * What was committed after `Proposal.historySince`, oldest first; undefined where the log no longer reaches back or
   * it is more than one request may read.
   */
  readonly history: () => readonly LogEntry[] | undefined;
  /** The history holds only what of it matters to the request, since it is too long to be held. */
  readonly holdsPart?: boolean;
  /**
   * The operation under one of `Proposal.operationIds`, in the log or on its way there with the same commit; of the
   * history only what is in memory, unless the decision said that it needs it.
   */
  readonly known: (operationId: string) => LoggedOperation | undefined;
}

/**
 * Operations to append, with the state they lead to; an answer that appends nothing; or the ids of committed
 * operations that have to be read before the decision can be made (`known` finds them then).
 */
export type Decision<T> =
  | {
      readonly kind: "append";
      readonly appended: Appended;
      readonly answer: T;
      /** What was decided over the operations, to be recorded with them. */
      readonly decided?: DecidedConflict | undefined;
    }
  | { readonly kind: "answer"; readonly answer: T }
  | { readonly kind: "needs"; readonly operationIds: readonly string[] };

/** Nothing that it appends goes through where a lock of another editor's is touched. */
export interface ProposalEditor extends Editor {
  /** That of the head as the caller read it, as `atLeastVersion`. */
  readonly atLeastLockRevision: number;
  /** At which they were allowed to edit; with another one they are asked about again. */
  readonly accessRevision: number;
  /** What they may edit, where that is not everything. */
  readonly restrictions: readonly Restriction[];
  /** Apply only while the editor's own lock with this fence is there. */
  readonly fence?: number | undefined;
}

/**
 * One request to write. `decide` is pure and may be called again on a newer state. One that answers steps lets others have
 * their turn between them.
 */
export interface Proposal<T> {
  /** The version after which `decide` wants the history; undefined where it wants none. */
  readonly historySince: number | undefined;
  /** So many operations of that are the editor's own, and do not count against what one request may read of others'. */
  readonly ownOperations?: number;
  readonly operationIds: readonly string[];
  /** About how many bytes of heap it holds while it waits; none where absent. */
  readonly heldBytes?: number;
  /** The head as the caller read it after the request arrived: the decision is never made on an older state. */
  readonly atLeastVersion: number;
  /** Who asks, and what they know of locks: what it appends must not touch what others hold. */
  readonly editor: ProposalEditor;
  /** Asks again who they are and what they may edit, as of now or later; undefined where they may not any more. */
  authorizeAgain(): Promise<ProposalEditor | undefined>;
  decide(context: DecisionContext): Decision<T> | Steps<Decision<T>>;
}

/** The template is not there any more, or went to the bin while the request waited. */
export class TemplateGone extends Error {
  override readonly name = "TemplateGone";
}

/** What the request would append touches what another editor holds; nothing was appended. */
export class TargetLocked extends Error {
  override readonly name = "TargetLocked";
  constructor(readonly refusal: LockRefusal) {
    super("another client holds a lock on a part that the request would change");
  }
}

/** What the request would append changes what its editor may not edit; nothing was appended. */
export class BeyondGrant extends Error {
  override readonly name = "BeyondGrant";
  /** The first operation of the request that does, where the request names some. */
  constructor(readonly operationId: string | undefined) {
    super("your access to this template is restricted to a part that does not include this");
  }
}

/** Access was taken away while the request waited; nothing was appended. */
export class AccessTakenAway extends Error {
  override readonly name = "AccessTakenAway";
  constructor() {
    super("you may no longer edit this template");
  }
}

/** The first operation of the request that touches, where the request names some, and the lock. */
export type LockRefusal =
  | {
      readonly kind: "touches";
      readonly operationId: string | undefined;
      readonly lock: Lock;
    }
  /** The editor's lock with the fence that the request names is not there any more. */
  | { readonly kind: "fenceLost"; readonly fence: number };

/** The node is stopping and takes no new work. */
export class ShuttingDown extends Error {
  override readonly name = "ShuttingDown";
}

/** Too many requests wait for one template. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
  constructor(
    readonly retryAfterMs: number,
    message = "too many requests are queued for this template",
  ) {
    super(message);
  }
}

export interface LiveTemplates {
  /** Templates in memory. */
  readonly size: number;
  /**
   * Queues a request; resolves with the answer once what it appended is committed. Rejects with TemplateGone,
   * TargetLocked, BeyondGrant, AccessTakenAway, ShuttingDown, QueueFull or StorageUnavailable.
   */
  submit<T>(templateId: string, proposal: Proposal<T>): Promise<T>;
  /** The state at the head, at or after the version named. Rejects with TemplateGone or StorageUnavailable. */
  read(templateId: string, atLeastVersion: number): Promise<DocumentState>;
  /**
   * Does work that holds a document of about so many bytes of heap beside those of live templates, when there is room.
   * Rejects with QueueFull where there is none in time, else as the work does.
   */
  holding<T>(heapBytes: number, work: () => Promise<T>): Promise<T>;
  /** The state in memory where there is one: for hints that need not be fresh. */
  peek(templateId: string): DocumentState | undefined;
  /** Takes no new work, lets waiting commits finish and writes the checkpoints. */
  close(): Promise<void>;
}
