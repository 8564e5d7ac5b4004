-- A token and a person are looked for without their template.
-- CreateIndex
CREATE INDEX "template_sessions_token_hash_idx" ON "template_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "template_sessions_user_id_idx" ON "template_sessions"("user_id");
