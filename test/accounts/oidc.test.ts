import { SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOidcProvider, ProviderUnavailable } from "../../src/accounts/oidc.js";
import { systemClock } from "../../src/platform/clock.js";
import {
  audience,
  startIdentityProvider,
  type IdentityProvider,
} from "../setup/identityProvider.js";

let provider: IdentityProvider;
beforeEach(async () => {
  provider = await startIdentityProvider();
});
afterEach(() => provider.close());

function verifier(change: { jwksUrl?: string; cooldownMs?: number; now?: () => number } = {}) {
  const { now = systemClock.now, ...rest } = change;
  return createOidcProvider({ issuer: provider.issuer, audience, clock: { now }, ...rest });
}

describe("tokens of a provider", () => {
  test("AUTH-40: a token says who somebody is, with keys that discovery leads to", async () => {
    const token = await provider.token({ sub: "ada", name: "Ada" });
    expect(await verifier().verify(token)).toMatchObject({
      claims: { issuer: provider.issuer, subject: "ada", name: "Ada", email: undefined },
    });
  });

  test("AUTH-40: an address counts where it is verified, and a user name where there is no name", async () => {
    const about = (claims: object) =>
      provider
        .token({ sub: "ada", ...claims })
        .then((token) => verifier({ jwksUrl: provider.jwksUrl }).verify(token))
        .then((verified) => verified?.claims);
    const email = "ada@example.org";
    expect(await about({ email, email_verified: true })).toMatchObject({ email });
    expect((await about({ email, email_verified: false }))?.email).toBeUndefined();
    expect((await about({ email, email_verified: "true" }))?.email).toBeUndefined();
    expect((await about({ email }))?.email).toBeUndefined();
    expect((await about({ email: { a: 1 }, email_verified: true }))?.email).toBeUndefined();
    expect(await about({ preferred_username: "ada" })).toMatchObject({ name: "ada" });
    expect((await about({ name: 7 }))?.name).toBeUndefined();
  });

  test.each<[string, (token: SignJWT) => SignJWT]>([
    ["another issuer", (token) => token.setIssuer("https://elsewhere.example")],
    ["another audience", (token) => token.setAudience("elsewhere")],
    ["an end in the past", (token) => token.setExpirationTime("-1m")],
    ["a begin in the future", (token) => token.setNotBefore("1h")],
  ])("AUTH-40: one with %s is as none", async (_what, change) => {
    expect(await verifier().verify(await provider.token({ sub: "ada" }, change))).toBeUndefined();
  });

  test("AUTH-40: one without subject is as none", async () => {
    expect(await verifier().verify(await provider.token({ name: "Nobody" }))).toBeUndefined();
  });

  test("AUTH-40: one without signature, or signed with a shared secret, is as none", async () => {
    const claims = { sub: "ada", iss: provider.issuer, aud: audience };
    const unsigned = new UnsecuredJWT(claims).setIssuedAt().setExpirationTime("1m").encode();
    expect(await verifier().verify(unsigned)).toBeUndefined();
    // The public key, taken for a secret: what a verifier falls for that believes the token's `alg`.
    const secret = new TextEncoder().encode(JSON.stringify(provider.publicKey()));
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: "key-1" })
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(secret);
    expect(await verifier().verify(forged)).toBeUndefined();
  });
});

test("AUTH-43: one issued in the future counts as issued now, and fractions of a second count", async () => {
  const issuedAt = async (iat: number) => {
    const token = await provider.token({ sub: "ada" }, (made) => made.setIssuedAt(iat));
    return (await verifier({ now: () => 1_700_000_000_000 }).verify(token))?.issuedAt;
  };
  expect(await issuedAt(1_800_000_000)).toBe(1_700_000_000_000);
  expect(await issuedAt(1_600_000_000.5)).toBe(1_600_000_000_500);
});

describe("keys of a provider", () => {
  test("AUTH-41: keys are asked for once, and again where the provider signs with another", async () => {
    const { verify } = verifier({ cooldownMs: 0 });
    for (const sub of ["ada", "bob"]) {
      expect(await verify(await provider.token({ sub }))).toMatchObject({
        claims: { subject: sub },
      });
    }
    expect(provider.fetches()).toBe(1);
    const before = await provider.token({ sub: "ada" });
    await provider.rotate();
    expect(await verify(await provider.token({ sub: "ada" }))).toBeDefined();
    expect(provider.fetches()).toBe(2);
    expect(await verify(before)).toBeUndefined();
  });

  test("AUTH-41: tokens with made-up keys do not make it ask again and again", async () => {
    const { verify } = verifier();
    await verify(await provider.token({ sub: "ada" }));
    for (let count = 0; count < 5; count += 1) {
      const made = await provider.token({ sub: "eve" }, undefined, `made-up-${count}`);
      expect(await verify(made)).toBeUndefined();
    }
    expect(provider.fetches()).toBe(1);
  });

  test.each([{}, { jwksUrl: "given" }])(
    "AUTH-41: where they cannot be had, nothing is said of a token; later it is taken (%o)",
    async ({ jwksUrl }: { jwksUrl?: string }) => {
      const { verify } = verifier({ cooldownMs: 0, ...(jwksUrl && { jwksUrl: provider.jwksUrl }) });
      const token = await provider.token({ sub: "ada" });
      provider.answer(503);
      await expect(verify(token)).rejects.toThrow(ProviderUnavailable);
      provider.answer(undefined);
      expect(await verify(token)).toMatchObject({ claims: { subject: "ada" } });
    },
  );

  test("AUTH-41: a provider that cannot be reached is no verdict either", async () => {
    const token = await provider.token({ sub: "ada" });
    const { verify } = verifier();
    await provider.close();
    await expect(verify(token)).rejects.toThrow(ProviderUnavailable);
    provider = await startIdentityProvider();
  });
});
