/**
 * What reaches clients of what they cannot be expected to handle. Nobody sees SQL, a stack or another person's data:
 * an error that is not meant for clients becomes one sentence and an id, under which the log tells the rest.
 */
import { randomUUID } from "node:crypto";
import { GraphQLError } from "graphql";
import { QueueFull, ShuttingDown, TemplateGone } from "../live/liveTemplates.js";
import { unavailableAfterMs } from "../storage/postgres/errors.js";
import { StorageUnavailable } from "../storage/storageUnavailable.js";
import type { Failure } from "../audit/auditTrail.js";

/** A node that stops is replaced within a moment. */
const SHUTDOWN_RETRY_AFTER_MS = 1_000;

/** Told of each error that was hidden, with the id that the client got instead. */
export type ReportError = (error: unknown, errorId: string) => void;

/** Makes the function that replaces errors on their way out, for every transport. */
export function createMaskError(report: ReportError): (error: unknown) => Error {
  return (error) => maskError(error, report);
}

function maskError(error: unknown, report: ReportError): Error {
  const cause = causeOf(error);
  // Made for clients: GraphQL's own checks of the document and its values, and refusals of arguments.
  if (cause instanceof GraphQLError) return error as Error;
  const known = knownError(cause);
  if (known !== undefined) return located(error, known.message, known.extensions);
  const errorId = randomUUID();
  report(cause, errorId);
  return located(error, "Unexpected error.", { code: "INTERNAL_SERVER_ERROR", errorId });
}

/** What was thrown, below the places in the answer that GraphQL wraps around it. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) {
    cause = cause.originalError;
  }
  return cause;
}

function knownError(cause: unknown) {
  if (cause instanceof StorageUnavailable || cause instanceof QueueFull) {
    return unavailable(cause.retryAfterMs);
  }
  // Columns that are selected are read through Prisma directly, whose errors are nobody else's to tell apart.
  const retryAfterMs = unavailableAfterMs(cause);
  if (retryAfterMs !== undefined) return unavailable(retryAfterMs);
  if (cause instanceof ShuttingDown) return unavailable(SHUTDOWN_RETRY_AFTER_MS);
  if (cause instanceof TemplateGone) {
    return { message: "The template no longer exists.", extensions: { code: "NOT_FOUND" } };
  }
  return undefined;
}

function unavailable(retryAfterMs: number) {
  return {
    message: "The service is unavailable; try again.",
    extensions: { code: "UNAVAILABLE", retryAfterMs },
  };
}

function located(
  error: unknown,
  message: string,
  extensions: Readonly<Record<string, unknown>>,
): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions,
  });
}

/** What an error that a mutation threw means: a refusal of the request, or a failure of the service. */
export function failureOf(error: unknown): Failure {
  if (error instanceof GraphQLError) {
    const { code } = error.extensions;
    return { result: "REFUSED", code: typeof code === "string" ? code : "BAD_USER_INPUT" };
  }
  const isAway = error instanceof StorageUnavailable || unavailableAfterMs(error) !== undefined;
  return { result: "FAILED", code: isAway ? "UNAVAILABLE" : "INTERNAL_SERVER_ERROR" };
}
