/** Inboxes and comments of one node, put together for server.ts. */
import type { Closers } from "../platform/closers.js";
import { OverrideNotices } from "../commands/notifications/overrideNotices.js";
import { tellInboxesOn } from "../commands/notifications/markNotificationsRead.js";
import type { Services } from "../commands/services.js";
import type { Config } from "../config/readConfig.js";
import type { Logger } from "../platform/logging.js";
import type { CommittedBatch } from "../live/committedBatch.js";
import type { Clock } from "../platform/clock.js";
import { tellCommit } from "./nodeLog.js";
import type { Database } from "../storage/postgres/database.js";
import { PrismaCommentStore } from "../storage/comments/prismaCommentStore.js";
import { PrismaConflictStore } from "../storage/conflicts/prismaConflictStore.js";
import { PrismaPermissionStore } from "../storage/access/prismaPermissionStore.js";
import { changedBy } from "../bus/changeBus.js";
import { PrismaNotificationStore } from "../storage/notifications/prismaNotificationStore.js";
import { InboxFeeds } from "../subscriptions/notifications/inboxFeeds.js";
import { CommentFeeds } from "../subscriptions/comments/commentFeeds.js";

interface NotificationParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** The stores that tell inboxes, what others tell them by, and who is to hear of commits. */
export function wireNotifications(
  { database: { prisma }, clock, logger, closers }: NotificationParts,
  bus: Services["bus"],
) {
  const store = new PrismaNotificationStore(prisma);
  const tell = tellInboxesOn(bus);
  const overrides = new OverrideNotices({
    ...{ store, tell, clock },
    warn: (message, error) => logger.warn({ error }, message),
  });
  closers.add(() => overrides.close());
  return {
    tell,
    stores: {
      notifications: { store },
      conflicts: new PrismaConflictStore(prisma, tell),
      comments: new PrismaCommentStore(prisma, tell),
      permissions: new PrismaPermissionStore(prisma, tell),
    },
    committed: (templateId: string, batch: CommittedBatch): void => {
      tellCommit(logger, templateId, batch);
      bus.publish(changedBy(templateId, batch));
      if (batch.decided !== undefined) overrides.note(templateId, batch.decided);
    },
  };
}

/** Who follows inboxes. */
export function wireInboxes(
  config: Config,
  { bus, clock, notifications }: Pick<Services, "bus" | "clock" | "notifications">,
  logger: Logger,
): InboxFeeds {
  return new InboxFeeds({
    ...{ bus, clock, notifications: notifications.store, settings: config.feeds },
    warn: (message, error) => logger.warn({ error }, message),
  });
}

/** Comments of the templates that somebody follows on one node, put together for server.ts. */
export function wireComments(
  config: Config,
  { access, bus, clock, comments }: Pick<Services, "access" | "bus" | "clock" | "comments">,
  logger: Logger,
): CommentFeeds {
  return new CommentFeeds({
    ...{ access, bus, clock, comments, settings: config.feeds },
    warn: (message, error) => logger.warn({ error }, message),
  });
}
