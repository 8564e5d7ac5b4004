/** Turns operations into rows of the log: applies each to the state before it and records what the row has to carry. */
import type { Document } from "../document/document.js";
import type { Sha256 } from "../hashing.js";
import type { DomainLimits } from "../limits.js";
import { designLockSteps } from "../locks/designLock.js";
import type { NodePath } from "../operations/footprint.js";
import {
  applySteps,
  footprintSteps,
  invertSteps,
  settleOperation,
} from "../operations/registry.js";
import type {
  AuthorProof,
  LoggedOperation,
  OperationContent,
  OperationFailure,
  OperationResult,
  SentOperation,
  SkippedPart,
} from "../operations/operation.js";
import { failure, success, type Result } from "../result.js";
import { finished, type Steps } from "../steps.js";
import { sameJson } from "../text/richText.js";
import { authorProof } from "./authorProof.js";
import { nextHash } from "./versionHash.js";

/** A document, its place in the history and the value of the hash chain there. */
export interface DocumentState {
  readonly version: number;
  readonly versionHash: string;
  readonly document: Document;
}

/** An operation that passed its schemas, with the hash of what was sent. */
export interface IncomingOperation extends SentOperation {
  readonly requestHash: string;
}

/** What all operations of one request have in common. */
export interface Authorship {
  readonly baseVersion: number;
  readonly batchId: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly sessionSequence: number | null;
  /** Milliseconds since the epoch. */
  readonly serverTimestamp: number;
  /** Random, new for each request: binds its rows to the author (authorProof.ts). Absent where nothing is stored. */
  readonly authorSalt?: string;
  /** The batch that the request undoes or redoes. */
  readonly undoes?: string;
  readonly redoes?: string;
}

export interface Appended {
  readonly operations: readonly LoggedOperation[];
  readonly next: DocumentState;
}

/** Which operation of the batch failed, by its place in the list, and why. */
export interface AppendFailure {
  readonly index: number;
  readonly operationId: string;
  readonly failure: OperationFailure;
}

/** How operations are appended, whatever they say. */
export interface AppendSettings {
  readonly authorship: Authorship;
  readonly sha256: Sha256;
  readonly limits: DomainLimits;
  /** What sets a whole state, as a revert does, also changes elements that the design locks. */
  readonly ignoresDesignLocks?: boolean;
}

/** A moment between two rows in the making. */
interface AppenderMark {
  readonly count: number;
  readonly state: DocumentState;
}

/** Rows in the making: each `add` goes on from the state the one before it left. */
export class Appender {
  private readonly operations: LoggedOperation[] = [];
  /** What the batch created, also where it was taken back since: that is not there. */
  private readonly created = new Set<NodePath>();
  private state: DocumentState;
  private readonly startHash: string;
  private readonly authorProof: AuthorProof | null;

  constructor(
    state: DocumentState,
    private readonly settings: AppendSettings,
  ) {
    this.state = state;
    this.startHash = state.versionHash;
    const { sha256, authorship } = settings;
    const { authorSalt: salt, userId } = authorship;
    this.authorProof = salt === undefined ? null : authorProof(sha256, salt, userId);
  }

  /** The document as of now. */
  get document(): Document {
    return this.state.document;
  }

  get appended(): Appended {
    return { operations: this.operations, next: this.state };
  }

  /** What `backTo` goes back to. */
  mark(): AppenderMark {
    return { count: this.operations.length, state: this.state };
  }

  /** Takes back what was added since the mark. */
  backTo({ count, state }: AppenderMark): void {
    this.operations.length = count;
    this.state = state;
  }

  /**
   * Adds the operation, with the content that a merge gave it and the ids of the operations that changed it. One that
   * cannot apply adds nothing.
   */
  add(
    sent: IncomingOperation,
    merged: OperationContent = sent,
    transformedFrom: readonly string[] = [],
  ): OperationResult<undefined> {
    return finished(this.addSteps(sent, merged, transformedFrom));
  }

  /** As `add`, in a few steps: one operation may clear a page of tens of thousands of elements. */
  *addSteps(
    sent: IncomingOperation,
    merged: OperationContent = sent,
    transformedFrom: readonly string[] = [],
  ): Steps<OperationResult<undefined>> {
    const { authorship, sha256, limits, ignoresDesignLocks = false } = this.settings;
    const { document, version, versionHash } = this.state;
    const content = settleOperation(document, merged);
    const applied = yield* applySteps(document, content, limits);
    if (!applied.ok) return applied;
    yield;
    const footprint = yield* footprintSteps(document, content);
    yield;
    if (!ignoresDesignLocks) {
      const locked = yield* designLockSteps(document, content, footprint, this.created);
      if (locked !== undefined) return failure(locked);
    }
    yield;
    const inverse = yield* invertSteps(document, content);
    yield;
    const row = {
      id: sent.id,
      type: content.type,
      target: content.target,
      payload: content.payload,
      baseVersion: authorship.baseVersion,
      resultingVersion: version + 1,
      batchId: authorship.batchId,
      userId: authorship.userId,
      clientId: authorship.clientId,
      sessionSequence: authorship.sessionSequence,
      clientTimestamp: sent.timestamp,
      serverTimestamp: authorship.serverTimestamp,
      transformedFrom,
      requested: requestedInstead(sent, content),
      undoes: authorship.undoes ?? null,
      redoes: authorship.redoes ?? null,
      footprint,
      inverse,
      requestHash: sent.requestHash,
      authorProof: this.authorProof,
    };
    const operation = { ...row, versionHash: nextHash(sha256, versionHash, row) };
    this.operations.push(operation);
    for (const { kind, path } of footprint) if (kind === "create") this.created.add(path);
    this.state = {
      version: operation.resultingVersion,
      versionHash: operation.versionHash,
      document: applied.value,
    };
    return success(undefined);
  }

  /** Records with the last row what its step left as it was. */
  tellSkipped(skipped: readonly SkippedPart[]): void {
    const last = this.operations.pop();
    if (last === undefined) throw new Error("no row can hold what was skipped");
    const previous = this.operations.at(-1)?.versionHash ?? this.startHash;
    const row = { ...last, skipped };
    const versionHash = nextHash(this.settings.sha256, previous, row);
    this.operations.push({ ...row, versionHash });
    this.state = { ...this.state, versionHash };
  }
}

/** What was sent, where something else is committed of it; null where it is committed as sent. */
function requestedInstead(
  sent: OperationContent,
  committed: OperationContent,
): OperationContent | null {
  const isSame =
    sent.type === committed.type &&
    sameJson({ ...sent.target }, { ...committed.target }) &&
    sameJson(sent.payload, committed.payload);
  return isSame ? null : { type: sent.type, target: sent.target, payload: sent.payload };
}

/** Applies all operations as they were sent, in order, or none of them. */
export function append(
  state: DocumentState,
  operations: readonly IncomingOperation[],
  settings: AppendSettings,
): Result<Appended, AppendFailure> {
  return finished(appendSteps(state, operations, settings));
}

/** As `append`, an operation a step. */
export function* appendSteps(
  state: DocumentState,
  operations: readonly IncomingOperation[],
  settings: AppendSettings,
): Steps<Result<Appended, AppendFailure>> {
  const appender = new Appender(state, settings);
  for (const [index, operation] of operations.entries()) {
    const added = yield* appender.addSteps(operation);
    if (!added.ok) return failure({ index, operationId: operation.id, failure: added.error });
  }
  return success(appender.appended);
}
