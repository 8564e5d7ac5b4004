/** Makes an account and signs in. */
import { addressKey } from "../limits/keys.js";
import { checkPersonName } from "./account/personName.js";
import { parseEmailAddress } from "./emailAddress.js";
import type { SignUpInput } from "./inputs.js";
import type { SignedIn } from "./outcomes.js";
import { checkNewPassword } from "./newPassword.js";
import { openSignIn } from "./openSignIn.js";
import { busyOrThrow } from "./passwordsBusy.js";
import { invalidInput, type RequestError } from "./requestError.js";
import type { RequestOrigin } from "./requestOrigin.js";
import type { Services } from "./services.js";
import { rateLimited } from "./takeOperations.js";

/** Refusals: INVALID_INPUT (on path `email` also where it has an account already), RATE_LIMITED. */
export async function signUp(
  services: Services,
  input: SignUpInput,
  { address }: RequestOrigin,
): Promise<SignedIn | RequestError> {
  const email = parseEmailAddress(input.email);
  if (email === undefined) return invalidInput("email must be an e-mail address", "email");
  const problem =
    checkPersonName(input.name, services) ??
    checkNewPassword(input.password, "password", services.limits);
  if (problem !== undefined) return problem;
  const taken = await services.rates.signUps.take(addressKey(address), 1);
  if (!taken.ok) return rateLimited("too many new accounts", taken.retryAfterMs);

  const userId = services.newId();
  let passwordHash: string;
  try {
    passwordHash = await services.passwords.hash(input.password);
  } catch (error) {
    return busyOrThrow(error);
  }
  const created = await services.users.create({
    id: userId,
    email,
    name: input.name.trim(),
    passwordHash,
    avatarUrl: null,
    createdAt: services.clock.now(),
  });
  if (created.kind === "emailTaken") return invalidInput("email has an account already", "email");
  const signedIn = await openSignIn(services, { id: userId, passwordHash });
  if (signedIn === undefined) throw new Error(`the new account ${userId} is gone`);
  return signedIn;
}
