/** What subscriptions follow beside the feeds, on services of a test: presence in memory and activity. */
import type { Services } from "../../src/commands/services.js";
import { ActivityFeeds } from "../../src/subscriptions/activity/activityFeeds.js";
import { MemoryPresenceStore } from "../../src/subscriptions/presence/memoryPresenceStore.js";
import { PresenceRooms } from "../../src/subscriptions/presence/presenceRooms.js";
import { showSessions } from "../../src/subscriptions/presence/showSessions.js";

type Parts = Pick<Services, "bus" | "clock" | "head" | "sessions" | "templates">;

/** Rooms that show the sessions. */
export function testRooms({ bus, clock, head, sessions, templates }: Parts): PresenceRooms {
  const presence = new PresenceRooms({
    ...{ bus, clock, head },
    store: new MemoryPresenceStore(clock, 60_000),
    readLocks: async (templateId) =>
      (await templates.readLocks([templateId])).get(templateId)?.locks ?? [],
    warn: failTest,
    hold: (session) => sessions.hold(session),
    serves: (sessionId) => sessions.serves(sessionId),
  });
  showSessions({ sessions, presence, bus, clock });
  return presence;
}

export function testActivity({ bus, head }: Pick<Services, "bus" | "head">): ActivityFeeds {
  return new ActivityFeeds({ bus, head, peopleMs: 10_000, warn: failTest });
}

function failTest(message: string, cause: unknown): never {
  throw new Error(message, { cause });
}
