-- AlterTable
ALTER TABLE "template_conflicts" ADD COLUMN     "decided_by" TEXT,
ADD COLUMN     "decision_count" INTEGER,
ADD COLUMN     "decisions" JSONB;

-- AlterTable
ALTER TABLE "template_operations" ADD COLUMN     "requested" JSONB;
