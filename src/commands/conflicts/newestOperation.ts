import type { LoggedOperation } from "../../domain/operations/operation.js";

/** The operation with the highest version; undefined where there is none. */
export function newestOf(operations: readonly LoggedOperation[]): LoggedOperation | undefined {
  let newest = operations[0];
  for (const operation of operations) {
    if (operation.resultingVersion > newest!.resultingVersion) newest = operation;
  }
  return newest;
}
