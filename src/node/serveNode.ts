/** The wired services of a node, offered over HTTP and WebSocket. */
import type { IncomingMessage, Server } from "node:http";
import { hostname } from "node:os";
import type { Membership, NodePlace } from "../cluster/membership.js";
import { reachableAddress } from "../cluster/reachableAddress.js";
import type { Closers } from "../platform/closers.js";
import type { RequestOrigin } from "../limits/origin/requestOrigin.js";
import type { Services } from "../commands/services.js";
import type { Config } from "../config/readConfig.js";
import { servesGraphiQL, tellsSchema } from "./opening.js";
import { createTransports } from "./serveTransports.js";
import type { Viewer } from "../domain/access/access.js";
import { accountDocumentsById } from "../http/accountPages/accountDocuments.js";
import { createAccountPages } from "../http/accountPages/accountPages.js";
import { AnswerWatch } from "../http/answerWatch.js";
import { createAuthenticate } from "../http/authenticate.js";
import { createClientAddress, createIsFromProxy } from "../limits/origin/clientAddress.js";
import { createGraphiQLPage, type GraphiQLPage } from "../http/graphiql/graphiqlPage.js";
import type { DemoSession } from "../http/graphiql/tour.js";
import { createGraphQLEndpoint, requireRoom } from "../http/graphql/graphqlEndpoint.js";
import { createGraphQLEngine } from "../http/graphql/graphqlEngine.js";
import {
  drainHttpServer,
  createHttpServer,
  listen,
  type ListenOptions,
} from "../http/httpServer.js";
import { pageOriginsOf } from "../http/pageOrigins.js";
import {
  createFindDocument,
  readManifest,
  type FindDocument,
} from "../http/graphql/persistedDocuments.js";
import { createRequestIdOf, type RequestIdOf } from "../http/requestIds.js";
import { RequestLog } from "../http/requestLog.js";
import { createRefuseRaw } from "../http/respondRaw.js";
import { createRoutes, GRAPHIQL_PATH, GRAPHQL_PATH } from "../http/routes.js";
import type { WorkFor } from "../limits/work/requestWork.js";
import type { Admission } from "../limits/admission.js";
import type { Logger } from "../platform/logging.js";
import { buildSchema } from "../schema/build.js";
import type { GraphQLContext } from "../schema/context.js";
import { createMaskError } from "../schema/maskError.js";
import { createDiskWatch } from "../storage/postgres/databaseWatch.js";
import { StartError } from "../platform/startError.js";
import type { ActivityFeeds } from "../subscriptions/activity/activityFeeds.js";
import type { CommentFeeds } from "../subscriptions/comments/commentFeeds.js";
import type { Feeds } from "../subscriptions/changes/feeds.js";
import type { InboxFeeds } from "../subscriptions/notifications/inboxFeeds.js";
import type { PresenceRooms } from "../subscriptions/presence/presenceRooms.js";

export interface NodeParts {
  readonly config: Config;
  readonly services: Services;
  readonly prisma: GraphQLContext["prisma"];
  readonly followed: Followed;
  readonly logger: Logger;
  readonly closers: Closers;
  readonly membership: Membership;
  readonly admission: Admission;
  readonly workFor: WorkFor;
  /** A fresh session of the demo account, where there is one. */
  readonly demoSession: (() => Promise<DemoSession | undefined>) | undefined;
}

export interface ServedNode {
  readonly url: string;
  readonly wsUrl: string;
  /** Undefined where GraphiQL is not served. */
  readonly graphiqlUrl: string | undefined;
}

/** Makes the context of each request. */
function contextsOf({ services, prisma, followed, workFor }: NodeParts, log: RequestLog) {
  const shared = { services, prisma, ...followed };
  return (viewer: Viewer, origin: RequestOrigin): GraphQLContext => {
    const debug = log.debugOf(origin);
    const work = workFor(viewer, origin);
    return { viewer, origin, work, ...(debug && { debug }), ...shared };
  };
}

