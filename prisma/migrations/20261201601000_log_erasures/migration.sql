-- Which rows of the log lost their author by an erasure: the trigger that takes the salt notes it. A row
-- without an author that is not noted was changed by other means, which `verify` tells.

-- CreateTable
CREATE TABLE "log_erasures" (
    "template_id" UUID NOT NULL,
    "resulting_version" INTEGER NOT NULL,

    CONSTRAINT "log_erasures_pkey" PRIMARY KEY ("template_id","resulting_version")
);

-- AddForeignKey
ALTER TABLE "log_erasures" ADD CONSTRAINT "log_erasures_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was erased before is taken as it is.
INSERT INTO log_erasures (template_id, resulting_version)
SELECT template_id, resulting_version FROM template_operations
WHERE user_id IS NULL AND author_commitment IS NOT NULL AND author_salt IS NULL;

-- Beside taking the salt, notes the row: only where the account is being erased or is gone.
CREATE OR REPLACE FUNCTION erase_author_salt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.author_salt := NULL;
  IF NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id AND erasing_since IS NULL) THEN
    INSERT INTO log_erasures (template_id, resulting_version) VALUES (OLD.template_id, OLD.resulting_version)
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NEW;
END
$$;
