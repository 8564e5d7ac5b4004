/** Tokens of an outside identity provider (OpenID Connect), verified with the keys that it publishes. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { Clock } from "../platform/clock.js";
import { providerToken, type OidcToken } from "./providerClaims.js";

/** What verifies with a public key: a shared secret would let whoever can check a token make one. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** A key that is not known is looked for again after this; keys that are known are read anew after that. */
const COOLDOWN_MS = 30_000;
const KEYS_MS_MAX = 600_000;
const TIMEOUT_MS = 5_000;
const CLOCK_TOLERANCE_SECONDS = 5;
const RETRY_AFTER_MS = 2_000;

/** The provider's keys cannot be had now: nothing is known about its tokens. */
export class ProviderUnavailable extends Error {
  override readonly name = "ProviderUnavailable";
  readonly retryAfterMs = RETRY_AFTER_MS;
}

export interface OidcSettings {
  /** As its tokens name it. */
  readonly issuer: string;
  readonly audience: string;
  /** Where its keys are; where omitted, its discovery document says. */
  readonly jwksUrl?: string | undefined;
  /** Milliseconds between two looks for a key that is not known; 30 s where omitted. */
  readonly cooldownMs?: number;
  readonly clock: Pick<Clock, "now">;
}

export interface OidcProvider {
  readonly issuer: string;
  /** What the token says; undefined where it is not good. Rejects with ProviderUnavailable. */
  verify(token: string): Promise<OidcToken | undefined>;
}

/** A provider, of which nothing is asked before its first token comes. */
export function createOidcProvider(settings: OidcSettings): OidcProvider {
  const { issuer, audience, clock } = settings;
  const keys = keysOf(settings);
  return {
    issuer,
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, await keys(), {
          ...{ issuer, audience, algorithms: ALGORITHMS },
          requiredClaims: ["sub", "iat", "exp"],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(clock.now()),
        });
        return providerToken(issuer, payload, clock.now());
      } catch (error) {
        if (isAboutToken(error)) return undefined;
        throw new ProviderUnavailable("the keys of the identity provider cannot be fetched", {
          cause: error,
        });
      }
    },
  };
}

/** Everything else is about the keys: that they do not come, in time or at all, or are none. */
function isAboutToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  const aboutKeys = [errors.JWKSTimeout, errors.JWKSInvalid];
  // The base class itself: the provider answered with something else than keys.
  return error.code !== "ERR_JOSE_GENERIC" && !aboutKeys.some((kind) => error instanceof kind);
}

function keysOf({ issuer, jwksUrl, cooldownMs = COOLDOWN_MS }: OidcSettings) {
  const options = {
    cooldownDuration: cooldownMs,
    cacheMaxAge: KEYS_MS_MAX,
    timeoutDuration: TIMEOUT_MS,
  };
  let found: Promise<JWTVerifyGetKey> | undefined;
  return (): Promise<JWTVerifyGetKey> => {
    found ??= locate(issuer, jwksUrl)
      .then((url) => createRemoteJWKSet(url, options))
      .catch((error: unknown) => {
        found = undefined;
        throw error;
      });
    return found;
  };
}

/** OpenID Connect Discovery 1.0, 4. */
async function locate(issuer: string, jwksUrl: string | undefined): Promise<URL> {
  if (jwksUrl !== undefined) return new URL(jwksUrl);
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(address, {
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const found = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (found.issuer !== issuer) throw new Error(`${address} belongs to another issuer`);
  return new URL(String(found.jwks_uri));
}
