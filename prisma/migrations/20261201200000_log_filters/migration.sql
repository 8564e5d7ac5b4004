-- One index for all filters of the log (docs/decisions/log-filters.md). It keeps a Bloom filter per column and the range of
-- times for each 64 pages of rows. A row that is appended at the end of the table writes nothing into it: PostgreSQL
-- summarises pages once they are full.
CREATE INDEX "template_operations_filters_idx" ON "template_operations" USING brin (
  "template_id" uuid_bloom_ops (n_distinct_per_range = 300),
  ("target" ->> 'elementId') text_bloom_ops (n_distinct_per_range = 1000),
  ("target" ->> 'pageId') text_bloom_ops (n_distinct_per_range = 100),
  ("target" ->> 'audioLayerId') text_bloom_ops (n_distinct_per_range = 50),
  ("target" ->> 'clipId') text_bloom_ops (n_distinct_per_range = 50),
  "type" text_bloom_ops (n_distinct_per_range = 32),
  "client_id" text_bloom_ops (n_distinct_per_range = 200),
  "batch_id" text_bloom_ops (n_distinct_per_range = 1000),
  "server_timestamp" timestamptz_minmax_ops
) WITH (pages_per_range = 64, autosummarize = on);
