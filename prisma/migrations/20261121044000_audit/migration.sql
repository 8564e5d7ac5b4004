-- What was attempted, by whom, from where, and what came of it. No foreign keys: entries outlast what they are about, and
-- the id of an erased account means nobody.
CREATE TABLE "audit_log" (
  "id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "actor_kind" TEXT NOT NULL,
  "actor_id" UUID,
  "address" INET,
  "client_id" TEXT,
  "action" TEXT NOT NULL,
  "resource_kind" TEXT,
  "resource_ids" JSONB NOT NULL,
  "template_id" UUID,
  "team_id" UUID,
  "result" TEXT NOT NULL,
  "code" TEXT,
  "details" JSONB NOT NULL,
  CONSTRAINT "audit_log_pkey" PRIMARY KEY ("at", "id"),
  CONSTRAINT "audit_log_words" CHECK (
    "actor_kind" IN ('USER', 'API_TOKEN', 'ANONYMOUS', 'SYSTEM')
    AND "result" IN ('ACCEPTED', 'REFUSED', 'FAILED', 'UNKNOWN')
  ),
  CONSTRAINT "audit_log_bounds" CHECK (
    length("action") <= 64 AND length("resource_kind") <= 64 AND length("code") <= 64 AND length("client_id") <= 512
    AND octet_length("resource_ids"::text) <= 4096 AND octet_length("details"::text) <= 4096
  )
) PARTITION BY RANGE ("at");
CREATE INDEX "audit_log_actor_id_at_id_idx" ON "audit_log" ("actor_id", "at", "id");
CREATE INDEX "audit_log_template_id_at_id_idx" ON "audit_log" ("template_id", "at", "id");
CREATE INDEX "audit_log_team_id_at_id_idx" ON "audit_log" ("team_id", "at", "id");

CREATE FUNCTION "audit_log_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log only grows: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
-- ALWAYS: also for replication roles. Partitions that are made later get both from audit_log_add_partition.
CREATE TRIGGER "audit_log_only_grows" BEFORE UPDATE OR DELETE ON "audit_log"
  FOR EACH ROW EXECUTE FUNCTION "audit_log_refuse_change"();
ALTER TABLE "audit_log" ENABLE ALWAYS TRIGGER "audit_log_only_grows";
CREATE TRIGGER "audit_log_is_not_emptied" BEFORE TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_log_refuse_change"();
ALTER TABLE "audit_log" ENABLE ALWAYS TRIGGER "audit_log_is_not_emptied";

-- `bounds` is what follows PARTITION OF. A trigger on TRUNCATE is not inherited.
CREATE FUNCTION "audit_log_add_partition"("partition" text, "bounds" text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I PARTITION OF "audit_log" %s', partition, bounds);
  EXECUTE format('CREATE TRIGGER "audit_log_is_not_emptied" BEFORE TRUNCATE ON %I
    FOR EACH STATEMENT EXECUTE FUNCTION "audit_log_refuse_change"()', partition);
  EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER "audit_log_is_not_emptied"', partition);
  EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER "audit_log_only_grows"', partition);
END
$$;

-- Makes the partitions of this month and of so many after it (UTC); gives how many were missing. One caller at a time:
-- the others have nothing to do. A month of which the default partition holds entries already stays there.
CREATE FUNCTION "audit_log_make_partitions"("months_ahead" integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
  month_start timestamptz;
  month_end timestamptz;
  partition text;
  made integer := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(1635083369, 1) THEN
    RETURN 0;
  END IF;
  FOR ahead IN 0..months_ahead LOOP
    month_start := (this_month + make_interval(months => ahead)) AT TIME ZONE 'UTC';
    month_end := (this_month + make_interval(months => ahead + 1)) AT TIME ZONE 'UTC';
    partition := 'audit_log_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass(quote_ident(partition)) IS NOT NULL;
    CONTINUE WHEN EXISTS (SELECT FROM "audit_log_rest" WHERE "at" >= month_start AND "at" < month_end);
    PERFORM "audit_log_add_partition"(
      partition, format('FOR VALUES FROM (%L) TO (%L)', month_start, month_end));
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;

SELECT "audit_log_add_partition"('audit_log_rest', 'DEFAULT');
SELECT "audit_log_make_partitions"(3);

-- Attempts that are announced before they begin; each leaves in the statement that logs what came of it.
CREATE TABLE "audit_announced" (
  "id" UUID NOT NULL,
  "node_id" TEXT NOT NULL,
  "entry" JSONB NOT NULL,
  CONSTRAINT "audit_announced_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_announced_node_id_idx" ON "audit_announced" ("node_id");

-- The nodes that write the log, and from when on each may still owe entries.
CREATE TABLE "audit_writers" (
  "node_id" TEXT NOT NULL,
  "written_through" TIMESTAMPTZ(3) NOT NULL,
  "in_doubt_since" TIMESTAMPTZ(3),
  "clock_at" TIMESTAMPTZ(3) NOT NULL,
  "seen_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "audit_writers_pkey" PRIMARY KEY ("node_id")
);
