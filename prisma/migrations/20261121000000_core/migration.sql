CREATE TYPE "snapshot_kind" AS ENUM ('AUTO', 'MANUAL', 'REVERT');

CREATE TABLE "users" (
  "id" UUID NOT NULL,
  "email" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "password_hash" TEXT NOT NULL,
  "avatar_url" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");

CREATE TABLE "templates" (
  "id" UUID NOT NULL,
  "author_id" UUID,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "category" TEXT,
  "tags" TEXT[],
  "is_public" BOOLEAN NOT NULL DEFAULT false,
  "version" INTEGER NOT NULL DEFAULT 1,
  "version_hash" BYTEA NOT NULL,
  "design_data" JSONB NOT NULL,
  "checkpoint_version" INTEGER NOT NULL DEFAULT 1,
  "checkpoint_hash" BYTEA NOT NULL,
  "initial_design_data" JSONB,
  "log_start_version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "deleted_at" TIMESTAMPTZ(3),
  CONSTRAINT "templates_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "templates_version_order" CHECK (
    1 <= "log_start_version" AND "log_start_version" <= "checkpoint_version" AND "checkpoint_version" <= "version"
  )
) WITH (fillfactor = 70, toast_tuple_target = 256);
-- A commit rewrites this row. With the document always out of line and no index on what a commit changes,
-- the rewrite stays on its page and costs the same for every size of document.
CREATE INDEX "templates_author_id_created_at_id_idx" ON "templates" ("author_id", "created_at", "id");
CREATE INDEX "templates_is_public_created_at_id_idx" ON "templates" ("is_public", "created_at", "id");

CREATE TABLE "template_operations" (
  "template_id" UUID NOT NULL,
  "resulting_version" INTEGER NOT NULL,
  "operation_id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "target" JSONB NOT NULL,
  "payload" JSONB,
  "base_version" INTEGER NOT NULL,
  "batch_id" TEXT NOT NULL,
  "user_id" UUID,
  "client_id" TEXT,
  "session_sequence" INTEGER,
  "client_timestamp" BIGINT,
  "server_timestamp" TIMESTAMPTZ(3) NOT NULL,
  "transformed_from" TEXT[],
  "footprint" JSONB NOT NULL,
  "inverse" JSONB NOT NULL,
  "request_hash" BYTEA NOT NULL,
  "version_hash" BYTEA NOT NULL,
  CONSTRAINT "template_operations_pkey" PRIMARY KEY ("template_id", "resulting_version")
) PARTITION BY HASH ("template_id");
CREATE UNIQUE INDEX "template_operations_template_id_operation_id_key" ON "template_operations" ("template_id", "operation_id");

CREATE TABLE "template_operations_0" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE "template_operations_1" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE "template_operations_2" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE "template_operations_3" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE "template_operations_4" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE "template_operations_5" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE "template_operations_6" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE "template_operations_7" PARTITION OF "template_operations" FOR VALUES WITH (MODULUS 8, REMAINDER 7);

CREATE TABLE "template_snapshots" (
  "id" UUID NOT NULL,
  "template_id" UUID NOT NULL,
  "version" INTEGER NOT NULL,
  "kind" "snapshot_kind" NOT NULL,
  "name" TEXT,
  "reason" TEXT,
  "design_data" JSONB NOT NULL,
  "design_hash" BYTEA NOT NULL,
  "created_by_id" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "template_snapshots_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "template_snapshots_template_id_version_idx" ON "template_snapshots" ("template_id", "version");

ALTER TABLE "templates" ADD CONSTRAINT "templates_author_id_fkey"
  FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "template_operations" ADD CONSTRAINT "template_operations_template_id_fkey"
  FOREIGN KEY ("template_id") REFERENCES "templates" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "template_operations" ADD CONSTRAINT "template_operations_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "template_snapshots" ADD CONSTRAINT "template_snapshots_template_id_fkey"
  FOREIGN KEY ("template_id") REFERENCES "templates" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "template_snapshots" ADD CONSTRAINT "template_snapshots_created_by_id_fkey"
  FOREIGN KEY ("created_by_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
