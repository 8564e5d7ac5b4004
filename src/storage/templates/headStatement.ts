/** Heads of templates: the most frequent read there is, one indexed row each, never the document. */
import { queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import type { TemplateHead } from "./templateStore.js";
import { isUuid } from "../postgres/uuid.js";

/** $1 ids. */
const templateHeads = statement(
  "template_heads",
  `SELECT id, author_id, is_public, deleted_at IS NOT NULL AS deleted, version,
     encode(version_hash, 'hex') AS version_hash, log_start_version, lock_revision, access_revision,
     (extract(epoch FROM created_at) * 1000)::float8 AS created_at,
     (extract(epoch FROM updated_at) * 1000)::float8 AS updated_at
   FROM templates WHERE id = ANY($1::uuid[])`,
);

/**
 * $1 id. Taken while a transaction means to write: others read on, and rows that only refer to the template can be
 * added, but no other writer gets through.
 */
const lockTemplate = statement(
  "lock_template",
  "SELECT version FROM templates WHERE id = $1::uuid FOR NO KEY UPDATE",
);

interface HeadRow {
  readonly id: string;
  readonly author_id: string | null;
  readonly is_public: boolean;
  readonly deleted: boolean;
  readonly version: number;
  readonly version_hash: string;
  readonly log_start_version: number;
  readonly lock_revision: number;
  readonly access_revision: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The heads of those of the templates that exist, by id, in one query. */
export async function readHeads(
  executor: RawExecutor,
  templateIds: readonly string[],
): Promise<Map<string, TemplateHead>> {
  const ids = templateIds.filter(isUuid);
  if (ids.length === 0) return new Map();
  const rows = await queryRows<HeadRow>(executor, templateHeads, [ids]);
  return new Map(rows.map((row) => [row.id, headOf(row)]));
}

/** Waits for the template's row and holds it until the transaction ends; false where there is no such template. */
export async function lockRow(executor: RawExecutor, templateId: string): Promise<boolean> {
  return (await queryRows(executor, lockTemplate, [templateId])).length > 0;
}

function headOf(row: HeadRow): TemplateHead {
  return {
    templateId: row.id,
    authorId: row.author_id,
    isPublic: row.is_public,
    deleted: row.deleted,
    version: row.version,
    versionHash: row.version_hash,
    logStartVersion: row.log_start_version,
    lockRevision: row.lock_revision,
    accessRevision: row.access_revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
