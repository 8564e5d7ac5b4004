/** Replaces the address that the viewer signs in with. */
import type { Viewer } from "../../domain/access/access.js";
import { addressKey } from "../../limits/rates/keys.js";
import { unauthenticated } from "../authorize.js";
import { checkOwnPassword, isRefusal } from "../credentials/checkPassword.js";
import { parseEmailAddress } from "./emailAddress.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";
import { rateLimited } from "../editing/takeOperations.js";
import type { AccountChanged } from "./accountOutcomes.js";
import { domainProblem } from "./signUpPolicy.js";

export interface ChangeEmailInput {
  readonly email: string;
  readonly currentPassword: string;
}

/**
 * The new address is not proven, whatever the one before was: what belongs to an address goes to who proves it. An account
 * without a password has the address that its identity provider proved, and keeps it. Refusals: UNAUTHENTICATED,
 * INVALID_INPUT (on path `currentPassword` where it is wrong or there is none, on path `email` also where another account
 * has it), RATE_LIMITED.
 */
export async function changeEmail(
  services: Services,
  viewer: Viewer,
  input: ChangeEmailInput,
  origin: RequestOrigin,
): Promise<AccountChanged | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const email = parseEmailAddress(input.email);
  if (email === undefined) return invalidInput("email must be an e-mail address", "email");
  const user = await services.users.findById(viewer.userId);
  if (user === undefined) return unauthenticated();
  if (user.passwordHash === null) {
    const message = "the account has no password; its identity provider determines its address";
    return invalidInput(message, "currentPassword");
  }
  const checked = await checkOwnPassword(services, origin, user, input.currentPassword);
  if (checked === undefined) {
    return invalidInput("currentPassword is not the account's password", "currentPassword");
  }
  if (isRefusal(checked)) return checked;
  if (email === user.email) return { kind: "accountChanged", userId: user.id };
  const foreign = domainProblem(services.accounts.settings.signUp, email);
  if (foreign !== undefined) return invalidInput(foreign, "email");
  // Whether an address has an account is told as at signing up, and as seldom.
  const taken = await services.rates.signUps.take(addressKey(origin.address), 1);
  if (!taken.ok) return rateLimited("too many changes of address", taken.retryAfterMs);
  switch (await services.users.changeEmail(user.id, email, checked.passwordHash)) {
    case "emailTaken":
      return invalidInput("email already has an account", "email");
    case "gone":
      return unauthenticated();
    case "changed":
      return { kind: "accountChanged", userId: user.id };
  }
}
