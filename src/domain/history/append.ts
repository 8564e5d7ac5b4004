/** Turns operations into rows of the log: applies each to the state before it and records what the row has to carry. */
import type { Document } from "../document/document.js";
import type { Sha256 } from "../hashing.js";
import type { DomainLimits } from "../limits.js";
import {
  applyOperation,
  footprintOf,
  invertOperation,
  settleOperation,
} from "../operations/registry.js";
import type { LoggedOperation, OperationFailure, SentOperation } from "../operations/operation.js";
import { failure, success, type Result } from "../result.js";
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

/** Applies all operations in order or none of them. */
export function append(
  state: DocumentState,
  operations: readonly IncomingOperation[],
  authorship: Authorship,
  sha256: Sha256,
  limits: DomainLimits,
): Result<Appended, AppendFailure> {
  const logged: LoggedOperation[] = [];
  let { version, versionHash, document } = state;
  for (const [index, operation] of operations.entries()) {
    const content = settleOperation(document, operation);
    const applied = applyOperation(document, content, limits);
    if (!applied.ok) {
      return failure({ index, operationId: operation.id, failure: applied.error });
    }
    version += 1;
    const row = {
      id: operation.id,
      type: content.type,
      target: content.target,
      payload: content.payload,
      ...authorship,
      resultingVersion: version,
      clientTimestamp: operation.timestamp,
      transformedFrom: [],
      footprint: footprintOf(document, content),
      inverse: invertOperation(document, content),
      requestHash: operation.requestHash,
    };
    versionHash = nextHash(sha256, versionHash, row);
    logged.push({ ...row, versionHash });
    document = applied.value;
  }
  return success({ operations: logged, next: { version, versionHash, document } });
}
