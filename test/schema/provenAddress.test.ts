/** What waits at an e-mail address, and who proved that it is theirs, through the API. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const REFUSAL = "... on RequestError { code path message }";
const CONFIRM = `mutation ($input: ConfirmEmailInput!) { confirmEmail(input: $input) {
  ... on EmailConfirmed { account { email isEmailProven } } ${REFUSAL} } }`;

let api: Api;
let ada: Client;
let root: Client;
let teamId: string;

beforeAll(async () => {
  api = await startApi();
  [ada, root] = [await api.signUp("Ada"), await api.signUp("Root")];
  await api.services.users.setRole(root.id, "ADMIN");
  const made = await ada.data(
    `mutation { createTeam(input: { name: "Team" }) { ... on TeamCreated { team { id } } } }`,
  );
  teamId = made.createTeam.team.id;
});
afterAll(() => api.stop());

/** Somebody for whose address an identity provider vouches. */
async function comesWith(email: string | null): Promise<Client> {
  const id = randomUUID();
  const account = { id, email, name: "P", passwordHash: null, avatarUrl: null, createdAt: 0 };
  const identity = { issuer: "https://provider", subject: id };
  const made = await api.services.users.createWithIdentity(account, identity, 0);
  expect(made).toEqual({ kind: "created" });
  return api.as(id);
}

const confirm = async (input: object, by = root) =>
  (await by.data(CONFIRM, { input })).confirmEmail;

async function permit(email: string): Promise<string> {
  const templateId = await ada.createTemplate({ name: "T" });
  await ada.data(
    `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
    { input: { templateId, email, role: "EDIT" } },
  );
  return templateId;
}

const mayEdit = async (client: Client, templateId: string) =>
  (await client.data(`{ template(id: "${templateId}") { viewerRole } }`)).template?.viewerRole ===
  "EDIT";

async function invite(email: string) {
  const input = { teamId, email, role: "MEMBER" };
  const { inviteToTeam } = await ada.data(
    `mutation ($input: InviteToTeamInput!) { inviteToTeam(input: $input) {
      ... on TeamInvited { invitationId token } ${REFUSAL} } }`,
    { input },
  );
  return inviteToTeam;
}

async function accept(by: Client, input: object) {
  const { acceptInvitation } = await by.data(
    `mutation ($input: InvitationAnswerInput!) { acceptInvitation(input: $input) {
      ... on TeamJoined { team { id } } ${REFUSAL} } }`,
    { input },
  );
  return acceptInvitation;
}

const waiting = async (client: Client) =>
  (await client.data("{ viewer { invitations { nodes { id } } } }")).viewer.invitations.nodes;

test("AUTH-80: a stranger who signs in with an address, before or after, has nothing of what waits at it", async () => {
  const stranger = await api.signUp("Stranger");
  const { email } = stranger;
  const templateId = await permit(email);
  const { invitationId } = await invite(email);
  const person = await comesWith(email);
  expect([await mayEdit(person, templateId), await mayEdit(stranger, templateId)]).toEqual([
    true,
    false,
  ]);
  expect([await waiting(person), await waiting(stranger)]).toEqual([[{ id: invitationId }], []]);
  expect(await accept(stranger, { invitationId })).toMatchObject({ code: "NOT_FOUND" });
  expect(await accept(person, { invitationId })).toMatchObject({ team: { id: teamId } });
});

test("AUTH-80, TEAM-10: a member who only signs in with an address keeps its person from no invitation", async () => {
  const stranger = await api.signUp("Member");
  const { token } = await invite(`${randomUUID()}@example.org`);
  expect(await accept(stranger, { token })).toMatchObject({ team: { id: teamId } });
  const { invitationId } = await invite(stranger.email);
  const person = await comesWith(stranger.email);
  expect(await accept(person, { invitationId })).toMatchObject({ team: { id: teamId } });
  expect(await invite(stranger.email)).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
});

test("AUTH-80, ADMIN-10: an administrator confirms the address that the account has, which takes what waits at it", async () => {
  const person = await api.signUp("Person");
  const { email, id: userId } = person;
  const templateId = await permit(email);
  const { invitationId } = await invite(email);
  const refused = { code: "INVALID_INPUT", path: ["email"] };
  expect(await confirm({ userId, email: ada.email })).toMatchObject(refused);
  expect(await confirm({ userId, email }, ada)).toMatchObject({ code: "FORBIDDEN" });
  expect(await confirm({ userId: randomUUID(), email })).toMatchObject({ code: "NOT_FOUND" });
  expect(await mayEdit(person, templateId)).toBe(false);
  const done = { account: { email, isEmailProven: true } };
  const written = email.toUpperCase();
  expect(await confirm({ userId, email: written })).toEqual(done);
  expect(await confirm({ userId, email })).toEqual(done);
  expect(await mayEdit(person, templateId)).toBe(true);
  expect(await waiting(person)).toEqual([{ id: invitationId }]);
});

test("ADMIN-10: an address that another account proved is confirmed for no other", async () => {
  const stranger = await api.signUp("Late");
  await comesWith(stranger.email);
  const refused = await confirm({ userId: stranger.id, email: stranger.email });
  expect(refused).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
  expect(refused.message).toContain("another account has proven this address");
});

test("AUTH-80: the token of an account that an administrator made proves its address, a new password does not", async () => {
  const email = `${randomUUID()}@example.org`;
  const templateId = await permit(email);
  const made = await root.data(
    `mutation { createAccount(input: { email: "${email}", name: "Made" }) {
      ... on AccountCreated { token account { id } } } }`,
  );
  const { token, account } = made.createAccount;
  const client = api.as(account.id);
  const reset = async (shown: string) =>
    api.anonymous.data(
      `mutation { resetPassword(input: { token: "${shown}", newPassword: "correct horse" }) { __typename } }`,
    );
  expect(await mayEdit(client, templateId)).toBe(false);
  await reset(token);
  expect(await mayEdit(client, templateId)).toBe(true);

  const stranger = await api.signUp("Forgetful");
  const waits = await permit(stranger.email);
  const { createPasswordReset } = await root.data(
    `mutation { createPasswordReset(input: { userId: "${stranger.id}" }) { ... on PasswordResetCreated { token } } }`,
  );
  await reset(createPasswordReset.token);
  expect(await mayEdit(stranger, waits)).toBe(false);
});

test("AUTH-42: an address that another account proved is left with that one until it is free", async () => {
  const first = await comesWith(`${randomUUID()}@example.org`);
  const address = async ({ id }: Client) => (await api.services.users.findById(id))?.email;
  const email = (await address(first))!;
  const second = await comesWith(null);
  await api.services.users.proveEmail(second.id, email, 0);
  expect([await address(first), await address(second)]).toEqual([email, null]);
  await api.services.users.remove(first.id, 0);
  await api.services.users.proveEmail(second.id, email, 0);
  expect(await address(second)).toBe(email);
});
