/**
 * Documents in the database: the checkpoint, the document of version 1 and snapshots. They travel as text in both
 * directions: one parse here and one in PostgreSQL, and no copy of a tree of five megabytes in between.
 */
import {
  designOfTextSteps,
  documentTextSteps,
  type DocumentText,
  type TakeSteps,
} from "./documentText.js";
import type { Place } from "../teams/projectStore.js";
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import type { Checkpoint, NewTemplate, StoredState } from "./templateStore.js";

/**
 * $1 to $9: id, author, name, description, category, tags, public, hash, instant in milliseconds; $10 document; $11 team,
 * $12 project; $13 the number of the document's values.
 */
const createTemplate = statement(
  "create_template",
  `WITH template AS (
     INSERT INTO templates (id, author_id, name, description, category, tags, is_public, version_hash, created_at,
       updated_at, changed_at, team_id, project_id)
     VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::text[], $7::boolean, decode($8, 'hex'),
       to_timestamp($9::float8 / 1000), to_timestamp($9::float8 / 1000), to_timestamp($9::float8 / 1000), $11::uuid, $12::uuid)
     ON CONFLICT (id) DO NOTHING
     RETURNING id, version_hash
   )
   INSERT INTO template_documents (template_id, checkpoint_hash, design_data, design_bytes, design_values)
   SELECT id, version_hash, $10::text::jsonb, octet_length($10::text), $13::int FROM template`,
);

/** $1 template. */
const checkpoint = statement(
  "checkpoint",
  `SELECT checkpoint_version AS version, encode(checkpoint_hash, 'hex') AS version_hash, design_data::text AS design
   FROM template_documents WHERE template_id = $1::uuid`,
);

/**
 * $1 template, $2 version. Of the newest snapshot, the checkpoint and the document of version 1, the one nearest below;
 * of two at one version the checkpoint, which knows the chain's value. Only that one's document is read.
 */
const nearestState = statement(
  "nearest_state",
  `SELECT version, version_hash, design::text AS design FROM (
     (SELECT checkpoint_version AS version, encode(checkpoint_hash, 'hex') AS version_hash, design_data AS design,
        1 AS preference
      FROM template_documents WHERE template_id = $1::uuid AND checkpoint_version <= $2::int)
     UNION ALL
     (SELECT s.version, '', s.design_data, 2
      FROM templates t JOIN template_snapshots s ON s.template_id = t.id
      WHERE t.id = $1::uuid AND s.version BETWEEN t.log_start_version AND $2::int
      ORDER BY s.version DESC LIMIT 1)
     UNION ALL
     (SELECT 1, '', d.initial_design_data, 3
      FROM templates t JOIN template_documents d ON d.template_id = t.id
      WHERE t.id = $1::uuid AND t.log_start_version = 1 AND d.initial_design_data IS NOT NULL AND $2::int >= 1)
   ) AS states ORDER BY version DESC, preference LIMIT 1`,
);

/**
 * $1 template, $2 version, $3 hash, $4 document, $5 the number of its values. The first one to move away from version 1 keeps the document of
 * version 1, unless the log no longer leads on from there. Locks the row of the documents alone: PostgreSQL compresses
 * a large one while it holds the row.
 */
const moveCheckpoint = statement(
  "move_checkpoint",
  `UPDATE template_documents d
   SET initial_design_data = CASE WHEN d.checkpoint_version = 1 AND t.log_start_version = 1
         THEN COALESCE(d.initial_design_data, d.design_data) ELSE d.initial_design_data END,
     initial_design_bytes = CASE WHEN d.checkpoint_version = 1 THEN d.design_bytes ELSE d.initial_design_bytes END,
     initial_design_values = CASE WHEN d.checkpoint_version = 1 THEN d.design_values ELSE d.initial_design_values END,
     design_data = $4::text::jsonb, design_bytes = octet_length($4::text), design_values = $5::int, checkpoint_version = $2::int, checkpoint_hash = decode($3, 'hex')
   FROM templates t
   WHERE t.id = $1::uuid AND d.template_id = $1::uuid AND d.checkpoint_version < $2::int AND t.version >= $2::int`,
);

/**
 * $1 template, $2 version. Touches a row of templates only where a snapshot and the checkpoint allow it. What is left of
 * the log goes on from the chain's value at its start.
 */
