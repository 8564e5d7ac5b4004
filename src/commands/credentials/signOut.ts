/** Ends sign-ins: one, or all of a person's. */
import type { Viewer } from "../../domain/access/access.js";
import { endCredentials } from "../accounts/accountWork.js";
import { unauthenticated } from "../authorize.js";
import { refreshTokenHash } from "./opaqueTokens.js";
import type { SignedOut } from "../outcomes.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";

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
