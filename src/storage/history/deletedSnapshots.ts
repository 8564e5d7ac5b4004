/** The end of a named snapshot, as far as no older version is read from it. */
import type { PrismaClient } from "../generated/prisma/client.js";
import { executeCount, queryRows, statement } from "../postgres/statement.js";
import { templateTurn, transactionInTurn } from "../postgres/transactionTurns.js";
import type { SnapshotDeletion } from "../templates/templateStore.js";

/** $1 template. The log is not pruned until the transaction ends. */
const lockTemplate = statement(
  "lock_template_of_snapshot",
  "SELECT id FROM templates WHERE id = $1::uuid FOR NO KEY UPDATE",
);

/** $1 template, $2 snapshot: whose it is, and whether it is the one state that the pruned log leads on from. */
const named = statement(
  "named_snapshot",
  `SELECT s.created_by_id AS "createdById", s.version > 1 AND s.version = t.log_start_version AND NOT EXISTS (
     SELECT FROM template_snapshots o WHERE o.template_id = s.template_id AND o.version = s.version AND o.id <> s.id
   ) AS "isNeeded"
   FROM template_snapshots s JOIN templates t ON t.id = s.template_id
   WHERE s.template_id = $1::uuid AND s.id = $2::uuid AND s.kind = 'MANUAL'`,
);

/** $1 template, $2 snapshot. What it takes is free with it. */
const remove = statement(
  "delete_snapshot",
  `WITH removed AS (
     DELETE FROM template_snapshots WHERE template_id = $1::uuid AND id = $2::uuid
     RETURNING template_id, COALESCE(design_bytes, 0) AS bytes
   )
   UPDATE template_documents d SET snapshot_bytes = greatest(0, d.snapshot_bytes - removed.bytes)
   FROM removed WHERE d.template_id = removed.template_id`,
);

interface Named {
  readonly createdById: string | null;
  readonly isNeeded: boolean;
}

interface Deletion {
  readonly templateId: string;
  readonly snapshotId: string;
  /** Whose it has to be; anybody's where null. */
  readonly createdById: string | null;
}

export function deleteSnapshot(
  prisma: PrismaClient,
  { templateId, snapshotId, createdById }: Deletion,
): Promise<SnapshotDeletion> {
  return transactionInTurn(prisma, [templateTurn(templateId)], async (transaction) => {
    await queryRows(transaction, lockTemplate, [templateId]);
    const [found] = await queryRows<Named>(transaction, named, [templateId, snapshotId]);
    if (found === undefined) return "gone";
    if (createdById !== null && found.createdById !== createdById) return "notOwn";
    if (found.isNeeded) return "needed";
    await executeCount(transaction, remove, [templateId, snapshotId]);
    return "deleted";
  });
}
