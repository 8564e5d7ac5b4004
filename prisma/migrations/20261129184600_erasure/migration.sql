-- CreateTable
CREATE TABLE "erased_identities" (
    "hash" BYTEA NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erased_identities_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "erased_identities_erased_at_idx" ON "erased_identities"("erased_at");

-- CreateIndex
CREATE INDEX "template_conflicts_user_id_idx" ON "template_conflicts"("user_id");

-- CreateIndex
CREATE INDEX "template_conflicts_resolved_by_id_idx" ON "template_conflicts"("resolved_by_id");

-- CreateIndex
CREATE INDEX "template_operations_user_id_template_id_idx" ON "template_operations"("user_id", "template_id");

-- CreateIndex
CREATE INDEX "template_snapshots_created_by_id_idx" ON "template_snapshots"("created_by_id");
