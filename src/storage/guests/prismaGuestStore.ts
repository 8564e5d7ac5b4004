/** Sessions of guests on PostgreSQL, through Prisma. */
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import type { GuestBounds, GuestKnows, GuestStore, NewGuestSession } from "./guestStore.js";
import { noteGuestUse } from "../access/shareLinkUses.js";
import { onDatabase } from "../postgres/statement.js";
import { secretTurn, transactionInTurn } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;

interface Target {
  readonly template_id: string;
  readonly share_link_id: string | null;
}

/** The store on an open client; the client stays the caller's to close. */
export class PrismaGuestStore implements GuestStore {
  constructor(private readonly prisma: PrismaClient) {}

  async open(session: NewGuestSession, by: GuestKnows, bounds: GuestBounds, renewsId?: string) {
    if ("templateId" in by && !isUuid(by.templateId)) return undefined;
    if (renewsId !== undefined && !isUuid(renewsId)) return { kind: "notRunning" } as const;
    const turn =
      "templateId" in by ? (`guests ${by.templateId}` as const) : secretTurn(by.tokenHash);
    return transactionInTurn(this.prisma, [turn], async (transaction) => {
      const target = await findTarget(transaction, by);
      if (target === undefined) return undefined;
      const { template_id: templateId, share_link_id: shareLinkId } = target;
      await lockWay(transaction, target);
      if (renewsId !== undefined) {
        const expiresAt = { gt: new Date(session.openedAt) };
        const where = { templateId, shareLinkId, id: renewsId, expiresAt };
        const isRunning = (await transaction.guestSession.count({ where })) > 0;
        if (!isRunning) return { kind: "notRunning" } as const;
      }
      if (await isFull(transaction, target, session, bounds, renewsId)) {
        return { kind: "full" } as const;
      }
      if (renewsId !== undefined) {
        await transaction.guestSession.deleteMany({ where: { templateId, id: renewsId } });
      }
      const { id } = session;
      const originHash = Buffer.from(session.originHash, "hex");
      const [openedAt, expiresAt] = [new Date(session.openedAt), new Date(session.expiresAt)];
      await transaction.guestSession.create({
        data: { templateId, id, shareLinkId, originHash, openedAt, expiresAt },
      });
      if (shareLinkId !== null && renewsId === undefined)
        await noteGuestUse(transaction, { templateId, shareLinkId });
      return { kind: "opened", templateId, shareLinkId } as const;
    });
  }

  async countByTemplate(templateIds: readonly string[], now: number) {
    const groups = await onDatabase(() =>
      this.prisma.guestSession.groupBy({
        by: ["templateId"],
        where: { templateId: { in: templateIds.filter(isUuid) }, expiresAt: { gt: new Date(now) } },
        _count: true,
      }),
    );
    return new Map(groups.map(({ templateId, _count }) => [templateId, _count]));
  }

  async countByLink(templateId: string, now: number) {
    if (!isUuid(templateId)) return new Map<string, number>();
    const groups = await onDatabase(() =>
      this.prisma.guestSession.groupBy({
        by: ["shareLinkId"],
        where: { templateId, shareLinkId: { not: null }, expiresAt: { gt: new Date(now) } },
        _count: true,
      }),
    );
    return new Map(groups.map(({ shareLinkId, _count }) => [shareLinkId ?? "", _count]));
  }

  async dropExpired(now: number): Promise<number> {
    const where = { expiresAt: { lte: new Date(now) } };
    const { count } = await onDatabase(() => this.prisma.guestSession.deleteMany({ where }));
    return count;
  }
}

/** A link is locked against a revocation at the same moment, which would leave a session without a link. */
async function findTarget(transaction: Transaction, by: GuestKnows): Promise<Target | undefined> {
  const rows =
    "tokenHash" in by
      ? await transaction.$queryRaw<Target[]>`
          SELECT l.template_id, l.id AS share_link_id
          FROM share_links l JOIN templates t ON t.id = l.template_id
          WHERE l.token_hash = ${Buffer.from(by.tokenHash, "hex")} AND l.open_to_guests AND t.deleted_at IS NULL
            AND (l.expires_at IS NULL OR l.expires_at > statement_timestamp())
          FOR KEY SHARE OF l`
      : await transaction.$queryRaw<Target[]>`
          SELECT id AS template_id, NULL::uuid AS share_link_id FROM templates
          WHERE id = ${by.templateId}::uuid AND is_public AND open_to_guests AND deleted_at IS NULL`;
  return rows[0];
}

/** Until the transaction ends no other session of the same way is opened. */
async function lockWay(
  transaction: Transaction,
  { template_id: templateId, share_link_id: shareLinkId }: Target,
): Promise<void> {
  const way = `guests ${shareLinkId ?? templateId}`;
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${way}, 0))`;
}

async function isFull(
  transaction: Transaction,
  { template_id: templateId, share_link_id: shareLinkId }: Target,
  session: NewGuestSession,
  bounds: GuestBounds,
  renewsId: string | undefined,
): Promise<boolean> {
  const at = new Date(session.openedAt);
  const originHash = Buffer.from(session.originHash, "hex");
  await transaction.guestSession.deleteMany({
    where: { templateId, shareLinkId, expiresAt: { lte: at } },
  });
  const beside = { templateId, shareLinkId };
  const running = { expiresAt: { gt: at } };
  const counted = [
    [{ ...beside, originHash }, bounds.addressGuestSessionsPerLinkMax],
    [{ ...running, originHash }, bounds.addressGuestSessionsMax],
    [beside, bounds.guestSessionsPerLinkMax],
    [running, bounds.guestSessionsMax],
  ] as const;
  for (const [where, max] of counted) {
    const others = { ...where, ...(renewsId !== undefined && { id: { not: renewsId } }) };
    if ((await transaction.guestSession.count({ where: others })) >= max) return true;
  }
  return false;
}
