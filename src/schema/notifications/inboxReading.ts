/** Inboxes within one answer: whatever is selected of one at one level is read at once, by one statement. */
import DataLoader from "dataloader";
import type { InboxPage, InboxReading } from "../../storage/notifications/notificationStore.js";
import type { Notification } from "../../domain/notifications/notification.js";
import type { GraphQLContext } from "../context.js";

interface InboxPart {
  readonly userId: string;
  /** Absent where only the counts are asked for. */
  readonly page?: InboxPage;
}

interface InboxPartReading extends Omit<InboxReading, "pages"> {
  readonly page: readonly Notification[];
}

type InboxLoader = DataLoader<InboxPart, InboxPartReading>;

const loaders = new WeakMap<GraphQLContext, InboxLoader>();

/** Rejects with `StorageUnavailable`. */
export function readInboxPart(part: InboxPart, context: GraphQLContext): Promise<InboxPartReading> {
  let loader = loaders.get(context);
  if (loader === undefined) {
    // Several mutations of one request change what the next one tells.
    loader = new DataLoader((parts) => readParts(parts, context), { cache: false });
    loaders.set(context, loader);
  }
  return loader.load(part);
}

async function readParts(
  parts: readonly InboxPart[],
  { services: { notifications, clock } }: GraphQLContext,
): Promise<InboxPartReading[]> {
  const readings = new Map<string, Promise<InboxReading>>();
  for (const { userId } of parts) {
    if (readings.has(userId)) continue;
    const pages = parts.flatMap((part) => (part.userId === userId ? (part.page ?? []) : []));
    readings.set(userId, notifications.store.read(userId, pages, clock.now()));
  }
  const nextPage = new Map<string, number>();
  return Promise.all(
    parts.map(async ({ userId, page }) => {
      const place = nextPage.get(userId) ?? 0;
      if (page !== undefined) nextPage.set(userId, place + 1);
      const { sequence, unreadCount, pages } = await readings.get(userId)!;
      return { sequence, unreadCount, page: page === undefined ? [] : (pages[place] ?? []) };
    }),
  );
}
