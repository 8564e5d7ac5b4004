/** Reading the log: ranges by version, and operations by id. Both go along an index that starts with the template. */
import type { LogEntry } from "../../domain/history/logEntry.js";
import type { OwnRun } from "../../domain/undo/undoLine.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import {
  allColumns,
  contentColumns,
  entryColumns,
  entryOf,
  operationOf,
  recordOf,
  shownColumns,
} from "./operationRow.js";
import type { EntryRow, FullRow, ShownRow } from "./operationRow.js";
import { queryRows, statement, type Parameter, type RawExecutor } from "../postgres/statement.js";
import type {
  LogMeasure,
  LogRange,
  OperationRecord,
  OwnRange,
} from "../templates/templateStore.js";
import { isUuid } from "../postgres/uuid.js";

/** PostgreSQL's largest integer, of which versions are. */
const VERSION_MAX = 2_147_483_647;

/** $1 template, $2 after this version, $3 through this one, $4 at most so many. */
const inRange = `
  FROM template_operations
  WHERE template_id = $1::uuid AND resulting_version > $2::int AND resulting_version <= $3::int
  ORDER BY resulting_version LIMIT $4::int`;

const logRange = statement("log_range", `SELECT ${allColumns} ${inRange}`);
const logHistory = statement("log_history", `SELECT ${entryColumns} ${inRange}`);
const logRecords = statement("log_records", `SELECT ${shownColumns} ${inRange}`);
const logRecordsWithContent = statement(
  "log_records_with_content",
  `SELECT ${shownColumns}, ${contentColumns} ${inRange}`,
);

/**
 * As `inRange`, and $5 bytes. Rows of before the sizes were kept are taken for what they take compressed: to measure them
 * would be to read them.
 */
const logMeasure = statement(
  "log_measure",
  `SELECT max(resulting_version) AS through, sum(payload_bytes)::float8 AS bytes FROM (
     SELECT resulting_version, payload_bytes,
       sum(row_bytes) OVER (ORDER BY resulting_version) - row_bytes AS bytes_before
     FROM (
       SELECT resulting_version,
         COALESCE(payload_bytes, pg_column_size(payload), 0) AS payload_bytes,
         COALESCE(row_bytes, COALESCE(pg_column_size(payload), 0) + pg_column_size(inverse)) AS row_bytes
       ${inRange}
     ) AS sized
   ) AS summed WHERE bytes_before < $5::float8`,
);

/** $1 template, $2 operation ids. Rows of before the sizes were kept as in `logMeasure`. */
const bytesByOperationId = statement(
  "log_bytes_by_operation_id",
  `SELECT operation_id AS id,
     COALESCE(row_bytes, COALESCE(pg_column_size(payload), 0) + pg_column_size(inverse)) AS bytes
   FROM template_operations WHERE template_id = $1::uuid AND operation_id = ANY($2::text[])`,
);

/** $1 template, $2 operation ids. */
const logByOperationId = statement(
  "log_by_operation_id",
  `SELECT ${allColumns} FROM template_operations
   WHERE template_id = $1::uuid AND operation_id = ANY($2::text[]) ORDER BY resulting_version`,
);

/** $1 template, $2 operation ids. */
const authorsById = statement(
  "log_authors_by_id",
  `SELECT operation_id, user_id FROM template_operations
   WHERE template_id = $1::uuid AND operation_id = ANY($2::text[])`,
);

/** Whose the operations are, by id. */
export async function readAuthors(
  executor: RawExecutor,
  templateId: string,
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (operationIds.length === 0 || !isUuid(templateId)) return new Map();
  const parameters = [templateId, operationIds];
  const rows = await queryRows<Pick<ShownRow, "operation_id" | "user_id">>(
    executor,
    authorsById,
    parameters,
  );
  return new Map(rows.map((row) => [row.operation_id, row.user_id]));
}

/**
 * $1 template, $2 user, $3 before this version, $4 at most so many. From the newest run backwards, one look into the
 * index for each. A row of before runs were told is a run by itself.
 */
const runsOfUser = statement(
  "log_runs_of_user",
  `WITH RECURSIVE runs AS (
     (SELECT batch_id, client_id, undoes, redoes, coalesce(step_start, resulting_version) AS first_version,
        resulting_version AS last_version
      FROM template_operations
      WHERE template_id = $1::uuid AND user_id = $2::uuid AND resulting_version < $3::int
      ORDER BY resulting_version DESC LIMIT 1)
     UNION ALL
     SELECT older.* FROM runs CROSS JOIN LATERAL (
       SELECT batch_id, client_id, undoes, redoes, coalesce(step_start, resulting_version), resulting_version
       FROM template_operations
       WHERE template_id = $1::uuid AND user_id = $2::uuid AND resulting_version < runs.first_version
       ORDER BY resulting_version DESC LIMIT 1) AS older
   )
   SELECT * FROM runs LIMIT $4::int`,
);

