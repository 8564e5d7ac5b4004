-- One snapshot of each kind at each version. Those of before that share both stay, under an ordinal of their own.

-- AlterTable
ALTER TABLE "template_snapshots" ADD COLUMN     "asked_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "ordinal" INTEGER NOT NULL DEFAULT 0;

UPDATE "template_snapshots" s SET "ordinal" = n.ordinal
FROM (SELECT id, row_number() OVER (PARTITION BY template_id, version, kind ORDER BY created_at, id) - 1 AS ordinal
  FROM "template_snapshots") n
WHERE n.id = s.id AND n.ordinal > 0;

-- CreateIndex
CREATE UNIQUE INDEX "template_snapshots_template_id_version_kind_ordinal_key" ON "template_snapshots"("template_id", "version", "kind", "ordinal");

-- DropIndex
DROP INDEX "template_snapshots_template_id_version_idx";
