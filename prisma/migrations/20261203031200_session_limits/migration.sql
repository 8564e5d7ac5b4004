-- What the API token was limited to that opened the session: where that no longer holds the template, the session ends.
ALTER TABLE "template_sessions" ADD COLUMN "token_limits" JSONB NOT NULL DEFAULT '[]';
