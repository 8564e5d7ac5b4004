-- What a template takes, counted as it grows, so that quotas need not read logs and snapshots. Rows without stored sizes
-- count nothing.

-- AlterTable
ALTER TABLE "template_documents" ADD COLUMN     "snapshot_bytes" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "templates" ADD COLUMN     "log_bytes" BIGINT NOT NULL DEFAULT 0;

UPDATE "templates" t SET "log_bytes" = s.bytes
FROM (SELECT template_id, sum(row_bytes) AS bytes FROM "template_operations" WHERE row_bytes IS NOT NULL GROUP BY template_id) s
WHERE s.template_id = t.id;

UPDATE "template_documents" d SET "snapshot_bytes" = s.bytes
FROM (SELECT template_id, sum(design_bytes) AS bytes FROM "template_snapshots" WHERE design_bytes IS NOT NULL GROUP BY template_id) s
WHERE s.template_id = d.template_id;
