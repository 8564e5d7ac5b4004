/** What an error that a mutation threw means: a refusal of the request, or a failure of the service. */
import { GraphQLError } from "graphql";
import type { Failure } from "../audit/auditTrail.js";
import { unavailableAfterMs } from "../storage/postgres/errors.js";
import { StorageUnavailable } from "../storage/storageUnavailable.js";

export function failureOf(error: unknown): Failure {
  if (error instanceof GraphQLError) {
    const { code } = error.extensions;
    return { result: "REFUSED", code: typeof code === "string" ? code : "BAD_USER_INPUT" };
  }
  const isAway = error instanceof StorageUnavailable || unavailableAfterMs(error) !== undefined;
  return { result: "FAILED", code: isAway ? "UNAVAILABLE" : "INTERNAL_SERVER_ERROR" };
}
