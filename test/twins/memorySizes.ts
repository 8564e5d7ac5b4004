/** What the PostgreSQL store keeps beside its rows, measured from rows in memory. */
import { jsonBytes } from "../../src/domain/document/bytes.js";
import { jsonSize } from "../../src/domain/document/size.js";
import type { Json } from "../../src/domain/json.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import type {
  LogMeasure,
  StoredSize,
  StoredState,
} from "../../src/storage/templates/templateStore.js";

/** The size of a stored document, where there is one. */
export function sizeOf(state: StoredState | undefined): StoredSize | undefined {
  if (state === undefined) return undefined;
  return { version: state.version, ...jsonSize(state.design as unknown as Json) };
}

/** The rows that are small enough to be read at once: at least one, where there is any. */
export function measureRows(
  rows: readonly LoggedOperation[],
  bytesMax: number,
): LogMeasure | undefined {
  let measure: LogMeasure | undefined;
  let bytesBefore = 0;
  for (const row of rows) {
    if (bytesBefore >= bytesMax) break;
    const { inverse, footprint, resultingVersion } = row;
    const ownBytes = payloadBytes(row);
    bytesBefore += ownBytes + jsonBytes([inverse, footprint] as unknown as Json);
    measure = { throughVersion: resultingVersion, bytes: (measure?.bytes ?? 0) + ownBytes };
  }
  return measure;
}

/** The bytes of what an operation says. */
export function payloadBytes({ payload, requested }: LoggedOperation): number {
  return bytesOf(payload) + bytesOf(requested as unknown as Json);
}

/** What is null is not there. */
function bytesOf(column: Json): number {
  return column === null ? 0 : jsonBytes(column);
}

/** The bytes that a row of the log counts. */
export function rowBytes({
  payload,
  requested,
  inverse,
  footprint,
  skipped,
}: LoggedOperation): number {
  const optional = [payload, requested as unknown as Json, (skipped ?? null) as unknown as Json];
  const needed = [inverse as unknown as Json, footprint as unknown as Json];
  return [...optional.map(bytesOf), ...needed.map((it) => jsonBytes(it))].reduce(
    (sum, it) => sum + it,
    0,
  );
}

/** The bytes of rows of the log, by operation. */
export function bytesById(rows: readonly LoggedOperation[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [row.id, rowBytes(row)]));
}
