/** What keeps people signed in, and what ends it. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const ANSWER = `__typename
  ... on Session { token expiresAt refreshToken refreshExpiresAt user { id email } }
  ... on SignedOut { everywhere }
  ... on AccountDeleted { userId }
  ... on RequestError { code message path retryAfterMs }`;

const PASSWORD = "correct horse";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

function fragmentsOf(field: string): string {
  const success =
    field === "deleteAccount"
      ? "AccountDeleted"
      : field.startsWith("signOut")
        ? "SignedOut"
        : "Session";
  return ANSWER.split("\n")
    .filter((line) => !line.includes("... on") || line.includes(success) || line.includes("Error"))
    .join("\n");
}

async function run(client: Client, field: string, input?: object) {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const source = `mutation ($input: ${type}) { ${field}(input: $input) { ${fragmentsOf(field)} } }`;
  const required = field === "signOutEverywhere" ? source : source.replace(`${type})`, `${type}!)`);
  return (await client.data(required, { input }))[field];
}

let people = 0;

async function signUp(): Promise<{ email: string; session: Awaited<ReturnType<typeof run>> }> {
  people += 1;
  const email = `person.${people}@example.org`;
  const session = await run(api.anonymous, "signUp", { email, name: "Person", password: PASSWORD });
  return { email, session };
}

const refresh = (refreshToken: string) => run(api.anonymous, "refreshSession", { refreshToken });

/** Whether a token proves who somebody is, as a node that knows nothing yet finds. */
async function isGood(token: string): Promise<boolean> {
  const { accounts } = api.services;
  const proof = await accounts.verify(token);
  if (proof === undefined) return false;
  const standings = await accounts.credentials.standings([proof.userId], Date.now());
  const standing = standings.get(proof.userId);
  const { credential } = proof;
  return credential.kind === "listed"
    ? (standing?.listed.has(credential.id) ?? false)
    : standing !== undefined && credential.at > (standing.validAfter ?? 0);
}

const refusedToken = {
  __typename: "RequestError",
  code: "UNAUTHENTICATED",
  message: "the refresh token is not valid; sign in again",
  path: null,
  retryAfterMs: null,
};

describe("a session", () => {
  test("AUTH-10: is refreshed again and again, each time with other tokens", async () => {
    const { session } = await signUp();
    const second = await refresh(session.refreshToken);
    expect(second).toMatchObject({ __typename: "Session", user: session.user });
    const third = await refresh(second.refreshToken);
    const tokens = [session, second, third].map(({ refreshToken }) => refreshToken);
    expect(new Set(tokens).size).toBe(3);
    expect(await isGood(third.token)).toBe(true);
    expect(Date.parse(third.refreshExpiresAt)).toBeGreaterThanOrEqual(
      Date.parse(session.refreshExpiresAt),
    );
  });

  test("AUTH-10: of refresh tokens only hashes are kept", async () => {
    const { session } = await signUp();
    const { refreshToken } = await refresh(session.refreshToken);
    const rows = await api.prisma.refreshToken.findMany();
    const hashes = rows.map(({ hash }) => Buffer.from(hash).toString("hex"));
    for (const token of [session.refreshToken, refreshToken]) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(hashes).toContain(createHash("sha256").update(token).digest("hex"));
      const raw = Buffer.from(token, "base64url").toString("hex");
      for (const { sealedSuccessor } of rows) {
        expect(Buffer.from(sealedSuccessor ?? []).toString("hex")).not.toBe(raw);
      }
    }
  });

  test("AUTH-11: an answer that was lost is given again, to tabs that ask at once too", async () => {
    const { session } = await signUp();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => refresh(session.refreshToken)),
    );
    const [first] = answers;
    expect(first.__typename).toBe("Session");
    for (const { refreshToken } of answers) expect(refreshToken).toBe(first.refreshToken);
    expect((await refresh(first.refreshToken)).__typename).toBe("Session");
  });

  test("AUTH-12: a refresh token that comes again ends all that came of its sign-in, and no other", async () => {
    const { email, session } = await signUp();
    const other = await run(api.anonymous, "signIn", { email, password: PASSWORD });
    const second = await refresh(session.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(await refresh(session.refreshToken)).toEqual(refusedToken);
    expect(await refresh(third.refreshToken)).toEqual(refusedToken);
    expect(await isGood(third.token)).toBe(false);
    expect(await isGood(other.token)).toBe(true);
    expect((await refresh(other.refreshToken)).__typename).toBe("Session");
  });

  test.each(["", "x", "\u0000".repeat(43), "x".repeat(43), "x".repeat(100_000)])(
    "AUTH-12: what is no refresh token is refused alike (%#)",
    async (refreshToken) => {
      expect(await refresh(refreshToken)).toEqual(refusedToken);
    },
  );

  test("AUTH-13: signing out ends one sign-in, and says the same of one that is over", async () => {
    const { email, session } = await signUp();
    const other = await run(api.anonymous, "signIn", { email, password: PASSWORD });
    const { refreshToken } = session;
    const signedOut = { __typename: "SignedOut", everywhere: false };
    expect(await run(api.anonymous, "signOut", { refreshToken })).toEqual(signedOut);
    expect(await run(api.anonymous, "signOut", { refreshToken })).toEqual(signedOut);
    expect(await run(api.anonymous, "signOut", { refreshToken: "x" })).toEqual(signedOut);
    expect([await isGood(session.token), await isGood(other.token)]).toEqual([false, true]);
  });

  test("AUTH-15: signing out everywhere ends all sign-ins and template sessions of the person alone", async () => {
    const { email, session } = await signUp();
    const other = await run(api.anonymous, "signIn", { email, password: PASSWORD });
    const stranger = await signUp();
    const bare = (await api.services.tokens.issue(session.user.id)).token;
    const self = api.as(session.user.id);
    const templateId = await self.createTemplate({ name: "Mine", isPublic: true });
    const joinIt = { templateId, clientId: "tab", version: 1, token: null };
    await api.services.sessions.join({ ...joinIt, userId: session.user.id });
    await api.services.sessions.join({ ...joinIt, userId: stranger.session.user.id });
    const everywhere = { __typename: "SignedOut", everywhere: true };
    expect(await run(self, "signOutEverywhere")).toEqual(everywhere);
    for (const { token, refreshToken } of [session, other]) {
      expect(await isGood(token)).toBe(false);
      expect(await refresh(refreshToken)).toEqual(refusedToken);
    }
    expect(await isGood(bare)).toBe(false);
    expect(await isGood(stranger.session.token)).toBe(true);
    const left = await api.services.sessions.list(templateId);
    expect(left.map(({ userId }) => userId)).toEqual([stranger.session.user.id]);
  });
});

