/** What subscriptions of one node follow. */
import type { ActivityFeeds } from "../subscriptions/activity/activityFeeds.js";
import type { CommentFeeds } from "../subscriptions/comments/commentFeeds.js";
import type { Feeds } from "../subscriptions/changes/feeds.js";
import type { InboxFeeds } from "../subscriptions/notifications/inboxFeeds.js";
import type { PresenceRooms } from "../subscriptions/presence/presenceRooms.js";

export interface Followed {
  readonly feeds: Feeds;
  readonly rooms: PresenceRooms;
  readonly activity: ActivityFeeds;
  readonly commentFeeds: CommentFeeds;
  readonly inboxes: InboxFeeds;
}

/** Ends all subscriptions so that their clients come back elsewhere. */
export function endSubscriptions({
  feeds,
  rooms,
  activity,
  commentFeeds,
  inboxes,
}: Followed): void {
  feeds.close();
  rooms.end();
  activity.close();
  commentFeeds.close();
  inboxes.close();
}
