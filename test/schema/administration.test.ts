/** What administrators do with accounts, and the new passwords that they let people set. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const REFUSAL = "... on RequestError { code path message }";
const ACCOUNT =
  "account { id email isEmailProven hasPassword role kind serviceTeamId disabledAt user { name } }";
const onAccount = (mutation: string, answer: string) =>
  `mutation ($input: ${mutation === "signOutAccount" ? "SignOutAccountInput" : "AccountInput"}!) {
    ${mutation}(input: $input) { __typename ${answer} ${REFUSAL} } }`;
const documents = {
  disableAccount: onAccount("disableAccount", `... on AccountDisabled { ${ACCOUNT} }`),
  enableAccount: onAccount("enableAccount", `... on AccountEnabled { ${ACCOUNT} }`),
  signOutAccount: onAccount("signOutAccount", `... on AccountSignedOut { ${ACCOUNT} }`),
  createPasswordReset: onAccount(
    "createPasswordReset",
    "... on PasswordResetCreated { userId token expiresAt }",
  ),
  eraseAccount: onAccount("eraseAccount", "... on AccountErased { userId }"),
};
type Mutation = keyof typeof documents;
const LIST = `query ($search: String, $filter: AccountFilter, $first: Int, $after: String) {
  accounts(search: $search, filter: $filter, first: $first, after: $after) {
    edges { node { id email role kind disabledAt } } pageInfo { hasNextPage endCursor } } }`;
const SESSION = "... on Session { token refreshToken user { id role } }";
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { ${SESSION} ${REFUSAL} } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { ${SESSION} ${REFUSAL} } }`;
const REFRESH = `mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { __typename } }`;
const RESET = `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) {
  __typename ${SESSION} ${REFUSAL} } }`;
const TOKEN = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  ... on ApiTokenCreated { token apiToken { id } } ${REFUSAL} } }`;
const PASSWORD = "correct horse";
const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";

let api: Api;
let root: Client;
let people = 0;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.prisma.user.updateMany({ data: { role: "USER" } });
  root = await administrator("Root");
});

async function administrator(name: string): Promise<Client> {
  const client = await api.signUp(name);
  await api.services.users.setRole(client.id, "ADMIN");
  return client;
}

/** Somebody who signed up, and the session they have. */
async function person() {
  people += 1;
  const email = `person.${people}@example.org`;
  const input = { email, name: `Person ${people}`, password: PASSWORD };
  const session = (await api.anonymous.data(SIGN_UP, { input })).signUp;
  return { ...session, id: session.user.id as string, client: api.as(session.user.id), email };
}

async function run(client: Client, mutation: Mutation, userId: string, more: object = {}) {
  return (await client.data(documents[mutation], { input: { userId, ...more } }))[mutation];
}
const signIn = async (email: string, password = PASSWORD) =>
  (await api.anonymous.data(SIGN_IN, { input: { email, password } })).signIn;
const reset = async (token: string, newPassword = "another horse") =>
  (await api.anonymous.data(RESET, { input: { token, newPassword } })).resetPassword;
const refreshed = async (token: string) =>
  (await api.anonymous.data(REFRESH, { token })).refreshSession.__typename;
async function list(variables: object, client = root) {
  const { accounts } = await client.data(LIST, variables);
  return accounts as { edges: { node: { id: string } }[]; pageInfo: { endCursor: string } };
}
const idsOf = ({ edges }: Awaited<ReturnType<typeof list>>) => edges.map(({ node }) => node.id);

/** Whether the token of a session or of a program is good for anything. */
async function holds(token: string): Promise<boolean> {
  const proof = await api.services.accounts.verify(token);
  if (proof === undefined) return false;
  return api.services.accounts.standings.holds(proof.userId, proof.credential);
}

