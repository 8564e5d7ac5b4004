-- What one person and one template hold of an inbox is bounded: the index tells the oldest of them.
DROP INDEX "notifications_actor_id_idx";
CREATE INDEX "notifications_actor_id_user_id_sequence_idx" ON "notifications"("actor_id", "user_id", "sequence");
CREATE INDEX "notifications_template_id_user_id_sequence_idx" ON "notifications"("template_id", "user_id", "sequence");
