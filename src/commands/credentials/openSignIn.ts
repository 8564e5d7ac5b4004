/** Lets somebody who proved who they are stay signed in. */
import { newRefreshToken, refreshTokenHash } from "./opaqueTokens.js";
import type { SignedIn } from "../outcomes.js";
import type { Services } from "../services.js";

/** Undefined where the account went, or got another password than the one that was proved. */
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
