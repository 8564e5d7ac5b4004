/** Makes an account and signs in. */
import type { Viewer } from "../../domain/access/access.js";
import { addressKey } from "../../limits/rates/keys.js";
import { checkPersonName } from "./accountWork.js";
import { domainProblem, invitationHash, isInvited } from "./signUpPolicy.js";
import { acceptTemplatePermission } from "../access/setTemplatePermission.js";
import { parseEmailAddress } from "./emailAddress.js";
import type { SignUpInput } from "../inputs.js";
import type { SignedIn } from "../outcomes.js";
import { checkNewPassword, busyOrThrow } from "../credentials/checkPassword.js";
import { openSignIn } from "../credentials/signIn.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";
import { rateLimited } from "../editing/takeOperations.js";
import { acceptInvitation } from "../teams/invitations.js";

interface CheckedInput {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/**
 * With an invitation's token the person has what they were invited to at once. Refusals: FORBIDDEN (this server makes no
 * account for everybody), INVALID_INPUT (on path `email` also where it has an account already), RATE_LIMITED.
 */
export async function signUp(
  services: Services,
  input: SignUpInput,
  { address }: RequestOrigin,
): Promise<SignedIn | RequestError> {
  const { accounts, clock, limits, rates } = services;
  const { signUp: policy } = accounts.settings;
  if (policy.mode === "closed") return closed();
  const invitation = input.invitation == null ? undefined : invitationHash(input.invitation);
  if (policy.mode === "invited" && invitation === undefined) return uninvited();
  const email = parseEmailAddress(input.email);
  if (email === undefined) return invalidInput("email must be an e-mail address", "email");
  const foreign = domainProblem(policy, email);
  if (foreign !== undefined) return invalidInput(foreign, "email");
  const problem =
    checkPersonName(input.name, services) ?? checkNewPassword(input.password, "password", limits);
  if (problem !== undefined) return problem;
  const taken = await rates.signUps.take(addressKey(address), 1);
  if (!taken.ok) return rateLimited("too many new accounts", taken.retryAfterMs);
  if (input.invitation != null) {
    const invitations = { teams: services.team.teams, permissions: services.permissions };
    const holds =
      invitation !== undefined && (await isInvited(invitations, invitation, clock.now()));
    if (!holds) return uninvited();
  }
  return makeAccount(services, { ...input, email }, input.invitation ?? undefined);
}

/** Whoever may: what was checked becomes an account. The demo's is made so, too. */
export async function makeAccount(
  services: Services,
  { email, name, password }: CheckedInput,
  invitation?: string,
): Promise<SignedIn | RequestError> {
  const userId = services.newId();
  let passwordHash: string;
  try {
    passwordHash = await services.passwords.hash(password);
  } catch (error) {
    return busyOrThrow(error);
  }
  const created = await services.users.create({
    ...{ id: userId, email, name: name.trim(), passwordHash, avatarUrl: null },
    createdAt: services.clock.now(),
  });
  if (created.kind === "emailTaken") return invalidInput("email already has an account", "email");
  if (invitation !== undefined && !(await accept(services, userId, invitation))) {
    // Another who has the token was quicker: one invitation lets one person in.
    await services.users.remove(userId, services.clock.now());
    return uninvited();
  }
  const signedIn = await openSignIn(services, { id: userId, passwordHash });
  if (signedIn === undefined) throw new Error(`the new account ${userId} does not exist`);
  return signedIn;
}

async function accept(services: Services, userId: string, token: string): Promise<boolean> {
  const viewer: Viewer = { kind: "user", userId };
  const accepted =
    invitationHash(token)?.kind === "permission"
      ? await acceptTemplatePermission(services, viewer, { token })
      : await acceptInvitation(services, viewer, { token });
  return accepted.kind !== "refused";
}

function closed(): RequestError {
  const message = "sign-up is closed on this server; ask an administrator for an account";
  return refused("FORBIDDEN", message, { path: [] });
}

/** The same for none, one that never was, is over or was used. */
function uninvited(): RequestError {
  const message =
    "invitation must be the token of an open invitation; ask a user of this server to invite you";
  return refused("FORBIDDEN", message, { path: ["invitation"] });
}
