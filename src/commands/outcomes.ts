/** What commands answer, before the schema gives it GraphQL's form. */
import type { Design } from "../domain/document/design.js";
import type { Lock } from "../domain/locks/lock.js";
import type { Collision } from "../domain/merge/collide.js";
import type { LoggedOperation, SkippedPart } from "../domain/operations/operation.js";
import type { GrantedHead } from "../storage/access/accessReader.js";
import type { ApiTokenRecord } from "../storage/credentials/credentialStore.js";
import type {
  LogMeasure,
  OperationRecord,
  SnapshotKind,
} from "../storage/templates/templateStore.js";
import type { Session } from "../sessions/sessions.js";
import type { ShownPresence } from "../bus/changeBus.js";
import type { RequestError } from "./requestError.js";

export type Resolution = "CLIENT_WINS" | "SERVER_WINS" | "MANUAL";

/** The operations of the request as they stand in the log; `template` is read by the schema. */
export interface Applied {
  readonly kind: "applied";
  readonly templateId: string;
  readonly operations: readonly LoggedOperation[];
  readonly appliedOps: readonly string[];
  readonly duplicateOps: readonly string[];
  /** Ids of those that a merge turned into nothing: in the log, but without effect. */
  readonly supersededOps: readonly string[];
  /** Of an undo or redo: what it left as it was, and why. */
  readonly skipped: readonly SkippedOperation[];
  /** Of an undo or redo: the batches of which nothing was left to take back. */
  readonly passedOver: readonly string[];
  readonly newVersion: number;
  /** Milliseconds since the epoch. */
  readonly serverTimestamp: number;
}

/** What others committed, oldest first, as far as it fits one page. */
export interface ServerOperations {
  /** The version through which a page of so many bytes tells, and the bytes of its payloads. */
  measure(pageBytesMax: number): Promise<LogMeasure>;
  /** The operations through that version; `payload` says whether that column is asked for. */
  read(
    throughVersion: number,
    columns: { readonly payload: boolean },
  ): Promise<readonly Omit<OperationRecord, "templateId">[]>;
}

/** A part of a step that was not undone or redone, with the batch of the step. */
export interface SkippedOperation extends Omit<SkippedPart, "causes"> {
  readonly batchId: string;
  readonly causes: readonly SkipCause[];
}

/** An operation that stands against taking another one back, and whose it is; null where nobody's any more. */
export interface SkipCause {
  readonly operationId: string;
  readonly userId: string | null;
}

/** The client's operations were made on an older version: what happened since, what collides, and the ways out. */
export interface VersionConflict {
  readonly kind: "versionConflict";
  readonly message: string;
  readonly templateId: string;
  readonly currentVersion: number;
  readonly requestedVersion: number;
  /** UTF-8 bytes of `serverState`. */
  readonly stateBytes: number;
  /** The state at `currentVersion`; a function, because it is as large as the document and not always asked for. */
  readonly serverState: () => Design;
  /** Functions, because what is no longer in memory is measured and read only where it is asked for. */
  readonly serverOperations: ServerOperations;
  readonly conflictingOps: readonly string[];
  readonly collisions: readonly Collision[];
  readonly suggestedResolution: Resolution;
  readonly autoMerge: {
    readonly available: boolean;
    readonly reason: string | null;
    readonly previewBytes: number;
    readonly preview: () => Design | null;
  };
  readonly strategies: readonly {
    readonly strategy: Resolution;
    readonly description: string;
    readonly warning: string | null;
    /** Ids of the client's operations that it drops. */
    readonly discardedOps: readonly string[];
    /** Ids of the committed operations of which it overwrites, deletes or brings back something. */
    readonly overriddenOps: readonly string[];
  }[];
}

export type ApplyOperationsOutcome = Applied | VersionConflict | RequestError;

export interface ConflictResolved {
  readonly kind: "resolved";
  readonly templateId: string;
  /** The choice that the log holds: another one than was asked for where an earlier request kept what this one would decide. */
  readonly resolution: "CLIENT_WINS" | "SERVER_WINS" | "MANUAL";
  readonly newVersion: number;
  readonly discardedOps: readonly string[];
  readonly operations: readonly LoggedOperation[];
  /** Milliseconds since the epoch. */
  readonly resolvedAt: number;
}

export type ResolveConflictOutcome = ConflictResolved | VersionConflict | RequestError;

/** The rules of a template for writes that collide, with the number of their changes. */
export interface MergeRulesUpdated {
  readonly kind: "mergeRulesUpdated";
  readonly templateId: string;
  readonly version: number;
}

export interface TemplateCreated {
  readonly kind: "created";
  readonly templateId: string;
}

export interface TemplateReverted {
  readonly kind: "reverted";
  readonly templateId: string;
  readonly revertedFrom: number;
  readonly revertedTo: number;
  readonly operationsRolledBack: number;
  readonly newVersion: number;
}

export interface SnapshotCreated {
  readonly kind: "snapshotCreated";
  readonly snapshotId: string;
  readonly snapshotKind: SnapshotKind;
  /** False where the version had one of the kind already. */
  readonly created: boolean;
}

/** The named snapshot is gone. */
export interface SnapshotDeleted {
  readonly kind: "snapshotDeleted";
  readonly templateId: string;
  readonly snapshotId: string;
}

/** The permission of a person, a team or an address is as was asked for. */
export interface PermissionSet {
  readonly kind: "permissionSet";
  readonly templateId: string;
  /** Whether it was another one before. */
  readonly isNews: boolean;
  /** Of what is there, or was taken away; null where nothing was. */
  readonly permissionId: string | null;
  /** Of an address: for `acceptTemplatePermission`. Told here and never again. */
  readonly token: string | null;
}

/** The session is open; `head` was read when it was asked for. */
export interface TemplateJoined {
  readonly kind: "joined";
  readonly head: GrantedHead;
  readonly session: Session;
  /** For its client only. */
  readonly token: string;
  /** Whether it is the session of the token that was sent. */
  readonly resumed: boolean;
  /** The version that the client holds; null where it has none. */
  readonly lastKnownVersion: number | null;
}

export interface TemplateLeft {
  readonly kind: "left";
  /** Of the session; absent where no session has the token. */
  readonly templateId?: string;
  /** Whether there was a session to end. */
  readonly ended: boolean;
}

export interface LockAcquired {
  readonly kind: "lockAcquired";
  readonly lock: Lock;
}

export interface LockReleased {
  readonly kind: "lockReleased";
  /** What was released; null where nothing was held. */
  readonly lock: Lock | null;
}

/** Instants are milliseconds since the epoch. */
export interface SignedIn {
  readonly kind: "signedIn";
  readonly userId: string;
  readonly token: string;
  readonly expiresAt: number;
  /** Good once, for the next session. */
  readonly refreshToken: string;
  readonly refreshExpiresAt: number;
}

export interface SignedOut {
  readonly kind: "signedOut";
  readonly everywhere: boolean;
}

export interface AccountDeleted {
  readonly kind: "accountDeleted";
  readonly userId: string;
}

export interface ApiTokenCreated {
  readonly kind: "apiTokenCreated";
  /** Told here and never again. */
  readonly token: string;
  readonly record: ApiTokenRecord;
}

export interface ApiTokenRevoked {
  readonly kind: "apiTokenRevoked";
  readonly id: string;
}

/** The details of a template changed, or it went to or came from the bin. */
export interface TemplateChanged {
  readonly kind: "changed";
  readonly templateId: string;
}

/** What a client shows of itself now. */
export interface PresenceUpdated {
  readonly kind: "presenceUpdated";
  readonly entry: ShownPresence;
}
