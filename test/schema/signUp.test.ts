/** Who may make an account, where not everybody may. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SignUpPolicy } from "../../src/commands/accounts/signUpPolicy.js";
import { startApi, type Api, type Client } from "./api.js";

const REFUSAL = "... on RequestError { code path message }";
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) {
  __typename ... on Session { user { id } } ${REFUSAL} } }`;
const INVITE = `mutation ($input: InviteToTeamInput!) { inviteToTeam(input: $input) {
  ... on TeamInvited { invitationId token } ${REFUSAL} } }`;
const GRANT = `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) {
  ... on TemplatePermissionSet { token } ${REFUSAL} } }`;
const EMAIL = `mutation ($email: String!) { changeEmail(input: { email: $email, currentPassword: "correct horse" }) {
  __typename ${REFUSAL} } }`;

let api: Api;
let ada: Client;
let teamId: string;
let people = 0;

beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
  const made = await ada.data(
    `mutation { createTeam(input: { name: "Team" }) { ... on TeamCreated { team { id } } } }`,
  );
  teamId = made.createTeam.team.id;
});
afterAll(() => api.stop());
beforeEach(() => limit({ mode: "open", domains: [] }));

/** As a server that was started with these settings. */
function limit(signUp: SignUpPolicy): void {
  Object.assign(api.services.accounts.settings, { signUp });
}

const newEmail = (domain = "example.org") => `newcomer.${(people += 1)}@${domain}`;

async function signUp(change: object = {}) {
  const input = { email: newEmail(), name: "New", password: "correct horse", ...change };
  return (await api.anonymous.data(SIGN_UP, { input })).signUp;
}

async function invite(email = newEmail()): Promise<string> {
  const input = { teamId, email, role: "MEMBER" };
  return (await ada.data(INVITE, { input })).inviteToTeam.token;
}

async function teamsOf(userId: string): Promise<unknown[]> {
  const { viewer } = await api
    .as(userId)
    .data("{ viewer { teams { nodes { name viewerRole } } } }");
  return viewer.teams.nodes;
}

const accountsNow = () => api.prisma.user.count();

