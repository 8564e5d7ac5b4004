-- AlterTable
ALTER TABLE "template_operations" ADD COLUMN     "author_commitment" BYTEA,
ADD COLUMN     "author_salt" BYTEA;

-- A person who is erased takes the salt along, also where the foreign key takes the name: without it the commitment
-- says nothing about who they were.
CREATE FUNCTION erase_author_salt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.author_salt := NULL;
  RETURN NEW;
END
$$;

CREATE TRIGGER erase_author_salt BEFORE UPDATE OF user_id ON template_operations
  FOR EACH ROW WHEN (OLD.user_id IS NOT NULL AND NEW.user_id IS NULL)
  EXECUTE FUNCTION erase_author_salt();
