import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api } from "./api.js";

const SIGN_UP = /* GraphQL */ `
  mutation ($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ... on Session {
        token
        expiresAt
        user {
          id
          name
          email
          avatarUrl
        }
      }
      ... on UserError {
        code
        message
      }
      ... on RequestError {
        path
      }
    }
  }
`;
const SIGN_IN = SIGN_UP.replaceAll("signUp", "signIn").replaceAll("SignUp", "SignIn");

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function signUp(input: object) {
  return (await api.anonymous.data(SIGN_UP, { input })).signUp;
}

async function signIn(email: string, password: string) {
  return (await api.anonymous.data(SIGN_IN, { input: { email, password } })).signIn;
}

describe("accounts", () => {
  test("AUTH-1: signing up answers a session whose token names the new user", async () => {
    const before = Date.now();
    const session = await signUp({
      email: " Grace@Example.org ",
      name: " Grace ",
      password: "correct horse",
    });
    expect(session.user).toEqual({
      id: expect.any(String),
      name: "Grace",
      email: "grace@example.org",
      avatarUrl: null,
    });
    const verified = await api.services.tokens.verify(session.token);
    expect(verified?.userId).toBe(session.user.id);
    expect(new Date(session.expiresAt).getTime()).toBe(verified?.expiresAt);
    expect(verified?.expiresAt).toBeGreaterThan(before);
  });

  test("AUTH-1: an address has one account, however it is written", async () => {
    await signUp({ email: "twice@example.org", name: "One", password: "correct horse" });
    const again = await signUp({
      email: "TWICE@example.org",
      name: "Two",
      password: "correct horse",
    });
    expect(again).toMatchObject({
      __typename: "RequestError",
      code: "INVALID_INPUT",
      path: ["email"],
    });
  });

  test("AUTH-1: of two sign-ups at once with one address, one makes the account", async () => {
    const input = { email: "race@example.org", name: "R", password: "correct horse" };
    const answers = await Promise.all([signUp(input), signUp(input)]);
    const kinds = new Set<string>(answers.map(({ __typename }) => __typename));
    expect(kinds).toEqual(new Set(["RequestError", "Session"]));
  });

  test.each([
    ["email", { email: "nobody" }],
    ["email", { email: "no\u0000body@example.org" }],
    ["name", { name: "  " }],
    ["name", { name: "a\u0000b" }],
    ["name", { name: "a\nb" }],
    ["name", { name: "\ud800" }],
    ["name", { name: "x".repeat(201) }],
    ["password", { password: "1234567" }],
    ["password", { password: "x".repeat(201) }],
    ["password", { password: "\ud800 12345678" }],
  ])("AUTH-1: a %s that cannot be is refused by its name (%#)", async (path, change) => {
    const input = { email: "new@example.org", name: "New", password: "correct horse", ...change };
    expect(await signUp(input)).toMatchObject({
      __typename: "RequestError",
      code: "INVALID_INPUT",
      path: [path],
    });
    expect(await api.prisma.user.count({ where: { email: "new@example.org" } })).toBe(0);
  });

  test("AUTH-2: the password is stored as an argon2id hash only", async () => {
    const { user } = await signUp({
      email: "hash@example.org",
      name: "Hash",
      password: "correct horse",
    });
    const row = await api.prisma.user.findUniqueOrThrow({ where: { id: user.id } });
    expect(row.passwordHash).toMatch(/^\$argon2id\$/);
    expect(JSON.stringify(row)).not.toContain("correct horse");
  });

  test("AUTH-3: signing in takes the password of the account, in any case of the address", async () => {
    const { user } = await signUp({
      email: "in@example.org",
      name: "In",
      password: "correct horse",
    });
    const session = await signIn("IN@example.org", "correct horse");
    expect(session.user.id).toBe(user.id);
    expect((await api.services.tokens.verify(session.token))?.userId).toBe(user.id);
  });

  test("AUTH-3: a wrong password, an unknown address and one that cannot be answer the same", async () => {
    await signUp({ email: "known@example.org", name: "Known", password: "correct horse" });
    const answers = await Promise.all([
      signIn("known@example.org", "wrong horse"),
      signIn("unknown@example.org", "correct horse"),
      signIn("known@example.org", "x".repeat(100_000)),
      signIn("no address\u0000", "correct horse"),
      signIn("", ""),
    ]);
    for (const answer of answers) {
      expect(answer).toEqual({ ...answers[0], code: "UNAUTHENTICATED", path: null });
    }
  });
});

describe("viewer", () => {
  const VIEWER = "{ viewer { id name email } }";

  test("API-10: is who is signed in, and nobody where nobody is", async () => {
    const ada = await api.signUp("Ada");
    expect(await ada.data(VIEWER)).toEqual({
      viewer: { id: ada.id, name: "Ada", email: ada.email },
    });
    expect(await api.anonymous.data(VIEWER)).toEqual({ viewer: null });
  });

  test("API-10: is nobody where the account is gone", async () => {
    const gone = await api.signUp("Gone");
    await api.prisma.user.delete({ where: { id: gone.id } });
    expect(await gone.data(VIEWER)).toEqual({ viewer: null });
  });
});
