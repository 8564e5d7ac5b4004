/** What people change of their accounts themselves. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const REFUSAL = "... on RequestError { code path message }";
const UPDATE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
  __typename ... on ProfileUpdated { user { id name email avatarUrl } } ${REFUSAL} } }`;
const EMAIL = `mutation ($input: ChangeEmailInput!) { changeEmail(input: $input) {
  __typename ... on EmailChanged { user { id email } } ${REFUSAL} } }`;
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { user { id } } ${REFUSAL} } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename ${REFUSAL} } }`;
const PASSWORD = "correct horse";

let api: Api;
let ada: Client;
let address: string;
let people = 0;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** Somebody with a password of their own. */
async function person() {
  people += 1;
  const email = `person.${people}@example.org`;
  const input = { email, name: "Ada", password: PASSWORD };
  const { user } = (await api.anonymous.data(SIGN_UP, { input })).signUp;
  return { client: api.as(user.id), email };
}

const update = async (client: Client, input: object) =>
  (await client.data(UPDATE, { input })).updateProfile;
const change = async (client: Client, email: string, currentPassword = PASSWORD) =>
  (await client.data(EMAIL, { input: { email, currentPassword } })).changeEmail;
const signIn = async (email: string, password = PASSWORD) =>
  (await api.anonymous.data(SIGN_IN, { input: { email, password } })).signIn.__typename;

describe("profile", () => {
  beforeAll(async () => {
    ({ client: ada } = await person());
  });

  test("AUTH-24: name and picture change, what is omitted stays, null removes the picture", async () => {
    const avatarUrl = "https://pictures.example.org/ada.png?size=64";
    expect((await update(ada, { name: " Ada L. " })).user).toMatchObject({ name: "Ada L." });
    expect((await update(ada, { avatarUrl })).user).toMatchObject({ name: "Ada L.", avatarUrl });
    expect((await update(ada, {})).user).toMatchObject({ name: "Ada L.", avatarUrl });
    expect((await update(ada, { avatarUrl: null })).user).toMatchObject({ avatarUrl: null });
    const templateId = await ada.createTemplate({ name: "T", isPublic: true });
    const bob = await api.signUp("Bob");
    const seen = await bob.data(`{ template(id: "${templateId}") { author { name } } }`);
    expect(seen.template.author).toEqual({ name: "Ada L." });
  });

  test.each([
    ["name", { name: "  " }],
    ["name", { name: null }],
    ["name", { name: "x".repeat(201) }],
    ["name", { name: "a\nb" }],
    ["name", { name: "\u200b\u200b" }],
    ["avatarUrl", { avatarUrl: "http://example.org/a.png" }],
    ["avatarUrl", { avatarUrl: "javascript:alert(1)" }],
    ["avatarUrl", { avatarUrl: "data:image/png;base64,AAAA" }],
    ["avatarUrl", { avatarUrl: "//example.org/a.png" }],
    ["avatarUrl", { avatarUrl: "" }],
    ["avatarUrl", { avatarUrl: "https://user:secret@example.org/a.png" }],
    ["avatarUrl", { avatarUrl: "https://example.org/a\n.png" }],
    ["avatarUrl", { avatarUrl: `https://example.org/${"x".repeat(2_048)}` }],
    // In normal form it is longer than what was sent.
    ["avatarUrl", { avatarUrl: `https://example.org/${"ä".repeat(1_000)}` }],
  ])("AUTH-24: a %s that cannot be is refused by its field (%#)", async (path, input) => {
    expect(await update(ada, input)).toMatchObject({ code: "INVALID_INPUT", path: [path] });
  });

  test("AUTH-24: only who is signed in changes a profile", async () => {
    expect(await update(api.anonymous, { name: "X" })).toMatchObject({ code: "UNAUTHENTICATED" });
    const token = api.as(ada.id, ["READ", "WRITE"]);
    expect(await update(token, { name: "X" })).toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("another address", () => {
  let client: Client;
  beforeAll(async () => {
    ({ client, email: address } = await person());
  });

  test("AUTH-25: takes the password, belongs to one account, and is what one signs in with", async () => {
    const other = await person();
    const wrong = await change(client, "new@example.org", "wrong horse");
    expect(wrong).toMatchObject({ code: "INVALID_INPUT", path: ["currentPassword"] });
    const invalid = await change(client, "no address");
    expect(invalid).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
    const taken = await change(client, other.email.toUpperCase());
    expect(taken).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
    expect(await signIn(address)).toBe("Session");
    expect((await change(client, " New@Example.org ")).user.email).toBe("new@example.org");
    expect(await signIn("new@example.org")).toBe("Session");
    expect(await signIn(address)).toBe("RequestError");
    expect(await change(api.anonymous, "x@example.org")).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("AUTH-25: is not proven, so nothing that waits for it is had by naming it", async () => {
    const { client: owner } = await person();
    const { client: thief } = await person();
    const team = (
      await owner.data(
        `mutation { createTeam(input: { name: "T" }) { ... on TeamCreated { team { id } } } }`,
      )
    ).createTeam.team.id;
    const wanted = "wanted@example.org";
    const invited = await owner.data(
      `mutation ($input: InviteToTeamInput!) { inviteToTeam(input: $input) { ... on TeamInvited { invitationId } } }`,
      { input: { teamId: team, email: wanted, role: "ADMIN" } },
    );
    const templateId = await owner.createTemplate({ name: "T" });
    await owner.data(
      `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
      { input: { templateId, email: wanted, role: "EDIT" } },
    );
    // A proof of the address before is none of the next one.
    await api.prisma.user.update({ where: { id: thief.id }, data: { isEmailProven: true } });
    expect((await change(thief, wanted)).user.email).toBe(wanted);
    const list = await thief.data("{ viewer { invitations { edges { node { id } } } } }");
    expect(list.viewer.invitations.edges).toEqual([]);
    const accepted = await thief.data(
      `mutation ($id: ID!) { acceptInvitation(input: { invitationId: $id }) { __typename ${REFUSAL} } }`,
      { id: invited.inviteToTeam.invitationId },
    );
    expect(accepted.acceptInvitation).toMatchObject({ code: "NOT_FOUND" });
    // Nor is the lack of a password, which an account of a provider has.
    await api.prisma.user.update({ where: { id: thief.id }, data: { passwordHash: null } });
    expect((await thief.data(`{ template(id: "${templateId}") { id } }`)).template).toBeNull();
  });

  test("AUTH-25: the address that the account has already keeps its proof", async () => {
    const { client: same, email } = await person();
    await api.prisma.user.update({ where: { id: same.id }, data: { isEmailProven: true } });
    expect((await change(same, email)).user.email).toBe(email);
    expect((await api.services.users.findById(same.id))?.isEmailProven).toBe(true);
  });

  test("AUTH-25: an account without a password keeps the address that its provider proved", async () => {
    const id = api.services.newId();
    const account = { id, email: `${id}@example.org`, name: "O", passwordHash: null };
    const identity = { issuer: "https://id.example.org", subject: id };
    const made = { ...account, avatarUrl: null, createdAt: 0 };
    await api.services.users.createWithIdentity(made, identity, Date.now());
    for (const password of ["", PASSWORD]) {
      const refused = await change(api.as(id), "elsewhere@example.org", password);
      expect(refused).toMatchObject({ code: "INVALID_INPUT", path: ["currentPassword"] });
    }
    expect(await api.services.users.findById(id)).toMatchObject({
      email: account.email,
      isEmailProven: true,
    });
  });
});
