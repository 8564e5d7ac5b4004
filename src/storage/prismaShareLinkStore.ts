/** The store of share links on PostgreSQL, through Prisma. A link that goes takes what it granted with it. */
import { randomUUID } from "node:crypto";
import type { Prisma, PrismaClient } from "./generated/prisma/client.js";
import type { TemplateRevision } from "./projectStore.js";
import type { NewShareLink, ShareLinkStore } from "./shareLinkStore.js";
import { onDatabase } from "./statement.js";
import { isUuid } from "./uuid.js";

interface OpenedRow {
  readonly template_id: string;
  readonly is_news: boolean;
}

/** The store on an open client; the client stays the caller's to close. */
export class PrismaShareLinkStore implements ShareLinkStore {
  constructor(private readonly prisma: PrismaClient) {}

  add({ templateId, accessRevision }: TemplateRevision, link: NewShareLink, linksMax: number) {
    return onDatabase(() =>
      this.prisma.$transaction(async (transaction) => {
        const isAsRead = await lockedAt(transaction, templateId, accessRevision);
        if (!isAsRead) return "moved" as const;
        const { tokenHash, createdAt, expiresAt, ...rest } = link;
        const now = new Date(createdAt);
        const count = await transaction.shareLink.count({
          where: { templateId, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
        });
        if (count >= linksMax) return "full" as const;
        await transaction.shareLink.create({
          data: {
            ...rest,
            templateId,
            tokenHash: Buffer.from(tokenHash, "hex"),
            createdAt: now,
            expiresAt: expiresAt === null ? null : new Date(expiresAt),
          },
        });
        return "added" as const;
      }),
    );
  }

  async revoke(templateId: string, id: string): Promise<boolean> {
    if (!isUuid(templateId) || !isUuid(id)) return false;
    const { count } = await onDatabase(() =>
      this.prisma.shareLink.deleteMany({ where: { templateId, id } }),
    );
    return count > 0;
  }

  async open(tokenHash: string, userId: string) {
    if (!isUuid(userId)) return undefined;
    // The link is locked against a revocation at the same moment, which would leave a grant without a link.
    const rows = await onDatabase(
      () => this.prisma.$queryRaw<OpenedRow[]>`
      WITH link AS (
        SELECT l.template_id, l.id, l.role, t.author_id, t.created_at
        FROM share_links l JOIN templates t ON t.id = l.template_id
        WHERE l.token_hash = ${Buffer.from(tokenHash, "hex")} AND t.deleted_at IS NULL
          AND (l.expires_at IS NULL OR l.expires_at > statement_timestamp())
        FOR KEY SHARE OF l
      ), granted AS (
        INSERT INTO template_permissions (template_id, id, user_id, share_link_id, role, template_created_at)
        SELECT template_id, ${randomUUID()}::uuid, ${userId}::uuid, id, role, created_at FROM link
        WHERE author_id IS DISTINCT FROM ${userId}::uuid
        ON CONFLICT DO NOTHING RETURNING template_id
      )
      SELECT template_id, EXISTS (SELECT FROM granted) AS is_news FROM link`,
    );
    const [row] = rows;
    return row && { templateId: row.template_id, isNews: row.is_news };
  }

  dropExpired(): Promise<number> {
    return onDatabase(
      () => this.prisma.$executeRaw`
        DELETE FROM share_links WHERE expires_at <= statement_timestamp() - interval '1 day'`,
    );
  }
}

/** Whether access to the template, which is not in the bin, still is as it was read; it stays so for the transaction. */
async function lockedAt(
  transaction: Prisma.TransactionClient,
  templateId: string,
  accessRevision: number,
): Promise<boolean> {
  const rows = await transaction.$queryRaw<unknown[]>`
    SELECT id FROM templates
    WHERE id = ${templateId}::uuid AND access_revision = ${accessRevision} AND deleted_at IS NULL
    FOR NO KEY UPDATE`;
  return rows.length > 0;
}
