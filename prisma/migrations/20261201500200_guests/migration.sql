-- AlterTable
ALTER TABLE "share_links" ADD COLUMN     "open_to_guests" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "templates" ADD COLUMN     "open_to_guests" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "guest_sessions" (
    "template_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "share_link_id" UUID,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "guest_sessions_pkey" PRIMARY KEY ("template_id","id")
);

-- CreateTable
CREATE TABLE "share_link_uses" (
    "template_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "share_link_id" UUID NOT NULL,
    "user_id" UUID,
    "first_used_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "use_count" INTEGER NOT NULL,

    CONSTRAINT "share_link_uses_pkey" PRIMARY KEY ("template_id","id")
);

-- CreateIndex
CREATE INDEX "guest_sessions_template_id_share_link_id_expires_at_idx" ON "guest_sessions"("template_id", "share_link_id", "expires_at");

-- CreateIndex
CREATE INDEX "guest_sessions_expires_at_idx" ON "guest_sessions"("expires_at");

-- CreateIndex
CREATE INDEX "share_link_uses_template_id_share_link_id_last_used_at_idx" ON "share_link_uses"("template_id", "share_link_id", "last_used_at");

-- CreateIndex
CREATE INDEX "share_link_uses_user_id_idx" ON "share_link_uses"("user_id");

-- CreateIndex
CREATE INDEX "share_link_uses_last_used_at_idx" ON "share_link_uses"("last_used_at");

-- AddForeignKey
ALTER TABLE "guest_sessions" ADD CONSTRAINT "guest_sessions_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_sessions" ADD CONSTRAINT "guest_sessions_template_id_share_link_id_fkey" FOREIGN KEY ("template_id", "share_link_id") REFERENCES "share_links"("template_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_link_uses" ADD CONSTRAINT "share_link_uses_template_id_share_link_id_fkey" FOREIGN KEY ("template_id", "share_link_id") REFERENCES "share_links"("template_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_link_uses" ADD CONSTRAINT "share_link_uses_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One row for each person, and one for all guests together.
CREATE UNIQUE INDEX "share_link_uses_template_id_share_link_id_user_id_key"
  ON "share_link_uses"("template_id", "share_link_id", "user_id") NULLS NOT DISTINCT;

-- Guests hold no permission that would go with a link and raise the revision.
CREATE TRIGGER access_deleted AFTER DELETE ON share_links REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_templates();

CREATE TRIGGER access_of_guests BEFORE UPDATE OF open_to_guests ON templates
  FOR EACH ROW WHEN (OLD.open_to_guests IS DISTINCT FROM NEW.open_to_guests) EXECUTE FUNCTION raise_access_of_row();
