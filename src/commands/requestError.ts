import type { Lock } from "../domain/locks/lock.js";

/** The expected refusals of commands, as every mutation answers them; a client is expected to handle each. */
export type ErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "INVALID_INPUT"
  | "INVALID_OPERATION"
  | "VERSION_CONFLICT"
  | "OPERATION_ID_REUSED"
  | "LOCKED"
  | "RATE_LIMITED"
  | "QUOTA_EXCEEDED"
  | "PAYLOAD_TOO_LARGE";

/**
 * `operationId` names the operation that was refused, `path` leads into the input (`["operations", "0", "payload",
 * "x"]`), `retryAfterMs` says when to try again where trying again helps, `lock` who holds what would be changed.
 * `userId` says whose account it is about, to the audit log and to nobody else.
 */
export interface RequestError {
  readonly kind: "refused";
  readonly code: ErrorCode;
  readonly message: string;
  readonly operationId?: string;
  readonly path?: readonly string[];
  /** Every part of the input that is wrong, up to a bound, where more than one was looked for. */
  readonly problems?: readonly Problem[];
  readonly retryAfterMs?: number;
  readonly lock?: Lock;
  readonly userId?: string;
}

/** A part of the input that is wrong, `path` as in the refusal. */
export interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** A refusal with its code and message. */
export function refused(
  code: ErrorCode,
  message: string,
  where: Pick<RequestError, "operationId" | "path" | "problems" | "retryAfterMs" | "lock"> = {},
): RequestError {
  return { kind: "refused", code, message, ...where };
}

/** A refusal of one input field: `path` is its place in the input. */
export function invalidInput(message: string, ...path: readonly string[]): RequestError {
  return refused("INVALID_INPUT", message, { path });
}
