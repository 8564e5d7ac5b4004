-- CreateTable
CREATE TABLE "notification_inboxes" (
    "user_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "notification_inboxes_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notifications" (
    "user_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "actor_id" UUID,
    "template_id" UUID,
    "project_id" UUID,
    "invitation_id" UUID,
    "thread_id" UUID,
    "comment_id" UUID,
    "role" TEXT,
    "decided_by" TEXT,
    "operation_ids" TEXT[],
    "sequence" INTEGER NOT NULL,
    "occurrences" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("user_id","id")
);

-- CreateIndex
CREATE INDEX "notifications_user_id_sequence_idx" ON "notifications"("user_id", "sequence");

-- CreateIndex
CREATE INDEX "notifications_template_id_comment_id_idx" ON "notifications"("template_id", "comment_id");

-- CreateIndex
CREATE INDEX "notifications_project_id_idx" ON "notifications"("project_id");

-- CreateIndex
CREATE INDEX "notifications_invitation_id_idx" ON "notifications"("invitation_id");

-- CreateIndex
CREATE INDEX "notifications_actor_id_idx" ON "notifications"("actor_id");

-- CreateIndex
CREATE INDEX "notifications_at_idx" ON "notifications"("at");

-- AddForeignKey
ALTER TABLE "notification_inboxes" ADD CONSTRAINT "notification_inboxes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_invitation_id_fkey" FOREIGN KEY ("invitation_id") REFERENCES "team_invitations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is not read yet and about one thing is one notification.
CREATE UNIQUE INDEX "notifications_unread_key" ON "notifications"("user_id", "topic") WHERE "read_at" IS NULL;
