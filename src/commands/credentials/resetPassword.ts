/** Sets a new password with a one-time token, by which an administrator vouched for its holder. */
import { addressKey } from "../../limits/rates/keys.js";
import { checkNewPassword, busyOrThrow } from "./checkPassword.js";
import { openSignIn } from "./signIn.js";
import type { SignedIn } from "../outcomes.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";
import { rateLimited } from "../editing/takeOperations.js";
import { linkTokenHash } from "../access/linkTokens.js";

export interface ResetPasswordInput {
  readonly token: string;
  readonly newPassword: string;
}

/**
 * Answers a new session; all others are over. A token that was used, ran out, was replaced or never was answers the same.
 * Refusals: INVALID_INPUT (on path `token` or `newPassword`), RATE_LIMITED.
 */
export async function resetPassword(
  services: Services,
  { token, newPassword }: ResetPasswordInput,
  { address }: RequestOrigin,
): Promise<SignedIn | RequestError> {
  const { accounts, clock, limits, passwords, rates, sessions } = services;
  const problem = checkNewPassword(newPassword, "newPassword", limits);
  if (problem !== undefined) return problem;
  const tokenHash = linkTokenHash("reset", token);
  if (tokenHash === undefined) return notValid();
  const taken = await rates.passwordsOfAddress.take(addressKey(address), 1);
  if (!taken.ok) return rateLimited("too many attempts from this address", taken.retryAfterMs);
  const shown = { tokenHash, purpose: "PASSWORD_RESET", now: clock.now() } as const;
  // Hashing takes long on purpose: who guesses tokens gets none of it.
  if ((await accounts.credentials.findOneTimeToken(shown)) === undefined) return notValid();
  let passwordHash: string;
  try {
    passwordHash = await passwords.hash(newPassword);
  } catch (error) {
    return busyOrThrow(error);
  }
  const now = clock.now();
  const userId = await accounts.credentials.resetPassword({ tokenHash, passwordHash, now });
  if (userId === undefined) return notValid();
  accounts.standings.changed(userId);
  await sessions.leaveAll(userId);
  return (await openSignIn(services, { id: userId, passwordHash })) ?? notValid();
}

function notValid(): RequestError {
  const message =
    "token is not valid: it was used, expired or replaced; ask an administrator for a new one";
  return invalidInput(message, "token");
}
