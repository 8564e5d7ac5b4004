-- DropIndex
DROP INDEX "template_operations_user_id_template_id_idx";

-- AlterTable
ALTER TABLE "template_operations" ADD COLUMN     "skipped" JSONB,
ADD COLUMN     "step_start" INTEGER;

-- CreateIndex
CREATE INDEX "template_operations_user_id_template_id_resulting_version_idx" ON "template_operations"("user_id", "template_id", "resulting_version");
