-- CreateEnum
CREATE TYPE "access_role" AS ENUM ('VIEW', 'COMMENT', 'EDIT', 'ADMIN');

-- CreateEnum
CREATE TYPE "team_role" AS ENUM ('ADMIN', 'MEMBER');

-- AlterTable
ALTER TABLE "templates" ADD COLUMN     "access_revision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "project_id" UUID,
ADD COLUMN     "team_id" UUID;

-- CreateTable
CREATE TABLE "teams" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "owner_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_members" (
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "team_role" NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "team_members_pkey" PRIMARY KEY ("team_id","user_id")
);

-- CreateTable
CREATE TABLE "projects" (
    "id" UUID NOT NULL,
    "team_id" UUID,
    "owner_id" UUID,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_members" (
    "project_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "access_role" NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "project_members_pkey" PRIMARY KEY ("project_id","user_id")
);

-- CreateTable
CREATE TABLE "template_permissions" (
    "template_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID,
    "team_id" UUID,
    "share_link_id" UUID,
    "role" "access_role" NOT NULL,
    "page_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "element_types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "template_created_at" TIMESTAMPTZ(3) NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "template_permissions_pkey" PRIMARY KEY ("template_id","id")
);

-- CreateTable
CREATE TABLE "share_links" (
    "template_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "role" "access_role" NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "share_links_pkey" PRIMARY KEY ("template_id","id")
);

-- CreateIndex
CREATE INDEX "teams_owner_id_idx" ON "teams"("owner_id");

-- CreateIndex
CREATE INDEX "team_members_user_id_idx" ON "team_members"("user_id");

-- CreateIndex
CREATE INDEX "projects_team_id_created_at_id_idx" ON "projects"("team_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "projects_owner_id_created_at_id_idx" ON "projects"("owner_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "project_members_user_id_idx" ON "project_members"("user_id");

-- CreateIndex
CREATE INDEX "template_permissions_user_id_template_created_at_template_i_idx" ON "template_permissions"("user_id", "template_created_at", "template_id");

-- CreateIndex
CREATE INDEX "template_permissions_team_id_template_created_at_template_i_idx" ON "template_permissions"("team_id", "template_created_at", "template_id");

-- CreateIndex
CREATE INDEX "template_permissions_template_id_share_link_id_idx" ON "template_permissions"("template_id", "share_link_id");

-- CreateIndex
CREATE UNIQUE INDEX "template_permissions_template_id_user_id_team_id_share_link_key" ON "template_permissions"("template_id", "user_id", "team_id", "share_link_id") NULLS NOT DISTINCT;

-- CreateIndex
CREATE INDEX "share_links_token_hash_idx" ON "share_links"("token_hash");

-- CreateIndex
CREATE INDEX "share_links_expires_at_idx" ON "share_links"("expires_at");

-- CreateIndex
CREATE INDEX "templates_team_id_created_at_id_idx" ON "templates"("team_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "templates_project_id_created_at_id_idx" ON "templates"("project_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "projects" ADD CONSTRAINT "projects_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "projects" ADD CONSTRAINT "projects_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_members" ADD CONSTRAINT "project_members_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_members" ADD CONSTRAINT "project_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "templates" ADD CONSTRAINT "templates_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "templates" ADD CONSTRAINT "templates_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_permissions" ADD CONSTRAINT "template_permissions_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_permissions" ADD CONSTRAINT "template_permissions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_permissions" ADD CONSTRAINT "template_permissions_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_permissions" ADD CONSTRAINT "template_permissions_template_id_share_link_id_fkey" FOREIGN KEY ("template_id", "share_link_id") REFERENCES "share_links"("template_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_links" ADD CONSTRAINT "share_links_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_links" ADD CONSTRAINT "share_links_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A template belongs to one of the two; one of a team's project belongs to the project.
ALTER TABLE "templates" ADD CONSTRAINT "templates_one_place" CHECK (num_nonnulls("team_id", "project_id") < 2);

ALTER TABLE "template_permissions"
  ADD CONSTRAINT "template_permissions_one_holder" CHECK (num_nonnulls("user_id", "team_id") = 1),
  ADD CONSTRAINT "template_permissions_link_of_user" CHECK ("share_link_id" IS NULL OR "user_id" IS NOT NULL),
  ADD CONSTRAINT "template_permissions_restricted_edit"
    CHECK ("role" = 'EDIT' OR cardinality("page_ids") + cardinality("element_types") = 0);

-- Whoever opens a link comes to edit at most.
ALTER TABLE "share_links" ADD CONSTRAINT "share_links_no_admin" CHECK ("role" <> 'ADMIN');

-- The revision is raised here and nowhere else, so that no way to change who may do what, a cascade of foreign keys
-- among them, leaves grants in force that nodes remember. `changed` are the rows that a statement touched.
CREATE FUNCTION raise_access_of_templates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE templates SET access_revision = access_revision + 1
  WHERE id IN (SELECT template_id FROM changed);
  RETURN NULL;
END $$;

CREATE FUNCTION raise_access_of_projects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE templates SET access_revision = access_revision + 1
  WHERE project_id IN (SELECT (to_jsonb(changed) ->> TG_ARGV[0])::uuid FROM changed);
  RETURN NULL;
END $$;

CREATE FUNCTION raise_access_of_teams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE templates SET access_revision = access_revision + 1
  WHERE id IN (
    WITH team AS (SELECT DISTINCT (to_jsonb(changed) ->> TG_ARGV[0])::uuid AS id FROM changed)
    SELECT t.id FROM team JOIN templates t ON t.team_id = team.id
    UNION SELECT t.id FROM team JOIN projects p ON p.team_id = team.id JOIN templates t ON t.project_id = p.id
    UNION SELECT p.template_id FROM team JOIN template_permissions p ON p.team_id = team.id);
  RETURN NULL;
END $$;

CREATE TRIGGER access_inserted AFTER INSERT ON template_permissions REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_templates();
CREATE TRIGGER access_updated AFTER UPDATE ON template_permissions REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_templates();
CREATE TRIGGER access_deleted AFTER DELETE ON template_permissions REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_templates();
-- What a link granted goes with it and is seen to above.
CREATE TRIGGER access_updated AFTER UPDATE ON share_links REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_templates();

CREATE TRIGGER access_inserted AFTER INSERT ON project_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_projects('project_id');
CREATE TRIGGER access_updated AFTER UPDATE ON project_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_projects('project_id');
CREATE TRIGGER access_deleted AFTER DELETE ON project_members REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_projects('project_id');
CREATE TRIGGER access_updated AFTER UPDATE ON projects REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_projects('id');

CREATE TRIGGER access_inserted AFTER INSERT ON team_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_teams('team_id');
CREATE TRIGGER access_updated AFTER UPDATE ON team_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_teams('team_id');
CREATE TRIGGER access_deleted AFTER DELETE ON team_members REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_teams('team_id');
CREATE TRIGGER access_updated AFTER UPDATE ON teams REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_teams('id');

CREATE FUNCTION raise_access_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.access_revision := OLD.access_revision + 1;
  RETURN NEW;
END $$;

-- Commits name none of these columns and pass it by.
CREATE TRIGGER access_moved BEFORE UPDATE OF author_id, team_id, project_id ON templates
  FOR EACH ROW EXECUTE FUNCTION raise_access_of_row();
