-- AlterTable
ALTER TABLE "guest_sessions" ADD COLUMN     "origin_hash" BYTEA;

-- CreateIndex
CREATE INDEX "guest_sessions_origin_hash_idx" ON "guest_sessions"("origin_hash");
