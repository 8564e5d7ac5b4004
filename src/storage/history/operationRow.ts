/**
 * The rows of the log, as statements read them and as the engine knows them. Instants and client clocks are read as
 * double precision, exact up to 2^53; hashes as lower-case hex.
 */
import type { LogEntry } from "../../domain/history/logEntry.js";
import type { Footprint } from "../../domain/operations/footprint.js";
import type {
  LoggedOperation,
  OperationContent,
  OperationType,
  SkippedPart,
} from "../../domain/operations/operation.js";
import type { OperationRecord } from "../templates/templateStore.js";

/** What the API shows of a row, without its payload. */
export const shownColumns = `
  resulting_version, operation_id, type, target, base_version, batch_id, user_id, client_id, session_sequence,
  client_timestamp::float8 AS client_timestamp,
  (extract(epoch FROM server_timestamp) * 1000)::float8 AS server_timestamp,
  transformed_from, undoes, redoes`;

/** What decisions about newer operations go by: neither payload nor inverse, which hold most of a row's bytes. */
export const entryColumns = `
  resulting_version, operation_id, batch_id, user_id, client_id, client_timestamp::float8 AS client_timestamp,
  (extract(epoch FROM server_timestamp) * 1000)::float8 AS server_timestamp, undoes, redoes, footprint, skipped`;

/** What an operation says: the payload, and what was asked for where that is something else. */
export const contentColumns = "payload, requested";

/** What only the engine needs, and what the operation says. */
export const allColumns = `${shownColumns}, ${contentColumns}, footprint, inverse, skipped,
  encode(request_hash, 'hex') AS request_hash, encode(author_commitment, 'hex') AS author_commitment,
  encode(author_salt, 'hex') AS author_salt, encode(version_hash, 'hex') AS version_hash`;

/** A row of `shownColumns`; with those of `contentColumns` where they were selected, too. */
export interface ShownRow {
  readonly resulting_version: number;
  readonly operation_id: string;
  readonly type: string;
  readonly target: OperationContent["target"];
  readonly payload?: OperationContent["payload"];
  readonly requested?: OperationContent | null;
  readonly base_version: number;
  readonly batch_id: string;
  readonly user_id: string | null;
  readonly client_id: string | null;
  readonly session_sequence: number | null;
  readonly client_timestamp: number | null;
  readonly server_timestamp: number;
  readonly transformed_from: readonly string[];
  readonly undoes: string | null;
  readonly redoes: string | null;
}

/** A row of `entryColumns`. */
export type EntryRow = Pick<
  FullRow,
  | "resulting_version"
  | "operation_id"
  | "batch_id"
  | "user_id"
  | "client_id"
  | "client_timestamp"
  | "server_timestamp"
  | "undoes"
  | "redoes"
  | "footprint"
  | "skipped"
>;

/** A row of `allColumns`. */
export interface FullRow extends ShownRow {
  readonly payload: OperationContent["payload"];
  readonly requested: OperationContent | null;
  readonly footprint: Footprint;
  readonly inverse: readonly OperationContent[];
  readonly skipped: readonly SkippedPart[] | null;
  readonly request_hash: string;
  readonly author_commitment: string | null;
  readonly author_salt: string | null;
  readonly version_hash: string;
}

/** The operation of a row, with everything the engine needs. */
export function operationOf(row: FullRow): LoggedOperation {
  return {
    ...shownOf(row),
    payload: row.payload,
    requested: row.requested,
    footprint: row.footprint,
    inverse: row.inverse,
    requestHash: row.request_hash,
    authorProof: authorProofOf(row),
    versionHash: row.version_hash,
    ...(row.skipped === null ? {} : { skipped: row.skipped }),
  };
}

function authorProofOf({ author_commitment: commitment, author_salt: salt }: FullRow) {
  return commitment === null ? null : { commitment, salt };
}

/** The operation of a row as decisions see it. */
export function entryOf(row: EntryRow): LogEntry {
  return {
    id: row.operation_id,
    resultingVersion: row.resulting_version,
    batchId: row.batch_id,
    userId: row.user_id,
    clientId: row.client_id,
    clientTimestamp: row.client_timestamp,
    serverTimestamp: row.server_timestamp,
    undoes: row.undoes,
    redoes: row.redoes,
    footprint: row.footprint,
    ...(row.skipped === null ? {} : { skipped: row.skipped }),
  };
}

/** The operation of a row as the API shows it, with what it says where that was read. */
export function recordOf(templateId: string, row: ShownRow): OperationRecord {
  const record = { templateId, ...shownOf(row) };
  if (row.payload === undefined) return record;
  return { ...record, payload: row.payload, requested: row.requested ?? null };
}

function shownOf(row: ShownRow) {
  return {
    id: row.operation_id,
    type: row.type as OperationType,
    target: row.target,
    baseVersion: row.base_version,
    resultingVersion: row.resulting_version,
    batchId: row.batch_id,
    userId: row.user_id,
    clientId: row.client_id,
    sessionSequence: row.session_sequence,
    clientTimestamp: row.client_timestamp,
    serverTimestamp: row.server_timestamp,
    transformedFrom: row.transformed_from,
    undoes: row.undoes,
    redoes: row.redoes,
  };
}
