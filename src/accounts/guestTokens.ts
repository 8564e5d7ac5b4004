/**
 * Tokens of guests: JSON Web Tokens behind a word that says what they are, over the secret of access tokens and for an
 * audience of their own, so that neither is taken for the other. They name no person. What a guest may do is asked anew with
 * each request, so a token alone opens nothing.
 */
import { createHmac } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { GUEST_TOKEN_PREFIX, type GuestTokens } from "../commands/guests/guestServices.js";
import type { Clock } from "../platform/clock.js";

const ALGORITHM = "HS256";
const ISSUER = "strata";
const AUDIENCE = "strata-guest";

interface Claims {
  readonly sub: string;
  readonly exp: number;
  readonly template: string;
  /** Absent where the template itself is open. */
  readonly link?: string;
}

/** Issues and verifies them; the secret is that of access tokens. */
export function createGuestTokens(secret: string, clock: Clock): GuestTokens {
  const key = new TextEncoder().encode(secret);
  return {
    async issue({ sessionId, templateId, shareLinkId }, expiresAt) {
      const token = await new SignJWT({
        template: templateId,
        ...(shareLinkId !== null && { link: shareLinkId }),
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(sessionId)
        .setExpirationTime(Math.floor(expiresAt / 1_000))
        .sign(key);
      return GUEST_TOKEN_PREFIX + token;
    },
    hashOrigin: (addressKey) =>
      createHmac("sha256", key).update(`${AUDIENCE} ${addressKey}`).digest("hex"),
    async verify(token) {
      if (!token.startsWith(GUEST_TOKEN_PREFIX)) return undefined;
      try {
        const { payload } = await jwtVerify<Claims>(token.slice(GUEST_TOKEN_PREFIX.length), key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ["sub", "exp", "template"],
          currentDate: new Date(clock.now()),
        });
        const { sub: sessionId, template: templateId, link: shareLinkId = null, exp } = payload;
        return {
          guest: { kind: "guest", sessionId, templateId, shareLinkId },
          expiresAt: exp * 1_000,
        };
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