describe("the list of accounts", () => {
  test("ADMIN-1: is searched by name, address and id, in either case, and wildcards mean themselves", async () => {
    const { id, email, client } = await person();
    await client.data(
      `mutation { updateProfile(input: { name: "100% Ünique_Name" }) { __typename } }`,
    );
    for (const search of [email.toUpperCase(), "ünique_n", "100%", id]) {
      expect(idsOf(await list({ search }))).toEqual([id]);
    }
    for (const search of ["00% Unique", "ünique%name", "_nique", UNKNOWN_ID, "\\"]) {
      expect(idsOf(await list({ search }))).toEqual([]);
    }
  });

  test("ADMIN-1: comes in pages, newest first, and is narrowed by role and whether accounts are disabled", async () => {
    const made = [await person(), await person(), await person()].map(({ id }) => id);
    const search = "@example.org";
    const first = await list({ search, first: 2 });
    const after = first.pageInfo.endCursor;
    const second = await list({ search, first: 1, after });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(made.toReversed());
    await run(root, "disableAccount", made[1]!);
    expect(idsOf(await list({ filter: { isDisabled: true, kind: "PERSON" } }))).toContain(made[1]);
    const usable = idsOf(await list({ search, filter: { isDisabled: false }, first: 2 }));
    expect(usable).toEqual([made[2], made[0]]);
    expect(idsOf(await list({ filter: { role: "ADMIN" } }))).toEqual([root.id]);
    expect(idsOf(await list({ filter: { kind: "SERVICE" } }))).toEqual([]);
    for (const wrong of [{ search: "x".repeat(201) }, { first: 101 }, { after: "x" }]) {
      const { errors } = await root.run(LIST, wrong);
      expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    }
  });

  test("ADMIN-1: tells of one account what administrators need", async () => {
    const { id, email } = await person();
    const one = `query ($id: ID!) { account(userId: $id) { id email isEmailProven hasPassword role kind disabledAt } }`;
    expect((await root.data(one, { id })).account).toEqual({
      ...{ id, email, isEmailProven: false, hasPassword: true },
      ...{ role: "USER", kind: "PERSON", disabledAt: null },
    });
    expect((await root.data(one, { id: UNKNOWN_ID })).account).toBeNull();
    expect((await root.data(one, { id: "no id" })).account).toBeNull();
  });
});

describe("who administers", () => {
  test("ADMIN-2: is asked for everything, as it is now, and nobody else learns whether an account is there", async () => {
    const { id } = await person();
    const former = await administrator("Former");
    await api.services.users.setRole(former.id, "USER");
    const others = [
      [api.anonymous, "UNAUTHENTICATED"],
      [await api.signUp("Eve"), "FORBIDDEN"],
      [former, "FORBIDDEN"],
      [api.as(root.id, ["READ", "WRITE"]), "FORBIDDEN"],
    ] as const;
    for (const [client, code] of others) {
      for (const mutation of Object.keys(documents) as Mutation[]) {
        const there = await run(client, mutation, id);
        expect(there).toMatchObject({ __typename: "RequestError", code });
        expect(await run(client, mutation, UNKNOWN_ID)).toEqual(there);
      }
      const { errors } = await client.run(LIST);
      expect(errors?.[0]?.extensions["code"]).toBe(code);
      const one = await client.run(`{ account(userId: "${id}") { id } }`);
      expect(one.errors?.[0]?.extensions["code"]).toBe(code);
    }
    for (const mutation of Object.keys(documents) as Mutation[]) {
      for (const missing of [UNKNOWN_ID, "no id"]) {
        const answer = await run(root, mutation, missing);
        expect(answer).toMatchObject({ code: "NOT_FOUND", path: ["userId"] });
      }
    }
  });

  test("ADMIN-2: is told to oneself as a role, and not to others", async () => {
    const role = "{ viewer { role } }";
    expect((await root.data(role)).viewer).toEqual({ role: "ADMIN" });
    const eve = await api.signUp("Eve");
    expect((await eve.data(role)).viewer).toEqual({ role: "USER" });
    const templateId = await root.createTemplate({ name: "T", isPublic: true });
    const seen = await eve.data(`{ template(id: "${templateId}") { author { role kind } } }`);
    expect(seen.template.author).toEqual({ role: null, kind: "PERSON" });
  });
});

