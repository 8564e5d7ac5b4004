/**
 * JSON Web Tokens that say who somebody is: HS256 over one secret, for this API only, short-lived. Every transport
 * (HTTP, SSE, WebSocket) asks the same function.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import type { Tokens } from "../commands/services.js";
import type { Clock } from "../platform/clock.js";

const ALGORITHM = "HS256";
const ISSUER = "strata";
const AUDIENCE = "strata-api";

/** An HMAC key shorter than its hash is weaker than the hash (RFC 7518, 3.2). */
const JWT_SECRET_BYTES_MIN = 32;
const DEFAULT_LIFETIME_MS = 60 * 60 * 1_000;

interface Claims {
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  /** The sign-in that it belongs to. */
  readonly sid?: string;
}

export interface TokenSettings {
  /** At least `JWT_SECRET_BYTES_MIN` UTF-8 bytes, the same on every node. */
  readonly secret: string;
  readonly clock: Clock;
  /** How long a token is good for; one hour where omitted. */
  readonly lifetimeMs?: number;
}

/** Issues and verifies tokens; throws at once where the secret is too short. */
export function createTokens({
  secret,
  clock,
  lifetimeMs = DEFAULT_LIFETIME_MS,
}: TokenSettings): Tokens {
  const key = new TextEncoder().encode(secret);
  if (key.length < JWT_SECRET_BYTES_MIN) {
    throw new Error(`the secret of tokens needs at least ${JWT_SECRET_BYTES_MIN} bytes`);
  }
  return {
    async issue(userId, signInId) {
      const issuedAt = wholeSeconds(clock.now());
      const expiresAt = wholeSeconds(clock.now() + lifetimeMs);
      const token = await new SignJWT(signInId === undefined ? {} : { sid: signInId })
        .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key);
      return { token, expiresAt: expiresAt * 1_000 };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify<Claims>(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ["sub", "iat", "exp"],
          currentDate: new Date(clock.now()),
        });
        const { sub: userId, iat, exp, sid } = payload;
        return {
          userId,
          expiresAt: exp * 1_000,
          credential:
            sid === undefined ? { kind: "issued", at: iat * 1_000 } : { kind: "listed", id: sid },
        };
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

/** JWTs tell time in seconds. */
function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
