-- Bytes of the client's operations of a conflict as JSON, known before these are read. Rows of before are measured by their text.

-- AlterTable
ALTER TABLE "template_conflicts" ADD COLUMN     "operation_bytes" INTEGER;