/** The newest runs of operations of one person before a version, oldest first. */
export async function readRuns(executor: RawExecutor, range: OwnRange): Promise<OwnRun[]> {
  const { templateId, userId, beforeVersion = VERSION_MAX, limit } = range;
  if (!isUuid(templateId) || !isUuid(userId)) return [];
  const rows = await queryRows<
    Pick<ShownRow, "batch_id" | "client_id" | "undoes" | "redoes"> & {
      readonly first_version: number;
      readonly last_version: number;
    }
  >(executor, runsOfUser, [templateId, userId, beforeVersion, limit]);
  return rows
    .map((row) => ({
      batchId: row.batch_id,
      clientId: row.client_id,
      undoes: row.undoes,
      redoes: row.redoes,
      firstVersion: row.first_version,
      lastVersion: row.last_version,
    }))
    .toReversed();
}

/** Oldest first, with everything the engine needs. */
export async function readRange(
  executor: RawExecutor,
  range: LogRange,
): Promise<LoggedOperation[]> {
  const parameters = parametersOf(range);
  if (parameters === undefined) return [];
  return (await queryRows<FullRow>(executor, logRange, parameters)).map(operationOf);
}

/** What of the range is small enough to be read at once: at least one row, where there is any. */
export async function measureRange(
  executor: RawExecutor,
  range: LogRange,
  bytesMax: number,
): Promise<LogMeasure | undefined> {
  const parameters = parametersOf(range);
  if (parameters === undefined) return undefined;
  const [row] = await queryRows<{ through: number | null; bytes: number }>(executor, logMeasure, [
    ...parameters,
    bytesMax,
  ]);
  if (row === undefined || row.through === null) return undefined;
  return { throughVersion: row.through, bytes: row.bytes };
}

/** Oldest first, what decisions about newer operations go by: payloads and inverses stay in the database. */
export async function readEntries(executor: RawExecutor, range: LogRange): Promise<LogEntry[]> {
  const parameters = parametersOf(range);
  if (parameters === undefined) return [];
  return (await queryRows<EntryRow>(executor, logHistory, parameters)).map(entryOf);
}

/** Oldest first, what the API shows; without `payload` the columns of what operations say, often the largest, are not read. */
export async function readRecordRange(
  executor: RawExecutor,
  range: LogRange,
  columns: { readonly payload: boolean },
): Promise<OperationRecord[]> {
  const parameters = parametersOf(range);
  if (parameters === undefined) return [];
  const records = columns.payload ? logRecordsWithContent : logRecords;
  const rows = await queryRows<ShownRow>(executor, records, parameters);
  return rows.map((row) => recordOf(range.templateId, row));
}

/** The bytes of those of the operations that are in the template's log. */
export async function measureByOperationId(
  executor: RawExecutor,
  templateId: string,
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (operationIds.length === 0 || !isUuid(templateId)) return new Map();
  const parameters = [templateId, operationIds];
  const rows = await queryRows<{ id: string; bytes: number }>(
    executor,
    bytesByOperationId,
    parameters,
  );
  return new Map(rows.map(({ id, bytes }) => [id, bytes]));
}

/** Those of the operations that are in the template's log, oldest first. */
export async function readByOperationId(
  executor: RawExecutor,
  templateId: string,
  operationIds: readonly string[],
): Promise<LoggedOperation[]> {
  if (operationIds.length === 0 || !isUuid(templateId)) return [];
  const rows = await queryRows<FullRow>(executor, logByOperationId, [templateId, operationIds]);
  return rows.map(operationOf);
}

/** Undefined where the range holds nothing whatever the log holds. */
function parametersOf(range: LogRange): Parameter[] | undefined {
  const { templateId, afterVersion, throughVersion = VERSION_MAX, limit } = range;
  if (!isUuid(templateId) || limit <= 0 || afterVersion >= VERSION_MAX) return undefined;
  const bounded = (version: number) => Math.min(Math.max(version, 0), VERSION_MAX);
  return [templateId, bounded(afterVersion), bounded(throughVersion), bounded(limit)];
}
