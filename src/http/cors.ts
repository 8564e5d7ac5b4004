/** Which other origins' pages may call the API: none, unless the configuration lists them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { respond, type ResponseHeaders } from "./respond.js";

const PREFLIGHT_SECONDS = 600;

/** The headers that let a listed origin read the answer; none for others. */
export function corsHeaders(request: IncomingMessage, origins: readonly string[]): ResponseHeaders {
  if (origins.length === 0) return {};
  const { origin } = request.headers;
  // Caches must not hand one origin's answer to another.
  if (origin === undefined || !origins.includes(origin)) return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "retry-after",
  };
}

/** Answers a browser's question before the request itself. */
export function respondPreflight(response: ServerResponse, headers: ResponseHeaders): void {
  const allowed = "access-control-allow-origin" in headers;
  respond(response, allowed ? 204 : 403, "text/plain", "", {
    ...headers,
    ...(allowed
      ? {
          "access-control-allow-methods": "POST, GET",
          "access-control-allow-headers":
            "authorization, content-type, accept, graphql-require-preflight, apollo-require-preflight",
          "access-control-max-age": PREFLIGHT_SECONDS,
        }
      : {}),
  });
}
