/** The statements of the audit log. */
import type { AuditEntry } from "../../domain/audit/auditEntry.js";
import type { LoggedEdit, VersionRange } from "../../domain/audit/missingEdits.js";
import type { AuditBatch, AuditWriter } from "./auditStore.js";
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";

const columns = `id, at, actor_kind, actor_id, address, client_id, action, resource_kind, resource_ids, template_id,
  team_id, result, code, details`;

/** Entries as JSON; instants are milliseconds. */
const recordOf = (
  parameter: string,
) => `json_to_recordset(${parameter}) AS e (id uuid, at float8, "actorKind" text,
  "actorId" uuid, address inet, "clientId" text, action text, "resourceKind" text, "resourceIds" jsonb,
  "templateId" uuid, "teamId" uuid, result text, code text, details jsonb)`;

/** An id that is none casts to null: what stands there is what a client sent. */
const projectId = `CASE WHEN e."resourceIds" ->> 'projectId' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  THEN (e."resourceIds" ->> 'projectId')::uuid END`;

/** The team that an entry is about, or that its template or project belongs to now. */
const teamOf = `CASE WHEN e."teamId" IS NOT NULL THEN e."teamId"
  WHEN e."templateId" IS NOT NULL THEN (SELECT coalesce(t.team_id,
    (SELECT p.team_id FROM projects p WHERE p.id = t.project_id)) FROM templates t WHERE t.id = e."templateId")
  WHEN e."resourceIds" ? 'projectId' THEN (SELECT p.team_id FROM projects p WHERE p.id = ${projectId}) END`;

const values = `e.id, to_timestamp(e.at / 1000), e."actorKind", e."actorId", e.address, e."clientId", e.action,
  e."resourceKind", e."resourceIds", e."templateId", ${teamOf}, e.result, e.code, e.details`;

/** $1 node, $2 the entry in a list, as JSON. */
const announceEntry = statement(
  "audit_announce",
  `INSERT INTO audit_announced (id, node_id, entry)
   SELECT e.id, $1::text, ($2::jsonb -> 0) || jsonb_build_object('teamId', ${teamOf}) FROM ${recordOf("$2::json")}
   RETURNING entry ->> 'teamId' AS team_id`,
);

/**
 * $1 entries as JSON; $2 the node that writes or null, $3 written through, $4 in doubt since, $5 its clock; $6 ids of
 * attempts that get no entry. What was announced leaves with the statement that logs it.
 */
const writeEntries = statement(
  "audit_write",
  `WITH entries AS MATERIALIZED (SELECT * FROM ${recordOf("$1::json")}), ended AS (
     DELETE FROM audit_announced WHERE id IN (SELECT id FROM entries UNION ALL SELECT unnest($6::uuid[]))
   ), seen AS (
     INSERT INTO audit_writers AS w (node_id, written_through, in_doubt_since, clock_at, seen_at)
     SELECT $2::text, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000),
       to_timestamp($5::float8 / 1000), statement_timestamp() WHERE $2::text IS NOT NULL
     ON CONFLICT (node_id) DO UPDATE SET written_through = excluded.written_through,
       in_doubt_since = excluded.in_doubt_since, clock_at = excluded.clock_at, seen_at = excluded.seen_at
   )
   INSERT INTO audit_log (${columns}) SELECT ${values} FROM entries e ON CONFLICT (at, id) DO NOTHING`,
);

const makeMonths = statement(
  "audit_make_partitions",
  "SELECT audit_log_make_partitions($1::int) AS made",
);

/** $1 milliseconds of silence. */
const allWriters = statement(
  "audit_writers",
  `SELECT node_id AS "nodeId", (extract(epoch FROM written_through) * 1000)::float8 AS "writtenThrough",
     (extract(epoch FROM in_doubt_since) * 1000)::float8 AS "inDoubtSince",
     (extract(epoch FROM clock_at) * 1000)::float8 AS "clockAt",
     seen_at < statement_timestamp() - $1::float8 * interval '1 millisecond' AS silent
   FROM audit_writers ORDER BY node_id`,
);

