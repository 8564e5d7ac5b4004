-- AlterTable
ALTER TABLE "template_permissions" ADD COLUMN     "email" TEXT,
ADD COLUMN     "opened_at" TIMESTAMPTZ(3),
ADD COLUMN     "token_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "token_hash" BYTEA;

-- CreateIndex
CREATE INDEX "template_permissions_email_idx" ON "template_permissions"("email");

-- CreateIndex
CREATE INDEX "template_permissions_token_hash_idx" ON "template_permissions"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "template_permissions_template_id_email_key" ON "template_permissions"("template_id", "email");

-- A permission of a person, of a team or of an e-mail address. One of an address belongs to a person as soon as there is
-- one, and stands beside what they were granted by name.
DROP INDEX "template_permissions_template_id_user_id_team_id_share_link_key";
CREATE UNIQUE INDEX "template_permissions_template_id_user_id_team_id_share_link_key"
  ON "template_permissions"("template_id", "user_id", "team_id", "share_link_id", "email") NULLS NOT DISTINCT;

ALTER TABLE "template_permissions"
  DROP CONSTRAINT "template_permissions_one_holder",
  ADD CONSTRAINT "template_permissions_one_holder" CHECK (
    CASE WHEN "email" IS NULL
      THEN num_nonnulls("user_id", "team_id") = 1 AND num_nonnulls("opened_at", "token_hash", "token_expires_at") = 0
      ELSE "team_id" IS NULL AND "share_link_id" IS NULL AND ("opened_at" IS NULL OR "user_id" IS NOT NULL)
    END);

-- Whoever grants to an address and whoever comes with it may meet: this lock lets one come after the other.
CREATE FUNCTION lock_address(address TEXT) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('address ' || address, 0));
$$;

-- An address is proven where an identity provider vouched for it: such accounts have no password (src/commands/provenAddress.ts).
CREATE FUNCTION take_address_permissions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_address(NEW.email);
  UPDATE template_permissions SET user_id = NEW.id WHERE email = NEW.email AND user_id IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER address_proven AFTER INSERT OR UPDATE OF email, password_hash ON users FOR EACH ROW
  WHEN (NEW.email IS NOT NULL AND NEW.password_hash IS NULL) EXECUTE FUNCTION take_address_permissions();

-- When a person came, and a new token for the same permission, change nothing of who may do what.
CREATE FUNCTION raise_access_of_changed_permissions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  beside CONSTANT text[] := '{opened_at,token_hash,token_expires_at}';
BEGIN
  UPDATE templates SET access_revision = access_revision + 1
  WHERE id IN (
    SELECT c.template_id FROM changed c JOIN earlier e USING (template_id, id)
    WHERE to_jsonb(c) - beside IS DISTINCT FROM to_jsonb(e) - beside);
  RETURN NULL;
END $$;

DROP TRIGGER access_updated ON template_permissions;
CREATE TRIGGER access_updated AFTER UPDATE ON template_permissions REFERENCING OLD TABLE AS earlier NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION raise_access_of_changed_permissions();
