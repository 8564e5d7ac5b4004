/** /graphql over HTTP: queries and mutations as JSON, subscriptions as server-sent events. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import type { GraphQLParams } from "graphql-yoga";
import type { RequestOrigin } from "../commands/requestOrigin.js";
import type { Viewer } from "../domain/access/access.js";
import type { Admission } from "../limits/admission.js";
import { tooManyRequests } from "../limits/rateLimited.js";
import type { Taken } from "../limits/rateLimiter.js";
import type { GraphQLContext } from "../schema/context.js";
import {
  AuthenticationUnavailable,
  InvalidToken,
  type Authenticate,
  type Authentication,
} from "./authenticate.js";
import type { GraphQLEngine } from "./graphqlEngine.js";
import { receiveParams, type ParamsLimits } from "./graphqlParams.js";
import { jsonOf, negotiate, statusOf } from "./graphqlResult.js";
import { HttpRefusal, respond, secureHeaders, type ResponseHeaders } from "./respond.js";

/** Answers a request whose client asked for server-sent events. */
export type EventStream = (
  request: IncomingMessage,
  response: ServerResponse,
  params: GraphQLParams,
  authentication: Authentication,
  origin: RequestOrigin,
) => Promise<void>;

export interface GraphQLEndpointParts {
  readonly engine: GraphQLEngine;
  readonly authenticate: Authenticate;
  readonly originOf: (request: IncomingMessage) => RequestOrigin;
  readonly contextFor: (viewer: Viewer, origin: RequestOrigin) => GraphQLContext;
  readonly eventStream: EventStream;
  readonly admission: Admission;
  readonly limits: ParamsLimits;
}

/** Answers one request; rejects with HttpRefusal or ClientGone. */
export type GraphQLEndpoint = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  headers: ResponseHeaders,
) => Promise<void>;

/** The endpoint's handler. */
export function createGraphQLEndpoint(parts: GraphQLEndpointParts): GraphQLEndpoint {
  const { engine, admission, contextFor, originOf, eventStream, limits } = parts;

  return async (request, response, query, headers) => {
    const origin = originOf(request);
    requireRoom(await admission.requestsFrom(origin));
    const authentication = await authenticated(parts.authenticate, request);
    const wantsEvents = request.headers.accept?.includes("text/event-stream") ?? false;
    const contentType = wantsEvents ? "" : negotiate(request.headers.accept);
    const params = await receiveParams(request, query, authentication.viewer, limits);
    const count = isBatch(params) ? params.length : 1;
    if (count > 1) requireRoom(await admission.requestsFrom(origin, count - 1));
    requireRoom(await admission.requestsOf(authentication.viewer, count));
    const method = request.method === "GET" ? "GET" : "POST";
    const context = () => contextFor(authentication.viewer, origin);

    if (isBatch(params)) {
      if (wantsEvents) throw new HttpRefusal(400, "BAD_REQUEST", "a stream is of one request");
      const all: string[] = [];
      for (const one of params) all.push((await executed(engine, method, one, context())).text);
      respond(response, 200, contentType, `[${all.join(",")}]`, headers);
    } else if (wantsEvents) {
      for (const [name, value] of Object.entries({ ...secureHeaders, ...headers })) {
        response.setHeader(name, value);
      }
      await eventStream(request, response, params, authentication, origin);
    } else {
      const { result, text } = await executed(engine, method, params, context());
      respond(response, statusOf(result, contentType), contentType, text, headers);
    }
  };
}

/** A request's result and its JSON; what it read is held no longer than that. */
async function executed(
  engine: GraphQLEngine,
  method: "GET" | "POST",
  params: GraphQLParams,
  context: GraphQLContext,
): Promise<{ readonly result: ExecutionResult; readonly text: string }> {
  try {
    const result = await engine.execute(method, params, context);
    return { result, text: jsonOf(result) };
  } finally {
    context.work.end();
  }
}

async function authenticated(
  authenticate: Authenticate,
  request: IncomingMessage,
): Promise<Authentication> {
  try {
    return await authenticate(request.headers.authorization);
  } catch (error) {
    if (error instanceof AuthenticationUnavailable) {
      throw new HttpRefusal(503, "UNAVAILABLE", error.message, {}, error.retryAfterMs);
    }
    if (!(error instanceof InvalidToken)) throw error;
    throw new HttpRefusal(401, "UNAUTHENTICATED", error.message, { "www-authenticate": "Bearer" });
  }
}

/** Refuses what is too much. Throws HttpRefusal (429). */
export function requireRoom(taken: Taken): void {
  if (taken.ok) return;
  const { retryAfterMs } = taken;
  throw new HttpRefusal(429, "RATE_LIMITED", tooManyRequests, {}, retryAfterMs);
}

function isBatch(
  params: GraphQLParams | readonly GraphQLParams[],
): params is readonly GraphQLParams[] {
  return Array.isArray(params);
}
