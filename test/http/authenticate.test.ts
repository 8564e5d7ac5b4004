import { expect, test } from "vitest";
import { createTokens } from "../../src/accounts/tokens.js";
import { createAuthenticate, InvalidToken } from "../../src/http/authenticate.js";
import { systemClock } from "../../src/live/clock.js";

const secret = "0123456789abcdef0123456789abcdef";

function setup(start = 1_800_000_000_000) {
  let now = start;
  let verified = 0;
  const clock = { ...systemClock, now: () => now };
  const tokens = createTokens({ secret, clock, lifetimeMs: 60_000 });
  const counting = {
    ...tokens,
    async verify(token: string) {
      verified += 1;
      return tokens.verify(token);
    },
  };
  return {
    tokens,
    authenticate: createAuthenticate(counting, clock),
    verified: () => verified,
    pass(milliseconds: number) {
      now += milliseconds;
    },
  };
}

test("nothing is anonymous, and a token is who it was issued to", async () => {
  const { tokens, authenticate } = setup();
  expect((await authenticate(undefined)).viewer).toEqual({ kind: "anonymous" });
  const { token } = await tokens.issue("ada");
  expect((await authenticate(`Bearer ${token}`)).viewer).toEqual({ kind: "user", userId: "ada" });
  expect((await authenticate(`bearer  ${token}`)).viewer).toMatchObject({ userId: "ada" });
});

test("a signature is checked once, and the token still expires", async () => {
  const { tokens, authenticate, verified, pass } = setup();
  const { token } = await tokens.issue("ada");
  for (let count = 0; count < 3; count += 1) await authenticate(`Bearer ${token}`);
  expect(verified()).toBe(1);
  pass(60_001);
  await expect(authenticate(`Bearer ${token}`)).rejects.toThrow(InvalidToken);
});

test.each(["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", `Bearer ${"a".repeat(5_000)}`])(
  "%j is refused without a look at it",
  async (authorization) => {
    const { authenticate, verified } = setup();
    await expect(authenticate(authorization)).rejects.toThrow(InvalidToken);
    expect(verified()).toBe(0);
  },
);
