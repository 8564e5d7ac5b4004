/** One node of Strata, put together: the only place where adapters are chosen and meet. */
import { randomBytes, randomUUID } from "node:crypto";
import { timedBus } from "../cluster/busLag.js";
import type { Membership } from "../cluster/membership.js";
import { Closers } from "../platform/closers.js";
import { keepLocks } from "../commands/locks/keepLocks.js";
import type { Services } from "../commands/services.js";
import { watchLinks } from "../commands/access/accessChanges.js";
import type { Config } from "../config/readConfig.js";
import { keptSecrets, secretsFile } from "../config/secrets.js";
import type { DemoSession } from "../http/graphiql/tour.js";
import { probePort } from "../http/httpServer.js";
import type { Rates } from "../limits/rates/rateLimiter.js";
import { systemClock, type Clock } from "../platform/clock.js";
import { EditQuota } from "../limits/editQuota.js";
import { FarHistory } from "../live/farHistory.js";
import { Pace } from "../live/pace.js";
import { sha256 } from "../platform/sha256.js";
import { createLiveTemplates } from "../live/createLiveTemplates.js";
import { TemplateGone } from "../live/liveTemplates.js";
import { createLogger, type Logger } from "../platform/logging.js";
import { tellDatabase, tellStarted, tellStops } from "./nodeLog.js";
import { openAudit } from "./openAudit.js";
import { demoEmail, ensureDemo, type Demo } from "../seed/demo.js";
import { listenOptionsOf, serveNode, type ServedNode } from "./serveNode.js";
import { NodeSessions } from "../sessions/nodeSessions.js";
import { sessionsCheckedBus } from "../sessions/sessionsCheckedBus.js";
import type { Database } from "../storage/postgres/database.js";
import { RememberingAccessReader } from "../storage/access/accessReader.js";
import { createHeadReader } from "../storage/templates/headReader.js";
import { PrismaSessionStore } from "../storage/sessions/prismaSessionStore.js";
import { PrismaLockStore } from "../storage/locks/prismaLockStore.js";
import { PrismaTemplateStore } from "../storage/templates/prismaTemplateStore.js";
import { Feeds } from "../subscriptions/changes/feeds.js";
import { timeOrderedIds } from "../platform/timeOrderedId.js";
import { busOf, membershipOf } from "./wireCluster.js";
import { wireComments, wireInboxes, wireNotifications } from "./wireNotifications.js";
import { wireAccounts } from "./wireAccounts.js";
import { wireGuests } from "./wireGuests.js";
import { wireRates } from "./wireRates.js";
import { databaseStartError, wireDatabase } from "./wireDatabase.js";
import { removeDaily, wireTeams } from "./wireTeams.js";
import { wireActivity, wirePresence, type WiredServices } from "./wirePresence.js";

/** How a person signs in to the demo account. */
export type GreetedDemo = { readonly email: string } & (
  | { readonly isNew: true; readonly password: string; readonly token: string }
  /** Where it was made by an earlier start: the file that keeps the password; undefined where it is another by now. */
  | { readonly isNew: false; readonly passwordFile: string | undefined }
);

export interface RunningServer extends ServedNode {
  readonly services: Services;
  /** The demo account, where there is one. */
  readonly demo: GreetedDemo | undefined;
  /**
   * Takes no new work, lets waiting commits finish, writes the checkpoints, tells subscribers to come back, and stops
   * the embedded PostgreSQL. A second call waits for the first.
   */
  close(): Promise<void>;
}

/** What tests replace. */
export interface ServerOverrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Starts a node and resolves once it takes requests. Rejects with StartError, ListenError, EmbeddedPostgresError or
 * MigrationError where a person can mend it; nothing is left running then.
 */
export async function startServer(
  config: Config,
  {
    clock: machineClock = systemClock,
    logger: nodesLogger = createLogger(config.server.logLevel),
  }: ServerOverrides = {},
): Promise<RunningServer> {
  const beganAt = machineClock.monotonic();
  const nodeId = randomUUID();
  const logger = nodesLogger.child({ node: nodeId });
  const closers = new Closers();
  try {
    await probePort(listenOptionsOf(config));
    const { database, clock } = await wireDatabase(config, { machineClock, logger, closers });
    tellDatabase(logger, closers);
    const membership = membershipOf(config, { clock, logger, nodeId });
    closers.add(() => membership.leave());
    const { rates, admission, workFor } = wireRates(config, { clock, logger, closers });
    const audit = await openAudit(config, { database, nodeId, clock, logger, closers });
    const parts = { database, clock, logger, closers, membership, rates, audit };
    const services = wireServices(config, parts);
    const { credentials } = services.accounts;
    removeDaily(config, { ...services, credentials, prisma: database.prisma, logger, closers });
    const demo = await demoOf(config, services, database);
    const node = await serveNode({
      config,
      services,
      prisma: database.prisma,
      followed: {
        feeds: wireFeeds(config, services, logger, membership),
        rooms: services.presence,
        activity: wireActivity(config, services, logger),
        commentFeeds: wireComments(config, services, logger),
        inboxes: wireInboxes(config, services, logger),
      },
      logger,
      closers,
      membership,
      admission,
      workFor,
      demoSession: demo && (() => sessionOf(demo, services)),
    });
    const tookMs = machineClock.monotonic() - beganAt;
    tellStarted(logger, config, { url: node.url, tookMs });
    return {
      ...node,
      services,
      demo: demo && (await greetingOf(demo, config, services)),
      close: tellStops(logger, () => closers.close()),
    };
  } catch (error) {
    await closers
      .close()
      .catch((failure: unknown) => logger.error({ error: failure }, "cleaning up"));
    throw databaseStartError(error, config.database.url ?? "") ?? error;
  }
}

