/** How large stored documents are, told without reading them: what is charged and admitted by size is asked here first. */
import type { JsonSize } from "../../domain/document/size.js";
import { onDatabase, queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import type { StoredSize } from "./templateStore.js";

/**
 * The bytes of a document, and at least as many values as it holds: each value of a list or object follows a comma or an
 * opening bracket. Rows without sizes are measured by their text, which PostgreSQL decompresses for it.
 */
function sizeColumns(prefix: string): string {
  const text = `${prefix}_data::text`;
  return `COALESCE(${prefix}_bytes, octet_length(${text})) AS bytes,
     COALESCE(${prefix}_values, 1 + length(${text}) - length(translate(${text}, ',{[', ''))) AS values`;
}

/** $1 template. */
const checkpointSize = statement(
  "checkpoint_size",
  `SELECT ${sizeColumns("design")} FROM template_documents WHERE template_id = $1::uuid`,
);

/** $1 template, $2 version; the same choice as `nearest_state`. */
const nearestSize = statement(
  "nearest_state_size",
  `SELECT version, bytes, values FROM (
     (SELECT checkpoint_version AS version, 1 AS preference, ${sizeColumns("design")}
      FROM template_documents WHERE template_id = $1::uuid AND checkpoint_version <= $2::int)
     UNION ALL
     (SELECT version, 2, ${sizeColumns("design")} FROM template_snapshots WHERE id = (
        SELECT s.id FROM templates t JOIN template_snapshots s ON s.template_id = t.id
        WHERE t.id = $1::uuid AND s.version BETWEEN t.log_start_version AND $2::int
        ORDER BY s.version DESC LIMIT 1))
     UNION ALL
     (SELECT 1, 3, ${sizeColumns("initial_design")}
      FROM templates t JOIN template_documents d ON d.template_id = t.id
      WHERE t.id = $1::uuid AND t.log_start_version = 1 AND d.initial_design_data IS NOT NULL AND $2::int >= 1)
   ) AS states ORDER BY version DESC, preference LIMIT 1`,
);

/** $1 ids of snapshots. */
const snapshotSizes = statement(
  "snapshot_sizes",
  `SELECT id, COALESCE(design_bytes, octet_length(design_data::text)) AS bytes
   FROM template_snapshots WHERE id = ANY($1::uuid[])`,
);

/** The bytes of the documents of snapshots, by id. */
export async function readSnapshotBytes(
  executor: RawExecutor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await onDatabase(() =>
    queryRows<{ id: string; bytes: number }>(executor, snapshotSizes, [ids]),
  );
  return new Map(rows.map(({ id, bytes }) => [id, bytes]));
}

/** The size of the checkpoint; undefined where there is no such template. */
export async function readCheckpointSize(
  executor: RawExecutor,
  templateId: string,
): Promise<JsonSize | undefined> {
  const [row] = await queryRows<JsonSize>(executor, checkpointSize, [templateId]);
  return row;
}

/** The size of the stored state nearest below or at the version; undefined where the log no longer reaches it. */
export async function readNearestSize(
  executor: RawExecutor,
  templateId: string,
  version: number,
): Promise<StoredSize | undefined> {
  const [row] = await queryRows<StoredSize>(executor, nearestSize, [templateId, version]);
  return row;
}
