-- Sizes that are known before what they measure is read. Rows of before have none; readers measure those themselves.

-- AlterTable
ALTER TABLE "template_documents" ADD COLUMN     "design_bytes" INTEGER,
ADD COLUMN     "design_values" INTEGER,
ADD COLUMN     "initial_design_bytes" INTEGER,
ADD COLUMN     "initial_design_values" INTEGER;

-- AlterTable
ALTER TABLE "template_operations" ADD COLUMN     "payload_bytes" INTEGER,
ADD COLUMN     "row_bytes" INTEGER;

-- AlterTable
ALTER TABLE "template_snapshots" ADD COLUMN     "design_bytes" INTEGER,
ADD COLUMN     "design_values" INTEGER;
