/** Takes a refresh token for the next one and a new access token. */
import { newRefreshToken, openSuccessor, refreshTokenHash, sealSuccessor } from "./opaqueTokens.js";
import type { SignedIn } from "../outcomes.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** How long the same token may come again: for an answer that was lost, and for tabs that ask at once. */
const REPEAT_MS_MAX = 10_000;

/** Refusal: UNAUTHENTICATED. A token that was used before ends the sign-in, as one of the two who have it stole it. */
export async function refreshSession(
  { accounts, clock, tokens }: Services,
  { refreshToken }: { readonly refreshToken: string },
): Promise<SignedIn | RequestError> {
  const hash = refreshTokenHash(refreshToken);
  if (hash === undefined) return notValid();
  const successor = newRefreshToken();
  const successorHash = refreshTokenHash(successor);
  if (successorHash === undefined) throw new Error("a new token has the form of tokens");
  const now = clock.now();
  const expiresAt = now + accounts.settings.refreshLifetimeMs;
  const rotated = await accounts.credentials.rotate({
    ...{ hash, successorHash, now, expiresAt },
    sealedSuccessor: sealSuccessor(refreshToken, successor),
    graceMs: REPEAT_MS_MAX,
  });
  switch (rotated.kind) {
    case "unknown":
      return notValid();
    case "reused":
      accounts.standings.changed(rotated.userId);
      return notValid();
    case "rotated":
    case "repeated": {
      const { userId, signInId } = rotated;
      const next =
        rotated.kind === "rotated"
          ? { refreshToken: successor, refreshExpiresAt: expiresAt }
          : {
              refreshToken: openSuccessor(refreshToken, rotated.sealedSuccessor),
              refreshExpiresAt: rotated.expiresAt,
            };
      return { kind: "signedIn", userId, ...(await tokens.issue(userId, signInId)), ...next };
    }
  }
}

function notValid(): RequestError {
  return refused("UNAUTHENTICATED", "the refresh token is not valid; sign in again");
}
