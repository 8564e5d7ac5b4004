/** Whether somebody knows an account's password, so often and no more. */
import type { UserRecord } from "../storage/userStore.js";
import { addressKey } from "../limits/keys.js";
import type { Taken } from "../limits/rateLimiter.js";
import { busyOrThrow } from "./passwordsBusy.js";
import type { RequestError } from "./requestError.js";
import type { RequestOrigin } from "./requestOrigin.js";
import type { Services } from "./services.js";
import { rateLimited } from "./takeOperations.js";

export interface PasswordAttempt {
  /** What the attempts on an account are counted under, whether there is one or not: its address, or its id. */
  readonly account: string;
  readonly user: UserRecord | undefined;
  readonly password: string;
}

/** More than any limit holds: takes back all that was counted. */
const ALL_POINTS = 1_000_000;

const TOO_MANY = "too many attempts";

const ok: Taken = { ok: true };

/**
 * The account, where the password is its own; undefined otherwise, after the same work. Refusal: RATE_LIMITED, by what
 * was tried before on this account and from this address, with no password checked.
 */
export async function checkPassword(
  { rates, passwords, limits, sha256 }: Services,
  { address }: RequestOrigin,
  { account, user, password }: PasswordAttempt,
): Promise<UserRecord | RequestError | undefined> {
  // Addresses of people are not to be read in counters.
  const counter = sha256(account);
  const ofAddress =
    address === "" ? ok : await rates.passwordsOfAddress.take(addressKey(address), 1);
  if (!ofAddress.ok) return rateLimited(TOO_MANY, ofAddress.retryAfterMs);
  const ofAccount = await rates.passwordsOfAccount.take(counter, 1);
  if (!ofAccount.ok) return rateLimited(TOO_MANY, ofAccount.retryAfterMs);
  // No account can have such a password.
  if (password.length > limits.passwordUnitsMax) return undefined;
  try {
    if (!(await passwords.verify(user?.passwordHash ?? undefined, password))) return undefined;
  } catch (error) {
    return busyOrThrow(error);
  }
  rates.passwordsOfAccount.charge(counter, -ALL_POINTS);
  return user;
}

/** Whether the check was refused. */
export function isRefusal(checked: UserRecord | RequestError): checked is RequestError {
  return "kind" in checked;
}
