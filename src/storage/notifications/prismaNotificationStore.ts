/** People's inboxes on PostgreSQL, through Prisma. */
import type { NewNotification } from "../../domain/notifications/notification.js";
import type { PrismaClient } from "../generated/prisma/client.js";
import { readInboxPages } from "./inboxStatement.js";
import { addNotifications, readAuthors } from "./notificationRows.js";
import type {
  InboxNews,
  InboxPage,
  InboxReading,
  NotificationStore,
  ReadMark,
} from "./notificationStore.js";
import { onDatabase } from "../postgres/statement.js";
import { transactionInTurn } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaNotificationStore implements NotificationStore {
  constructor(private readonly prisma: PrismaClient) {}

  add(notifications: readonly NewNotification[], at: number): Promise<InboxNews[]> {
    return transactionInTurn(this.prisma, [], (transaction) =>
      addNotifications(transaction, notifications, at),
    );
  }

  async read(userId: string, pages: readonly InboxPage[], now: number): Promise<InboxReading> {
    if (!isUuid(userId)) return { sequence: 0, unreadCount: 0, pages: pages.map(() => []) };
    return onDatabase(() => readInboxPages(this.prisma, userId, pages, now));
  }

  async sequences(userIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await onDatabase(() =>
      this.prisma.notificationInbox.findMany({
        where: { userId: { in: userIds.filter(isUuid) } },
      }),
    );
    const known = new Map(rows.map(({ userId, sequence }) => [userId, sequence]));
    return new Map(userIds.map((userId) => [userId, known.get(userId) ?? 0]));
  }

  async markRead({ userId, ids, throughSequence, at }: ReadMark): Promise<InboxNews | undefined> {
    if (!isUuid(userId)) return undefined;
    return transactionInTurn(this.prisma, [`inbox ${userId}`], async (transaction) => {
      const { count } = await transaction.notification.updateMany({
        where: {
          ...{ userId, readAt: null },
          ...(ids && { id: { in: ids.filter(isUuid) } }),
          ...(throughSequence !== undefined && { sequence: { lte: throughSequence } }),
        },
        data: { readAt: new Date(at) },
      });
      if (count === 0) return undefined;
      const data = { sequence: { increment: 1 } };
      const { sequence } = await transaction.notificationInbox.update({
        where: { userId },
        data,
      });
      return { userId, sequence };
    });
  }

  async authorsOf(templateId: string, operationIds: readonly string[]) {
    if (!isUuid(templateId)) return new Map<string, string>();
    return onDatabase(() => readAuthors(this.prisma, templateId, operationIds));
  }

  async dropBefore(at: number): Promise<number> {
    const where = { at: { lt: new Date(at) } };
    const { count } = await onDatabase(() => this.prisma.notification.deleteMany({ where }));
    return count;
  }
}
