/**
 * Finding operations of a log by what they are about. The texts are put together from constant parts, one for each set
 * of filters that is asked for, and are no prepared statements: PostgreSQL plans each search for its own values, since
 * the best way differs by many times between a filter that lets most rows through and one that lets through a few.
 */
import type { LogFilter } from "../../domain/history/logFilter.js";
import { contentColumns, recordOf, shownColumns, type ShownRow } from "./operationRow.js";
import { queryRows, statement, type Parameter, type RawExecutor } from "../postgres/statement.js";
import type { LogSearch, OperationRecord } from "../templates/templateStore.js";
import { isUuid } from "../postgres/uuid.js";

/** The condition of each filter with its parameter; those on columns of the index are written as the index has them. */
const conditions: { readonly [K in keyof LogFilter]-?: (parameter: string) => string } = {
  elementId: (parameter) => `(target ->> 'elementId') = ${parameter}::text`,
  pageId: (parameter) => `(target ->> 'pageId') = ${parameter}::text`,
  audioLayerId: (parameter) => `(target ->> 'audioLayerId') = ${parameter}::text`,
  clipId: (parameter) => `(target ->> 'clipId') = ${parameter}::text`,
  userId: (parameter) => `user_id = ${parameter}::uuid`,
  clientId: (parameter) => `client_id = ${parameter}::text`,
  batchId: (parameter) => `batch_id = ${parameter}::text`,
  types: (parameter) => `type = ANY(${parameter}::text[])`,
  from: (parameter) => `server_timestamp >= to_timestamp(${parameter}::float8 / 1000)`,
  to: (parameter) => `server_timestamp < to_timestamp(${parameter}::float8 / 1000)`,
};

/** The filters in the order of their parameters. */
const names = Object.keys(conditions) as (keyof LogFilter)[];

/** `$1` template, `$2` after this version, `$3` through this one, `$4` at most so many, then the filters that are given. */
function matchesOf({ templateId, afterVersion, throughVersion, limit, filter }: LogSearch) {
  const parameters: Parameter[] = [templateId, afterVersion, throughVersion, limit];
  let where =
    "template_id = $1::uuid AND resulting_version > $2::int AND resulting_version <= $3::int";
  for (const name of names) {
    const value = filter[name];
    if (value === undefined) continue;
    parameters.push(value);
    where += ` AND ${conditions[name](`$${parameters.length}`)}`;
  }
  return { where, parameters };
}

/** Whether there may be such operations: what is no UUID is nobody's and no template's. */
function mayExist({ templateId, filter, limit, afterVersion, throughVersion }: LogSearch): boolean {
  const isAccount = filter.userId === undefined || isUuid(filter.userId);
  return isUuid(templateId) && isAccount && limit > 0 && throughVersion > afterVersion;
}

/** The versions of the operations that match, oldest first or newest first, at most `limit`. */
export async function findVersions(executor: RawExecutor, search: LogSearch): Promise<number[]> {
  if (!mayExist(search)) return [];
  const { where, parameters } = matchesOf(search);
  // The sum keeps PostgreSQL from walking the whole log in its order in the hope of an early match.
  const text = `SELECT resulting_version AS version FROM template_operations WHERE ${where}
    ORDER BY resulting_version + 0 ${search.newestFirst ? "DESC" : "ASC"} LIMIT $4::int`;
  const rows = await queryRows<{ version: number }>(executor, { name: "", text }, parameters);
  return rows.map(({ version }) => version);
}

/** How many operations match, at most `limit`. */
export async function countVersions(executor: RawExecutor, search: LogSearch): Promise<number> {
  if (!mayExist(search)) return 0;
  const { where, parameters } = matchesOf(search);
  const text = `SELECT count(*)::int AS count FROM (
      SELECT FROM template_operations WHERE ${where} LIMIT $4::int) AS matches`;
  const [row] = await queryRows<{ count: number }>(executor, { name: "", text }, parameters);
  return row?.count ?? 0;
}

/** $1 template, $2 versions. */
const atVersions = `FROM template_operations
  WHERE template_id = $1::uuid AND resulting_version = ANY($2::int[]) ORDER BY resulting_version`;

const recordsAt = statement("log_records_at", `SELECT ${shownColumns} ${atVersions}`);
const recordsWithContentAt = statement(
  "log_records_with_content_at",
  `SELECT ${shownColumns}, ${contentColumns} ${atVersions}`,
);
/** Rows of before the sizes were kept are taken for what they take compressed, as in `log_measure`. */
const bytesAt = statement(
  "log_bytes_at",
  `SELECT resulting_version AS version, COALESCE(payload_bytes, pg_column_size(payload), 0) AS bytes ${atVersions}`,
);

/** The operations of these versions, oldest first, as the API shows them. */
export async function readRecordsAt(
  executor: RawExecutor,
  templateId: string,
  versions: readonly number[],
  columns: { readonly payload: boolean },
): Promise<OperationRecord[]> {
  if (versions.length === 0 || !isUuid(templateId)) return [];
  const text = columns.payload ? recordsWithContentAt : recordsAt;
  const rows = await queryRows<ShownRow>(executor, text, [templateId, versions.map(String)]);
  return rows.map((row) => recordOf(templateId, row));
}

/** The bytes of what the operations of these versions say, told without reading them. */
export async function measureAt(
  executor: RawExecutor,
  templateId: string,
  versions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (versions.length === 0 || !isUuid(templateId)) return new Map();
  const parameters = [templateId, versions.map(String)];
  const rows = await queryRows<{ version: number; bytes: number }>(executor, bytesAt, parameters);
  return new Map(rows.map(({ version, bytes }) => [version, bytes]));
}
