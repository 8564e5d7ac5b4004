/**
 * Verifies passwords, with attempt limits, and checks new ones. Guesses are counted per account and address, so that a
 * client that guesses elsewhere locks no account. Attempts on one account from all addresses slow further attempts
 * down and refuse none.
 */
import { addressKey } from "../../limits/rates/keys.js";
import type { Taken } from "../../limits/rates/rateLimiter.js";
import type { Clock } from "../../platform/clock.js";
import type { UserRecord } from "../../storage/accounts/userStore.js";
import { type RequestError, invalidInput, refused } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services, RequestLimits } from "../services.js";
import { rateLimited } from "../editing/takeOperations.js";
import { checkText } from "../checkText.js";

export interface PasswordAttempt {
  /** Whom somebody says they are who is not signed in: the address of an account, whether there is one or not. */
  readonly account: string;
  readonly user: UserRecord | undefined;
  readonly password: string;
}

/** More than any limit holds: takes back all that was counted. */
const ALL_POINTS = 1_000_000;

/** How long an attempt waits on an account on which much was tried. */
export const SLOWED_MS = 2_000;

const TOO_MANY = "too many attempts from this address";

/**
 * The account that somebody wants to sign in to, where the password is its own; undefined otherwise, after the same
 * work. Refusal: RATE_LIMITED, by what was tried before from this address, with no password checked.
 */
export async function checkPassword(
  services: Services,
  { address }: RequestOrigin,
  attempt: PasswordAttempt,
): Promise<UserRecord | RequestError | undefined> {
  const { rates } = services;
  if (address !== "") {
    const ofAddress = await rates.passwordsOfAddress.take(addressKey(address), 1);
    if (!ofAddress.ok) return rateLimited(TOO_MANY, ofAddress.retryAfterMs);
  }
  return check(services, address, `account ${attempt.account}`, attempt);
}

/**
 * The same for the person of an account who is signed in and shows that they are who they are once more: counted apart,
 * so that who guesses without being signed in does not keep them from it.
 */
export async function checkOwnPassword(
  services: Services,
  { address }: RequestOrigin,
  user: UserRecord,
  password: string,
): Promise<UserRecord | RequestError | undefined> {
  return check(services, address, `signed in ${user.id}`, { user, password });
}

async function check(
  services: Services,
  address: string,
  account: string,
  { user, password }: Pick<PasswordAttempt, "user" | "password">,
): Promise<UserRecord | RequestError | undefined> {
  const { rates, passwords, limits, sha256 } = services;
  // Addresses of people are not to be read in counters.
  const fromHere = sha256(`${account} ${addressKey(address)}`);
  const fromAnywhere = sha256(account);
  const here = await rates.passwordsOfAccount.take(fromHere, 1);
  if (!here.ok) return rateLimited(TOO_MANY, here.retryAfterMs);
  await slowDown(services.clock, await rates.passwordsUnslowed.take(fromAnywhere, 1));
  // No account can have such a password.
  if (password.length > limits.passwordUnitsMax) return undefined;
  try {
    if (!(await passwords.verify(user?.passwordHash ?? undefined, password))) return undefined;
  } catch (error) {
    return busyOrThrow(error);
  }
  rates.passwordsOfAccount.charge(fromHere, -ALL_POINTS);
  rates.passwordsUnslowed.charge(fromAnywhere, -ALL_POINTS);
  return user;
}

async function slowDown(clock: Clock, taken: Taken): Promise<void> {
  if (!taken.ok) await new Promise<void>((resolve) => void clock.after(SLOWED_MS, resolve));
}

/** Whether the check was refused. */
export function isRefusal(checked: UserRecord | RequestError): checked is RequestError {
  return checked.kind === "refused";
}

/**
 * Why it is refused, or undefined; `field` is its place in the input. A password is not text to be shown: spaces count,
 * and its length is that of what was typed.
 */
export function checkNewPassword(
  password: string,
  field: string,
  { passwordUnitsMin, passwordUnitsMax }: RequestLimits,
): RequestError | undefined {
  if (password.length < passwordUnitsMin || password.length > passwordUnitsMax) {
    const lengths = `${passwordUnitsMin} to ${passwordUnitsMax} characters`;
    return invalidInput(`${field} must have ${lengths}`, field);
  }
  return checkText(password, { unitsMin: 0, unitsMax: passwordUnitsMax }, field);
}

/** More passwords wait to be checked than the machine can check soon; nothing was decided. */
export class PasswordsBusy extends Error {
  override readonly name = "PasswordsBusy";
  constructor(readonly retryAfterMs: number) {
    super("too many concurrent sign-ins; try again");
  }
}

/** The refusal for it; any other error is thrown on. */
export function busyOrThrow(error: unknown): RequestError {
  if (!(error instanceof PasswordsBusy)) throw error;
  return refused("RATE_LIMITED", error.message, { retryAfterMs: error.retryAfterMs });
}
