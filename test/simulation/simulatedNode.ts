/** One node, put together as server.ts does it: the real commands, live templates, head reader and feeds. */
import type { Services } from "../../src/commands/services.js";
import { defaultRequestLimits } from "../../src/config/sections/limitSettings.js";
import { defaultDomainLimits } from "../../src/domain/limits.js";
import type { Clock } from "../../src/platform/clock.js";
import { defaultQuotas } from "../../src/domain/quotas.js";
import { EditQuota } from "../../src/limits/editQuota.js";
import { FarHistory } from "../../src/live/farHistory.js";
import { Pace } from "../../src/live/pace.js";
import { createLiveTemplates } from "../../src/live/createLiveTemplates.js";
import { defaultLiveSettings, type LiveSettings } from "../../src/live/liveSettings.js";
import type { LiveTemplates } from "../../src/live/liveTemplates.js";
import { NodeSessions } from "../../src/sessions/nodeSessions.js";
import { defaultSessionSettings } from "../../src/sessions/sessionSettings.js";
import { RememberingAccessReader } from "../../src/storage/access/accessReader.js";
import { createHeadReader } from "../../src/storage/templates/headReader.js";
import { MemoryCommentStore } from "../twins/memoryCommentStore.js";
import { MemorySessionStore } from "../twins/memorySessionStore.js";
import { defaultCommentLimits } from "../../src/commands/comments/commentLimits.js";
import { defaultLockLimits } from "../../src/commands/locks/lockLimits.js";
import { MemoryNotificationStore } from "../twins/memoryNotificationStore.js";
import { MemoryUserStore } from "../twins/memoryUserStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";
import { changedBy, type ChangeBus } from "../../src/bus/changeBus.js";
import type { FeedSettings } from "../../src/subscriptions/feedSettings.js";
import { Feeds } from "../../src/subscriptions/changes/feeds.js";
import { testAccounts } from "../setup/accounts.js";
import { testRooms } from "../setup/followed.js";
import { testGuests } from "../setup/guests.js";
import { memoryTeams } from "../setup/memoryTeams.js";
import { testRates } from "../setup/rates.js";
import { SimulatedProcess } from "./process.js";
import { sha256 } from "./sha256.js";
import type { SimulatedBus } from "./simulatedBus.js";
import type { SimulatedDisk } from "./simulatedDisk.js";
import type { World } from "./world.js";
import { testAudit } from "../setup/testAudit.js";

/** Ways to break a node on purpose, around its real parts: the simulation has to notice. */
export interface Sabotage {
  store?(store: TemplateStore, bus: ChangeBus): TemplateStore;
  live?(live: LiveTemplates): LiveTemplates;
  clock?(clock: Clock): Clock;
}

export interface NodeParts {
  readonly world: World;
  readonly disk: SimulatedDisk;
  readonly bus: SimulatedBus;
  readonly sabotage: Sabotage;
}

export class SimulatedNode {
  readonly process: SimulatedProcess;
  readonly services: Services;
  readonly feeds: Feeds;
  #aheadMs = 0;

