-- Editing may be restricted to single elements and to operation types, beside pages and element types.

-- AlterTable
ALTER TABLE "template_permissions" ADD COLUMN     "element_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "operation_types" TEXT[] DEFAULT ARRAY[]::TEXT[];

ALTER TABLE "template_permissions"
  DROP CONSTRAINT "template_permissions_restricted_edit",
  ADD CONSTRAINT "template_permissions_restricted_edit" CHECK ("role" = 'EDIT' OR
    cardinality("page_ids") + cardinality("element_types") + cardinality("element_ids") + cardinality("operation_types") = 0);
