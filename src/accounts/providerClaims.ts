/**
 * What a provider's token says, once its signature was checked. That makes it the provider's and no more: a claim may be
 * of any type and size, so each is taken where it has the form that OpenID Connect gives it and is as absent elsewhere.
 */
import type { IdentityClaims } from "../commands/accounts/personOfIdentity.js";
import { INSTANT_MS_MAX } from "../domain/instants.js";

/** OpenID Connect Core 1.0, 2. */
const SUBJECT_UNITS_MAX = 255;

export interface OidcToken {
  readonly claims: IdentityClaims;
  /** Milliseconds since the epoch, as `expiresAt`. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The token of the claims; undefined where subject, issue or end are none that a token has. */
export function providerToken(
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
  now: number,
): OidcToken | undefined {
  const subject = subjectOf(claims["sub"]);
  const [issuedAt, expiresAt] = [instantOf(claims["iat"]), instantOf(claims["exp"])];
  if (subject === undefined || issuedAt === undefined || expiresAt === undefined) return undefined;
  const names = [claims["name"], claims["preferred_username"]];
  const email = claims["email_verified"] === true ? claims["email"] : undefined;
  return {
    claims: {
      issuer,
      subject,
      name: names.find((claimed) => typeof claimed === "string"),
      email: typeof email === "string" ? email : undefined,
    },
    // One that claims to come from the future would outlast whatever ends what was issued until now.
    issuedAt: Math.min(issuedAt, now),
    expiresAt,
  };
}

function subjectOf(claimed: unknown): string | undefined {
  if (typeof claimed !== "string" || claimed === "") return undefined;
  const isText = claimed.isWellFormed() && !/\p{Cc}/u.test(claimed);
  return isText && claimed.length <= SUBJECT_UNITS_MAX ? claimed : undefined;
}

/** Seconds, which may be fractions (RFC 7519, 2), as milliseconds. */
function instantOf(claimed: unknown): number | undefined {
  if (typeof claimed !== "number") return undefined;
  const at = Math.floor(claimed * 1_000);
  return at >= 0 && at <= INSTANT_MS_MAX ? at : undefined;
}
