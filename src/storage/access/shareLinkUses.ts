/** Notes who used a share link: a row for each person, and one for all guests together. */
import { randomUUID } from "node:crypto";
import { Prisma } from "../generated/prisma/client.js";

export interface ShareLinkKey {
  readonly templateId: string;
  readonly shareLinkId: string;
}

/** People whose uses of one link are kept; those who used it longest ago go first. */
export const LINK_USERS_MAX = 1_000;

type Executor = Pick<Prisma.TransactionClient, "$executeRaw">;

/** Counts one more use of a guest's. */
export async function noteGuestUse(executor: Executor, key: ShareLinkKey): Promise<void> {
  await executor.$executeRaw`${upsert(key, null)}`;
}

/** Counts one more use of a person's, and forgets those who come after too many others. */
export async function noteUse(
  executor: Executor,
  key: ShareLinkKey,
  userId: string,
): Promise<void> {
  await executor.$executeRaw`${upsert(key, userId)}`;
  const { templateId, shareLinkId } = key;
  await executor.$executeRaw`
    DELETE FROM share_link_uses WHERE template_id = ${templateId}::uuid AND id IN (
      SELECT id FROM share_link_uses
      WHERE template_id = ${templateId}::uuid AND share_link_id = ${shareLinkId}::uuid AND user_id IS NOT NULL
      ORDER BY last_used_at DESC, id DESC OFFSET ${LINK_USERS_MAX})`;
}

function upsert({ templateId, shareLinkId }: ShareLinkKey, userId: string | null): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO share_link_uses AS known
      (template_id, share_link_id, id, user_id, first_used_at, last_used_at, use_count)
    VALUES (${templateId}::uuid, ${shareLinkId}::uuid, ${randomUUID()}::uuid, ${userId}::uuid,
      statement_timestamp(), statement_timestamp(), 1)
    ON CONFLICT (template_id, share_link_id, user_id) DO UPDATE SET
      last_used_at = EXCLUDED.last_used_at, use_count = least(known.use_count::bigint + 1, 2147483647)::int`;
}
