/** The wired services of a node, offered over HTTP and WebSocket. */
import type { IncomingMessage, Server } from "node:http";
import { hostname } from "node:os";
import type { GraphQLSchema } from "graphql";
import type { Membership, NodePlace } from "./cluster/membership.js";
import { reachableAddress } from "./cluster/reachableAddress.js";
import type { Closers } from "./closers.js";
import type { RequestOrigin } from "./commands/requestOrigin.js";
import type { Services } from "./commands/services.js";
import type { Config } from "./config.js";
import { endSubscriptions, type Followed } from "./followed.js";
import type { Viewer } from "./domain/access/access.js";
import { AnswerWatch } from "./http/answerWatch.js";
import { createAuthenticate, type Authenticate } from "./http/authenticate.js";
import { createClientAddress } from "./limits/clientAddress.js";
import {
  createGraphiQLPage,
  type DemoSession,
  type GraphiQLPage,
} from "./http/graphiql/graphiqlPage.js";
import { createGraphQLEndpoint, requireRoom } from "./http/graphqlEndpoint.js";
import { createGraphQLEngine, type GraphQLEngine, type MaskError } from "./http/graphqlEngine.js";
import {
  drainHttpServer,
  createHttpServer,
  listen,
  type ListenOptions,
} from "./http/httpServer.js";
import { hidingSuggestions } from "./http/hiddenSchema.js";
import { originThatMayNotConnect, pageOriginsOf, type PageOrigins } from "./http/pageOrigins.js";
import { createFindDocument, readManifest, type FindDocument } from "./http/persistedDocuments.js";
import { HttpRefusal } from "./http/respond.js";
import { createRefuseRaw, type RefuseRaw } from "./http/respondRaw.js";
import { createRoutes, GRAPHIQL_PATH, GRAPHQL_PATH } from "./http/routes.js";
import { workOfEvents, type WorkFor } from "./limits/requestWork.js";
import type { Admission } from "./limits/admission.js";
import type { Logger } from "./logging.js";
import { buildSchema } from "./schema/build.js";
import type { GraphQLContext } from "./schema/context.js";
import { createMaskError } from "./schema/maskError.js";
import { createDiskWatch } from "./storage/diskWatch.js";
import { StartError } from "./startError.js";
import { SharedExecution } from "./subscriptions/sharedExecution.js";
import { createPrepare } from "./subscriptions/transports/prepare.js";
import { EventStreams } from "./subscriptions/transports/serverSentEvents.js";
import { WebSocketTransport } from "./subscriptions/transports/webSocket.js";

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

