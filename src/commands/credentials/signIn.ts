/** Signs in with e-mail address and password. */
import { checkPassword, isRefusal } from "./checkPassword.js";
import { parseEmailAddress } from "../accounts/emailAddress.js";
import type { SignInInput } from "../inputs.js";
import { openSignIn } from "./openSignIn.js";
import type { SignedIn } from "../outcomes.js";
import { refused, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";

/**
 * Refusals: UNAUTHENTICATED, FORBIDDEN (a disabled account, with the right password), RATE_LIMITED. An unknown address and a wrong password get the same answer after the
 * same time, so that nobody learns here who has an account.
 */
export async function signIn(
  services: Services,
  input: SignInInput,
  origin: RequestOrigin,
): Promise<SignedIn | RequestError> {
  const email = parseEmailAddress(input.email);
  // No account can have such an address, and saying so at once tells nothing about any.
  if (email === undefined) return noMatch();
  const user = await services.users.findBySignInName(email);
  const attempt = { account: email, user, password: input.password };
  const checked = await checkPassword(services, origin, attempt);
  const about = user === undefined ? {} : { userId: user.id };
  if (checked === undefined) return { ...noMatch(), ...about };
  if (isRefusal(checked)) return { ...checked, ...about };
  // Only who knows the password is told.
  if (checked.disabledAt !== null) return { ...disabled(), ...about };
  return (await openSignIn(services, checked)) ?? noMatch();
}

function disabled(): RequestError {
  return refused("FORBIDDEN", "the account is disabled; ask an administrator to enable it");
}

function noMatch(): RequestError {
  return refused("UNAUTHENTICATED", "e-mail address or password is wrong");
}
