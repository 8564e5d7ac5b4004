-- When a template last changed, as lists are ordered: to the second where edits come fast, so that commits seldom touch
-- an index (src/storage/commitStatement.ts).

-- AlterTable
ALTER TABLE "templates" ADD COLUMN     "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE "templates" SET "changed_at" = "updated_at";

-- Each way in which somebody sees a template, in the order of lists by last change and by name.
CREATE INDEX "templates_author_changed" ON "templates" ("author_id", "changed_at", "id");
CREATE INDEX "templates_public_changed" ON "templates" ("changed_at", "id") WHERE "is_public";
CREATE INDEX "templates_team_changed" ON "templates" ("team_id", "changed_at", "id") WHERE "team_id" IS NOT NULL;
CREATE INDEX "templates_project_changed" ON "templates" ("project_id", "changed_at", "id") WHERE "project_id" IS NOT NULL;

CREATE INDEX "templates_author_name" ON "templates" ("author_id", (lower("name") COLLATE "C"), "id");
CREATE INDEX "templates_public_name" ON "templates" ((lower("name") COLLATE "C"), "id") WHERE "is_public";
CREATE INDEX "templates_team_name" ON "templates" ("team_id", (lower("name") COLLATE "C"), "id") WHERE "team_id" IS NOT NULL;
CREATE INDEX "templates_project_name" ON "templates" ("project_id", (lower("name") COLLATE "C"), "id")
  WHERE "project_id" IS NOT NULL;
