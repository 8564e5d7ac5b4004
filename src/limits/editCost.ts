/**
 * What edits cost, in points of the rate `operations`: a point is an ordinary request with one operation. Measured on
 * PostgreSQL (docs/decisions/edit-cost.md): 40 further rows of one commit take as long as a request of their own, and so do
 * some 100 KB of payload; bytes count threefold, since the log keeps them.
 */
import { jsonBytes } from "../domain/document/bytes.js";
import type { LoggedOperation } from "../domain/operations/operation.js";

const ROWS_PER_POINT = 40;
const BYTES_PER_POINT = 32_768;

/** The points of so many rows with so many bytes in one commit; none for no rows. */
export function editPoints(rows: number, bytes: number): number {
  if (rows <= 0) return 0;
  return 1 + Math.floor((rows - 1) / ROWS_PER_POINT + bytes / BYTES_PER_POINT);
}

/** The points of operations as they were logged. */
export function pointsOfLogged(operations: readonly LoggedOperation[]): number {
  let bytes = 0;
  for (const { payload, inverse } of operations) {
    bytes += jsonBytes(payload);
    for (const content of inverse) bytes += jsonBytes(content.payload);
  }
  return editPoints(operations.length, bytes);
}
