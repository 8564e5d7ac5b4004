/** Presence and activity of one node, put together for server.ts: where it is kept depends on whether there is a Redis. */
import type { Services } from "../commands/services.js";
import type { Config } from "../config/readConfig.js";
import type { Clock } from "../platform/clock.js";
import type { Logger } from "../platform/logging.js";
import { ActivityFeeds } from "../subscriptions/activity/activityFeeds.js";
import { MemoryPresenceStore } from "../subscriptions/presence/stores/memoryPresenceStore.js";
import { PresenceRooms } from "../subscriptions/presence/presenceRooms.js";
import type { PresenceStore } from "../subscriptions/presence/stores/presenceStore.js";
import { RedisPresenceStore } from "../subscriptions/presence/stores/redisPresenceStore.js";
import { showSessions } from "../subscriptions/presence/showSessions.js";
import { RedisNames } from "../redis/redisNames.js";
import { readChanges } from "../subscriptions/presence/textSelections.js";
import { Semaphore } from "../platform/semaphore.js";
import { redisPlaceOf } from "./wireRedis.js";
import { redisConnection } from "../redis/redisConnection.js";

/** Services as they are wired: commands see of presence only the port. */
export interface WiredServices extends Services {
  readonly presence: PresenceRooms;
}

/** Reads of the log for places in texts that are under way at once. */
const CHANGE_READS_MAX = 2;

/** Rooms that show the sessions of the node from now on. */
export function wirePresence(
  config: Config,
  services: Pick<Services, "access" | "bus" | "clock" | "head" | "sessions" | "templates">,
  logger: Logger,
): PresenceRooms {
  const { access, bus, clock, head, sessions, templates } = services;
  const reads = new Semaphore(CHANGE_READS_MAX);
  const presence = new PresenceRooms({
    warn: (message, error) => logger.warn({ error }, message),
    ...{ access, bus, clock, head },
    store: presenceStoreOf(config, clock, logger),
    settings: config.presence,
    readLocks: async (templateId) =>
      (await templates.readLocks([templateId])).get(templateId)?.locks ?? [],
    readChanges: (templateId, afterVersion) =>
      reads.run(() => readChanges(templates, templateId, afterVersion)),
    hold: (session) => sessions.hold(session),
    serves: (sessionId) => sessions.serves(sessionId),
  });
  showSessions({ sessions, presence, bus, clock });
  return presence;
}

/** Activity of the templates that somebody follows on the node. */
export function wireActivity(
  config: Config,
  { access, bus, head }: Pick<Services, "access" | "bus" | "head">,
  logger: Logger,
): ActivityFeeds {
  return new ActivityFeeds({
    ...{ access, bus, head, peopleMs: config.presence.presencePeopleMs },
    warn: (message, error) => logger.warn({ error }, message),
  });
}

function presenceStoreOf(config: Config, clock: Clock, logger: Logger): PresenceStore {
  const { presenceLifetimeMs } = config.presence;
  const place = redisPlaceOf(config);
  if (place === undefined) return new MemoryPresenceStore(clock, presenceLifetimeMs);
  const warn = (message: string, error?: unknown) => logger.warn({ error }, message);
  const redis = redisConnection(place, "presence", warn);
  return new RedisPresenceStore(redis, presenceLifetimeMs, new RedisNames(config.redis.prefix));
}
