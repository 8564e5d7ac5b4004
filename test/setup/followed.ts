/** What subscriptions follow beside the feeds, on services of a test: presence in memory, activity and comments. */
import type { Services } from "../../src/commands/services.js";
import { InboxFeeds } from "../../src/subscriptions/notifications/inboxFeeds.js";
import { ActivityFeeds } from "../../src/subscriptions/activity/activityFeeds.js";
import { CommentFeeds } from "../../src/subscriptions/comments/commentFeeds.js";
import { defaultFeedSettings } from "../../src/subscriptions/feedSettings.js";
import { MemoryPresenceStore } from "../../src/subscriptions/presence/stores/memoryPresenceStore.js";
import { PresenceRooms } from "../../src/subscriptions/presence/presenceRooms.js";
import { readChanges } from "../../src/subscriptions/presence/textSelections.js";
import { showSessions } from "../../src/subscriptions/presence/showSessions.js";

type Parts = Pick<Services, "access" | "bus" | "clock" | "head" | "sessions" | "templates">;

/** Rooms that show the sessions. */
export function testRooms(parts: Parts): PresenceRooms {
  const { access, bus, clock, head, sessions, templates } = parts;
  const presence = new PresenceRooms({
    ...{ access, bus, clock, head },
    store: new MemoryPresenceStore(clock, 60_000),
    readLocks: async (templateId) =>
      (await templates.readLocks([templateId])).get(templateId)?.locks ?? [],
    readChanges: (templateId, afterVersion) => readChanges(templates, templateId, afterVersion),
    warn: failTest,
    hold: (session) => sessions.hold(session),
    serves: (sessionId) => sessions.serves(sessionId),
  });
  showSessions({ sessions, presence, bus, clock });
  return presence;
}

export function testActivity({
  access,
  bus,
  head,
}: Pick<Services, "access" | "bus" | "head">): ActivityFeeds {
  return new ActivityFeeds({ access, bus, head, peopleMs: 10_000, warn: failTest });
}

export function testCommentFeeds({
  access,
  bus,
  clock,
  comments,
}: Pick<Services, "access" | "bus" | "clock" | "comments">): CommentFeeds {
  const settings = defaultFeedSettings;
  return new CommentFeeds({ ...{ access, bus, clock, comments, settings }, warn: failTest });
}

export function testInboxes({
  bus,
  clock,
  notifications,
}: Pick<Services, "bus" | "clock" | "notifications">): InboxFeeds {
  return new InboxFeeds({
    ...{ bus, clock, notifications: notifications.store, settings: defaultFeedSettings },
    warn: failTest,
  });
}

function failTest(message: string, cause: unknown): never {
  throw new Error(message, { cause });
}
