import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { KnownStandings } from "../../src/accounts/standings.js";
import { createTokens } from "../../src/accounts/tokens.js";
import { createVerifyToken } from "../../src/accounts/verifyToken.js";
import { apiTokenHash, newApiToken } from "../../src/commands/credentials/opaqueTokens.js";
import { defaultRequestLimits } from "../../src/config/sections/limitSettings.js";
import { defaultDomainLimits } from "../../src/domain/limits.js";
import {
  AuthenticationUnavailable,
  createAuthenticate,
  InvalidToken,
} from "../../src/http/authenticate.js";
import { systemClock } from "../../src/platform/clock.js";
import { MemoryCredentialStore } from "../twins/memoryCredentialStore.js";
import { MemoryUserStore } from "../twins/memoryUserStore.js";
import { uninvited } from "../setup/accounts.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";

const secret = "0123456789abcdef0123456789abcdef";

async function setup(start = 1_800_000_000_000) {
  let now = start;
  let passed = 0;
  let verified = 0;
  let reads = 0;
  let isAway = false;
  const clock = { ...systemClock, now: () => now, monotonic: () => passed };
  const tokens = createTokens({ secret, clock, lifetimeMs: 60_000 });
  const users = new MemoryUserStore();
  const rest = { email: null, name: "Ada", passwordHash: null, avatarUrl: null, createdAt: now };
  await users.create({ id: "ada", ...rest });
  const credentials = new MemoryCredentialStore(users);
  const store = {
    async standings(...asked: Parameters<MemoryCredentialStore["standings"]>) {
      reads += 1;
      if (isAway) throw new StorageUnavailable(500);
      return credentials.standings(...asked);
    },
  };
  const limits = {
    ...defaultDomainLimits,
    ...defaultRequestLimits,
  } as Parameters<typeof createVerifyToken>[0]["limits"];
  const verify = createVerifyToken({
    ...{ tokens, users, clock, credentials, limits, newId: randomUUID },
    provider: undefined,
    signUp: { mode: "open", domains: [] },
    invitations: uninvited,
    warn: () => {},
  });
  const standings = new KnownStandings({ store, clock });
  const counting = (token: string) => {
    verified += 1;
    return verify(token);
  };
  return {
    ...{ tokens, users, credentials, standings },
    now: () => now,
    authenticate: createAuthenticate({ verify: counting, standings, clock, guests: undefined }),
    verified: () => verified,
    reads: () => reads,
    pass(milliseconds: number) {
      now += milliseconds;
      passed += milliseconds;
    },
    setAway(away: boolean) {
      isAway = away;
    },
    async signIn(id: string) {
      await credentials.signIn({
        ...{ id, userId: "ada", refreshHash: id, passwordHash: null, now },
        expiresAt: now + 1_000_000,
        signInsMax: 10,
      });
      return `Bearer ${(await tokens.issue("ada", id)).token}`;
    },
    async addApiToken(lifetimeMs: number) {
      const token = newApiToken();
      const id = randomUUID();
      await credentials.addApiToken({
        ...{ id, userId: "ada", name: "CI", scopes: ["READ"] as const },
        tokenHash: apiTokenHash(token)!,
        createdAt: now,
        expiresAt: now + lifetimeMs,
        limit: null,
        apiTokensMax: 10,
      });
      return { id, authorization: `Bearer ${token}` };
    },
  };
}

test("nothing is anonymous, and a token is who it was issued to", async () => {
  const { tokens, authenticate } = await setup();
  expect((await authenticate(undefined)).viewer).toEqual({ kind: "anonymous" });
  const { token } = await tokens.issue("ada");
  expect((await authenticate(`Bearer ${token}`)).viewer).toMatchObject({
    kind: "user",
    userId: "ada",
  });
  expect((await authenticate(`bearer  ${token}`)).viewer).toMatchObject({ userId: "ada" });
});

test("a signature is checked once, and the token still expires", async () => {
  const { tokens, authenticate, verified, pass } = await setup();
  const { token } = await tokens.issue("ada");
  for (let count = 0; count < 3; count += 1) await authenticate(`Bearer ${token}`);
  expect(verified()).toBe(1);
  pass(60_001);
  await expect(authenticate(`Bearer ${token}`)).rejects.toThrow(InvalidToken);
});

