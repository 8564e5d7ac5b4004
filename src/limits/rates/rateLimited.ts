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

export const tooManyRequests = "too many requests: make fewer, or wait";
export const tooManyConnections = "too many connections at once: close some, or wait";
export const tooMuchUnread =
  "too much of earlier answers is not read yet: read them, and send the same again";
export const tooManyExecutions =
  "too many different subscriptions at once: use one document for what is equal, select less, or end some";
export const tooManySubscriptions = "too many subscriptions at once: end some, or wait";
