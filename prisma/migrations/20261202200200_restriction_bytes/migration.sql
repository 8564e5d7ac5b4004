-- What the lists of a permission take, so that they are bounded and charged without being read.
ALTER TABLE "template_permissions" ADD COLUMN "restriction_bytes" INTEGER NOT NULL DEFAULT 0;

UPDATE "template_permissions" SET "restriction_bytes" =
  octet_length(array_to_string("page_ids" || "element_types" || "element_ids" || "operation_types", ''))
WHERE cardinality("page_ids" || "element_types" || "element_ids" || "operation_types") > 0;
