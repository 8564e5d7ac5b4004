/** The documents that are stored beside the log, one at a time: a template can have many, each of megabytes. */
import type { Design } from "../../domain/document/design.js";
import type { JsonSize } from "../../domain/document/size.js";
import { queryRows, statement, type RawExecutor } from "../postgres/statement.js";

/** A stored document, without its content. */
export interface StoredDocument {
  readonly templateId: string;
  readonly kind: "checkpoint" | "first" | "snapshot";
  /** Null for those that are no snapshot. */
  readonly snapshotId: string | null;
  /** For people: "checkpoint", "first document", "snapshot <id>". */
  readonly name: string;
  readonly version: number;
  /** The hash of its content that was stored with it. */
  readonly designHash: string | undefined;
  /** The chain's value that was stored with it. */
  readonly versionHash: string | undefined;
  /** The size that was stored with it; null where it was stored before sizes were kept. */
  readonly size: { readonly [Part in keyof JsonSize]: number | null };
}

/** $1 template. */
const storedDocuments = statement(
  "stored_documents",
  `SELECT 'checkpoint' AS kind, NULL::uuid AS snapshot_id, checkpoint_version AS version, NULL AS design_hash,
     encode(checkpoint_hash, 'hex') AS version_hash, design_bytes AS bytes, design_values AS values
   FROM template_documents WHERE template_id = $1::uuid
   UNION ALL
   SELECT 'first', NULL, 1, NULL, NULL, initial_design_bytes, initial_design_values
   FROM template_documents WHERE template_id = $1::uuid AND initial_design_data IS NOT NULL
   UNION ALL
   SELECT 'snapshot', id, version, encode(design_hash, 'hex'), NULL, design_bytes, design_values
   FROM template_snapshots WHERE template_id = $1::uuid
   ORDER BY version`,
);

/** $1 template, $2 kind, $3 snapshot or null. */
const storedDocument = statement(
  "stored_document",
  `SELECT CASE $2::text
     WHEN 'checkpoint' THEN (SELECT design_data::text FROM template_documents WHERE template_id = $1::uuid)
     WHEN 'first' THEN (SELECT initial_design_data::text FROM template_documents WHERE template_id = $1::uuid)
     ELSE (SELECT design_data::text FROM template_snapshots WHERE id = $3::uuid) END AS design`,
);

interface DocumentRow {
  readonly kind: StoredDocument["kind"];
  readonly snapshot_id: string | null;
  readonly version: number;
  readonly design_hash: string | null;
  readonly version_hash: string | null;
  readonly bytes: number | null;
  readonly values: number | null;
}

/** The checkpoint, the document of version 1 where it is kept beside it, and all snapshots, oldest version first. */
export async function readStoredDocuments(
  executor: RawExecutor,
  templateId: string,
): Promise<StoredDocument[]> {
  const rows = await queryRows<DocumentRow>(executor, storedDocuments, [templateId]);
  return rows.map((row) => ({
    templateId,
    kind: row.kind,
    snapshotId: row.snapshot_id,
    name: nameOf(row),
    version: row.version,
    designHash: row.design_hash ?? undefined,
    versionHash: row.version_hash ?? undefined,
    size: { bytes: row.bytes, values: row.values },
  }));
}

function nameOf({ kind, snapshot_id }: DocumentRow): string {
  if (kind === "snapshot") return `snapshot ${snapshot_id}`;
  return kind === "first" ? "first document" : "checkpoint";
}

/** The content of one of them. */
export async function readStoredDocument(
  executor: RawExecutor,
  { templateId, kind, snapshotId }: StoredDocument,
): Promise<Design> {
  const parameters = [templateId, kind, snapshotId];
  const [row] = await queryRows<{ design: string }>(executor, storedDocument, parameters);
  return JSON.parse(row?.design ?? "null") as Design;
}
