/** Operations: what clients send, what the log holds, and why one may be refused. */
import type { Footprint } from "./footprint.js";
import type { JsonObject } from "../json.js";
import type { Result } from "../result.js";

/** The names of all operation types; definitions.ts says what each does. */
export type OperationType =
  | "ADD_ELEMENT"
  | "MOVE_ELEMENT"
  | "RESIZE_ELEMENT"
  | "ROTATE_ELEMENT"
  | "UPDATE_ELEMENT_PROPS"
  | "DELETE_ELEMENT"
  | "REORDER_ELEMENT"
  | "EDIT_TEXT"
  | "EXTEND_STROKE"
  | "ADD_PAGE"
  | "UPDATE_PAGE"
  | "DELETE_PAGE"
  | "REORDER_PAGES"
  | "CLEAR_PAGE"
  | "UPDATE_CANVAS"
  | "ADD_AUDIO_LAYER"
  | "UPDATE_AUDIO_LAYER"
  | "DELETE_AUDIO_LAYER"
  | "REORDER_AUDIO_LAYER"
  | "ADD_AUDIO_CLIP"
  | "UPDATE_AUDIO_CLIP"
  | "DELETE_AUDIO_CLIP"
  | "REORDER_AUDIO_CLIP";

/** The node an operation is about. Which ids must be there depends on the type; the others are absent. */
export interface OperationTarget {
  readonly pageId?: string;
  readonly elementId?: string;
  readonly audioLayerId?: string;
  readonly clipId?: string;
}

/** What an operation says, without who sent it or when: the part that `apply`, `invert` and `footprint` work on. */
export interface OperationContent {
  readonly type: OperationType;
  readonly target: OperationTarget;
  /** Null for types without a payload. */
  readonly payload: JsonObject | null;
}

/** An operation as a client sends it; `id` is unique within the template. */
export interface SentOperation extends OperationContent {
  readonly id: string;
  /** The client's clock, milliseconds since the epoch. */
  readonly timestamp: number | null;
}

/** An operation as it stands in the log. Instants are milliseconds since the epoch, hashes lower-case hex. */
export interface LoggedOperation extends OperationContent {
  readonly id: string;
  readonly baseVersion: number;
  readonly resultingVersion: number;
  /** The request's `batchId`, or the id of its first operation where it named none. */
  readonly batchId: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly sessionSequence: number | null;
  readonly clientTimestamp: number | null;
  readonly serverTimestamp: number;
  /** Ids of the operations that it met: those that changed it, and those that it won over. */
  readonly transformedFrom: readonly string[];
  /** What was asked for where something else was committed; null where it was committed as asked. */
  readonly requested: OperationContent | null;
  /** The batch that this one undid. */
  readonly undoes: string | null;
  /** The batch that this one did again after it had been undone. */
  readonly redoes: string | null;
  /** With the last operation of an undo or redo: what it left as it was, and why. Absent where that is nothing. */
  readonly skipped?: readonly SkippedPart[];
  readonly footprint: Footprint;
  /** Undo it, in this order, on the state right after it. */
  readonly inverse: readonly OperationContent[];
  readonly requestHash: string;
  /** Binds the row to its author; null in rows of the first chain format, which bind none. */
  readonly authorProof: AuthorProof | null;
  readonly versionHash: string;
}

/** A commitment to an author that outlasts their erasure: what it was made of goes with them. */
export interface AuthorProof {
  /** SHA-256 over salt and user id, lower-case hex. */
  readonly commitment: string;
  /** 128 random bits in hex; null once the author was erased. */
  readonly salt: string | null;
}

/** Why a part of a step could not be undone or redone. */
export type SkipReason = (typeof skipReasons)[number];
export const skipReasons = [
  "DELETED_BY_OTHERS",
  "CHANGED_BY_OTHERS",
  "ID_TAKEN",
  "NOT_APPLICABLE",
  "NOT_PERMITTED",
  "LOCKED",
] as const;

/** A part of a step that was not undone or redone. */
export interface SkippedPart {
  readonly reason: SkipReason;
  /** The operation that was to be taken back, with its version. */
  readonly operationId: string;
  readonly version: number;
  /** What would have taken it back. */
  readonly type: OperationType;
  readonly target: OperationTarget;
  /** The properties that stay; empty where the whole node does, or stays away. */
  readonly properties: readonly string[];
  /** Of a text the attributes that stay. */
  readonly attributes: readonly string[];
  /** Ids of the newest of the operations that stand against it, oldest first. Whose they are, the log tells while it may. */
  readonly causes: readonly string[];
}

/** Why an operation is refused. `path` leads to the offending part within the operation: `["payload", "x"]`. */
export interface OperationFailure {
  readonly code: "INVALID_OPERATION" | "PAYLOAD_TOO_LARGE" | "LOCKED";
  readonly message: string;
  readonly path: readonly string[];
}

export type OperationResult<T> = Result<T, OperationFailure>;