/** Listens, and takes requests until the closers run. */
export async function serveNode(parts: NodeParts): Promise<ServedNode> {
  const { config, services, prisma, logger, closers, membership } = parts;
  let stopping = false;
  const schema = buildSchema();
  const log = new RequestLog(logger);
  const maskError = createMaskError(log.hideUntilAnswered);
  const requestIdOf = createRequestIdOf(createIsFromProxy(config.http.trustedProxies));
  const answered = log.answered.bind(log);
  const findDocument = findDocumentOf(config);
  const engine = createGraphQLEngine({
    ...{ schema, findDocument, maskError, logger, answered },
    limits: { ...config.graphql, introspection: tellsSchema(config) },
  });
  const authenticate = createAuthenticate({
    ...services.accounts,
    clock: services.clock,
    guests: services.guests.settings.guests ? services.guests.tokens : undefined,
  });
  const contextFor = contextsOf(parts, log);
  const originOf = originsOf(config, requestIdOf);
  const origins = pageOriginsOf(config, logger);
  const refuseRaw = createRefuseRaw(config.http.hstsSeconds);
  const transports = createTransports({
    ...parts,
    ...{ schema, findDocument, maskError, engine, log, requestIdOf },
    ...{ authenticate, contextFor, originOf, origins, refuseRaw },
  });

  const admit = async (request: IncomingMessage) =>
    requireRoom(await parts.admission.requestsFrom(originOf(request)));
  const answers = new AnswerWatch(services.clock, config.http.answerStalledMsMax);
  const routes = createRoutes({
    graphql: createGraphQLEndpoint({
      engine,
      authenticate,
      contextFor,
      originOf,
      admission: parts.admission,
      ...{ answers, pace: services.pace },
      eventStream: transports.eventStreams.serve,
      limits: { ...config.http, ...config.graphql },
    }),
    graphiql: graphiqlOf(parts, admit),
    accountPages: createAccountPages({ endpoint: GRAPHQL_PATH, admit }),
    health: {
      askDatabase: () => prisma.$queryRaw`SELECT 1`,
      diskFull: createDiskWatch(services.clock),
      busHealthy: () => services.bus.healthy,
      stopping: () => stopping,
    },
    answers,
    origins,
    hstsSeconds: config.http.hstsSeconds,
    ...{ logger, log, originOf },
  });
  const server = createHttpServer(config.http, refuseRaw, routes);
  transports.webSockets.attach(server, GRAPHQL_PATH);
  const port = await listen(server, listenOptionsOf(config));
  membership.join(placeOf(config.server.host, port), loadOf(parts, transports));
  closers.add(async () => {
    stopping = true;
    await membership.drain();
    await drain(parts, server, transports);
  });
  const origin = `${visibleHost(config.server.host)}:${port}`;
  return {
    url: `http://${origin}${GRAPHQL_PATH}`,
    wsUrl: `ws://${origin}${GRAPHQL_PATH}`,
    graphiqlUrl: servesGraphiQL(config) ? `http://${origin}${GRAPHIQL_PATH}` : undefined,
  };
}

/** How other nodes and administrators find this one. */
function placeOf(host: string, port: number): NodePlace {
  return { name: `${hostname()}:${port}`, address: reachableAddress(host, port) };
}

function originsOf(
  { http }: Config,
  requestIdOf: RequestIdOf,
): (request: IncomingMessage) => RequestOrigin {
  const clientAddress = createClientAddress(http.trustedProxies, http.forwardingHeader);
  return (request) => ({ address: clientAddress(request), requestId: requestIdOf(request) });
}

function findDocumentOf({ graphql }: Config): FindDocument {
  const { persistedDocuments: mode, persistedDocumentsFile: path } = graphql;
  if (mode === "off") return createFindDocument(mode, new Map());
  if (path !== undefined) {
    return createFindDocument(mode, new Map([...readManifest(path), ...accountDocumentsById]));
  }
  throw new StartError(
    "PERSISTED_DOCUMENTS_FILE: is not set; expected the file of the persisted documents",
  );
}

function graphiqlOf(
  { config, services, demoSession }: NodeParts,
  admit: (request: IncomingMessage) => Promise<void>,
): GraphiQLPage | undefined {
  if (!servesGraphiQL(config)) return undefined;
  return createGraphiQLPage({
    endpoint: GRAPHQL_PATH,
    path: GRAPHIQL_PATH,
    demo: demoSession,
    issuer: config.accounts.oidcIssuer,
    mayCreateAccount: config.accounts.signUp !== "closed",
    newId: services.newId,
    admit,
  });
}

/** What other nodes are told of this one's work. */
function loadOf(
  { services, followed }: NodeParts,
  { webSockets, eventStreams }: ReturnType<typeof createTransports>,
): Parameters<Membership["join"]>[1] {
  return {
    connections: () => webSockets.size + eventStreams.size,
    subscriptions: () => followed.feeds.subscriptions,
    liveTemplates: () => services.live.size,
    hearsOtherNodes: () => services.bus.healthy,
  };
}

async function drain(
  { config, followed }: NodeParts,
  server: Server,
  { eventStreams, webSockets }: ReturnType<typeof createTransports>,
): Promise<void> {
  // Subscribers first: they are told to come back, and to where work is taken.
  endSubscriptions(followed);
  eventStreams.close();
  const socketsClosed = webSockets.close();
  // The other half of the time is for the checkpoints.
  const cut = setTimeout(() => server.closeAllConnections(), config.server.shutdownMs / 2);
  await Promise.all([drainHttpServer(server), socketsClosed]);
  clearTimeout(cut);
}

/** Where a node listens; a port that nobody asked for may give way to the next. */
export function listenOptionsOf({ server, given }: Config): ListenOptions {
  return { host: server.host, port: server.port, mayMove: !given.has("PORT") };
}

/** An address that a browser on this machine can open. */
function visibleHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "127.0.0.1") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** What subscriptions of one node follow. */
export interface Followed {
  readonly feeds: Feeds;
  readonly rooms: PresenceRooms;
  readonly activity: ActivityFeeds;
  readonly commentFeeds: CommentFeeds;
  readonly inboxes: InboxFeeds;
}

/** Ends all subscriptions so that their clients come back elsewhere. */
function endSubscriptions({ feeds, rooms, activity, commentFeeds, inboxes }: Followed): void {
  feeds.close();
  rooms.end();
  activity.close();
  commentFeeds.close();
  inboxes.close();
}