test.each(["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", `Bearer ${"a".repeat(9_000)}`])(
  "%j is refused without a look at it",
  async (authorization) => {
    const { authenticate, verified } = await setup();
    await expect(authenticate(authorization)).rejects.toThrow(InvalidToken);
    expect(verified()).toBe(0);
  },
);

test("AUTH-14: a token of a sign-in that ended on another node is refused half a second later", async () => {
  const { authenticate, signIn, credentials, pass, reads } = await setup();
  const authorization = await signIn("phone");
  await authenticate(authorization);
  await credentials.signOut("phone");
  pass(499);
  await authenticate(authorization);
  expect(reads()).toBe(1);
  pass(1);
  await expect(authenticate(authorization)).rejects.toThrow(InvalidToken);
  await expect(authenticate(authorization)).rejects.toThrow(InvalidToken);
  expect(reads()).toBe(2);
});

test("AUTH-14: at once where it ended on this node", async () => {
  const { authenticate, signIn, credentials, standings } = await setup();
  const authorization = await signIn("phone");
  await authenticate(authorization);
  await credentials.signOut("phone");
  standings.changed("ada");
  await expect(authenticate(authorization)).rejects.toThrow(InvalidToken);
});

test("AUTH-14: one of a sign-in that was made a moment ago, on another node, is good at once", async () => {
  const { authenticate, signIn } = await setup();
  await authenticate(await signIn("phone"));
  expect((await authenticate(await signIn("tablet"))).viewer).toMatchObject({ userId: "ada" });
});

test("AUTH-14: an account that is gone takes all its tokens along", async () => {
  const { authenticate, tokens, users, pass } = await setup();
  const authorization = `Bearer ${(await tokens.issue("ada")).token}`;
  await authenticate(authorization);
  await users.remove("ada", Date.now());
  pass(500);
  await expect(authenticate(authorization)).rejects.toThrow(InvalidToken);
});

test("AUTH-14: while the store is away, what was known last counts; what nothing is known of waits", async () => {
  const { authenticate, signIn, pass, setAway } = await setup();
  const known = await signIn("phone");
  await authenticate(known);
  const unknown = await signIn("tablet");
  setAway(true);
  pass(10_000);
  expect((await authenticate(known)).viewer).toMatchObject({ userId: "ada" });
  const refusal = await authenticate(unknown).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AuthenticationUnavailable);
  expect(refusal).toMatchObject({ retryAfterMs: 500 });
  setAway(false);
  expect((await authenticate(unknown)).viewer).toMatchObject({ userId: "ada" });
});

test("AUTH-31: an API token is its person with its scopes, until it expires or is revoked", async () => {
  const { authenticate, addApiToken, credentials, pass } = await setup();
  const short = await addApiToken(1_000);
  const revoked = await addApiToken(100_000);
  const viewer = { kind: "user", userId: "ada", scopes: ["READ"] };
  expect(await authenticate(short.authorization)).toMatchObject({ viewer });
  expect(await authenticate(revoked.authorization)).toMatchObject({ viewer });
  pass(1_000);
  await expect(authenticate(short.authorization)).rejects.toThrow(InvalidToken);
  await credentials.removeApiToken("ada", revoked.id);
  pass(500);
  await expect(authenticate(revoked.authorization)).rejects.toThrow(InvalidToken);
  await expect(authenticate(`Bearer ${newApiToken()}`)).rejects.toThrow(InvalidToken);
});

test("AUTH-31: its use is noted at most once a minute", async () => {
  const { authenticate, addApiToken, credentials, now, pass } = await setup();
  const { authorization } = await addApiToken(1_000_000);
  const usedAt = async () => (await credentials.apiTokens("ada"))[0]?.lastUsedAt;
  expect(await usedAt()).toBeNull();
  await authenticate(authorization);
  const first = now();
  expect(await usedAt()).toBe(first);
  pass(59_999);
  await authenticate(authorization);
  expect(await usedAt()).toBe(first);
  pass(1);
  await authenticate(authorization);
  expect(await usedAt()).toBe(first + 60_000);
});
