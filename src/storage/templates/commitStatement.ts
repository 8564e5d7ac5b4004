/**
 * The commit: one statement, one round trip. It raises the template's version if that, the lock revision and the access
 * revision still are the expected ones and the template is not in the bin, and inserts the rows of the log from what it updated. No row
 * updated, no row inserted.
 *
 * Of two writers at one version the second waits for the first one's row lock, finds another version, and touches
 * nothing. An operation id that the log holds already violates a unique index, and nothing is written.
 *
 * The rows travel as columns: one text per column, split by U+0001. No text of JSON, number, uuid or hash contains that
 * character; ids, which could, travel as arrays. Of what was measured (docs/decisions) this costs the server least:
 * jsonb columns are parsed once and nothing is quoted twice.
 */
import { setImmediate } from "node:timers/promises";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import { violatedUniqueIndex } from "../postgres/errors.js";
import {
  executeCount,
  statement,
  type Parameter,
  type RawExecutor,
} from "../postgres/statement.js";
import { stepStarts } from "../history/stepRuns.js";
import type { Commit, CommitOutcome } from "./templateStore.js";

const SEPARATOR = "\u0001";

const splitColumns = [
  "type",
  "target",
  "payload",
  "base_version",
  "user_id",
  "session_sequence",
  "client_timestamp",
  "server_timestamp",
  "transformed_from",
  "footprint",
  "inverse",
  "request_hash",
  "version_hash",
  "requested",
  "author_commitment",
  "author_salt",
  "skipped",
  "step_start",
] as const;

/** The first parameter that holds a split column. */
const FIRST_SPLIT_PARAMETER = 13;

/** The parameter of a split column. */
const parameterOf = (column: (typeof splitColumns)[number]) =>
  `$${FIRST_SPLIT_PARAMETER + splitColumns.indexOf(column)}::text`;

/** The columns whose bytes a row counts, of all rows together: each row but one has a separator in each. */
const sizedColumns = ["payload", "requested", "inverse", "footprint", "skipped"] as const;
const addedBytes = `${sizedColumns.map((column) => `octet_length(${parameterOf(column)})`).join(" + ")}
       - ${sizedColumns.length} * ($3::int - 1)`;

const split = splitColumns
  .map((column) => `string_to_table(${parameterOf(column)}, E'\\x01', '')`)
  .join(", ");

/**
 * Lists by last change are exact for so many versions of a template, and later to the second: a row of which no indexed
 * column changes is updated without touching its indexes.
 */
const EXACTLY_LISTED_VERSIONS = 100;

/**
 * $1 template, $2 expected version, $3 number of operations, $4 the new head's hash, $5 its instant in milliseconds;
 * $6 to $10 the operations' ids, batch ids, client ids and the batches they undo and redo; $11 the expected lock
 * revision, $12 the expected access revision or null; then the split columns in their order.
 */
const raiseHead = `head AS (
     UPDATE templates
     SET version = $2::int + $3::int, version_hash = decode($4, 'hex'), updated_at = to_timestamp($5::float8 / 1000),
       changed_at = CASE WHEN version < ${EXACTLY_LISTED_VERSIONS} OR changed_at < to_timestamp($5::float8 / 1000) - interval '1 second'
         THEN to_timestamp($5::float8 / 1000) ELSE changed_at END,
       log_bytes = log_bytes + ${addedBytes}
     WHERE id = $1::uuid AND version = $2::int AND lock_revision = $11::int
       AND access_revision = coalesce($12::int, access_revision) AND deleted_at IS NULL
     RETURNING id
   )`;

const insertRows = `
   INSERT INTO template_operations (
     template_id, resulting_version, operation_id, type, target, payload, base_version, batch_id, user_id, client_id,
     session_sequence, client_timestamp, server_timestamp, transformed_from, undoes, redoes, footprint, inverse,
     request_hash, version_hash, requested, author_commitment, author_salt, payload_bytes, row_bytes, skipped, step_start)
   SELECT head.id, $2::int + r.position, r.operation_id, r.type, r.target::jsonb, r.payload::jsonb,
     r.base_version::int, r.batch_id, r.user_id::uuid, r.client_id, r.session_sequence::int,
     r.client_timestamp::bigint, to_timestamp(r.server_timestamp::float8 / 1000),
     CASE r.transformed_from WHEN '[]' THEN '{}'
       ELSE ARRAY(SELECT jsonb_array_elements_text(r.transformed_from::jsonb)) END,
     r.undoes, r.redoes, r.footprint::jsonb, r.inverse::jsonb, decode(r.request_hash, 'hex'), decode(r.version_hash, 'hex'),
     r.requested::jsonb, decode(r.author_commitment, 'hex'), decode(r.author_salt, 'hex'),
     coalesce(octet_length(r.payload), 0) + coalesce(octet_length(r.requested), 0),
     coalesce(octet_length(r.payload), 0) + coalesce(octet_length(r.requested), 0) + octet_length(r.inverse)
       + octet_length(r.footprint) + coalesce(octet_length(r.skipped), 0),
     r.skipped::jsonb, r.step_start::int
   FROM head, ROWS FROM (unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[]), ${split})
     WITH ORDINALITY AS r(operation_id, batch_id, client_id, undoes, redoes, ${splitColumns.join(", ")}, position)`;

const commitOperations = statement("commit_operations", `WITH ${raiseHead} ${insertRows}`);

/** The parameters after the split columns: what was decided, as JSON, and how much of that before is kept, or null. */
const DECIDED = `$${FIRST_SPLIT_PARAMETER + splitColumns.length}`;
const KEPT_MAX = `$${FIRST_SPLIT_PARAMETER + splitColumns.length + 1}`;