function newSalt(): string {
  return randomBytes(16).toString("hex");
}

interface WiringParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
  readonly membership: Membership;
  readonly rates: Rates;
  readonly audit: Pick<Services, "audit" | "auditLog">;
}

function wireServices(config: Config, parts: WiringParts): WiredServices {
  const { database, clock, logger, closers, membership, rates, audit } = parts;
  const pace = new Pace(clock, config.live.decisionSliceMsMax);
  const templates = new PrismaTemplateStore(database.prisma, (steps) => pace.taken(steps));
  const heads = createHeadReader(templates, { batchMax: 500 });
  const newId = timeOrderedIds(clock);
  const checkSessions = (templateId: string) => sessions.checkAccess(templateId);
  const bus = sessionsCheckedBus(busOf(config, membership.selfId, clock, logger), checkSessions);
  closers.add(() => bus.close());
  const { tell, stores, committed } = wireNotifications(parts, bus);
  const live = createLiveTemplates({
    store: templates,
    ...{ clock, pace },
    sha256,
    newId,
    settings: config.live,
    committed,
    copyFailed: (templateId, error) =>
      logger.warn({ error, templateId }, "a checkpoint or snapshot could not be stored"),
  });
  closers.add(() => live.close());
  const head = (templateId: string) => heads.head(templateId);
  const { permissions } = stores;
  const access = new RememberingAccessReader({ heads, permissions, clock });
  const sessions = new NodeSessions({
    store: new PrismaSessionStore(database.prisma),
    nodeId: membership.selfId,
    ...{ access, bus, head, clock, newId },
    settings: config.sessions,
    warn: (message, error) => logger.warn({ error }, message),
  });
  const locks = new PrismaLockStore(database.prisma);
  keepLocks({
    ...{ access, sessions, locks, templates, live, bus, clock },
    leaseMs: config.limits.lockLeaseMs,
    warn: (message, error) => logger.warn({ error }, message),
  });
  const presence = wirePresence(config, { access, bus, clock, head, sessions, templates }, logger);
  closers.add(() => presence.close());
  sessions.start();
  closers.add(async () => sessions.close());
  const endLooking = watchLinks({
    ...{ bus, clock, permissions },
    warn: (message, error) => logger.warn({ error }, message),
  });
  closers.add(async () => endLooking());
  const accounts = wireAccounts(config, { database, clock, newId, logger, closers });
  accounts.accounts.standings.listen((userId) => sessions.checkPerson(userId));
  return {
    sessions,
    presence,
    locks,
    ...stores,
    access,
    ...audit,
    templates,
    ...accounts,
    team: wireTeams(config, database.prisma, pace, tell),
    guests: wireGuests(config, database.prisma, clock),
    live,
    bus,
    ...{ clock, pace, sha256, newId, newSalt },
    limits: config.limits,
    rates,
    editQuota: new EditQuota({ store: templates, quotas: config.limits, clock }),
    farHistory: new FarHistory(templates, config.live.historyOperationsMax),
    head,
    nodes: membership,
  };
}

function wireFeeds(
  config: Config,
  services: Services,
  logger: Logger,
  membership: Membership,
): Feeds {
  const { access, templates, bus, clock, live, head } = services;
  return new Feeds({
    store: templates,
    ...{ access, head },
    bus: timedBus(bus, clock, (ageMs) => membership.delivered(ageMs)),
    clock,
    settings: config.feeds,
    warn: (message, error) => logger.warn({ error }, message),
    async readState(templateId) {
      const newest = await head(templateId);
      if (newest === undefined) throw new TemplateGone("the template does not exist");
      return live.read(templateId, newest.version);
    },
  });
}

async function demoOf(
  config: Config,
  services: Services,
  { prisma }: Database,
): Promise<Demo | undefined> {
  const onOwnMachine = config.database.url === undefined;
  const isWanted =
    config.server.demo ?? (onOwnMachine && config.server.environment !== "production");
  if (!isWanted) return undefined;
  return ensureDemo({
    services,
    password: keptSecrets(config.server.dataDir).demoPassword,
    findTemplate: async (authorId) => {
      const oldest = { createdAt: "asc" } as const;
      const where = { authorId, deletedAt: null };
      return (await prisma.template.findFirst({ where, orderBy: oldest, select: { id: true } }))
        ?.id;
    },
  });
}

async function sessionOf(demo: Demo, services: Services): Promise<DemoSession | undefined> {
  const head = await services.head(demo.templateId);
  if (head === undefined) return undefined;
  const { token } = await services.tokens.issue(demo.userId);
  return { userId: demo.userId, token, templateId: demo.templateId, version: head.version };
}

async function greetingOf(
  { userId, isNew }: Demo,
  { server }: Config,
  { tokens, users, passwords }: Services,
): Promise<GreetedDemo> {
  const { demoPassword: password } = keptSecrets(server.dataDir);
  const email = demoEmail;
  if (isNew) return { email, isNew, password, token: (await tokens.issue(userId)).token };
  const account = await users.findById(userId);
  const isKept = await passwords.verify(account?.passwordHash ?? undefined, password);
  return { email, isNew, passwordFile: isKept ? secretsFile(server.dataDir) : undefined };
}
