/**
 * Hashes by which a history proves itself: each row of the log carries a value chained over all before it, so a
 * changed, missing or reordered row is found by walking the log once, and a commit costs only its own operations.
 *
 * There are two formats, and a row that has an author proof is of the second. That one covers the whole row but for the
 * inverse, which replaying proves, what is computed from the rest, and the author, of whom it covers a commitment
 * (authorProof.ts), so that erasing a person leaves the proof standing. The first, of rows that were committed before
 * there was the second, leaves out what the server says about an operation: time, author, request hash, footprint,
 * undone batches, what was asked for. What an undo skipped is covered by both: old rows hold none.
 */
import { canonicalJson } from "../document/json/canonicalJson.js";
import type { Design } from "../document/design.js";
import { writeCanonicalSteps } from "../document/json/writeJson.js";
import type { RunningHash, Sha256 } from "../hashing.js";
import type { Json, JsonObject } from "../json.js";
import type {
  LoggedOperation,
  OperationContent,
  OperationTarget,
} from "../operations/operation.js";
import type { Steps } from "../steps.js";

/** The parts of a logged operation that its version hash covers. */
export type HashedOperation = Omit<LoggedOperation, "versionHash" | "inverse" | "userId">;

const INITIAL = "strata history 1\n";

/** The value at version 1: of the document that the history starts from. Lower-case hex, as all of these. */
export function initialHash(sha256: Sha256, design: Design): string {
  // A first line of its own keeps it apart from the design's hash, and names the format should it ever change.
  return sha256(INITIAL + canonicalJson(design));
}

/** As `initialHash`, in steps. */
export function initialHashSteps(sha256: Sha256, design: Design): Steps<string> {
  return hashSteps(sha256, INITIAL, design);
}

/** The value after an operation, from the value before it. */
export function nextHash(sha256: Sha256, previous: string, operation: HashedOperation): string {
  const covered =
    operation.authorProof === null
      ? firstFormat(operation)
      : secondFormat(operation, operation.authorProof.commitment);
  return sha256(previous + "\n" + canonicalJson(covered));
}

/** The keys stand in their canonical order, here and below: each commit passes here, and sorting takes as long as hashing. */
function firstFormat(operation: HashedOperation): JsonObject {
  return {
    baseVersion: operation.baseVersion,
    batchId: operation.batchId,
    clientId: operation.clientId,
    clientTimestamp: operation.clientTimestamp,
    id: operation.id,
    payload: operation.payload,
    resultingVersion: operation.resultingVersion,
    sessionSequence: operation.sessionSequence,
    ...skippedJson(operation),
    target: targetJson(operation.target),
    transformedFrom: operation.transformedFrom,
    type: operation.type,
  };
}

function secondFormat(operation: HashedOperation, author: string): JsonObject {
  const { requested } = operation;
  return {
    author,
    baseVersion: operation.baseVersion,
    batchId: operation.batchId,
    clientId: operation.clientId,
    clientTimestamp: operation.clientTimestamp,
    footprint: operation.footprint as unknown as Json,
    format: 2,
    id: operation.id,
    payload: operation.payload,
    redoes: operation.redoes,
    requestHash: operation.requestHash,
    requested: requested && { ...requested, target: exactTarget(requested.target) },
    resultingVersion: operation.resultingVersion,
    serverTimestamp: operation.serverTimestamp,
    sessionSequence: operation.sessionSequence,
    ...skippedJson(operation),
    target: exactTarget(operation.target),
    transformedFrom: operation.transformedFrom,
    type: operation.type,
    undoes: operation.undoes,
  };
}

/** Absent in rows that skipped nothing, as most did: their hashes are as if there were no such column. */
function skippedJson({ skipped }: HashedOperation): JsonObject {
  // As it is stored: without the ids that its targets do not name.
  return skipped === undefined ? {} : { skipped: JSON.parse(JSON.stringify(skipped)) as Json };
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

/** As `designHash`, in steps. */
export function designHashSteps(sha256: Sha256, design: Design): Steps<string> {
  return hashSteps(sha256, "", design);
}

function* hashSteps(sha256: Sha256, prefix: string, design: Design): Steps<string> {
  const hash = sha256.begin?.() ?? wholeHash(sha256);
  hash.update(prefix);
  yield* writeCanonicalSteps(design, (text) => hash.update(text));
  return hash.hex();
}

/** Where the platform cannot hash in parts. */
function wholeHash(sha256: Sha256): RunningHash {
  const parts: string[] = [];
  return { update: (text) => parts.push(text), hex: () => sha256(parts.join("")) };
}

/** The target as it is stored: what it does not name is not there. A row may hold something else, which is then hashed. */
function exactTarget(target: OperationTarget): Json {
  if (typeof target !== "object" || target === null) return target;
  const named: Record<string, Json> = {};
  for (const [name, id] of Object.entries(target)) if (id !== undefined) named[name] = id;
  return named;
}

/** An id that a target does not name is null here, however the adapter that read it says so. */
function targetJson(target: OperationTarget): JsonObject {
  return {
    audioLayerId: target?.audioLayerId ?? null,
    clipId: target?.clipId ?? null,
    elementId: target?.elementId ?? null,
    pageId: target?.pageId ?? null,
  };
}
