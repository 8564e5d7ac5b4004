/**
 * Columns of the log that are computed from the rest when a row is written, and are therefore in no hash: where its run
 * began, by which a person's steps are found, and how large it is, by which reading is bounded. `verify` computes them
 * again and compares. With them goes whether an erasure is noted of the row.
 */
import type { LoggedOperation } from "../../domain/operations/operation.js";
import { queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import { isSameRun } from "./stepRuns.js";

/** Null where the row was written before the column was kept. */
export interface ComputedColumns {
  readonly stepStart: number | null;
  readonly payloadBytes: number | null;
  readonly rowBytes: number | null;
  /** An erasure of an account took the author out of the row. */
  readonly isErased: boolean;
}

/** $1 template, $2 after this version, $3 through this one. */
const computedColumns = statement(
  "log_computed_columns",
  `SELECT resulting_version, step_start, payload_bytes, row_bytes,
     EXISTS (SELECT FROM log_erasures e WHERE e.template_id = o.template_id
       AND e.resulting_version = o.resulting_version) AS is_erased
   FROM template_operations o
   WHERE template_id = $1::uuid AND resulting_version > $2::int AND resulting_version <= $3::int`,
);

interface ComputedRow {
  readonly resulting_version: number;
  readonly step_start: number | null;
  readonly payload_bytes: number | null;
  readonly row_bytes: number | null;
  readonly is_erased: boolean;
}

/** By version, of the rows after one version through another. */
export async function readComputedColumns(
  executor: RawExecutor,
  templateId: string,
  afterVersion: number,
  throughVersion: number,
): Promise<ReadonlyMap<number, ComputedColumns>> {
  const parameters = [templateId, afterVersion, throughVersion];
  const rows = await queryRows<ComputedRow>(executor, computedColumns, parameters);
  return new Map(
    rows.map((row) => [
      row.resulting_version,
      {
        stepStart: row.step_start,
        payloadBytes: row.payload_bytes,
        rowBytes: row.row_bytes,
        isErased: row.is_erased,
      },
    ]),
  );
}

/** Whether the row says how large it is. Rows of the first chain format may be older than the columns. */
export function hasOwnSize(row: LoggedOperation, stored: ComputedColumns): boolean {
  const payloadBytes = bytesOf(row.payload) + bytesOf(row.requested);
  const more = bytesOf(row.inverse) + bytesOf(row.footprint) + bytesOf(row.skipped ?? null);
  const isOwn = (told: number | null, bytes: number) =>
    told === bytes || (told === null && row.authorProof === null);
  return isOwn(stored.payloadBytes, payloadBytes) && isOwn(stored.rowBytes, payloadBytes + more);
}

/** As PostgreSQL measures the text that it is sent. */
function bytesOf(value: unknown): number {
  return value === null ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** Follows the runs of a log, row by row. */
export class RunCheck {
  private previous: LoggedOperation | undefined;
  private start = 0;

  /** Whether the row, which comes next, says where its run began. */
  isOwnStart(row: LoggedOperation, stepStart: number | null): boolean {
    const { resultingVersion: version, authorProof } = row;
    const told = stepStart ?? version;
    const { previous } = this;
    this.previous = row;
    if (previous === undefined || previous.resultingVersion !== version - 1) {
      // The run may have begun in rows that are gone, of which there is none before version 2.
      const isPossible = told >= 2 && told <= version;
      this.start = isPossible ? told : version;
      return isPossible;
    }
    const continues = isSameRun(previous, row);
    // The first chain format does not tell requests apart: each may have been a run, or the row older than the column.
    const isAlone = authorProof === null && told === version;
    if (!continues || isAlone) this.start = version;
    return told === this.start;
  }
}
