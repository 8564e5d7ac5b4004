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

export const PLACE_RETRY_AFTER_MS = 5_000;

export const tooManyRequests = "too many requests: make fewer, or wait";
export const tooManyConnections = "too many connections at once: close some, or wait";
export const tooManyExecutions =
  "too many different subscriptions at once: use one document for what is equal, select less, or end some";
export const tooManySubscriptions = "too many subscriptions at once: end some, or wait";