/** $1 node. Its announced attempts become entries in the same statement. */
const endWriter = statement(
  "audit_end_writer",
  `WITH gone AS (DELETE FROM audit_writers WHERE node_id = $1::text), left_over AS (
     DELETE FROM audit_announced WHERE node_id = $1::text RETURNING entry
   )
   INSERT INTO audit_log (${columns})
   SELECT ${values} FROM left_over l, ${recordOf("json_build_array(l.entry)")}
   ON CONFLICT (at, id) DO NOTHING`,
);

/** $1 an instant in milliseconds. One pass over the heads: no index may cover what each commit changes. */
const editedTemplates = statement(
  "audit_edited_templates",
  "SELECT id FROM templates WHERE updated_at >= to_timestamp($1::float8 / 1000) ORDER BY id",
);

/** $1 template, $2 below this version, $3 at most so many. */
const newestEdits = statement(
  "audit_newest_edits",
  `SELECT resulting_version AS version, batch_id AS "batchId", user_id AS "userId", client_id AS "clientId",
     (extract(epoch FROM server_timestamp) * 1000)::float8 AS "serverTimestamp", undoes, redoes
   FROM template_operations WHERE template_id = $1::uuid AND resulting_version < $2::int
   ORDER BY resulting_version DESC LIMIT $3::int`,
);

/** $1 template, $2 an instant in milliseconds. */
const auditedVersions = statement(
  "audit_audited_versions",
  `SELECT (details ->> 'fromVersion')::int AS "fromVersion", (details ->> 'toVersion')::int AS "toVersion"
   FROM audit_log WHERE template_id = $1::uuid AND at >= to_timestamp($2::float8 / 1000)
     AND result = 'ACCEPTED' AND details ? 'toVersion'`,
);

const VERSION_MAX = 2_147_483_647;
const EDITS_AT_ONCE = 2_000;

export async function announce(
  executor: RawExecutor,
  nodeId: string,
  entry: AuditEntry,
): Promise<string | null> {
  const parameters = [nodeId, JSON.stringify([entry])];
  const rows = await queryRows<{ team_id: string | null }>(executor, announceEntry, parameters);
  return rows[0]?.team_id ?? null;
}

export async function write(executor: RawExecutor, batch: AuditBatch): Promise<void> {
  const { entries, writer, withdrawn = [] } = batch;
  await executeCount(executor, writeEntries, [
    JSON.stringify(entries),
    writer?.nodeId ?? null,
    writer?.writtenThrough ?? null,
    writer?.inDoubtSince ?? null,
    writer?.clockAt ?? null,
    withdrawn,
  ]);
}

export async function makePartitions(executor: RawExecutor, monthsAhead: number): Promise<number> {
  const [row] = await queryRows<{ made: number }>(executor, makeMonths, [monthsAhead]);
  return row?.made ?? 0;
}

export function readWriters(executor: RawExecutor, silentMs: number): Promise<AuditWriter[]> {
  return queryRows<AuditWriter>(executor, allWriters, [silentMs]);
}

export async function removeWriter(executor: RawExecutor, nodeId: string): Promise<void> {
  await executeCount(executor, endWriter, [nodeId]);
}

export async function readEditedTemplates(executor: RawExecutor, at: number): Promise<string[]> {
  return (await queryRows<{ id: string }>(executor, editedTemplates, [at])).map(({ id }) => id);
}

/** Walks back from the head, along the key of the log, until a whole page is older. */
export async function readEditsSince(
  executor: RawExecutor,
  templateId: string,
  at: number,
): Promise<LoggedEdit[]> {
  const edits: LoggedEdit[] = [];
  for (let below = VERSION_MAX; ;) {
    const page = await queryRows<LoggedEdit>(executor, newestEdits, [
      templateId,
      below,
      EDITS_AT_ONCE,
    ]);
    const newer = page.filter(({ serverTimestamp }) => serverTimestamp >= at);
    edits.push(...newer);
    if (page.length < EDITS_AT_ONCE || newer.length === 0) return edits;
    below = page.at(-1)!.version;
  }
}

export function readAuditedVersions(
  executor: RawExecutor,
  templateId: string,
  at: number,
): Promise<VersionRange[]> {
  return queryRows<VersionRange>(executor, auditedVersions, [templateId, at]);
}
