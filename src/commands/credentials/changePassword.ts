/** Replaces the viewer's password, and ends all that the old one let in. */
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated } from "../authorize.js";
import { checkOwnPassword, isRefusal, checkNewPassword, busyOrThrow } from "./checkPassword.js";
import { openSignIn } from "./signIn.js";
import type { SignedIn } from "../outcomes.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";

export interface ChangePasswordInput {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Answers a new session; all others are over, the one that asked too. Refusals: UNAUTHENTICATED, INVALID_INPUT (on path
 * `currentPassword` where it is wrong or the account has none), RATE_LIMITED.
 */
export async function changePassword(
  services: Services,
  viewer: Viewer,
  input: ChangePasswordInput,
  origin: RequestOrigin,
): Promise<SignedIn | RequestError> {
  const { accounts, clock, limits, passwords, users } = services;
  if (viewer.kind !== "user") return unauthenticated();
  const problem = checkNewPassword(input.newPassword, "newPassword", limits);
  if (problem !== undefined) return problem;
  const user = await users.findById(viewer.userId);
  if (user === undefined) return unauthenticated();
  const checked = await checkOwnPassword(services, origin, user, input.currentPassword);
  if (checked === undefined) return wrongPassword();
  if (isRefusal(checked)) return checked;
  const { passwordHash: oldHash } = checked;
  if (oldHash === null) return wrongPassword();

  let passwordHash: string;
  try {
    passwordHash = await passwords.hash(input.newPassword);
  } catch (error) {
    return busyOrThrow(error);
  }
  // Somebody else may have been quicker.
  if (!(await users.changePassword(user.id, oldHash, passwordHash))) {
    return wrongPassword();
  }
  await accounts.credentials.endAll(user.id, clock.now(), false);
  accounts.standings.changed(user.id);
  return (await openSignIn(services, { id: user.id, passwordHash })) ?? unauthenticated();
}

function wrongPassword(): RequestError {
  return invalidInput("currentPassword is not the account's password", "currentPassword");
}
