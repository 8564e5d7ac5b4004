/** The store of share links on PostgreSQL, through Prisma. A link that goes takes what it granted with it. */
import { randomUUID } from "node:crypto";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import type { TemplateRevision } from "../teams/projectStore.js";
import type {
  GuestUse,
  NewShareLink,
  ShareLinkStore,
  ShareLinkUse,
  ShareLinkUsePage,
} from "./shareLinkStore.js";
import { noteUse } from "./shareLinkUses.js";
import { onDatabase } from "../postgres/statement.js";
import {
  inTurn,
  secretTurn,
  templateTurn,
  transactionInTurn,
} from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

interface OpenedRow {
  readonly template_id: string;
  readonly id: string;
  readonly is_news: boolean;
}

/** The store on an open client; the client stays the caller's to close. */
export class PrismaShareLinkStore implements ShareLinkStore {
  constructor(private readonly prisma: PrismaClient) {}

  add({ templateId, accessRevision }: TemplateRevision, link: NewShareLink, linksMax: number) {
    return transactionInTurn(this.prisma, [templateTurn(templateId)], async (transaction) => {
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
    });
  }

  async revoke(templateId: string, id: string): Promise<boolean> {
    if (!isUuid(templateId) || !isUuid(id)) return false;
    const { count } = await inTurn(this.prisma, [templateTurn(templateId)], () =>
      this.prisma.shareLink.deleteMany({ where: { templateId, id } }),
    );
    return count > 0;
  }

  async open(tokenHash: string, userId: string) {
    if (!isUuid(userId)) return undefined;
    return transactionInTurn(this.prisma, [secretTurn(tokenHash)], async (transaction) => {
      // The link is locked against a revocation at the same moment, which would leave a grant without a link.
      const [row] = await transaction.$queryRaw<OpenedRow[]>`
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
          SELECT template_id, id, EXISTS (SELECT FROM granted) AS is_news FROM link`;
      if (row === undefined) return undefined;
      const { template_id: templateId, id: shareLinkId, is_news: isNews } = row;
      await noteUse(transaction, { templateId, shareLinkId }, userId);
      return { templateId, isNews };
    });
  }

  async uses({ templateId, shareLinkId, after, limit }: ShareLinkUsePage): Promise<ShareLinkUse[]> {
    if (!isUuid(templateId) || !isUuid(shareLinkId)) return [];
    const lastUsedAt = after && new Date(after.lastUsedAt);
    const rows = await onDatabase(() =>
      this.prisma.shareLinkUse.findMany({
        where: {
          ...{ templateId, shareLinkId, userId: { not: null } },
          ...(after && {
            lastUsedAt: { lte: lastUsedAt! },
            OR: [{ lastUsedAt: { lt: lastUsedAt! } }, { id: { lt: after.id } }],
          }),
        },
        orderBy: [{ lastUsedAt: "desc" }, { id: "desc" }],
        take: limit,
      }),
    );
    return rows.map((row) => ({
      ...{ id: row.id, userId: row.userId ?? "", useCount: row.useCount },
      firstUsedAt: row.firstUsedAt.getTime(),
      lastUsedAt: row.lastUsedAt.getTime(),
    }));
  }

  async guestUses(templateId: string): Promise<Map<string, GuestUse>> {
    if (!isUuid(templateId)) return new Map();
    const where = { templateId, userId: null };
    const rows = await onDatabase(() => this.prisma.shareLinkUse.findMany({ where }));
    return new Map(
      rows.map(({ shareLinkId, lastUsedAt, useCount }) => [
        shareLinkId,
        { lastUsedAt: lastUsedAt.getTime(), useCount },
      ]),
    );
  }

  async dropUses(before: number): Promise<number> {
    const where = { lastUsedAt: { lt: new Date(before) } };
    const { count } = await onDatabase(() => this.prisma.shareLinkUse.deleteMany({ where }));
    return count;
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