describe("a disabled account", () => {
  test("ADMIN-4: is got by nothing, and what it had is over for good", async () => {
    const { id, email, token, refreshToken, client } = await person();
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const input = { name: "CI", scopes: ["READ"], expiresAt };
    const made = (await client.data(TOKEN, { input })).createApiToken;
    const link = (await run(root, "createPasswordReset", id)).token;
    expect([await holds(token), await holds(made.token)]).toEqual([true, true]);

    const disabled = await run(root, "disableAccount", id);
    expect(disabled.account).toMatchObject({ id, disabledAt: expect.any(String) });
    expect([await holds(token), await holds(made.token)]).toEqual([false, false]);
    expect(await refreshed(refreshToken)).toBe("RequestError");
    expect(await reset(link)).toMatchObject({ code: "INVALID_INPUT", path: ["token"] });
    const again = await run(root, "disableAccount", id);
    expect(again.account.disabledAt).toBe(disabled.account.disabledAt);

    expect((await run(root, "enableAccount", id)).account.disabledAt).toBeNull();
    expect([await holds(token), await holds(made.token)]).toEqual([false, false]);
    expect(await refreshed(refreshToken)).toBe("RequestError");
    expect(await reset(link)).toMatchObject({ code: "INVALID_INPUT", path: ["token"] });
    const { user } = await signIn(email);
    expect(user.id).toBe(id);
  });

  test("AUTH-28: is told as disabled to who knows its password alone", async () => {
    const { id, email } = await person();
    await run(root, "disableAccount", id);
    expect(await signIn(email)).toMatchObject({ code: "FORBIDDEN" });
    const wrong = await signIn(email, "wrong horse");
    const nobody = await signIn("nobody@example.org", "wrong horse");
    expect(wrong).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(wrong).toEqual(nobody);
  });

  test("ADMIN-4: keeps its templates and loses its sessions and locks", async () => {
    const { id, client } = await person();
    const templateId = await client.createTemplate({ name: "T", isPublic: true });
    const join = `mutation { joinTemplate(input: { templateId: "${templateId}", clientId: "c" }) {
      ... on TemplateJoined { session { id } } } }`;
    await client.data(join);
    expect(await api.services.sessions.list(templateId)).toHaveLength(1);
    await run(root, "disableAccount", id);
    expect(await api.services.sessions.list(templateId)).toEqual([]);
    const { template } = await root.data(`{ template(id: "${templateId}") { author { id } } }`);
    expect(template.author).toEqual({ id });
  });
});

describe("signing out, erasing", () => {
  test("ADMIN-3: ends the sign-ins of an account, and its API tokens where asked", async () => {
    const { id, token, refreshToken, client, email } = await person();
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const input = { name: "CI", scopes: ["READ"], expiresAt };
    const made = (await client.data(TOKEN, { input })).createApiToken;
    expect((await run(root, "signOutAccount", id)).account).toMatchObject({ id, disabledAt: null });
    expect([await holds(token), await holds(made.token)]).toEqual([false, true]);
    expect(await refreshed(refreshToken)).toBe("RequestError");
    await run(root, "signOutAccount", id, { apiTokens: true });
    expect(await holds(made.token)).toBe(false);
    expect((await signIn(email)).user.id).toBe(id);
  });

  test("ADMIN-6: erases as the person could, and frees the address", async () => {
    const { id, email, token, client } = await person();
    const templateId = await client.createTemplate({ name: "T", isPublic: true });
    expect(await run(root, "eraseAccount", id)).toEqual({
      __typename: "AccountErased",
      userId: id,
    });
    expect(await holds(token)).toBe(false);
    const { template } = await root.data(`{ template(id: "${templateId}") { author { id } } }`);
    expect(template.author).toBeNull();
    expect(await run(root, "eraseAccount", id)).toMatchObject({ code: "NOT_FOUND" });
    const input = { email, name: "Next", password: PASSWORD };
    expect((await api.anonymous.data(SIGN_UP, { input })).signUp.user.id).not.toBe(id);
  });
});

