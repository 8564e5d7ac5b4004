/** Which path is answered by what, and how a request that is refused or fails is answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccountPages } from "./accountPages/accountPages.js";
import type { AnswerWatch } from "./answerWatch.js";
import type { RequestOrigin } from "../limits/origin/requestOrigin.js";
import type { Logger } from "../platform/logging.js";
import { corsHeaders, respondPreflight } from "./cors.js";
import type { GraphiQLPage } from "./graphiql/graphiqlPage.js";
import type { GraphQLEndpoint } from "./graphql/graphqlEndpoint.js";
import { respondLive, respondReady, type Health } from "./health.js";
import type { PageOrigins } from "./pageOrigins.js";
import { ClientGone, refuseUnread } from "./readBody.js";
import { REQUEST_ID_HEADER } from "./requestIds.js";
import type { RequestLog } from "./requestLog.js";
import { HttpRefusal, respond, type ResponseHeaders } from "./respond.js";

export const GRAPHQL_PATH = "/graphql";
export const GRAPHIQL_PATH = "/graphiql";

export interface RouteParts {
  readonly graphql: GraphQLEndpoint;
  /** Undefined where GraphiQL is not served. */
  readonly graphiql: GraphiQLPage | undefined;
  readonly accountPages: AccountPages;
  readonly health: Health;
  readonly answers: AnswerWatch;
  /** Whose pages may call the API. */
  readonly origins: PageOrigins;
  /** How long browsers are to use HTTPS alone; 0 where they are not told. */
  readonly hstsSeconds: number;
  readonly logger: Logger;
  readonly log: RequestLog;
  readonly originOf: (request: IncomingMessage) => RequestOrigin;
}

/** The handler of every HTTP request; never throws. */
export function createRoutes(parts: RouteParts) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (parts.hstsSeconds > 0) {
      response.setHeader("strict-transport-security", `max-age=${parts.hstsSeconds}`);
    }
    const origin = parts.originOf(request);
    response.setHeader(REQUEST_ID_HEADER, origin.requestId ?? "");
    parts.answers.watch(request, response);
    route(parts, request, response).catch((error: unknown) => {
      if (error instanceof ClientGone) return;
      const refusal = asRefusal(error, origin, parts.logger);
      parts.log.refused(origin, refusal);
      refuseUnread(request, response, refusal);
    });
  };
}

function asRefusal(error: unknown, { requestId }: RequestOrigin, logger: Logger): HttpRefusal {
  if (error instanceof HttpRefusal) return error;
  logger.error({ requestId, error }, "a request failed");
  return new HttpRefusal(500, "INTERNAL_SERVER_ERROR", "unexpected error on the server");
}

async function route(
  parts: RouteParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path, query] = split(request.url ?? "/");
  if (path === GRAPHQL_PATH) return graphql(parts, request, response, query);
  if (request.method !== "GET" && request.method !== "HEAD") throw notFound();
  if (path === "/health/live") return respondLive(response);
  if (path === "/health/ready") return respondReady(response, parts.health);
  if (parts.accountPages.serves(path)) return parts.accountPages.respond(request, response, path);
  if (parts.graphiql?.serves(path)) return parts.graphiql.respond(request, response, path);
  if (path === "/" && parts.graphiql !== undefined) {
    return respond(response, 302, "text/plain", "", { location: GRAPHIQL_PATH });
  }
  throw notFound();
}

/** Another node may serve the request now, this one in a moment. */
function isStopping(headers: ResponseHeaders): HttpRefusal {
  const come = { ...headers, connection: "close" };
  return new HttpRefusal(503, "UNAVAILABLE", "this node is stopping; try again", come, 1_000);
}

async function graphql(
  { graphql: endpoint, graphiql, health, origins }: RouteParts,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): Promise<void> {
  const headers = corsHeaders(request, origins);
  if (health.stopping()) throw isStopping(headers);
  if (request.method === "OPTIONS") return respondPreflight(request, response, origins, headers);
  if (wantsPage(request) && graphiql !== undefined) {
    return graphiql.respond(request, response, GRAPHIQL_PATH);
  }
  try {
    await endpoint(request, response, new URLSearchParams(query), headers);
  } catch (error) {
    // A page of an allowed origin may read refusals too.
    throw error instanceof HttpRefusal ? error.withHeaders(headers) : error;
  }
}

function wantsPage({ method, headers }: IncomingMessage): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return headers.accept?.includes("text/html") ?? false;
}

function split(url: string): readonly [path: string, query: string] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

function notFound(): HttpRefusal {
  return new HttpRefusal(404, "NOT_FOUND", "not found; the API is at /graphql");
}
