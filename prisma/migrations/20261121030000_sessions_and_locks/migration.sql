-- CreateEnum
CREATE TYPE "user_role" AS ENUM ('USER', 'ADMIN');

-- AlterTable
ALTER TABLE "templates" ADD COLUMN     "lock_revision" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "role" "user_role" NOT NULL DEFAULT 'USER';

-- CreateTable
CREATE TABLE "template_sessions" (
    "id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "color" TEXT NOT NULL,
    "last_known_version" INTEGER NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,
    "last_active_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "template_sessions_pkey" PRIMARY KEY ("template_id","id")
);

-- CreateTable
CREATE TABLE "template_locks" (
    "template_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "fence" INTEGER NOT NULL,
    "acquired_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_max_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "template_locks_pkey" PRIMARY KEY ("template_id","path")
);

-- CreateIndex
CREATE INDEX "template_sessions_expires_at_idx" ON "template_sessions"("expires_at");

-- CreateIndex
CREATE INDEX "template_locks_template_id_session_id_idx" ON "template_locks"("template_id", "session_id");

-- AddForeignKey
ALTER TABLE "template_sessions" ADD CONSTRAINT "template_sessions_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_sessions" ADD CONSTRAINT "template_sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_locks" ADD CONSTRAINT "template_locks_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_locks" ADD CONSTRAINT "template_locks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_locks" ADD CONSTRAINT "template_locks_template_id_session_id_fkey" FOREIGN KEY ("template_id", "session_id") REFERENCES "template_sessions"("template_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
