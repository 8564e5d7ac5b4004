import { createHash, randomBytes, randomUUID } from "node:crypto";
import { changedBy } from "../../src/bus/changeBus.js";
import pino from "pino";
import { createPasswords } from "../../src/accounts/passwords.js";
import { createTokens } from "../../src/accounts/tokens.js";
import { Membership } from "../../src/cluster/membership.js";
import { MemoryNodeRegistry } from "../../src/cluster/memoryNodeRegistry.js";
import { defaultCommentLimits } from "../../src/commands/comments/commentLimits.js";
import { defaultLockLimits } from "../../src/commands/locks/lockLimits.js";
import type { Services } from "../../src/commands/services.js";
import { defaultRequestLimits } from "../../src/config/sections/limitSettings.js";
import { defaultDomainLimits } from "../../src/domain/limits.js";
import { systemClock } from "../../src/platform/clock.js";
import { defaultQuotas } from "../../src/domain/quotas.js";
import { EditQuota } from "../../src/limits/editQuota.js";
import { FarHistory } from "../../src/live/farHistory.js";
import { Pace } from "../../src/live/pace.js";
import { createLiveTemplates } from "../../src/live/createLiveTemplates.js";
import { defaultLiveSettings } from "../../src/live/liveSettings.js";
import { NodeSessions } from "../../src/sessions/nodeSessions.js";
import { defaultSessionSettings } from "../../src/sessions/sessionSettings.js";
import { openDatabase } from "../../src/storage/postgres/database.js";
import type { PrismaClient } from "../../src/storage/generated/prisma/client.js";
import { RememberingAccessReader } from "../../src/storage/access/accessReader.js";
import { createHeadReader } from "../../src/storage/templates/headReader.js";
import { PrismaCommentStore } from "../../src/storage/comments/prismaCommentStore.js";
import { PrismaAuditStore } from "../../src/storage/audit/prismaAuditStore.js";
import { PrismaConflictStore } from "../../src/storage/conflicts/prismaConflictStore.js";
import { PrismaGuestStore } from "../../src/storage/guests/prismaGuestStore.js";
import { OverrideNotices } from "../../src/commands/notifications/overrideNotices.js";
import { tellInboxesOn } from "../../src/commands/notifications/markNotificationsRead.js";
import { PrismaNotificationStore } from "../../src/storage/notifications/prismaNotificationStore.js";
import { PrismaSessionStore } from "../../src/storage/sessions/prismaSessionStore.js";
import { PrismaLockStore } from "../../src/storage/locks/prismaLockStore.js";
import { PrismaPermissionStore } from "../../src/storage/access/prismaPermissionStore.js";
import { PrismaTemplateStore } from "../../src/storage/templates/prismaTemplateStore.js";
import { PrismaCredentialStore } from "../../src/storage/credentials/prismaCredentialStore.js";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
import { Feeds } from "../../src/subscriptions/changes/feeds.js";
import { LocalBus } from "../../src/bus/localBus.js";
import type { Followed } from "../../src/node/serveNode.js";
import { testAccounts } from "../setup/accounts.js";
import { testActivity, testCommentFeeds, testInboxes, testRooms } from "../setup/followed.js";
import { testGuests } from "../setup/guests.js";
import { databaseTeams } from "../setup/databaseTeams.js";
import { testRates } from "../setup/rates.js";
import { testAudit } from "../setup/testAudit.js";

export interface DatabaseServices {
  readonly services: Services;
  readonly prisma: PrismaClient;
  readonly followed: Followed;
  /** The SQL of every statement so far. */
  readonly statements: readonly string[];
  close(): Promise<void>;
}

