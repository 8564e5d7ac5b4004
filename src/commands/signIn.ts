/** Signs in with e-mail address and password. */
import { parseEmailAddress } from "./emailAddress.js";
import type { SignInInput } from "./inputs.js";
import type { SignedIn } from "./outcomes.js";
import { busyOrThrow } from "./passwordsBusy.js";
import { refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

/**
 * Refusals: UNAUTHENTICATED, RATE_LIMITED. An unknown address and a wrong password get the same answer after the
 * same time, so that nobody learns here who has an account.
 */
export async function signIn(
  services: Services,
  input: SignInInput,
): Promise<SignedIn | RequestError> {
  const email = parseEmailAddress(input.email);
  // No account can have such an address or password, and saying so at once tells nothing about any.
  if (email === undefined || input.password.length > services.limits.passwordUnitsMax) {
    return noMatch();
  }
  const account = await services.users.findByEmail(email);
  let matches: boolean;
  try {
    matches = await services.passwords.verify(account?.passwordHash ?? undefined, input.password);
  } catch (error) {
    return busyOrThrow(error);
  }
  if (!matches || account === undefined) return noMatch();
  return { kind: "signedIn", userId: account.id, ...(await services.tokens.issue(account.id)) };
}

function noMatch(): RequestError {
  return refused("UNAUTHENTICATED", "e-mail address or password is wrong");
}
