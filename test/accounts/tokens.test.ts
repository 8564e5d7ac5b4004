import { decodeJwt, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { createTokens } from "../../src/accounts/tokens.js";

const SECRET = "a secret of forty bytes, which is enough";
/** Long enough for HS512 too. */
const LONG_SECRET = SECRET.repeat(2);
const USER_ID = "01890000-0000-7000-8000-000000000001";
const NOW = Date.UTC(2026, 0, 1);

function tokensAt(clock: { now: number }, settings: { secret?: string; lifetimeMs?: number } = {}) {
  return createTokens({
    secret: SECRET,
    clock: { now: () => clock.now, monotonic: () => clock.now, after: () => () => {} },
    ...settings,
  });
}

/** A token as ours but for what is changed. */
function forged(change: (token: SignJWT) => SignJWT, alg = "HS256"): Promise<string> {
  const token = new SignJWT()
    .setProtectedHeader({ alg, typ: "JWT" })
    .setIssuer("strata")
    .setAudience("strata-api")
    .setSubject(USER_ID)
    .setIssuedAt(NOW / 1_000)
    .setExpirationTime(NOW / 1_000 + 60);
  return change(token).sign(new TextEncoder().encode(LONG_SECRET));
}

describe("tokens", () => {
  test("AUTH-5: a token names its user until it expires, one hour after by default", async () => {
    const clock = { now: NOW };
    const tokens = tokensAt(clock);
    const { token, expiresAt } = await tokens.issue(USER_ID);
    expect(expiresAt).toBe(NOW + 3_600_000);
    const credential = { kind: "issued", at: NOW };
    expect(await tokens.verify(token)).toEqual({ userId: USER_ID, expiresAt, credential });
    clock.now = expiresAt - 1_000;
    expect(await tokens.verify(token)).toBeDefined();
    clock.now = expiresAt;
    expect(await tokens.verify(token)).toBeUndefined();
  });

  test("AUTH-13: a token of a sign-in names it", async () => {
    const tokens = tokensAt({ now: NOW });
    const { token } = await tokens.issue(USER_ID, "phone");
    expect(await tokens.verify(token)).toMatchObject({
      credential: { kind: "listed", id: "phone" },
    });
  });

  test("AUTH-5: the lifetime is a setting", async () => {
    const { expiresAt } = await tokensAt({ now: NOW }, { lifetimeMs: 60_000 }).issue(USER_ID);
    expect(expiresAt).toBe(NOW + 60_000);
  });

  test("AUTH-5: another node with the same secret takes it, one with another secret does not", async () => {
    const { token } = await tokensAt({ now: NOW }).issue(USER_ID);
    expect(await tokensAt({ now: NOW }).verify(token)).toBeDefined();
    const other = tokensAt({ now: NOW }, { secret: `${SECRET}!` });
    expect(await other.verify(token)).toBeUndefined();
  });

  test("AUTH-6: a token that was changed is not taken", async () => {
    const tokens = tokensAt({ now: NOW });
    const { token } = await tokens.issue(USER_ID);
    const [header, , signature] = token.split(".");
    const claims = { ...decodeJwt(token), sub: "01890000-0000-7000-8000-000000000002" };
    const changed = Buffer.from(JSON.stringify(claims)).toString("base64url");
    expect(await tokens.verify(`${header}.${changed}.${signature}`)).toBeUndefined();
    expect(await tokens.verify(token.slice(0, -2))).toBeUndefined();
  });

  test("AUTH-6: a token without a signature is not taken", async () => {
    const token = new UnsecuredJWT({})
      .setIssuer("strata")
      .setAudience("strata-api")
      .setSubject(USER_ID)
      .setExpirationTime(NOW / 1_000 + 60)
      .encode();
    expect(await tokensAt({ now: NOW }).verify(token)).toBeUndefined();
  });

  test.each<[string, Promise<string>]>([
    ["another algorithm", forged((token) => token, "HS512")],
    ["another issuer", forged((token) => token.setIssuer("elsewhere"))],
    ["another audience", forged((token) => token.setAudience("elsewhere"))],
    ["a begin in the future", forged((token) => token.setNotBefore(NOW / 1_000 + 30))],
  ])("AUTH-6: a token with %s is not taken", async (_what, token) => {
    const tokens = tokensAt({ now: NOW }, { secret: LONG_SECRET });
    expect(await tokens.verify(await forged((same) => same))).toBeDefined();
    expect(await tokens.verify(await token)).toBeUndefined();
  });

  test("AUTH-6: a token without subject or expiry is not taken", async () => {
    const tokens = tokensAt({ now: NOW });
    const key = new TextEncoder().encode(SECRET);
    const bare = () =>
      new SignJWT()
        .setProtectedHeader({ alg: "HS256" })
        .setIssuer("strata")
        .setAudience("strata-api");
    const eternal = await bare().setSubject(USER_ID).sign(key);
    const nobodys = await bare()
      .setExpirationTime(NOW / 1_000 + 60)
      .sign(key);
    expect(await tokens.verify(eternal)).toBeUndefined();
    expect(await tokens.verify(nobodys)).toBeUndefined();
  });

  test("AUTH-6: text that is no token is not taken", async () => {
    const tokens = tokensAt({ now: NOW });
    for (const text of ["", ".", "..", "a.b.c", "\u0000", "Bearer x", "x".repeat(100_000)]) {
      expect(await tokens.verify(text)).toBeUndefined();
    }
  });

  test("AUTH-7: a secret of less than 32 bytes is refused", () => {
    expect(() => tokensAt({ now: NOW }, { secret: "x".repeat(31) })).toThrow("32 bytes");
    expect(() => tokensAt({ now: NOW }, { secret: "x".repeat(32) })).not.toThrow();
  });
});
