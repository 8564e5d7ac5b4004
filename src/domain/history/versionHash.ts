/**
 * Hashes by which a history proves itself: each row of the log carries a value chained over all before it, so a
 * changed, missing or reordered row is found by walking the log once, and a commit costs only its own operations.
 *
 * The chain holds what an operation did, where it stands and what its client said about it. It leaves out the user
 * and the server's clock: the same history gives the same value wherever and whenever it is replayed, and erasing
 * a person from the log leaves its proof standing.
 */
import { canonicalJson } from "../document/canonicalJson.js";
import type { Design } from "../document/design.js";
import type { Sha256 } from "../hashing.js";
import type { JsonObject } from "../json.js";
import type {
  LoggedOperation,
  OperationContent,
  OperationTarget,
} from "../operations/operation.js";

/** The parts of a logged operation that its version hash covers. */
export type HashedOperation = Pick<
  LoggedOperation,
  | "id"
  | "type"
  | "target"
  | "payload"
  | "baseVersion"
  | "resultingVersion"
  | "batchId"
  | "clientId"
  | "sessionSequence"
  | "clientTimestamp"
  | "transformedFrom"
>;

/** The value at version 1: of the document that the history starts from. Lower-case hex, as all of these. */
export function initialHash(sha256: Sha256, design: Design): string {
  // A first line of its own keeps it apart from the design's hash, and names the format should it ever change.
  return sha256("strata history 1\n" + canonicalJson(design));
}

/** The value after an operation, from the value before it. */
export function nextHash(sha256: Sha256, previous: string, operation: HashedOperation): string {
  return sha256(
    previous +
      "\n" +
      canonicalJson({
        id: operation.id,
        type: operation.type,
        target: targetJson(operation.target),
        payload: operation.payload,
        baseVersion: operation.baseVersion,
        resultingVersion: operation.resultingVersion,
        batchId: operation.batchId,
        clientId: operation.clientId,
        sessionSequence: operation.sessionSequence,
        clientTimestamp: operation.clientTimestamp,
        transformedFrom: operation.transformedFrom,
      }),
  );
}

/** Of an operation as it was sent, but for its id and clock: what tells a retry from another use of the id. */
export function requestHash(sha256: Sha256, operation: OperationContent): string {
  const { type, target, payload } = operation;
  return sha256(canonicalJson({ type, target: targetJson(target), payload }));
}

/** Of a document's content: equal for equal documents, whatever led to them. */
export function designHash(sha256: Sha256, design: Design): string {
  return sha256(canonicalJson(design));
}

/** An id that a target does not name is null here, however the adapter that read it says so. */
function targetJson(target: OperationTarget): JsonObject {
  return {
    pageId: target.pageId ?? null,
    elementId: target.elementId ?? null,
    audioLayerId: target.audioLayerId ?? null,
    clipId: target.clipId ?? null,
  };
}