const pruneLog = statement(
  "prune_log",
  `WITH pruned AS (
     UPDATE templates t
     SET log_start_version = GREATEST(t.log_start_version, $2::int),
       log_start_hash = COALESCE(
         (SELECT version_hash FROM template_operations WHERE template_id = $1::uuid AND resulting_version = $2::int),
         t.log_start_hash),
       log_bytes = t.log_bytes - COALESCE(
         (SELECT sum(row_bytes) FROM template_operations WHERE template_id = $1::uuid AND resulting_version <= $2::int), 0)
     FROM template_documents d
     WHERE t.id = $1::uuid AND d.template_id = $1::uuid AND d.checkpoint_version >= $2::int
       AND EXISTS (SELECT FROM template_snapshots WHERE template_id = $1::uuid AND version = $2::int)
     RETURNING t.id
   ), forgotten AS (
     UPDATE template_documents d SET initial_design_data = NULL, initial_design_bytes = NULL, initial_design_values = NULL
     FROM pruned WHERE d.template_id = pruned.id
   )
   SELECT id FROM pruned`,
);

/** $1 template. What lies before the start of its log. */
const dropBeforeStart = statement(
  "drop_before_log_start",
  `DELETE FROM template_operations o USING templates t
   WHERE t.id = $1::uuid AND o.template_id = $1::uuid AND o.resulting_version <= t.log_start_version`,
);

/** $1 template. */
const logStartHash = statement(
  "log_start_hash",
  "SELECT encode(log_start_hash, 'hex') AS hash FROM templates WHERE id = $1::uuid",
);

/** A new template, and its document as text. */
export interface WrittenTemplate {
  readonly template: NewTemplate;
  readonly document: DocumentText;
}

interface StateRow {
  readonly version: number;
  readonly version_hash: string;
  readonly design: string;
}

/** Inserts the template at version 1, with its document as the checkpoint; personal where no place is given. */
export async function insertTemplate(
  executor: RawExecutor,
  { template, document: { text, values } }: WrittenTemplate,
  { teamId, projectId }: Place = {},
): Promise<void> {
  const { templateId, authorId, name, description, category, tags, isPublic } = template;
  const details = [name, description, category, tags, isPublic];
  const { versionHash, createdAt } = template;
  await executeCount(executor, createTemplate, [
    templateId,
    authorId,
    ...details,
    versionHash,
    createdAt,
    text,
    teamId ?? null,
    projectId ?? null,
    values,
  ]);
}

export async function readCheckpointState(
  executor: RawExecutor,
  templateId: string,
  take: TakeSteps,
): Promise<StoredState | undefined> {
  return stateOf(await queryRows<StateRow>(executor, checkpoint, [templateId]), take);
}

/** The stored state nearest below or at the version; undefined where the log no longer reaches it. */
export async function readNearest(
  executor: RawExecutor,
  templateId: string,
  version: number,
  take: TakeSteps,
): Promise<StoredState | undefined> {
  return stateOf(await queryRows<StateRow>(executor, nearestState, [templateId, version]), take);
}

/** Changes nothing where the checkpoint is not ahead of the stored one, or ahead of the template. */
export async function updateCheckpoint(
  executor: RawExecutor,
  state: Checkpoint,
  take: TakeSteps,
): Promise<void> {
  const { templateId, version, versionHash } = state;
  const { text, values } = await take(documentTextSteps(state.design));
  await executeCount(executor, moveCheckpoint, [templateId, version, versionHash, text, values]);
}

/**
 * Drops the log through the version; false where there is no snapshot of it or the checkpoint is behind. First the start
 * of the log moves, then rows go: the log lets go of no others.
 */
export async function dropLogThrough(
  executor: RawExecutor,
  templateId: string,
  version: number,
): Promise<boolean> {
  if ((await queryRows(executor, pruneLog, [templateId, version])).length === 0) return false;
  await executeCount(executor, dropBeforeStart, [templateId]);
  return true;
}

/** The chain's value at the start of a log that was pruned; undefined where it was not, or before that was kept. */
export async function readLogStartHash(
  executor: RawExecutor,
  templateId: string,
): Promise<string | undefined> {
  const [row] = await queryRows<{ hash: string | null }>(executor, logStartHash, [templateId]);
  return row?.hash ?? undefined;
}

async function stateOf(
  [row]: readonly StateRow[],
  take: TakeSteps,
): Promise<StoredState | undefined> {
  if (row === undefined) return undefined;
  const { version, version_hash: versionHash, design } = row;
  return { version, versionHash, design: await take(designOfTextSteps(design)) };
}
