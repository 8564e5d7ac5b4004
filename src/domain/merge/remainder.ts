/**
 * What a merge leaves of an operation. One that is turned into nothing is still logged, so that its id is taken and a
 * retry finds it; every client can apply it without knowing of merges.
 */
import type { OperationContent } from "../operations/operation.js";
import { isNoOp } from "../operations/noOp.js";
import { deltaOf } from "../operations/traits.js";

/**
 * Whether a merge left nothing of what was sent, which is null where it stands as it was sent. Of a text edit an empty delta
 * is left, so that it stays one of its text.
 */
export function isEmptied(merged: OperationContent, sent: OperationContent | null): boolean {
  if (isNoOp(merged)) return true;
  return sent !== null && hasEmptyDelta(merged) && !hasEmptyDelta(sent);
}

function hasEmptyDelta(content: OperationContent): boolean {
  return deltaOf(content)?.length === 0;
}
