-- Accounts that are administered: proof of the address as a fact of its own, disabled accounts, one-time tokens, service
-- accounts, and API tokens that are limited to a part.

-- CreateEnum
CREATE TYPE "user_kind" AS ENUM ('PERSON', 'SERVICE');

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "is_email_proven" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "disabled_at" TIMESTAMPTZ(3),
ADD COLUMN     "kind" "user_kind" NOT NULL DEFAULT 'PERSON',
ADD COLUMN     "service_team_id" UUID;

-- Until now an account without a password had its address from an identity provider, and no other account's was proven.
UPDATE "users" SET "is_email_proven" = true WHERE "email" IS NOT NULL AND "password_hash" IS NULL;

-- AlterTable
ALTER TABLE "api_tokens" ADD COLUMN     "team_id" UUID,
ADD COLUMN     "project_id" UUID,
ADD COLUMN     "template_id" UUID;
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_one_limit" CHECK (num_nonnulls("team_id", "project_id", "template_id") <= 1);

-- CreateTable
CREATE TABLE "one_time_tokens" (
    "hash" BYTEA NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "one_time_tokens_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "one_time_tokens_user_id_purpose_idx" ON "one_time_tokens"("user_id", "purpose");

-- CreateIndex
CREATE INDEX "one_time_tokens_created_by_id_idx" ON "one_time_tokens"("created_by_id");

-- CreateIndex
CREATE INDEX "one_time_tokens_expires_at_idx" ON "one_time_tokens"("expires_at");

-- CreateIndex
CREATE INDEX "api_tokens_team_id_idx" ON "api_tokens"("team_id");

-- CreateIndex
CREATE INDEX "api_tokens_project_id_idx" ON "api_tokens"("project_id");

-- CreateIndex
CREATE INDEX "api_tokens_template_id_idx" ON "api_tokens"("template_id");

-- CreateIndex
CREATE INDEX "users_created_at_id_idx" ON "users"("created_at", "id");

-- CreateIndex
CREATE INDEX "users_service_team_id_idx" ON "users"("service_team_id");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_service_team_id_fkey" FOREIGN KEY ("service_team_id") REFERENCES "teams"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Service accounts are told apart in the audit log. Old rows fit, so they need not be read.
ALTER TABLE "audit_log" DROP CONSTRAINT "audit_log_words";
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_words" CHECK (
  "actor_kind" IN ('USER', 'API_TOKEN', 'SERVICE_ACCOUNT', 'ANONYMOUS', 'SYSTEM')
  AND "result" IN ('ACCEPTED', 'REFUSED', 'FAILED', 'UNKNOWN')
) NOT VALID;
