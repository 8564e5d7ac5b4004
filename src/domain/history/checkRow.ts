/**
 * What a row of the log says beside the operation itself, compared with what replaying gives: the inverse, and in rows of
 * the first chain format, whose hash does not cover it, the footprint.
 */
import { canonicalJson } from "../document/json/canonicalJson.js";
import type { Document } from "../document/document.js";
import { designOf } from "../document/toDesign.js";
import type { Json } from "../json.js";
import { unbounded } from "../limits.js";
import type { LoggedOperation } from "../operations/operation.js";
import { applyOperation, footprintOf, invertOperation } from "../operations/registry.js";

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

/** Whether the row names the registers that the operation touches. */
export function hasOwnFootprint(before: Document, row: LoggedOperation): boolean {
  const expected = footprintOf(before, row) as unknown as Json;
  return canonicalJson(row.footprint as unknown as Json) === canonicalJson(expected);
}

function canonicalText(document: Document): string {
  return canonicalJson(designOf(document) as unknown as Json);
}
