/** Subscriptions of a node over WebSocket and server-sent events. */
import type { IncomingMessage } from "node:http";
import type { GraphQLSchema } from "graphql";
import type { RequestOrigin } from "../limits/origin/requestOrigin.js";
import type { Services } from "../commands/services.js";
import type { Config } from "../config/readConfig.js";
import { tellsSchema } from "./opening.js";
import type { Viewer } from "../domain/access/access.js";
import type { Authenticate } from "../http/authenticate.js";
import type { GraphQLEngine, MaskError } from "../http/graphql/graphqlEngine.js";
import { hidingSuggestions } from "../http/graphql/hiddenSchema.js";
import { originThatMayNotConnect, type PageOrigins } from "../http/pageOrigins.js";
import type { FindDocument } from "../http/graphql/persistedDocuments.js";
import { REQUEST_ID_HEADER, type RequestIdOf } from "../http/requestIds.js";
import type { RequestLog } from "../http/requestLog.js";
import { HttpRefusal } from "../http/respond.js";
import type { RefuseRaw } from "../http/respondRaw.js";
import type { Admission } from "../limits/admission.js";
import { workOfEvents } from "../limits/work/requestWork.js";
import type { Logger } from "../platform/logging.js";
import type { GraphQLContext } from "../schema/context.js";
import { createMaskError } from "../schema/maskError.js";
import { SharedExecution } from "../subscriptions/sharedExecution.js";
import { createPrepare } from "../subscriptions/transports/prepare.js";
import { EventStreams } from "../subscriptions/transports/serverSentEvents.js";
import { WebSocketTransport } from "../subscriptions/transports/webSocket.js";

/** Who serves subscriptions, and from what. */
export interface TransportParts {
  readonly config: Config;
  readonly services: Services;
  readonly logger: Logger;
  readonly admission: Admission;
  readonly schema: GraphQLSchema;
  readonly findDocument: FindDocument;
  readonly maskError: MaskError;
  readonly log: RequestLog;
  readonly requestIdOf: RequestIdOf;
  readonly engine: GraphQLEngine;
  readonly authenticate: Authenticate;
  readonly originOf: (request: IncomingMessage) => RequestOrigin;
  readonly origins: PageOrigins;
  readonly contextFor: (viewer: Viewer, origin: RequestOrigin) => GraphQLContext;
  readonly refuseRaw: RefuseRaw;
}

/** Subscriptions over both transports: subscribers share executions, whichever of them they use. */
export function createTransports(parts: TransportParts) {
  const {
    admission,
    config,
    services,
    logger,
    schema,
    findDocument,
    maskError,
    engine,
    contextFor,
    log,
  } = parts;
  const { clock, pace } = services;
  const eventContext = (viewer: Viewer, origin: RequestOrigin): GraphQLContext => ({
    ...contextFor(viewer, origin),
    work: workOfEvents(viewer, origin),
  });
  // Events are of nobody's request.
  const maskEvents = createMaskError(log.hide);
  const mask = tellsSchema(config) ? maskEvents : hidingSuggestions(maskEvents);
  const answered = log.answered.bind(log);
  const told = { answered, debugOf: log.debugOf.bind(log) };
  const shared = new SharedExecution({ schema, clock, contextFor: eventContext, maskError: mask });
  const prepare = createPrepare({
    yoga: engine.yoga,
    ...{ findDocument, contextFor, maskError, answered },
  });
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
      ...told,
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
      refuse: (socket, { status, code, message, retryAfterMs }) => {
        log.refused({ address: "" }, { status, code });
        parts.refuseRaw(socket, new HttpRefusal(status, code, message, {}, retryAfterMs));
      },
      upgradeHeaders: (request) => [`${REQUEST_ID_HEADER}: ${parts.requestIdOf(request)}`],
      admission,
      ...told,
      limits,
      clock,
      pace,
      warn: (message, error) => logger.warn({ error }, message),
    }),
  };
}
