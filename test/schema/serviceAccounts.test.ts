/** Service accounts of teams: members without a password, which team admins make tokens for. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const REFUSAL = "... on RequestError { code path message }";
const CREATE = `mutation ($input: CreateServiceAccountInput!) { createServiceAccount(input: $input) {
  ... on ServiceAccountCreated { serviceAccount { id name user { name kind email } apiTokens { id } } } ${REFUSAL} } }`;
const DELETE = `mutation ($input: DeleteServiceAccountInput!) { deleteServiceAccount(input: $input) {
  __typename ${REFUSAL} } }`;
const TOKEN = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  ... on ApiTokenCreated { token apiToken { id } } ${REFUSAL} } }`;
const REVOKE = `mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) {
  __typename ${REFUSAL} } }`;
const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";

let api: Api;
let owner: Client;
let admin: Client;
let member: Client;
let stranger: Client;
let teamId: string;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

beforeEach(async () => {
  [owner, admin] = [await api.signUp("Owner"), await api.signUp("Admin")];
  [member, stranger] = [await api.signUp("Member"), await api.signUp("Stranger")];
  const made = await owner.data(
    `mutation { createTeam(input: { name: "T" }) { ... on TeamCreated { team { id } } } }`,
  );
  teamId = made.createTeam.team.id;
  for (const [{ id: userId }, role] of [
    [admin, "ADMIN"],
    [member, "MEMBER"],
  ] as const) {
    await api.prisma.teamMember.create({ data: { teamId, userId, role, joinedAt: new Date() } });
  }
});

async function create(by = admin, change: object = {}) {
  const input = { teamId, name: "Robot", ...change };
  return (await by.data(CREATE, { input })).createServiceAccount;
}
async function newService(): Promise<string> {
  return (await create()).serviceAccount.id;
}
async function tokenFor(serviceAccountId: string, by = admin, change: object = {}) {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const input = { name: "CI", scopes: ["WRITE"], expiresAt, serviceAccountId, ...change };
  return (await by.data(TOKEN, { input })).createApiToken;
}
const remove = async (userId: string, by = admin) =>
  (await by.data(DELETE, { input: { teamId, userId } })).deleteServiceAccount;
async function mutate(client: Client, field: string) {
  return (await client.data(`mutation { answer: ${field} { __typename ${REFUSAL} } }`)).answer;
}

describe("a service account", () => {
  test("AUTH-60: is made by who manages its team, and is a member that is told apart", async () => {
    const { serviceAccount } = await create(admin, { name: " Robot " });
    expect(serviceAccount).toMatchObject({
      name: "Robot",
      user: { name: "Robot", kind: "SERVICE", email: null },
      apiTokens: [],
    });
    const members = `{ team(id: "${teamId}") { members { nodes { role user { id kind } } } serviceAccounts { id } } }`;
    const { team } = await member.data(members);
    const { id } = serviceAccount;
    expect(team.members.nodes).toContainEqual({ role: "MEMBER", user: { id, kind: "SERVICE" } });
    expect(team.serviceAccounts).toEqual([]);
    expect((await owner.data(members)).team.serviceAccounts).toEqual([{ id }]);
    const again = { idempotencyKey: "k" };
    expect(await create(admin, again)).toEqual(await create(admin, again));
    expect(await create(admin, { name: " " })).toMatchObject({ code: "INVALID_INPUT" });
    expect(await create(member)).toMatchObject({ code: "FORBIDDEN" });
    expect(await create(stranger)).toMatchObject({ code: "NOT_FOUND", path: ["teamId"] });
    expect(await create(api.anonymous)).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await create(api.as(admin.id, ["WRITE"]))).toMatchObject({ code: "FORBIDDEN" });
  });

  test("AUTH-60: a team has so many and no more", async () => {
    const limits = api.services.team.limits as { serviceAccountsPerTeamMax: number };
    const before = limits.serviceAccountsPerTeamMax;
    Object.assign(limits, { serviceAccountsPerTeamMax: 2 });
    await newService();
    await newService();
    expect(await create()).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    Object.assign(limits, { serviceAccountsPerTeamMax: before });
  });

  test("AUTH-61: has tokens that who manages its team makes and revokes, and nobody else", async () => {
    const id = await newService();
    const { token, apiToken } = await tokenFor(id);
    const robot = await api.byToken(token);
    expect((await robot.data("{ viewer { id kind } }")).viewer).toEqual({ id, kind: "SERVICE" });
    const revoke = async (by: Client, tokenId = apiToken.id) =>
      (await by.data(REVOKE, { input: { id: tokenId, serviceAccountId: id } })).revokeApiToken;
    expect(await tokenFor(id, member)).toMatchObject({ code: "FORBIDDEN" });
    expect(await revoke(member)).toMatchObject({ code: "FORBIDDEN" });
    const foreign = await tokenFor(id, stranger);
    expect(foreign).toMatchObject({ code: "NOT_FOUND", path: ["serviceAccountId"] });
    for (const other of [UNKNOWN_ID, "no id", owner.id]) {
      expect(await tokenFor(other, stranger)).toEqual(foreign);
    }
    expect(await revoke(stranger)).toMatchObject({ code: "NOT_FOUND" });
    const listed = `{ team(id: "${teamId}") { serviceAccounts { apiTokens { id } } } }`;
    const { team } = await owner.data(listed);
    expect(team.serviceAccounts).toEqual([{ apiTokens: [{ id: apiToken.id }] }]);
    expect((await revoke(owner)).__typename).toBe("ApiTokenRevoked");
    await expect(api.byToken(token)).rejects.toThrow("not valid");
  });

  test("AUTH-62: reaches what is its team's, whatever else it was granted", async () => {
    const id = await newService();
    const robot = await api.byToken((await tokenFor(id)).token);
    const ofTeam = await owner.createTemplate({ name: "ofTeam", teamId });
    const own = await owner.createTemplate({ name: "own" });
    const open = await stranger.createTemplate({ name: "open", isPublic: true });
    const grant = `setTemplatePermission(input: { templateId: "${own}", userId: "${id}", role: ADMIN })`;
    expect((await mutate(owner, grant)).__typename).toBe("TemplatePermissionSet");
    const names = await robot.data("{ templates { nodes { name } } }");
    expect(names.templates.nodes).toEqual([{ name: "ofTeam" }]);
    for (const hidden of [own, open]) {
      expect((await robot.data(`{ template(id: "${hidden}") { id } }`)).template).toBeNull();
    }
    const page = await robot.firstPage(ofTeam);
    await robot.addElement(ofTeam, page, "e1");
    const made = await robot.createTemplate({ name: "made", teamId });
    expect((await owner.data(`{ template(id: "${made}") { author { kind } } }`)).template).toEqual({
      author: { kind: "SERVICE" },
    });
    const personal = await mutate(robot, `createTemplate(input: { name: "N" })`);
    expect(personal).toMatchObject({ code: "FORBIDDEN" });
    const team = await mutate(robot, `updateTeam(input: { teamId: "${teamId}", name: "N" })`);
    expect(team).toMatchObject({ code: "FORBIDDEN" });
    const deleting = `deleteAccount(input: {})`;
    expect(await mutate(robot, deleting)).toMatchObject({ code: "FORBIDDEN" });
  });

  test("TEAM-25: is given no project and no template that it does not reach, and keeps none out of its team", async () => {
    const service = await newService();
    const refused = { code: "INVALID_INPUT", path: ["userId"] };
    const templateId = await owner.createTemplate({ name: "T" });
    const permit = `setTemplatePermission(input: { templateId: "${templateId}", userId: "${service}", role: EDIT })`;
    await mutate(owner, permit);
    const give = `transferTemplate(input: { templateId: "${templateId}", userId: "${service}" })`;
    expect(await mutate(owner, give)).toMatchObject(refused);
    const made = await owner.data(
      `mutation { createProject(input: { name: "P" }) { ... on ProjectCreated { project { id } } } }`,
    );
    const projectId = made.createProject.project.id;
    await mutate(
      owner,
      `setProjectMember(input: { projectId: "${projectId}", userId: "${service}", role: EDIT })`,
    );
    const giveProject = `transferProject(input: { projectId: "${projectId}", userId: "${service}" })`;
    expect(await mutate(owner, giveProject)).toMatchObject(refused);

    const toTeam = `teamId: "${teamId}"`;
    await mutate(owner, `moveTemplate(input: { templateId: "${templateId}", ${toTeam} })`);
    await mutate(owner, `transferProject(input: { projectId: "${projectId}", ${toTeam} })`);
    for (const [field, kind] of [
      [give, "TemplateTransferred"],
      [giveProject, "ProjectTransferred"],
    ] as const) {
      expect(await mutate(owner, field)).toMatchObject({ __typename: kind });
    }
    const out = `moveTemplate(input: { templateId: "${templateId}" })`;
    expect(await mutate(admin, out)).toMatchObject({ code: "INVALID_INPUT", path: ["teamId"] });
    const { id } = member;
    await mutate(
      admin,
      `transferTemplate(input: { templateId: "${templateId}", userId: "${id}" })`,
    );
  });

  test("AUTH-62: its tokens are limited further to what is in its team", async () => {
    const id = await newService();
    const within = await owner.createTemplate({ name: "within", teamId });
    await owner.createTemplate({ name: "beside", teamId });
    const own = await admin.createTemplate({ name: "own" });
    const robot = await api.byToken((await tokenFor(id, admin, { templateId: within })).token);
    const names = await robot.data("{ templates { nodes { name } } }");
    expect(names.templates.nodes).toEqual([{ name: "within" }]);
    const refused = { code: "NOT_FOUND", path: ["templateId"] };
    expect(await tokenFor(id, admin, { templateId: own })).toMatchObject(refused);
    // What leaves the team is beyond it.
    await mutate(owner, `moveTemplate(input: { templateId: "${within}" })`);
    expect((await robot.data(`{ template(id: "${within}") { id } }`)).template).toBeNull();
  });

  test("AUTH-63: stays a member until it is deleted, with its tokens, by who manages its team", async () => {
    const id = await newService();
    const { token } = await tokenFor(id);
    const named = `teamId: "${teamId}", userId: "${id}"`;
    for (const field of [
      `removeTeamMember(input: { ${named} })`,
      `setTeamMemberRole(input: { ${named}, role: ADMIN })`,
      `transferTeam(input: { ${named} })`,
    ]) {
      expect(await mutate(owner, field)).toMatchObject({ code: "INVALID_INPUT", path: ["userId"] });
    }
    expect(await remove(id, member)).toMatchObject({ code: "FORBIDDEN" });
    expect(await remove(id, stranger)).toMatchObject({ code: "NOT_FOUND", path: ["teamId"] });
    expect(await remove(owner.id)).toMatchObject({ code: "NOT_FOUND", path: ["userId"] });
    expect((await remove(id)).__typename).toBe("ServiceAccountDeleted");
    await expect(api.byToken(token)).rejects.toThrow("not valid");
    expect(await remove(id)).toMatchObject({ code: "NOT_FOUND", path: ["userId"] });
  });

  test("AUTH-63: goes with its team", async () => {
    const id = await newService();
    const { token } = await tokenFor(id);
    await mutate(owner, `deleteTeam(input: { teamId: "${teamId}" })`);
    expect(await api.services.users.findById(id)).toBeUndefined();
    await expect(api.byToken(token)).rejects.toThrow("not valid");
  });

  test("AUTH-63: of a team that went without a word is good for nothing", async () => {
    const id = await newService();
    const { token } = await tokenFor(id);
    await api.prisma.team.delete({ where: { id: teamId } });
    await expect(api.byToken(token)).rejects.toThrow("not valid");
    expect(await tokenFor(id)).toMatchObject({ code: "NOT_FOUND" });
  });
});
