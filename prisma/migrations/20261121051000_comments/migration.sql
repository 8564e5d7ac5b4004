ALTER TABLE "templates" ADD COLUMN "comment_sequence" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "comments" (
  "template_id" UUID NOT NULL,
  "id" UUID NOT NULL,
  "thread_id" UUID NOT NULL,
  "author_id" UUID,
  "body" TEXT,
  "page_id" TEXT,
  "element_id" TEXT,
  "x" DOUBLE PRECISION,
  "y" DOUBLE PRECISION,
  "created_sequence" INTEGER NOT NULL,
  "sequence" INTEGER NOT NULL,
  "change" TEXT NOT NULL,
  "request_hash" BYTEA,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "edited_at" TIMESTAMPTZ(3),
  "deleted_at" TIMESTAMPTZ(3),
  "resolved_at" TIMESTAMPTZ(3),
  "resolved_by_id" UUID,
  CONSTRAINT "comments_pkey" PRIMARY KEY ("template_id", "id"),
  CONSTRAINT "comments_change" CHECK ("change" IN ('CREATED', 'EDITED', 'DELETED', 'RESOLVED', 'REOPENED')),
  CONSTRAINT "comments_deleted" CHECK (("body" IS NULL) = ("deleted_at" IS NOT NULL))
);
-- By the number of its last change each row is the only one: a change has one number and one comment.
CREATE UNIQUE INDEX "comments_template_id_sequence_key" ON "comments" ("template_id", "sequence");
CREATE INDEX "comments_template_id_thread_id_created_sequence_idx"
  ON "comments" ("template_id", "thread_id", "created_sequence");
CREATE INDEX "comments_author_id_idx" ON "comments" ("author_id");
CREATE INDEX "comments_resolved_by_id_idx" ON "comments" ("resolved_by_id");
-- Lists of threads, each in its order. What is open is asked for most and stays few.
CREATE INDEX "comments_threads_idx" ON "comments" ("template_id", "created_sequence") WHERE "thread_id" = "id";
CREATE INDEX "comments_threads_by_page_idx"
  ON "comments" ("template_id", "page_id", "created_sequence") WHERE "thread_id" = "id";
CREATE INDEX "comments_open_threads_idx"
  ON "comments" ("template_id", "created_sequence") WHERE "thread_id" = "id" AND "resolved_at" IS NULL;
CREATE INDEX "comments_open_threads_by_page_idx"
  ON "comments" ("template_id", "page_id", "created_sequence") WHERE "thread_id" = "id" AND "resolved_at" IS NULL;

CREATE TABLE "comment_mentions" (
  "template_id" UUID NOT NULL,
  "comment_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  CONSTRAINT "comment_mentions_pkey" PRIMARY KEY ("template_id", "comment_id", "user_id")
);
CREATE INDEX "comment_mentions_user_id_idx" ON "comment_mentions" ("user_id");

CREATE TABLE "comment_reads" (
  "template_id" UUID NOT NULL,
  "thread_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "read_sequence" INTEGER NOT NULL,
  CONSTRAINT "comment_reads_pkey" PRIMARY KEY ("template_id", "thread_id", "user_id")
);
CREATE INDEX "comment_reads_user_id_idx" ON "comment_reads" ("user_id");

ALTER TABLE "comments" ADD CONSTRAINT "comments_template_id_fkey"
  FOREIGN KEY ("template_id") REFERENCES "templates" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "comments" ADD CONSTRAINT "comments_template_id_thread_id_fkey"
  FOREIGN KEY ("template_id", "thread_id") REFERENCES "comments" ("template_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "comments" ADD CONSTRAINT "comments_author_id_fkey"
  FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "comments" ADD CONSTRAINT "comments_resolved_by_id_fkey"
  FOREIGN KEY ("resolved_by_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "comment_mentions" ADD CONSTRAINT "comment_mentions_template_id_comment_id_fkey"
  FOREIGN KEY ("template_id", "comment_id") REFERENCES "comments" ("template_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "comment_mentions" ADD CONSTRAINT "comment_mentions_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "comment_reads" ADD CONSTRAINT "comment_reads_template_id_thread_id_fkey"
  FOREIGN KEY ("template_id", "thread_id") REFERENCES "comments" ("template_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "comment_reads" ADD CONSTRAINT "comment_reads_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
