ALTER TABLE "template_operations" ADD COLUMN "undoes" TEXT, ADD COLUMN "redoes" TEXT;

ALTER TABLE "templates"
  ADD COLUMN "merge_rules" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "merge_rules_version" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "template_conflicts" (
  "id" UUID NOT NULL,
  "template_id" UUID NOT NULL,
  "user_id" UUID,
  "client_id" TEXT,
  "base_version" INTEGER NOT NULL,
  "head_version" INTEGER NOT NULL,
  "client_operations" JSONB NOT NULL,
  "server_operation_ids" TEXT[],
  "collisions" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "resolution" TEXT,
  "resolved_at" TIMESTAMPTZ(3),
  "resolved_by_id" UUID,
  CONSTRAINT "template_conflicts_pkey" PRIMARY KEY ("template_id", "id"),
  CONSTRAINT "template_conflicts_resolution" CHECK ("resolution" IN ('CLIENT_WINS', 'SERVER_WINS', 'MANUAL'))
);
CREATE INDEX "template_conflicts_template_id_created_at_id_idx" ON "template_conflicts" ("template_id", "created_at", "id");

ALTER TABLE "template_conflicts" ADD CONSTRAINT "template_conflicts_template_id_fkey"
  FOREIGN KEY ("template_id") REFERENCES "templates" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "template_conflicts" ADD CONSTRAINT "template_conflicts_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "template_conflicts" ADD CONSTRAINT "template_conflicts_resolved_by_id_fkey"
  FOREIGN KEY ("resolved_by_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
