/** Everything commands work with on the memory adapters: the real engine without a server. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createTokens } from "../../src/accounts/tokens.js";
import { defaultDomainLimits } from "../../src/domain/limits.js";
import { defaultCommentLimits } from "../../src/commands/comments/commentLimits.js";
import { defaultLockLimits } from "../../src/commands/locks/lockLimits.js";
import type { Services } from "../../src/commands/services.js";
import { defaultRequestLimits } from "../../src/config/sections/limitSettings.js";
import { systemClock, type Clock } from "../../src/platform/clock.js";
import { defaultQuotas } from "../../src/domain/quotas.js";
import { EditQuota } from "../../src/limits/editQuota.js";
import { FarHistory } from "../../src/live/farHistory.js";
import { Pace } from "../../src/live/pace.js";
import { createLiveTemplates } from "../../src/live/createLiveTemplates.js";
import { defaultLiveSettings, type LiveSettings } from "../../src/live/liveSettings.js";
import { NodeSessions } from "../../src/sessions/nodeSessions.js";
import { defaultSessionSettings } from "../../src/sessions/sessionSettings.js";
import { RememberingAccessReader } from "../../src/storage/access/accessReader.js";
import { createHeadReader } from "../../src/storage/templates/headReader.js";
import { MemoryCommentStore } from "../twins/memoryCommentStore.js";
import { MemoryConflictStore } from "../twins/memoryConflictStore.js";
import { MemoryNotificationStore } from "../twins/memoryNotificationStore.js";
import { MemoryPermissionStore } from "../twins/memoryPermissionStore.js";
import { MemorySessionStore } from "../twins/memorySessionStore.js";
import type { LockStore } from "../../src/storage/locks/lockStore.js";
import { MemoryLockStore } from "../twins/memoryLockStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { MemoryUserStore } from "../twins/memoryUserStore.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";
import { changedBy, type BusMessage, type ChangeBus } from "../../src/bus/changeBus.js";
import { testAccounts } from "./accounts.js";
import { testGuests } from "./guests.js";
import { testRooms } from "./followed.js";
import { memoryTeams } from "./memoryTeams.js";
import { testRates } from "./rates.js";
import { testAudit } from "./testAudit.js";

export const author = { kind: "user", userId: "00000000-0000-7000-8000-000000000001" } as const;
export const stranger = { kind: "user", userId: "00000000-0000-7000-8000-000000000002" } as const;

export interface MemorySetup extends Services {
  readonly permissions: MemoryPermissionStore;
  readonly published: BusMessage[];
  readonly copyFailures: unknown[];
}

/** Services of one node; several may share one store. */
export function memoryServices(
  options: {
    readonly templates?: TemplateStore;
    /** For templates that are not the memory store itself; without it nothing can be locked on them. */
    readonly locks?: LockStore;
    readonly clock?: Clock;
    readonly settings?: Partial<LiveSettings>;
    readonly rates?: Parameters<typeof testRates>[0];
    readonly limits?: Partial<Services["limits"]>;
  } = {},
): MemorySetup {
  const templates = options.templates ?? new MemoryTemplateStore();
  const clock = options.clock ?? systemClock;
  const published: BusMessage[] = [];
  const copyFailures: unknown[] = [];
  const bus: ChangeBus = {
    publish: (message) => void published.push(message),
    subscribe: () => () => {},
    healthy: true,
    close: async () => {},
  };
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const pace = new Pace(clock, options.settings?.decisionSliceMsMax ?? 10);
  const live = createLiveTemplates({
    pace,
    store: templates,
    clock,
    sha256,
    newId: randomUUID,
    settings: { ...defaultLiveSettings, ...options.settings },
    committed: (templateId, batch) => bus.publish(changedBy(templateId, batch)),
    copyFailed: (_templateId, error) => void copyFailures.push(error),
  });
  const sessionStore = new MemorySessionStore(
    () => clock.now(),
    (session) => locks.releaseAll(session),
  );
  // What wraps a store has locks only where the test gives them.
  const rows = templates instanceof MemoryTemplateStore ? templates : new MemoryTemplateStore();
  const locks = new MemoryLockStore(rows, (session) => sessionStore.has(session));
  const heads = createHeadReader(templates, { batchMax: 100 });
  const { head } = heads;
  const inboxes = new MemoryNotificationStore();
  const permissions = new MemoryPermissionStore(
    rows,
    () => clock.now(),
    undefined,
    undefined,
    inboxes,
  );
  const access = new RememberingAccessReader({ heads, permissions, clock });
  const sessions = new NodeSessions({
    store: sessionStore,
    nodeId: "memory",
    ...{ access, bus, head, clock },
    newId: randomUUID,
    settings: defaultSessionSettings,
    warn: (message, error) => {
      throw new Error(message, { cause: error });
    },
  });
  const people = {
    users: new MemoryUserStore(),
    clock,
    newId: randomUUID,
    limits: {
      ...defaultDomainLimits,
      ...defaultLockLimits,
      ...defaultCommentLimits,
      ...defaultRequestLimits,
      ...defaultQuotas,
      ...options.limits,
    },
    tokens: createTokens({ secret: "a secret for tests of 32 bytes and more", clock }),
  };
  const team = memoryTeams({
    ...{ templates: rows, permissions, users: people.users },
    now: () => clock.now(),
  });
  return {
    sessions,
    presence: testRooms({ access, bus, clock, head, sessions, templates }),
    locks: options.locks ?? locks,
    ...{ permissions, access },
    ...testAudit(),
    templates,
    conflicts: new MemoryConflictStore(rows, inboxes),
    comments: new MemoryCommentStore(templates, inboxes),
    team,
    guests: testGuests(team.guests, clock),
    notifications: { store: inboxes },
    nodes: { selfId: "memory", list: async () => [] },
    live,
    bus,
    pace,
    sha256,
    newSalt: () => randomBytes(16).toString("hex"),
    rates: testRates(options.rates, clock),
    editQuota: new EditQuota({ store: templates, quotas: people.limits, clock }),
    farHistory: new FarHistory(
      templates,
      options.settings?.historyOperationsMax ?? defaultLiveSettings.historyOperationsMax,
    ),
    head,
    passwords: { hash: async (password) => password, verify: async (a, b) => a === b },
    ...people,
    accounts: testAccounts(people),
    published,
    copyFailures,
  };
}