/** Listens, and takes requests until the closers run. */
export async function serveNode(parts: NodeParts): Promise<ServedNode> {
  const { config, services, prisma, followed, logger, closers, membership } = parts;
  let stopping = false;
  const schema = buildSchema();
  const maskError = createMaskError(hidden(logger));
  const findDocument = findDocumentOf(config);
  const engine = createGraphQLEngine({
    ...{ schema, findDocument, maskError, logger },
    limits: config.graphql,
  });
  const authenticate = createAuthenticate({
    ...services.accounts,
    clock: services.clock,
    guests: services.guests.settings.guests ? services.guests.tokens : undefined,
  });
  const shared = { services, prisma, ...followed };
  const contextFor = (viewer: Viewer, origin: RequestOrigin): GraphQLContext => ({
    viewer,
    origin,
    work: parts.workFor(viewer, origin),
    ...shared,
  });
  const originOf = originsOf(config);
  const origins = pageOriginsOf(config, logger);
  const refuseRaw = createRefuseRaw(config.http.hstsSeconds);
  const transports = createTransports({
    ...parts,
    ...{ schema, findDocument, maskError, engine },
    ...{ authenticate, contextFor, originOf, origins, refuseRaw },
  });

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
    graphiql: graphiqlOf(parts, originOf),
    health: {
      askDatabase: () => prisma.$queryRaw`SELECT 1`,
      diskFull: createDiskWatch(services.clock),
      busHealthy: () => services.bus.healthy,
      stopping: () => stopping,
    },
    answers,
    origins,
    hstsSeconds: config.http.hstsSeconds,
    logger,
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

/** Logs what clients are not told. */
function hidden(logger: Logger): (error: unknown, errorId: string) => void {
  return (error, errorId) => logger.error({ error, errorId }, "an error was hidden from a client");
}

function originsOf({ http }: Config): (request: IncomingMessage) => RequestOrigin {
  const clientAddress = createClientAddress(http.trustedProxies, http.forwardingHeader);
  return (request) => ({ address: clientAddress(request) });
}

function findDocumentOf({ graphql }: Config): FindDocument {
  const { persistedDocuments: mode, persistedDocumentsFile: path } = graphql;
  if (mode === "off") return createFindDocument(mode, new Map());
  if (path !== undefined) return createFindDocument(mode, readManifest(path));
  throw new StartError(
    "PERSISTED_DOCUMENTS_FILE: is not set; expected the documents that are persisted",
  );
}

function servesGraphiQL({ server }: Config): boolean {
  return server.graphiql ?? true;
}

function graphiqlOf(
  { config, services, demoSession, admission }: NodeParts,
  originOf: (request: IncomingMessage) => RequestOrigin,
): GraphiQLPage | undefined {
  if (!servesGraphiQL(config)) return undefined;
  return createGraphiQLPage({
    endpoint: GRAPHQL_PATH,
    path: GRAPHIQL_PATH,
    demo: demoSession,
    newId: services.newId,
    admit: async (request) => requireRoom(await admission.requestsFrom(originOf(request))),
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

interface TransportParts extends NodeParts {
  readonly schema: GraphQLSchema;
  readonly findDocument: FindDocument;
  readonly maskError: MaskError;
  readonly engine: GraphQLEngine;
  readonly authenticate: Authenticate;
  readonly originOf: (request: IncomingMessage) => RequestOrigin;
  readonly origins: PageOrigins;
  readonly contextFor: (viewer: Viewer, origin: RequestOrigin) => GraphQLContext;
  readonly refuseRaw: RefuseRaw;
}

/** Subscriptions over both transports: subscribers share executions, whichever of them they use. */
function createTransports(parts: TransportParts) {
  const { admission, config, logger, schema, findDocument, maskError, engine } = parts;
  const { contextFor, services } = parts;
  const { clock, pace } = services;
  const eventContext = (viewer: Viewer, origin: RequestOrigin): GraphQLContext => ({
    ...contextFor(viewer, origin),
    work: workOfEvents(viewer, origin),
  });
  const mask = (config.graphql.introspection ?? true) ? maskError : hidingSuggestions(maskError);
  const shared = new SharedExecution({ schema, clock, contextFor: eventContext, maskError: mask });
  const prepare = createPrepare({ yoga: engine.yoga, findDocument, contextFor, maskError });
  const stalledMs = config.http.answerStalledMsMax;
  const limits = {
    ...config.webSocket,
    webSocketStalledMs: stalledMs,
    webSocketAnonymousMessageBytesMax: config.http.httpAnonymousBodyBytesMax,
    webSocketMessageMs: config.http.httpRequestMs,
    webSocketMessageValuesMax: config.http.httpBodyValuesMax,
  };
  return {
    eventStreams: new EventStreams({
      prepare,
      shared,
      clock,
      admission,
      limits: { bufferBytesMax: limits.webSocketBufferBytesMax, stalledMs },
    }),
    webSockets: new WebSocketTransport({
      prepare,
      shared,
      authenticate: parts.authenticate,
      originOf: parts.originOf,
      refusedPage(request) {
        const origin = originThatMayNotConnect(request, parts.origins);
        return origin === undefined ? undefined : parts.origins.refuse(origin);
      },
      refuse: (socket, { status, code, message, retryAfterMs }) =>
        parts.refuseRaw(socket, new HttpRefusal(status, code, message, {}, retryAfterMs)),
      admission,
      limits,
      clock,
      pace,
      warn: (message, error) => logger.warn({ error }, message),
    }),
  };
}

/** An address that a browser on this machine can open. */
function visibleHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "127.0.0.1") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