  constructor(
    { world, disk, bus: sharedBus, sabotage }: NodeParts,
    readonly name: string,
  ) {
    const process = new SimulatedProcess(world.newId(name));
    this.process = process;
    const bus = sharedBus.endpointOf(process);
    const stores = disk.storesOf(process);
    const templates = sabotage.store?.(stores.templates, bus) ?? stores.templates;
    const ownClock = this.#clockOf(world, process);
    const clock = sabotage.clock?.(ownClock) ?? ownClock;
    const heads = createHeadReader(templates, { batchMax: 100 });
    const newId = () => world.newId(`${name}-id`);
    const unexpected = (what: string, error: unknown) =>
      world.violate("SIM-10", `${process.name} ${what}: ${String(error)}`);
    const pace = new Pace(clock, liveSettingsOf(world).decisionSliceMsMax);
    const opened = createLiveTemplates({
      pace,
      store: templates,
      clock,
      sha256,
      newId,
      settings: liveSettingsOf(world),
      committed: (templateId, batch) => bus.publish(changedBy(templateId, batch)),
      copyFailed: (templateId, error) => {
        if (!(error instanceof StorageUnavailable)) unexpected(`copy of ${templateId}`, error);
      },
    });
    const live = sabotage.live?.(opened) ?? opened;
    const head = (templateId: string) => heads.head(templateId);
    const { permissions } = stores;
    const access = new RememberingAccessReader({ heads, permissions, clock });
    const sessions = new NodeSessions({
      store: new MemorySessionStore(() => world.scheduler.now),
      nodeId: name,
      ...{ access, bus, head, clock, newId },
      settings: defaultSessionSettings,
      warn: unexpected,
    });
    const people = {
      ...{ clock, newId },
      users: new MemoryUserStore(),
      limits: {
        ...defaultDomainLimits,
        ...defaultLockLimits,
        ...defaultCommentLimits,
        ...defaultRequestLimits,
        ...defaultQuotas,
      },
      tokens: { issue: unused, verify: unused },
    };
    const team = memoryTeams();
    this.services = {
      sessions,
      presence: testRooms({ access, bus, head, clock, sessions, templates }),
      ...{ templates, conflicts: stores.conflicts, live, bus, pace, sha256 },
      locks: stores.locks,
      ...{ permissions, access },
      ...testAudit(),
      comments: new MemoryCommentStore(templates),
      team,
      guests: testGuests(team.guests, clock),
      notifications: { store: new MemoryNotificationStore() },
      rates: testRates(),
      editQuota: new EditQuota({
        // Nothing here is stored for long enough to be beyond a quota.
        store: { readHoldersUse: async () => undefined },
        ...{ quotas: people.limits, clock },
      }),
      farHistory: new FarHistory(templates, liveSettingsOf(world).historyOperationsMax),
      head,
      nodes: { selfId: name, list: unused },
      passwords: { hash: unused, verify: unused },
      newSalt: () => sha256(newId()).slice(0, 32),
      ...people,
      accounts: testAccounts(people),
    };
    this.feeds = new Feeds({
      store: templates,
      ...{ access, head },
      bus,
      clock,
      settings: feedSettingsOf(world),
      warn: (message, error) => process.alive && unexpected(message, error),
      defer: (task) => void clock.after(0, task),
      readState: async (templateId) => {
        const head = await this.services.head(templateId);
        if (head === undefined) throw new Error(`there is no template ${templateId}`);
        return live.read(templateId, head.version);
      },
    });
  }

  /** Sets the wall clock ahead or back. */
  setClock(aheadMs: number): void {
    this.#aheadMs = aheadMs;
  }

  /** The process is gone at once, with all it held. */
  crash(): void {
    this.process.die();
  }

  #clockOf(world: World, process: SimulatedProcess): Clock {
    if (world.faults.has("clockSkew")) {
      this.#aheadMs = world.random(`clock of ${this.name}`).between(-3_000, 3_000);
    }
    return {
      now: () => world.scheduler.now + this.#aheadMs,
      monotonic: () => world.scheduler.now,
      after: (milliseconds, task) =>
        world.scheduler.after(milliseconds, () => process.alive && task()),
    };
  }

  /** Stops in an orderly way. */
  async close(): Promise<void> {
    this.feeds.close();
    await this.services.live.close();
    await this.services.bus.close();
    this.process.die();
  }
}

function liveSettingsOf(world: World): LiveSettings {
  const random = world.random("live settings");
  const isSmall = world.faults.has("smallMemory");
  return {
    ...defaultLiveSettings,
    liveBytesMax: isSmall ? random.pick([1, 20_000]) : defaultLiveSettings.liveBytesMax,
    recentOperationsMax: isSmall ? random.pick([1, 3, 10]) : 1_000,
    commitOperationsMax: random.pick([2, 500]),
    decisionSliceMsMax: random.pick([0, 10]),
    lostRacesMax: random.between(0, 3),
    checkpointVersionsMin: random.pick([2, 10, 1_000]),
    checkpointVersionsMax: random.pick([5, 30, 1_000]),
    checkpointIdleMs: random.pick([1_000, 10_000]),
    historyOperationsMax: world.random("far history").pick([8, 10_000]),
    snapshotVersionsMin: random.pick([5, 1_000]),
    snapshotVersionsMax: random.pick([20, 1_000]),
  };
}

function feedSettingsOf(world: World): Partial<FeedSettings> {
  const random = world.random("feed settings");
  const isSmall = world.faults.has("smallMemory");
  return {
    pollMs: random.pick([2_000, 10_000]),
    pollMsWhenUnhealthy: 500,
    ringOperationsMax: isSmall ? random.pick([1, 4]) : 1_000,
    pageOperationsMax: random.pick([1, 3, 1_000]),
    earlyMessagesMax: random.pick([1, 64]),
    deliveriesPerTurn: random.pick([1, 256]),
    logReadsMax: random.pick([1, 4]),
    sharedChangesMax: random.pick([1, 4]),
    sharedMs: random.pick([10, 1_000]),
  };
}

async function unused(): Promise<never> {
  throw new Error("a simulation has no accounts");
}