describe("the last administrator", () => {
  test("ADMIN-8: is neither disabled nor erased, by themselves either", async () => {
    const { email } = await person();
    await api.prisma.user.updateMany({ where: { email }, data: { role: "ADMIN" } });
    const { id } = (await api.services.users.findBySignInName(email))!;
    const admin = api.as(id);
    await run(root, "disableAccount", root.id);
    for (const mutation of ["disableAccount", "eraseAccount"] as const) {
      const refused = await run(admin, mutation, id);
      expect(refused).toMatchObject({ code: "FORBIDDEN", path: ["userId"] });
    }
    const own = `mutation { deleteAccount(input: { password: "${PASSWORD}" }) { __typename ${REFUSAL} } }`;
    expect((await admin.data(own)).deleteAccount).toMatchObject({ code: "FORBIDDEN" });
    expect((await signIn(email)).user.id).toBe(id);
    // A disabled administrator counts for nothing, an enabled one lets the other go.
    await run(admin, "enableAccount", root.id);
    expect((await admin.data(own)).deleteAccount.__typename).toBe("AccountDeleted");
  });

  test.each([
    ["disableAccount", "disableAccount"],
    ["eraseAccount", "eraseAccount"],
    ["disableAccount", "eraseAccount"],
  ] as const)(
    "ADMIN-8: of two who %s and %s each other at once one is left",
    async (one, other) => {
      const second = await administrator("Second");
      const answers = await Promise.all([run(root, one, second.id), run(second, other, root.id)]);
      const left = await list({ filter: { role: "ADMIN", isDisabled: false } }, root).catch(() =>
        list({ filter: { role: "ADMIN", isDisabled: false } }, second),
      );
      expect(left.edges).toHaveLength(1);
      expect(answers.filter(({ code }) => code === "FORBIDDEN")).toHaveLength(1);
    },
  );
});

describe("a new password by an administrator's token", () => {
  test("AUTH-26, AUTH-27: is set once, and ends all that was signed in", async () => {
    const { id, email, token: before, refreshToken } = await person();
    const made = await run(root, "createPasswordReset", id);
    expect(made).toMatchObject({ userId: id, token: expect.stringMatching(/^reset_[\w-]{43}$/) });
    const lifetimeMs = new Date(made.expiresAt).getTime() - Date.now();
    expect(lifetimeMs).toBeGreaterThan(23 * 3_600_000);
    const rows = await api.prisma.oneTimeToken.findMany({ where: { userId: id } });
    expect(rows).toMatchObject([{ createdById: root.id }]);
    expect(JSON.stringify(rows)).not.toContain(made.token);

    const weak = await reset(made.token, "short");
    expect(weak).toMatchObject({ code: "INVALID_INPUT", path: ["newPassword"] });
    expect(await holds(before)).toBe(true);
    const session = await reset(made.token);
    expect(session.user).toEqual({ id, role: "USER" });
    expect(await holds(session.token)).toBe(true);
    expect(await holds(before)).toBe(false);
    expect(await refreshed(refreshToken)).toBe("RequestError");
    expect(await signIn(email)).toMatchObject({ code: "UNAUTHENTICATED" });
    expect((await signIn(email, "another horse")).user.id).toBe(id);
    expect(await reset(made.token, "third horse")).toMatchObject({
      code: "INVALID_INPUT",
      path: ["token"],
    });
  });

  test("AUTH-26: of many who use one at once one gets through", async () => {
    const { id } = await person();
    const { token } = await run(root, "createPasswordReset", id);
    const answers = await Promise.all(
      ["one", "two", "three"].map((n) => reset(token, `${n} horses`)),
    );
    expect(answers.filter(({ __typename }) => __typename === "Session")).toHaveLength(1);
  });

  test("AUTH-27: one that is over, replaced, ended or none answers the same", async () => {
    const { id, client } = await person();
    const first = await run(root, "createPasswordReset", id);
    const second = await run(root, "createPasswordReset", id);
    const expected = await reset(`reset_${"x".repeat(43)}`);
    expect(expected).toMatchObject({ code: "INVALID_INPUT", path: ["token"] });
    for (const token of [first.token, "x", "", `invitation_${"x".repeat(43)}`]) {
      expect(await reset(token)).toEqual(expected);
    }
    await api.prisma.oneTimeToken.updateMany({ data: { expiresAt: new Date() } });
    expect(await reset(second.token)).toEqual(expected);
    const third = await run(root, "createPasswordReset", id);
    const email = `changed.${id}@example.org`;
    await client.data(
      `mutation ($email: String!) { changeEmail(input: { email: $email, currentPassword: "${PASSWORD}" }) { __typename } }`,
      { email },
    );
    expect(await reset(third.token)).toEqual(expected);
  });

  test("ADMIN-5: is for accounts that have a password and can be used", async () => {
    const { id } = await person();
    await run(root, "disableAccount", id);
    const refused = { code: "INVALID_INPUT", path: ["userId"] };
    expect(await run(root, "createPasswordReset", id)).toMatchObject(refused);
    await api.prisma.user.update({ where: { id }, data: { passwordHash: null, disabledAt: null } });
    expect(await run(root, "createPasswordReset", id)).toMatchObject(refused);
  });
});
