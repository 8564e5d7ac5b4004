/** /graphql over HTTP: queries and mutations as JSON, subscriptions as server-sent events. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import type { GraphQLParams } from "graphql-yoga";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Viewer } from "../../domain/access/access.js";
import type { Admission } from "../../limits/admission.js";
import type { Paced } from "../../live/pace.js";
import {
  PLACE_RETRY_AFTER_MS,
  tooManyRequests,
  tooMuchUnread,
} from "../../limits/rates/rateLimited.js";
import type { Taken } from "../../limits/rates/rateLimiter.js";
import type { GraphQLContext } from "../../schema/context.js";
import type { AnswerWatch } from "../answerWatch.js";
import {
  AuthenticationUnavailable,
  InvalidToken,
  NoAccount,
  type Authenticate,
  type Authentication,
} from "../authenticate.js";
import type { GraphQLEngine } from "./graphqlEngine.js";
import { receiveParams, type ParamsLimits } from "./graphqlParams.js";
import { jsonOfSteps, negotiate, statusOf } from "./graphqlResult.js";
import { HttpRefusal, respond, secureHeaders, type ResponseHeaders } from "../respond.js";

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
  readonly answers: Pick<AnswerWatch, "whenSent">;
  readonly limits: ParamsLimits;
  readonly pace: Paced;
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
  const { engine, admission, contextFor, originOf, eventStream, limits, pace } = parts;
  const executed = createExecuted(engine, pace);

  return async (request, response, query, headers) => {
    const origin = originOf(request);
    requireRoom(await admission.requestsFrom(origin));
    const authentication = await authenticated(parts.authenticate, request);
    const wantsEvents = request.headers.accept?.includes("text/event-stream") ?? false;
    const contentType = wantsEvents ? "" : negotiate(request.headers.accept);
    const { viewer } = authentication;
    const enter = (bytes: number) => admission.body(viewer, origin, bytes);
    const params = await receiveParams(request, query, { viewer, limits, pace, enter });
    const count = isBatch(params) ? params.length : 1;
    if (count > 1) requireRoom(await admission.requestsFrom(origin, count - 1));
    requireRoom(await admission.requestsOf(viewer, origin, count));
    if (admission.hasUnread(viewer, origin)) throw unread(429, "RATE_LIMITED");
    // What was done may stay unknown to the client then, as where an answer is lost.
    const send = (status: number, body: Buffer): void => {
      if (!admission.mayAnswer(viewer, origin, body.length)) throw unread(503, "UNAVAILABLE");
      const read = admission.answer(viewer, origin, body.length);
      respond(response, status, contentType, body, headers);
      if (read !== undefined) parts.answers.whenSent(response, read);
    };
    const method = request.method === "GET" ? "GET" : "POST";
    const context = () => contextFor(viewer, origin);

    if (isBatch(params)) {
      if (wantsEvents)
        throw new HttpRefusal(
          400,
          "BAD_REQUEST",
          "an event stream accepts one request, not a list",
        );
      const all: Buffer[] = [];
      for (const one of params) {
        const { json } = await executed(method, one, context());
        all.push(Buffer.from(all.length === 0 ? "[" : ","), json);
      }
      send(200, Buffer.concat([...all, Buffer.from("]")]));
    } else if (wantsEvents) {
      for (const [name, value] of Object.entries({ ...secureHeaders, ...headers })) {
        response.setHeader(name, value);
      }
      await eventStream(request, response, params, authentication, origin);
    } else {
      const { result, json } = await executed(method, params, context());
      send(statusOf(result, contentType), json);
    }
  };
}

/** Refuses to make or send an answer while earlier ones are not read. */
function unread(status: number, code: string): HttpRefusal {
  return new HttpRefusal(status, code, tooMuchUnread, {}, PLACE_RETRY_AFTER_MS);
}

/** A request's result and its JSON; what it read is held no longer than that. */
function createExecuted(engine: GraphQLEngine, pace: Paced) {
  return async (
    method: "GET" | "POST",
    params: GraphQLParams,
    context: GraphQLContext,
  ): Promise<{ readonly result: ExecutionResult; readonly json: Buffer }> => {
    try {
      const result = await engine.execute(method, params, context);
      return { result, json: await pace.taken(jsonOfSteps(result)) };
    } finally {
      context.work.end();
    }
  };
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
    if (error instanceof NoAccount) throw new HttpRefusal(403, "FORBIDDEN", error.message);
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
