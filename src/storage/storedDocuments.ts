/** The documents that are stored beside the log, one at a time: a template can have many, each of megabytes. */
import type { Design } from "../domain/document/design.js";
import { queryRows, statement, type RawExecutor } from "./statement.js";

/** A stored document, without its content. */
export interface StoredDocument {
  readonly templateId: string;
  /** Null for the checkpoint. */
  readonly snapshotId: string | null;
  /** For people: "checkpoint", "snapshot <id>". */
  readonly name: string;
  readonly version: number;
  /** The hash of its content that was stored with it. */
  readonly designHash: string | undefined;
  /** The chain's value that was stored with it. */
  readonly versionHash: string | undefined;
}

/** $1 template. */
const storedDocuments = statement(
  "stored_documents",
  `SELECT NULL AS snapshot_id, checkpoint_version AS version, NULL AS design_hash,
     encode(checkpoint_hash, 'hex') AS version_hash
   FROM template_documents WHERE template_id = $1::uuid
   UNION ALL
   SELECT id, version, encode(design_hash, 'hex'), NULL FROM template_snapshots WHERE template_id = $1::uuid
   ORDER BY version`,
);

/** $1 template, $2 snapshot or null. */
const storedDocument = statement(
  "stored_document",
  `SELECT CASE WHEN $2::uuid IS NULL
     THEN (SELECT design_data::text FROM template_documents WHERE template_id = $1::uuid)
     ELSE (SELECT design_data::text FROM template_snapshots WHERE id = $2::uuid) END AS design`,
);

interface DocumentRow {
  readonly snapshot_id: string | null;
  readonly version: number;
  readonly design_hash: string | null;
  readonly version_hash: string | null;
}

/** The checkpoint and all snapshots, oldest version first. */
export async function readStoredDocuments(
  executor: RawExecutor,
  templateId: string,
): Promise<StoredDocument[]> {
  const rows = await queryRows<DocumentRow>(executor, storedDocuments, [templateId]);
  return rows.map((row) => ({
    templateId,
    snapshotId: row.snapshot_id,
    name: row.snapshot_id === null ? "checkpoint" : `snapshot ${row.snapshot_id}`,
    version: row.version,
    designHash: row.design_hash ?? undefined,
    versionHash: row.version_hash ?? undefined,
  }));
}

/** The content of one of them. */
export async function readStoredDocument(
  executor: RawExecutor,
  { templateId, snapshotId }: StoredDocument,
): Promise<Design> {
  const parameters = [templateId, snapshotId];
  const [row] = await queryRows<{ design: string }>(executor, storedDocument, parameters);
  return JSON.parse(row?.design ?? "null") as Design;
}