/** As above, in the same round trip with a record of what a merge decided. Most commits have none, and do not pay for it. */
const commitDecided = statement(
  "commit_operations_decided",
  `WITH ${raiseHead},
   decided AS (
     INSERT INTO template_conflicts (
       template_id, id, user_id, client_id, base_version, head_version, client_operations, server_operation_ids,
       collisions, created_at, resolved_at, decided_by, decisions, decision_count)
     SELECT head.id, d.id::uuid, d."userId"::uuid, d."clientId", d."baseVersion", d."headVersion", '[]'::jsonb,
       ARRAY(SELECT jsonb_array_elements_text(d."serverOperationIds")), '[]'::jsonb,
       to_timestamp(d."createdAt" / 1000), to_timestamp(d."createdAt" / 1000), d."decidedBy", d.decisions, d."decisionCount"
     FROM head, jsonb_to_recordset(${DECIDED}::text::jsonb) AS d(
       id text, "userId" text, "clientId" text, "baseVersion" int, "headVersion" int, "serverOperationIds" jsonb,
       "createdAt" float8, "decidedBy" text, decisions jsonb, "decisionCount" int)
   ),
   pruned AS (
     DELETE FROM template_conflicts old USING head
     WHERE ${KEPT_MAX}::int IS NOT NULL AND old.template_id = head.id AND old.decided_by IS NOT NULL
       AND (old.created_at, old.id) <= (
         SELECT kept.created_at, kept.id FROM template_conflicts kept
         WHERE kept.template_id = $1::uuid AND kept.decided_by IS NOT NULL
         ORDER BY kept.created_at DESC, kept.id DESC OFFSET ${KEPT_MAX}::int LIMIT 1)
   ) ${insertRows}`,
);

/**
 * Commits the operations, of which there must be at least one. Rejects as the executor does, except for what is an
 * outcome: an operation id that is taken, and a version that the log holds already.
 */
export async function commitWith(executor: RawExecutor, commit: Commit): Promise<CommitOutcome> {
  if (new Set(commit.operations.map(({ id }) => id)).size < commit.operations.length) {
    return { kind: "operationIdTaken" };
  }
  try {
    const { decided = [], decidedKeptMax = null } = commit;
    const parameters = await parametersOf(commit);
    const count =
      decided.length === 0
        ? await executeCount(executor, commitOperations, parameters)
        : await executeCount(executor, commitDecided, [
            ...parameters,
            JSON.stringify(decided),
            decidedKeptMax,
          ]);
    return { kind: count === 0 ? "moved" : "committed" };
  } catch (error) {
    const index = violatedUniqueIndex(error);
    if (index?.startsWith("template_operations") !== true) throw error;
    return { kind: index.endsWith("_pkey") ? "moved" : "operationIdTaken" };
  }
}

async function parametersOf(commit: Commit): Promise<Parameter[]> {
  const { templateId, expectedVersion, operations } = commit;
  const last = operations.at(-1);
  if (last === undefined) throw new Error("a commit needs at least one operation");
  return [
    templateId,
    expectedVersion,
    operations.length,
    last.versionHash,
    last.serverTimestamp,
    operations.map(({ id }) => id),
    operations.map(({ batchId }) => batchId),
    operations.map(({ clientId }) => clientId),
    operations.map(({ undoes }) => undoes),
    operations.map(({ redoes }) => redoes),
    commit.expectedLockRevision ?? 0,
    commit.expectedAccessRevision ?? null,
    ...(await splitParameters(operations)),
  ];
}

/** Rows that are written out at once: of a large commit so many, then others have their turn. */
const ROWS_AT_ONCE = 1_000;

/** One text per column of `splitColumns`. */
async function splitParameters(operations: readonly LoggedOperation[]): Promise<string[]> {
  if (operations.length <= ROWS_AT_ONCE) return columnsOf(operations);
  const parts: string[][] = [];
  for (let start = 0; start < operations.length; start += ROWS_AT_ONCE) {
    parts.push(columnsOf(operations.slice(start, start + ROWS_AT_ONCE)));
    await setImmediate();
  }
  return splitColumns.map((_column, index) => parts.map((part) => part[index]).join(SEPARATOR));
}

/** One text per column of `splitColumns`; an empty part is SQL's NULL. */
function columnsOf(operations: readonly LoggedOperation[]): string[] {
  const join = (textOf: (operation: LoggedOperation) => string) =>
    operations.map(textOf).join(SEPARATOR);
  const orNull = (value: string | number | null) => (value === null ? "" : String(value));
  return [
    join(({ type }) => type),
    join(({ target }) => JSON.stringify(target)),
    join(({ payload }) => (payload === null ? "" : JSON.stringify(payload))),
    join(({ baseVersion }) => String(baseVersion)),
    join(({ userId }) => orNull(userId)),
    join(({ sessionSequence }) => orNull(sessionSequence)),
    join(({ clientTimestamp }) => orNull(clientTimestamp)),
    join(({ serverTimestamp }) => String(serverTimestamp)),
    join(({ transformedFrom }) => JSON.stringify(transformedFrom)),
    join(({ footprint }) => JSON.stringify(footprint)),
    join(({ inverse }) => JSON.stringify(inverse)),
    join(({ requestHash }) => requestHash),
    join(({ versionHash }) => versionHash),
    join(({ requested }) => (requested === null ? "" : JSON.stringify(requested))),
    join(({ authorProof }) => orNull(authorProof && authorProof.commitment)),
    join(({ authorProof }) => orNull(authorProof && authorProof.salt)),
    join(({ skipped }) => (skipped === undefined ? "" : JSON.stringify(skipped))),
    stepStarts(operations).join(SEPARATOR),
  ];
}
