/** The headers of CORS: what lets pages of other origins call the API. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { PageOrigins } from "./pageOrigins.js";
import { HttpRefusal, respond, type ResponseHeaders } from "./respond.js";

const PREFLIGHT_SECONDS = 600;

// Caches must not hand one origin's answer to another.
const VARY = { vary: "Origin" } as const;

/** The headers that let an allowed origin read the answer; `Vary` alone for others. */
export function corsHeaders({ headers }: IncomingMessage, origins: PageOrigins): ResponseHeaders {
  const { origin } = headers;
  if (origin === undefined || !origins.allows(origin)) return VARY;
  return {
    ...VARY,
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "retry-after, x-request-id",
  };
}

/** Answers a browser's question before the request itself. Throws HttpRefusal (403) for an origin that may not ask. */
export function respondPreflight(
  { headers }: IncomingMessage,
  response: ServerResponse,
  origins: PageOrigins,
  cors: ResponseHeaders,
): void {
  const { origin } = headers;
  if (origin !== undefined && !origins.allows(origin)) {
    const { code, message } = origins.refuse(origin);
    throw new HttpRefusal(403, code, message, cors);
  }
  respond(response, 204, "text/plain", "", {
    ...cors,
    allow: "POST, GET, OPTIONS",
    "access-control-allow-methods": "POST, GET",
    "access-control-allow-headers":
      "authorization, content-type, accept, last-event-id, graphql-require-preflight, apollo-require-preflight",
    "access-control-max-age": PREFLIGHT_SECONDS,
  });
}
