/** Opens and ends sign-ins. */
import { checkPassword, isRefusal } from "./checkPassword.js";
import { parseEmailAddress } from "../accounts/emailAddress.js";
import type { SignInInput } from "../inputs.js";
import type { SignedIn, SignedOut } from "../outcomes.js";
import { refused, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";
import { newRefreshToken, refreshTokenHash } from "./opaqueTokens.js";
import type { Viewer } from "../../domain/access/access.js";
import { endCredentials } from "../accounts/accountWork.js";
import { unauthenticated } from "../authorize.js";

/**
 * Signs in with e-mail address and password. Refusals: UNAUTHENTICATED, FORBIDDEN (a disabled account, with the right
 * password), RATE_LIMITED. An unknown address and a wrong password get the same answer after the same time, so that
 * nobody learns here who has an account.
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

/**
 * Opens a sign-in for a person whose identity is proven: issues the refresh and access tokens. Undefined where the
 * account went, or got another password than the one that was proved.
 */
export async function openSignIn(
  { accounts, clock, newId, tokens }: Services,
  { id: userId, passwordHash }: { readonly id: string; readonly passwordHash: string | null },
): Promise<SignedIn | undefined> {
  const refreshToken = newRefreshToken();
  const refreshHash = refreshTokenHash(refreshToken);
  if (refreshHash === undefined) throw new Error("a new token has the form of tokens");
  const { refreshLifetimeMs, signInsPerUserMax } = accounts.settings;
  const now = clock.now();
  const id = newId();
  const refreshExpiresAt = now + refreshLifetimeMs;
  const isOpen = await accounts.credentials.signIn({
    ...{ id, userId, refreshHash, passwordHash, now },
    expiresAt: refreshExpiresAt,
    signInsMax: signInsPerUserMax,
  });
  if (!isOpen) return undefined;
  const issued = await tokens.issue(userId, id);
  return { kind: "signedIn", userId, ...issued, refreshToken, refreshExpiresAt };
}

/** Ends the sign-in that a refresh token belongs to. Whether there was one is not told. */
export async function signOut(
  { accounts }: Services,
  { refreshToken }: { readonly refreshToken: string },
): Promise<SignedOut> {
  const hash = refreshTokenHash(refreshToken);
  const userId = hash && (await accounts.credentials.signOut(hash));
  if (userId !== undefined) accounts.standings.changed(userId);
  return { kind: "signedOut", everywhere: false };
}

/** Ends all that the viewer is signed in with, and with `apiTokens` those. Refusal: UNAUTHENTICATED. */
export async function signOutEverywhere(
  services: Services,
  viewer: Viewer,
  { apiTokens }: { readonly apiTokens?: boolean | null | undefined },
): Promise<SignedOut | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  await endCredentials(services, viewer.userId, { apiTokens: apiTokens ?? false });
  return { kind: "signedOut", everywhere: true };
}
