/**
 * Subscriptions as server-sent events, by GraphQL over SSE in its mode of distinct connections: `next` carries a
 * result, `complete` ends the stream for good. A stream that ends without `complete` was cut; its client comes back.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import { isAsyncIterable, type GraphQLParams } from "graphql-yoga";
import type { GraphQLContext } from "../schema/context.js";
import type { Authentication } from "./authenticate.js";
import type { GraphQLEngine } from "./graphqlEngine.js";
import { jsonOf } from "./graphqlResult.js";
import { secureHeaders, type ResponseHeaders } from "./respond.js";

/** Proxies close connections on which nothing moves; many after a minute. */
const HEARTBEAT_MS = 15_000;
/** The longest delay of a timer. */
const TIMER_MS_MAX = 2_147_483_647;

export interface EventStreamParts {
  readonly engine: GraphQLEngine;
  readonly now: () => number;
  /** Whether the node is going away: streams end without `complete` then. */
  readonly stopping: () => boolean;
}

export interface StreamRequest {
  readonly params: GraphQLParams;
  readonly context: GraphQLContext;
  readonly authentication: Authentication;
  readonly headers: ResponseHeaders;
}

/** Answers one request with a stream; resolves when it has ended. */
export async function respondWithEvents(
  parts: EventStreamParts,
  request: IncomingMessage,
  response: ServerResponse,
  { params, context, authentication, headers }: StreamRequest,
): Promise<void> {
  const result = await parts.engine.stream(params, context);
  response.writeHead(200, {
    ...secureHeaders,
    ...headers,
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    // nginx would collect events before it hands them on.
    "x-accel-buffering": "no",
  });
  request.socket.setTimeout(0);
  if (!isAsyncIterable(result)) {
    response.end(next(jsonOf(result)) + complete);
    return;
  }
  await pump(parts, response, result, authentication.expiresAt);
}

async function pump(
  parts: EventStreamParts,
  response: ServerResponse,
  results: AsyncIterable<ExecutionResult>,
  expiresAt: number,
): Promise<void> {
  const iterator = results[Symbol.asyncIterator]();
  let expired = false;
  const end = (): void => void iterator.return?.();
  response.once("close", end);
  const heartbeat = setInterval(() => response.write(":\n\n"), HEARTBEAT_MS);
  const lifetimeMs = expiresAt - parts.now();
  const expiry =
    lifetimeMs > TIMER_MS_MAX
      ? undefined
      : setTimeout(() => {
          expired = true;
          end();
        }, lifetimeMs);
  // Lets the client know that it is subscribed before anything has happened.
  response.write(":\n\n");
  try {
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      // What waits for a slow client waits in the log, not here.
      if (!response.write(next(jsonOf(step.value)))) await drained(response);
    }
  } catch (error) {
    // Without `complete` the client takes it for a cut, and comes back.
    response.destroy();
    throw error;
  } finally {
    clearInterval(heartbeat);
    clearTimeout(expiry);
  }
  if (expired) response.write(next(tokenExpired));
  response.end(parts.stopping() ? "" : complete);
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const left = new AbortController();
  const options = { signal: left.signal };
  try {
    await Promise.race([once(response, "drain", options), once(response, "close", options)]);
  } finally {
    left.abort();
  }
}

const complete = "event: complete\ndata:\n\n";
const tokenExpired = JSON.stringify({
  errors: [{ message: "the token has expired", extensions: { code: "UNAUTHENTICATED" } }],
});

/** JSON has no line breaks of its own, so one data line carries it. */
function next(json: string): string {
  return `event: next\ndata: ${json}\n\n`;
}
