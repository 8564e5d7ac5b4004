/** What every resolver gets. Made anew for each request: dataloaders live as long as their context. */
import type { RequestOrigin } from "../limits/origin/requestOrigin.js";
import type { Services } from "../commands/services.js";
import type { RequestWork } from "../limits/work/requestWork.js";
import type { Viewer } from "../domain/access/access.js";
import type { PrismaClient } from "../storage/generated/prisma/client.js";
import type { ActivityFeeds } from "../subscriptions/activity/activityFeeds.js";
import type { CommentFeeds } from "../subscriptions/comments/commentFeeds.js";
import type { Feeds } from "../subscriptions/changes/feeds.js";
import type { InboxFeeds } from "../subscriptions/notifications/inboxFeeds.js";
import type { PresenceRooms } from "../subscriptions/presence/presenceRooms.js";

export interface GraphQLContext {
  readonly viewer: Viewer;
  /** Where the request came from; `noOrigin` for the events of subscriptions. */
  readonly origin: RequestOrigin;
  /** The id of the last event that the client of an event stream got; it goes on after that. */
  readonly lastEventId?: string | undefined;
  /** Tells the log of the request, where it wants to know. */
  readonly debug?: (details: object, message: string) => void;
  readonly services: Services;
  /** What the request reads, charged and bounded. */
  readonly work: RequestWork;
  /** For reading what the API shows; everything that writes goes through commands. */
  readonly prisma: PrismaClient;
  /** What subscriptions follow: the changes of templates, who is on them, what happens on them and is said about them. */
  readonly feeds: Pick<Feeds, "follow">;
  readonly rooms: Pick<PresenceRooms, "follow">;
  readonly activity: Pick<ActivityFeeds, "follow">;
  readonly commentFeeds: Pick<CommentFeeds, "follow">;
  readonly inboxes: Pick<InboxFeeds, "follow">;
}