describe("a password", () => {
  test("AUTH-16: is changed with the one before, and ends what that let in", async () => {
    const { email, session } = await signUp();
    const self = api.as(session.user.id);
    const changed = await run(self, "changePassword", {
      currentPassword: PASSWORD,
      newPassword: "another horse",
    });
    expect(changed).toMatchObject({ __typename: "Session", user: session.user });
    expect([await isGood(session.token), await isGood(changed.token)]).toEqual([false, true]);
    expect((await refresh(changed.refreshToken)).__typename).toBe("Session");
    const withOld = await run(api.anonymous, "signIn", { email, password: PASSWORD });
    expect(withOld.code).toBe("UNAUTHENTICATED");
    const withNew = await run(api.anonymous, "signIn", { email, password: "another horse" });
    expect(withNew.__typename).toBe("Session");
  });

  test.each([
    ["currentPassword", { currentPassword: "wrong horse", newPassword: "another horse" }],
    ["newPassword", { currentPassword: PASSWORD, newPassword: "short" }],
    ["newPassword", { currentPassword: PASSWORD, newPassword: "x".repeat(201) }],
  ])("AUTH-16: a wrong %s is refused by its name, and nothing ends (%#)", async (path, input) => {
    const { session } = await signUp();
    const answer = await run(api.as(session.user.id), "changePassword", input);
    expect(answer).toMatchObject({ code: "INVALID_INPUT", path: [path] });
    expect(await isGood(session.token)).toBe(true);
  });

  test("AUTH-16: nobody changes one who is not signed in", async () => {
    const input = { currentPassword: PASSWORD, newPassword: "another horse" };
    expect((await run(api.anonymous, "changePassword", input)).code).toBe("UNAUTHENTICATED");
    expect((await run(api.anonymous, "signOutEverywhere")).code).toBe("UNAUTHENTICATED");
    expect((await run(api.anonymous, "deleteAccount", {})).code).toBe("UNAUTHENTICATED");
  });
});

describe("an account that is deleted", () => {
  test("AUTH-17: goes with its tokens and sessions; what was done stays, without a name", async () => {
    const { email, session } = await signUp();
    const self = api.as(session.user.id);
    const [open, hidden] = [
      await self.createTemplate({ name: "Open", isPublic: true }),
      await self.createTemplate({ name: "Hidden" }),
    ];
    await self.addElement(open, await self.firstPage(open), "e1");
    await api.services.sessions.join({
      ...{ templateId: open, clientId: "tab", version: 1, token: null },
      userId: session.user.id,
    });
    const deleted = await run(self, "deleteAccount", { password: PASSWORD });
    expect(deleted).toEqual({ __typename: "AccountDeleted", userId: session.user.id });

    expect(await isGood(session.token)).toBe(false);
    expect(await refresh(session.refreshToken)).toEqual(refusedToken);
    expect(await api.services.sessions.list(open)).toEqual([]);
    const again = await run(api.anonymous, "signIn", { email, password: PASSWORD });
    expect(again.code).toBe("UNAUTHENTICATED");
    const other = await api.signUp("Other");
    const source = `query ($id: ID!) { template(id: $id) { author { id } operations { nodes { id user { id } } } } }`;
    expect((await other.data(source, { id: open })).template).toEqual({
      author: null,
      operations: { nodes: [{ id: "add e1", user: null }] },
    });
    expect((await other.data(source, { id: hidden })).template).toBeNull();
    expect((await self.data(source, { id: hidden })).template).toBeNull();
    const rows = await api.prisma.template.count({ where: { id: { in: [open, hidden] } } });
    expect(rows).toBe(2);
  });

  test("AUTH-17: stays where the password is wrong or missing", async () => {
    const { session } = await signUp();
    for (const input of [{ password: "wrong horse" }, {}, { password: null }]) {
      const answer = await run(api.as(session.user.id), "deleteAccount", input);
      expect(answer).toMatchObject({ code: "INVALID_INPUT", path: ["password"] });
    }
    expect(await isGood(session.token)).toBe(true);
  });

  test("AUTH-17: needs no password where there is none", async () => {
    const id = api.services.newId();
    const rest = { email: null, name: "Provided", passwordHash: null, avatarUrl: null };
    await api.services.users.create({ id, ...rest, createdAt: Date.now() });
    const change = { currentPassword: "", newPassword: "another horse" };
    expect((await run(api.as(id), "changePassword", change)).path).toEqual(["currentPassword"]);
    expect((await run(api.as(id), "deleteAccount", {})).__typename).toBe("AccountDeleted");
  });
});
