/** The error of requests that are too much, wherever no mutation can answer a refusal of its own. */
import { GraphQLError } from "graphql";

/** What a client is told; `retryAfterMs` is when the same may be let through. */
export function rateLimitedError(message: string, retryAfterMs: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "RATE_LIMITED", retryAfterMs } });
}

/** Of what is open at once: when some of it ends is not known. */
export function tooMany(message: string): GraphQLError {
  return rateLimitedError(message, PLACE_RETRY_AFTER_MS);
}

/** Of an answer that cannot be sent: what was asked for may have been done. */
export function unavailable(message: string): GraphQLError {
  const extensions = { code: "UNAVAILABLE", retryAfterMs: PLACE_RETRY_AFTER_MS };
  return new GraphQLError(message, { extensions });
}

export const PLACE_RETRY_AFTER_MS = 5_000;

export const tooManyRequests = "too many requests; send fewer, or wait";
export const tooManyConnections = "too many concurrent connections; close some, or wait";
export const tooMuchUnread =
  "too many bytes of earlier responses are unread; read them, then retry";
export const tooManyExecutions =
  "too many different concurrent subscriptions; use one document for equal ones, select less, or end some";
export const tooManySubscriptions = "too many concurrent subscriptions; end some, or wait";
