/** What a token that somebody shows proves, of whichever kind it is. */
import { decodeJwt } from "jose";
import type { TokenProof, VerifyToken } from "../commands/accounts/accountServices.js";
import type { Invitations, SignUpPolicy } from "../commands/accounts/signUpPolicy.js";
import { apiTokenHash } from "../commands/credentials/opaqueTokens.js";
import { personOfIdentity } from "../commands/accounts/personOfIdentity.js";
import type { Services } from "../commands/services.js";
import type { TokenLimit } from "../domain/access/viewer.js";
import type { OidcProvider } from "./oidc.js";

/** How exact `lastUsedAt` is. */
const USE_MS = 60_000;

export interface VerifyTokenParts extends Pick<
  Services,
  "users" | "clock" | "newId" | "limits" | "tokens"
> {
  readonly credentials: Services["accounts"]["credentials"];
  readonly provider: OidcProvider | undefined;
  /** Who gets an account with a provider's token. */
  readonly signUp: SignUpPolicy;
  readonly invitations: Invitations;
  readonly warn: (message: string, error: unknown) => void;
}

/** Tells the kinds apart by their form; what a kind refuses is not tried as another. */
export function createVerifyToken(parts: VerifyTokenParts): VerifyToken {
  const { provider, tokens } = parts;
  return async (token) => {
    const hash = apiTokenHash(token);
    if (hash !== undefined) return ofApiToken(parts, hash);
    if (provider !== undefined && issuerOf(token) === provider.issuer) {
      return ofProvider(parts, provider, token);
    }
    return tokens.verify(token);
  };
}

async function ofApiToken(
  { credentials, clock, warn }: VerifyTokenParts,
  hash: string,
): Promise<TokenProof | undefined> {
  const token = await credentials.findApiToken(hash);
  if (token === undefined || token.expiresAt <= clock.now()) return undefined;
  const { id, userId, scopes, expiresAt } = token;
  const limits = limitsOf(token);
  const notedMsAgo = Math.max(0, clock.now() - (token.lastUsedAt ?? -Infinity));
  let notedAt = clock.monotonic() - notedMsAgo;
  return {
    ...{ userId, scopes, expiresAt },
    ...(limits.length > 0 && { limits }),
    ...(token.isService && { isService: true }),
    credential: { kind: "listed", id },
    used() {
      if (clock.monotonic() - notedAt < USE_MS) return;
      notedAt = clock.monotonic();
      credentials.apiTokenUsed(id, clock.now()).catch((error: unknown) => {
        warn("the use of an API token could not be recorded", error);
      });
    },
  };
}

/** That of a team that is gone. */
const NO_TEAM = "00000000-0000-0000-0000-000000000000";

/** A service account reaches what is its team's, whatever else was granted to it. */
function limitsOf({
  limit,
  isService,
  serviceTeamId,
}: {
  readonly limit: TokenLimit | null;
  readonly isService: boolean;
  readonly serviceTeamId: string | null;
}): TokenLimit[] {
  const ofTeam: TokenLimit[] = isService ? [{ kind: "team", id: serviceTeamId ?? NO_TEAM }] : [];
  return limit === null ? ofTeam : [...ofTeam, limit];
}

async function ofProvider(
  parts: VerifyTokenParts,
  provider: OidcProvider,
  token: string,
): Promise<TokenProof | undefined> {
  const verified = await provider.verify(token);
  if (verified === undefined) return undefined;
  const { claims, issuedAt, expiresAt } = verified;
  const { signUp: policy, invitations, clock } = parts;
  const admission = { policy, invitations, clock };
  const userId = await personOfIdentity({ ...parts, admission }, claims, issuedAt);
  if (userId === undefined) return undefined;
  return { userId, expiresAt, credential: { kind: "issued", at: issuedAt } };
}

/** Who a token says it is from, which nothing proves yet. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
