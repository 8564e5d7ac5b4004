/** What administrators of the deployment do with the accounts of others, and their own. */
import type { Viewer } from "../../domain/access/access.js";
import { decideAdministration } from "../../domain/access/administration.js";
import { unauthenticated, type SignedInViewer } from "../authorize.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { AccountChanged, AccountErased, PasswordResetCreated } from "./accountOutcomes.js";
import { parseEmailAddress } from "./emailAddress.js";
import {
  confirmationProblem,
  confirmEmail as confirm,
  disableAccount as disable,
  enableAccount as enable,
  endCredentials,
  eraseAccount as erase,
  type AccountStep,
} from "./accountWork.js";
import { makePasswordReset, resetProblem } from "../credentials/passwordResets.js";

interface NamedAccount {
  readonly userId: string;
}

/** The viewer, where they administer the deployment now, whatever the token says; else the refusal. */
export async function asAdministrator(
  { users }: Pick<Services, "users">,
  viewer: Viewer,
): Promise<SignedInViewer | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  switch (decideAdministration(viewer, await users.roleOf(viewer.userId))) {
    case "unauthenticated":
      return unauthenticated();
    case "forbidden":
      return refused("FORBIDDEN", "only administrators may do this");
    case "allowed":
      return viewer;
  }
}

/** Refusals: UNAUTHENTICATED, FORBIDDEN (also for the last administrator), NOT_FOUND. */
export async function disableAccount(
  services: Services,
  viewer: Viewer,
  { userId }: NamedAccount,
): Promise<AccountChanged | RequestError> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind === "refused") return administrator;
  const refusal = refusalOf(await disable(services, userId));
  return refusal ?? { kind: "accountChanged", userId };
}

/** Refusals: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
export async function enableAccount(
  services: Services,
  viewer: Viewer,
  { userId }: NamedAccount,
): Promise<AccountChanged | RequestError> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind === "refused") return administrator;
  const refusal = refusalOf(await enable(services, userId));
  return refusal ?? { kind: "accountChanged", userId };
}

/** Refusals: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
export async function signOutAccount(
  services: Services,
  viewer: Viewer,
  { userId, apiTokens }: NamedAccount & { readonly apiTokens?: boolean | null | undefined },
): Promise<AccountChanged | RequestError> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind === "refused") return administrator;
  if ((await services.users.findById(userId)) === undefined) return accountNotFound();
  await endCredentials(services, userId, { apiTokens: apiTokens ?? false });
  return { kind: "accountChanged", userId };
}

/** Refusals: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT (another address, or one that another account proved). */
export async function confirmEmail(
  services: Services,
  viewer: Viewer,
  { userId, email }: NamedAccount & { readonly email: string },
): Promise<AccountChanged | RequestError> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind === "refused") return administrator;
  const user = await services.users.findById(userId);
  if (user === undefined) return accountNotFound();
  const isOwn = user.email !== null && parseEmailAddress(email) === user.email;
  if (!isOwn) return invalidInput("email must be the account's address", "email");
  const outcome = await confirm(services, userId, user.email);
  if (outcome !== "done") return invalidInput(confirmationProblem(outcome), "email");
  return { kind: "accountChanged", userId };
}

/** Refusals: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT (an account whose password cannot be reset). */
export async function createPasswordReset(
  services: Services,
  viewer: Viewer,
  { userId }: NamedAccount,
): Promise<PasswordResetCreated | RequestError> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind === "refused") return administrator;
  const user = await services.users.findById(userId);
  if (user === undefined) return accountNotFound();
  const problem = resetProblem(user);
  if (problem !== undefined) return invalidInput(problem, "userId");
  const made = await makePasswordReset(services, { userId, provesEmail: false }, administrator);
  return made ?? accountNotFound();
}

/** Refusals: UNAUTHENTICATED, FORBIDDEN (also for the last administrator), NOT_FOUND. */
export async function eraseAccount(
  services: Services,
  viewer: Viewer,
  { userId }: NamedAccount,
): Promise<AccountErased | RequestError> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind === "refused") return administrator;
  const refusal = refusalOf(await erase(services, userId));
  return refusal ?? { kind: "accountErased", userId };
}

/** The refusal of what would leave nobody who administers. */
export function lastAdministrator(): RequestError {
  const message =
    "this is the last administrator; make another user an administrator first (npm run admin -- grant)";
  return refused("FORBIDDEN", message, { path: ["userId"] });
}

function refusalOf(step: AccountStep): RequestError | undefined {
  if (step === "done") return undefined;
  return step === "gone" ? accountNotFound() : lastAdministrator();
}

function accountNotFound(): RequestError {
  return refused("NOT_FOUND", "account not found", { path: ["userId"] });
}
