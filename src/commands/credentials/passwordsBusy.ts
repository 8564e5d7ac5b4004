/** More passwords wait to be checked than the machine can check soon; nothing was decided. */
import { refused, type RequestError } from "../requestError.js";

export class PasswordsBusy extends Error {
  override readonly name = "PasswordsBusy";
  constructor(readonly retryAfterMs: number) {
    super("too many people are signing in");
  }
}

/** The refusal for it; any other error is thrown on. */
export function busyOrThrow(error: unknown): RequestError {
  if (!(error instanceof PasswordsBusy)) throw error;
  return refused("RATE_LIMITED", error.message, { retryAfterMs: error.retryAfterMs });
}
