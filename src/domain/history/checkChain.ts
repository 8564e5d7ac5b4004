/**
 * Proves a stretch of the log: every version there is, in order, as it was committed. Goes on after damage, so that
 * one walk tells all of it.
 */
import type { Sha256 } from "../hashing.js";
import { nextHash, type HashedOperation } from "./versionHash.js";
import { canonicalJson } from "../document/json/canonicalJson.js";
import type { Document } from "../document/document.js";
import { designOf } from "../document/toDesign.js";
import type { Json } from "../json.js";
import { unbounded } from "../limits.js";
import type { LoggedOperation } from "../operations/operation.js";
import { applyOperation, footprintOf, invertOperation } from "../operations/registry.js";

/** How far the log was walked, and the chain's value there; undefined where nothing tells it. */
export interface ChainPosition {
  readonly version: number;
  readonly versionHash: string | undefined;
}

export type ChainDamage =
  /** The log holds no row for these versions, the last included. */
  | { readonly kind: "missing"; readonly fromVersion: number; readonly toVersion: number }
  /** The row is not what was committed as this version: it was changed, or moved here from another. */
  | { readonly kind: "changed"; readonly version: number };

export interface CheckedChain {
  readonly end: ChainPosition;
  readonly damages: readonly ChainDamage[];
}

/**
 * Checks the operations that follow the position, in the order of their versions. After a gap, and where the value at
 * the start is not known, the first row is taken as it is: what it was chained to is gone.
 */
export function checkChain(
  sha256: Sha256,
  start: ChainPosition,
  operations: readonly (HashedOperation & { readonly versionHash: string })[],
): CheckedChain {
  const damages: ChainDamage[] = [];
  let { version, versionHash } = start;
  for (const operation of operations) {
    const { resultingVersion } = operation;
    if (resultingVersion > version + 1) {
      damages.push({ kind: "missing", fromVersion: version + 1, toVersion: resultingVersion - 1 });
      versionHash = undefined;
    }
    if (
      versionHash !== undefined &&
      nextHash(sha256, versionHash, operation) !== operation.versionHash
    ) {
      damages.push({ kind: "changed", version: resultingVersion });
    }
    version = resultingVersion;
    versionHash = operation.versionHash;
  }
  return { end: { version, versionHash }, damages };
}

/** Whether undoing the operation as the row says leads back to where it was applied. Any inverse that does is right. */
export function inverseLeadsBack(before: Document, after: Document, row: LoggedOperation): boolean {
  const expected = invertOperation(before, row) as unknown as Json;
  if (canonicalJson(row.inverse as unknown as Json) === canonicalJson(expected)) return true;
  try {
    let document = after;
    for (const operation of row.inverse) {
      const applied = applyOperation(document, operation, unbounded);
      if (!applied.ok) return false;
      document = applied.value;
    }
    return canonicalText(document) === canonicalText(before);
  } catch {
    // What stands there is no list of operations.
    return false;
  }
}

/**
 * Rows of the first chain format have a hash that does not cover the footprint. Whether the row names the registers
 * that the operation touches.
 */
export function hasOwnFootprint(before: Document, row: LoggedOperation): boolean {
  const expected = footprintOf(before, row) as unknown as Json;
  return canonicalJson(row.footprint as unknown as Json) === canonicalJson(expected);
}

function canonicalText(document: Document): string {
  return canonicalJson(designOf(document) as unknown as Json);
}
