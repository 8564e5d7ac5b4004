/** The operation without effect, into which a merge turns what has none left. */
import type { OperationContent } from "./operation.js";

/** Changes nothing. A client cannot send it: UPDATE_CANVAS needs at least one property. */
export const NO_OP: OperationContent = { type: "UPDATE_CANVAS", target: {}, payload: {} };

/** Whether the operation changes nothing, since a merge left nothing of it. */
export function isNoOp({ type, payload }: OperationContent): boolean {
  return type === "UPDATE_CANVAS" && payload !== null && Object.keys(payload).length === 0;
}
