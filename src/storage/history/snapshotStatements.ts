/** Snapshots in the database: one of each kind at each version of a template. */
import type { Design } from "../../domain/document/design.js";
import { designOfTextSteps, type DocumentText, type TakeSteps } from "../templates/documentText.js";
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import type { NewSnapshot, SnapshotStored } from "../templates/templateStore.js";

/** $1 id, $2 template, $3 version, $4 kind, $5 name, $6 reason, $7 hash, $8 creator, $9 instant; $10 document, $11 the number of its values. */
const addSnapshot = statement(
  "add_snapshot",
  `WITH added AS (
     INSERT INTO template_snapshots (id, template_id, version, kind, name, reason, design_hash, created_by_id, created_at,
       design_data, design_bytes, design_values)
     SELECT $1::uuid, $2::uuid, $3::int, $4::text::snapshot_kind, $5, $6, decode($7, 'hex'), $8::uuid,
       to_timestamp($9::float8 / 1000), $10::text::jsonb, octet_length($10::text), $11::int
     WHERE NOT EXISTS (SELECT FROM template_snapshots WHERE template_id = $2::uuid AND $1::uuid = ANY(asked_ids))
     ON CONFLICT DO NOTHING
     RETURNING template_id, design_bytes
   )
   UPDATE template_documents d SET snapshot_bytes = d.snapshot_bytes + added.design_bytes
   FROM added WHERE d.template_id = added.template_id`,
);

/** $1 id, $2 template, $3 version, $4 kind. The snapshot with the id, else that which the id was answered with, else that of the version and kind. */
const snapshotThere = statement(
  "snapshot_there",
  `SELECT id FROM template_snapshots
   WHERE id = $1::uuid OR (template_id = $2::uuid AND ($1::uuid = ANY(asked_ids)
     OR (version = $3::int AND kind = $4::text::snapshot_kind AND ordinal = 0)))
   ORDER BY id = $1::uuid DESC, $1::uuid = ANY(asked_ids) DESC LIMIT 1`,
);

/** $1 snapshot, $2 the id that was asked for. The newest hundred are kept. */
const rememberAsked = statement(
  "remember_asked_snapshot",
  `UPDATE template_snapshots SET asked_ids = (asked_ids || $2::uuid)[greatest(1, cardinality(asked_ids) - 98):]
   WHERE id = $1::uuid AND NOT $2::uuid = ANY(asked_ids)`,
);

/** $1 snapshot. */
const snapshotDesign = statement(
  "snapshot_design",
  "SELECT design_data::text AS design FROM template_snapshots WHERE id = $1::uuid",
);

/** A new snapshot, and its document as text. */
export interface WrittenSnapshot {
  readonly snapshot: NewSnapshot;
  readonly document: DocumentText;
}

/** Writes the snapshot unless its id is taken or its version has one of its kind; gives the one that there is. */
export async function insertSnapshot(
  executor: RawExecutor,
  { snapshot, document: { text, values } }: WrittenSnapshot,
): Promise<SnapshotStored> {
  const { id, templateId, version, kind, name, reason, designHash } = snapshot;
  const { createdById, createdAt } = snapshot;
  const description = [kind, name, reason, designHash, createdById, createdAt];
  const document = [text, values];
  const parameters = [id, templateId, version, ...description, ...document];
  if ((await executeCount(executor, addSnapshot, parameters)) > 0) {
    return { kind: "stored", id };
  }
  // Another one's is committed by now, or the statement before would have waited for it.
  const there = await findSnapshot(executor, snapshot);
  if (there === undefined) throw new Error(`the snapshot ${id} could not be stored`);
  if (snapshot.isKeyed === true && there !== id) {
    await executeCount(executor, rememberAsked, [there, id]);
  }
  return { kind: "stored", id: there };
}

/** The id of the snapshot that stands where this one would. */
export async function findSnapshot(
  executor: RawExecutor,
  { id, templateId, version, kind }: NewSnapshot,
): Promise<string | undefined> {
  const parameters = [id, templateId, version, kind];
  const [row] = await queryRows<{ id: string }>(executor, snapshotThere, parameters);
  return row?.id;
}

/** The document of a snapshot; undefined where there is none. */
export async function readSnapshotDesign(
  executor: RawExecutor,
  snapshotId: string,
  take: TakeSteps,
): Promise<Design | undefined> {
  const [row] = await queryRows<{ design: string }>(executor, snapshotDesign, [snapshotId]);
  return row && take(designOfTextSteps(row.design));
}
