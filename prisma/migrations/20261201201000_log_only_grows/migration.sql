-- Rows of the log are written once. What takes names and rows out of it has to say so in the tables first: an erasure marks
-- the account, pruning moves the start of the log to a snapshot, and a template is removed from the bin alone.

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "erasing_since" TIMESTAMPTZ(3);

CREATE FUNCTION log_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  erased template_operations := OLD;
BEGIN
  erased.user_id := NULL;
  erased.author_salt := NULL;
  -- Compared as stored: two JSON values that are equal but written otherwise do not count as one.
  IF OLD.user_id IS NOT NULL AND NEW *= erased
    AND NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id AND erasing_since IS NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the log only grows: UPDATE of version % of template % is refused', OLD.resulting_version, OLD.template_id
    USING ERRCODE = 'insufficient_privilege', HINT = 'An erasure of an account is the only change of a row.';
END
$$;

CREATE FUNCTION log_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Gone with its template, or before the start of the log.
  IF NOT EXISTS (SELECT FROM templates WHERE id = OLD.template_id AND log_start_version < OLD.resulting_version) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the log only grows: DELETE of version % of template % is refused', OLD.resulting_version, OLD.template_id
    USING ERRCODE = 'insufficient_privilege', HINT = 'Pruning raises templates.log_start_version first.';
END
$$;

CREATE FUNCTION log_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log only grows: TRUNCATE is refused' USING ERRCODE = 'insufficient_privilege';
END
$$;

-- The name sorts after erase_author_salt, which takes the salt out. ALWAYS: also for replication roles.
CREATE TRIGGER log_only_grows_update BEFORE UPDATE ON template_operations
  FOR EACH ROW EXECUTE FUNCTION log_refuse_update();
ALTER TABLE template_operations ENABLE ALWAYS TRIGGER log_only_grows_update;
CREATE TRIGGER log_only_grows_delete BEFORE DELETE ON template_operations
  FOR EACH ROW EXECUTE FUNCTION log_refuse_delete();
ALTER TABLE template_operations ENABLE ALWAYS TRIGGER log_only_grows_delete;
-- A trigger on TRUNCATE is not inherited by partitions.
DO $$
DECLARE
  log_table regclass;
BEGIN
  FOR log_table IN SELECT relid FROM pg_partition_tree('template_operations') LOOP
    EXECUTE format('CREATE TRIGGER log_only_grows_truncate BEFORE TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION log_refuse_truncate()', log_table);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER log_only_grows_truncate', log_table);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER log_only_grows_update', log_table);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER log_only_grows_delete', log_table);
  END LOOP;
END
$$;

-- The start of a log moves forward only: to a version that a snapshot holds, or anywhere in the bin. A commit does not name
-- the column, so the trigger costs it nothing.
CREATE FUNCTION log_refuse_start() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.log_start_version = OLD.log_start_version OR (NEW.log_start_version > OLD.log_start_version AND (
    OLD.deleted_at IS NOT NULL
    OR EXISTS (SELECT FROM template_snapshots WHERE template_id = OLD.id AND version = NEW.log_start_version)
  )) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the log of template % cannot start at version %', OLD.id, NEW.log_start_version
    USING ERRCODE = 'insufficient_privilege', HINT = 'It starts at a later version that a snapshot holds.';
END
$$;
CREATE TRIGGER log_start_only_rises BEFORE UPDATE OF log_start_version ON templates
  FOR EACH ROW EXECUTE FUNCTION log_refuse_start();
ALTER TABLE templates ENABLE ALWAYS TRIGGER log_start_only_rises;

CREATE FUNCTION log_refuse_template_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.deleted_at IS NOT NULL OR OLD.version = 1 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'template % has a log and is not in the bin: DELETE is refused', OLD.id
    USING ERRCODE = 'insufficient_privilege', HINT = 'Set templates.deleted_at first, as deleteTemplate does.';
END
$$;
CREATE TRIGGER log_kept_with_template BEFORE DELETE ON templates
  FOR EACH ROW EXECUTE FUNCTION log_refuse_template_delete();
ALTER TABLE templates ENABLE ALWAYS TRIGGER log_kept_with_template;
