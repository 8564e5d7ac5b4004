/** Makes an account for somebody, who sets its password with the token in the answer. */
import { randomBytes } from "node:crypto";
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated, type SignedInViewer } from "../authorize.js";
import { parseEmailAddress } from "./emailAddress.js";
import { busyOrThrow } from "../credentials/checkPassword.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { AccountCreated } from "./accountOutcomes.js";
import { asAdministrator } from "./administerAccounts.js";
import { makePasswordReset, type PasswordResetParts } from "../credentials/passwordResets.js";
import { checkPersonName } from "./accountWork.js";

export interface CreateAccountInput {
  readonly email: string;
  readonly name: string;
}

/** What making one needs. */
export interface CreateAccountParts
  extends PasswordResetParts, Pick<Services, "users" | "passwords" | "newId" | "limits"> {}

/** Refusals: UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT (on path `email` also where it has an account), RATE_LIMITED. */
export async function createAccount(
  services: Services,
  viewer: Viewer,
  input: CreateAccountInput,
): Promise<AccountCreated | RequestError> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind === "refused") return administrator;
  return createAccountFor(services, input, administrator);
}

/**
 * However sign-up is limited. Until its person sets a password, no password is the account's. Whoever makes it says whose
 * the address is, so that the use of the token proves it.
 */
export async function createAccountFor(
  services: CreateAccountParts,
  { email: address, name }: CreateAccountInput,
  createdBy: SignedInViewer | null,
): Promise<AccountCreated | RequestError> {
  const { clock, newId, passwords, users } = services;
  const email = parseEmailAddress(address);
  if (email === undefined) return invalidInput("email must be an e-mail address", "email");
  const problem = checkPersonName(name, services);
  if (problem !== undefined) return problem;
  let passwordHash: string;
  try {
    passwordHash = await passwords.hash(randomBytes(32).toString("base64url"));
  } catch (error) {
    return busyOrThrow(error);
  }
  const userId = newId();
  const created = await users.create({
    ...{ id: userId, email, name: name.trim(), passwordHash, avatarUrl: null },
    createdAt: clock.now(),
  });
  if (created.kind === "emailTaken") return invalidInput("email already has an account", "email");
  const made = await makePasswordReset(services, { userId, provesEmail: true }, createdBy);
  // Who makes it was signed out meanwhile; an administrator can make another link.
  if (made === undefined) return unauthenticated();
  return { ...made, kind: "accountCreated" };
}