/** What one node works with, on a database. */
export function databaseServices(url: string): DatabaseServices {
  const { pool, prisma, close } = openDatabase({
    url,
    poolSizeMax: 5,
    statementTimeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    log: pino({ enabled: false }),
  });
  const statements: string[] = [];
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    const recorded = (...parameters: unknown[]) => {
      const [first] = parameters;
      statements.push(typeof first === "string" ? first : (first as { text: string }).text);
      return query(...parameters);
    };
    client.query = recorded as typeof client.query;
  });
  const templates = new PrismaTemplateStore(prisma);
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const bus = new LocalBus(() => {});
  const pace = new Pace(systemClock, defaultLiveSettings.decisionSliceMsMax);
  const notifications = { store: new PrismaNotificationStore(prisma) };
  const tell = tellInboxesOn(bus);
  const overrides = new OverrideNotices({
    ...{ store: notifications.store, tell, clock: systemClock },
    warn: () => {},
  });
  const live = createLiveTemplates({
    pace,
    store: templates,
    clock: systemClock,
    sha256,
    newId: uuidByTime,
    settings: defaultLiveSettings,
    committed(templateId, batch) {
      bus.publish(changedBy(templateId, batch));
      if (batch.decided !== undefined) overrides.note(templateId, batch.decided);
    },
    copyFailed: () => {},
  });
  const nodes = new Membership({
    registry: new MemoryNodeRegistry(systemClock),
    clock: systemClock,
    id: "node-of-the-test",
    version: "0.0.0",
  });
  const heads = createHeadReader(templates, { batchMax: 100 });
  const { head } = heads;
  const permissions = new PrismaPermissionStore(prisma, tell);
  const access = new RememberingAccessReader({ heads, permissions, clock: systemClock });
  const sessions = new NodeSessions({
    store: new PrismaSessionStore(prisma),
    nodeId: "node-of-the-test",
    ...{ access, bus, head },
    clock: systemClock,
    newId: uuidByTime,
    settings: defaultSessionSettings,
    warn: () => {},
  });
  const rooms = testRooms({ access, bus, clock: systemClock, head, sessions, templates });
  const people = {
    users: new PrismaUserStore(prisma),
    clock: systemClock,
    newId: uuidByTime,
    limits: {
      ...defaultDomainLimits,
      ...defaultLockLimits,
      ...defaultCommentLimits,
      ...defaultRequestLimits,
      ...defaultQuotas,
    },
    tokens: createTokens({ secret: "a secret for tests of 32 bytes and more", clock: systemClock }),
  };
  const accounts = testAccounts(people, new PrismaCredentialStore(prisma));
  const services: Services = {
    sessions,
    presence: rooms,
    locks: new PrismaLockStore(prisma),
    ...{ permissions, access },
    ...testAudit(new PrismaAuditStore(prisma)),
    nodes,
    templates,
    conflicts: new PrismaConflictStore(prisma, tell),
    comments: new PrismaCommentStore(prisma, tell),
    team: databaseTeams(prisma, tell),
    notifications,
    guests: testGuests(new PrismaGuestStore(prisma)),
    live,
    bus,
    pace,
    sha256,
    newSalt: () => randomBytes(16).toString("hex"),
    rates: testRates(),
    editQuota: new EditQuota({ store: templates, quotas: people.limits, clock: systemClock }),
    farHistory: new FarHistory(templates, defaultLiveSettings.historyOperationsMax),
    head,
    passwords: createPasswords(),
    ...people,
    accounts,
  };
  const feeds = new Feeds({
    store: templates,
    bus,
    ...{ access, head },
    readState: async (templateId) => {
      return live.read(templateId, 1);
    },
    clock: systemClock,
    warn: () => {},
  });
  const commentFeeds = testCommentFeeds(services);
  const inboxes = testInboxes(services);
  return {
    services,
    prisma,
    followed: { feeds, rooms, activity: testActivity(services), commentFeeds, inboxes },
    statements,
    async close() {
      await nodes.leave();
      feeds.close();
      commentFeeds.close();
      inboxes.close();
      await overrides.close();
      await rooms.close();
      sessions.close();
      await live.close();
      await close();
    },
  };
}

let lastMs = 0;

/** As UUIDv7, and never two of one instant, so that tests know the order. */
function uuidByTime(): string {
  lastMs = Math.max(lastMs + 1, Date.now());
  const time = lastMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