describe("sign-up", () => {
  test("AUTH-50: that is closed makes no account, also with an invitation, and says the same to all", async () => {
    const invitation = await invite();
    const before = await accountsNow();
    limit({ mode: "closed", domains: [] });
    const refused = await signUp();
    expect(refused).toMatchObject({ code: "FORBIDDEN", path: [] });
    expect(refused.message).toContain("administrator");
    const others = [
      { invitation },
      { email: ada.email },
      { email: "no address" },
      { password: "" },
    ];
    for (const change of others) expect(await signUp(change)).toEqual(refused);
    expect(await accountsNow()).toBe(before);
  });

  test("AUTH-51: by invitation takes the token of one that waits, which lets one person in, with what it is to", async () => {
    const invitation = await invite();
    limit({ mode: "invited", domains: [] });
    const uninvited = await signUp();
    expect(uninvited).toMatchObject({ code: "FORBIDDEN", path: ["invitation"] });
    // Whether somebody has an account, or was invited, is told to nobody without a token.
    const invitedAddress = newEmail();
    await invite(invitedAddress);
    for (const email of [ada.email, invitedAddress, "no address"]) {
      expect(await signUp({ email })).toEqual(uninvited);
    }
    for (const wrong of ["", "x", `invitation_${"x".repeat(43)}`, `share_${"x".repeat(43)}`]) {
      expect(await signUp({ invitation: wrong })).toEqual(uninvited);
    }
    const { user } = await signUp({ invitation });
    expect(await teamsOf(user.id)).toEqual([{ name: "Team", viewerRole: "MEMBER" }]);
    const before = await accountsNow();
    expect(await signUp({ invitation })).toEqual(uninvited);
    expect(await accountsNow()).toBe(before);
  });

  test("AUTH-51: of many who come with one invitation at once one stays", async () => {
    const invitation = await invite();
    limit({ mode: "invited", domains: [] });
    const before = await accountsNow();
    const answers = await Promise.all([1, 2, 3].map(() => signUp({ invitation })));
    expect(answers.filter(({ __typename }) => __typename === "Session")).toHaveLength(1);
    expect(await accountsNow()).toBe(before + 1);
  });

  test("AUTH-51: an invitation that is over, withdrawn or declined lets nobody in", async () => {
    const over = await invite();
    const id = (await api.prisma.teamInvitation.findFirstOrThrow({ orderBy: { id: "desc" } })).id;
    await api.prisma.teamInvitation.update({ where: { id }, data: { expiresAt: new Date() } });
    const withdrawn = await invite();
    await api.prisma.teamInvitation.deleteMany({ where: { expiresAt: { gt: new Date() } } });
    limit({ mode: "invited", domains: [] });
    for (const invitation of [over, withdrawn]) {
      expect(await signUp({ invitation })).toMatchObject({ code: "FORBIDDEN" });
    }
  });

  test("AUTH-51: a permission that waits for an address invites, too", async () => {
    const templateId = await ada.createTemplate({ name: "T" });
    const input = { templateId, email: newEmail(), role: "EDIT" };
    const { token } = (await ada.data(GRANT, { input })).setTemplatePermission;
    limit({ mode: "invited", domains: [] });
    const { user } = await signUp({ invitation: token });
    const seen = await api.as(user.id).data(`{ template(id: "${templateId}") { viewerRole } }`);
    expect(seen.template).toEqual({ viewerRole: "EDIT" });
    expect(await signUp({ invitation: token })).toMatchObject({ code: "FORBIDDEN" });
  });

  test("AUTH-51: where everybody may come an invitation is taken at once, and one that does not hold is refused", async () => {
    const { user } = await signUp({ invitation: await invite() });
    expect(await teamsOf(user.id)).toHaveLength(1);
    const before = await accountsNow();
    const wrong = `invitation_${"x".repeat(43)}`;
    expect(await signUp({ invitation: wrong })).toMatchObject({ path: ["invitation"] });
    expect(await accountsNow()).toBe(before);
  });

  test("AUTH-52: is limited to domains, as the DNS compares them, with an invitation too", async () => {
    limit({ mode: "open", domains: ["example.org", "bücher.example"] });
    for (const domain of ["Example.ORG", "bücher.example", "xn--bcher-kva.example"]) {
      expect((await signUp({ email: newEmail(domain) })).__typename).toBe("Session");
    }
    const foreign = [
      ...["sub.example.org", "example.org.evil.example", "notexample.org", "example.com"],
    ];
    for (const domain of foreign) {
      const refused = await signUp({ email: newEmail(domain), invitation: await invite() });
      expect(refused).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
      expect(refused.message).toContain("example.org");
    }
  });

  test("AUTH-52: nor is an address of another domain changed to", async () => {
    const { user } = await signUp();
    limit({ mode: "open", domains: ["example.org"] });
    const client = api.as(user.id);
    const refused = (await client.data(EMAIL, { email: newEmail("example.com") })).changeEmail;
    expect(refused).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
    const allowed = (await client.data(EMAIL, { email: newEmail() })).changeEmail;
    expect(allowed.__typename).toBe("EmailChanged");
  });

  test("AUTH-53: however it is limited, administrators make accounts, whose people set the password", async () => {
    limit({ mode: "closed", domains: ["example.com"] });
    const root = await api.signUp("Root");
    const create = async (client: Client, email: string, name = "Made") => {
      const answer = await client.data(
        `mutation ($input: CreateAccountInput!) { createAccount(input: $input) {
          ... on AccountCreated { token expiresAt account { id email isEmailProven } } ${REFUSAL} } }`,
        { input: { email, name } },
      );
      return answer.createAccount;
    };
    expect(await create(root, newEmail())).toMatchObject({ code: "FORBIDDEN" });
    await api.services.users.setRole(root.id, "ADMIN");
    const email = newEmail();
    const made = await create(root, email.toUpperCase());
    expect(made.account).toMatchObject({ email, isEmailProven: false });
    expect(await create(root, email)).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
    expect(await create(root, "x")).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
    expect(await create(root, newEmail(), " ")).toMatchObject({ path: ["name"] });
    const reset = await api.anonymous.data(
      `mutation ($token: String!) { resetPassword(input: { token: $token, newPassword: "correct horse" }) {
        ... on Session { user { id } } } }`,
      { token: made.token },
    );
    expect(reset.resetPassword.user.id).toBe(made.account.id);
  });
});
