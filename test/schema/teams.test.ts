/** Teams, projects, invitations and share links as clients see them. */
import { isUnionType } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let cyd: Client;
let eve: Client;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
  [cyd, eve] = await Promise.all([api.signUp("Cyd"), api.signUp("Eve")]);
});

const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";
const FIELDS = `
  ... on RequestError { code message path }
  ... on TeamCreated { team { id name viewerRole } }
  ... on TeamUpdated { team { id name } }
  ... on TeamDeleted { teamId }
  ... on TeamLeft { teamId }
  ... on TeamMemberRoleSet { team { id } }
  ... on TeamMemberRemoved { team { id } }
  ... on TeamTransferred { team { id viewerRole owner { id } } }
  ... on TeamJoined { team { id viewerRole } }
  ... on TeamInvited { invitationId token }
  ... on InvitationRevoked { invitationId }
  ... on InvitationDeclined { invitationId }
  ... on ProjectCreated { project { id name viewerRole team { id } owner { id } } }
  ... on ProjectUpdated { project { name } }
  ... on ProjectDeleted { projectId }
  ... on ProjectMemberSet { project { id } }
  ... on ProjectMemberRemoved { project { id } }
  ... on ProjectTransferred { project { id viewerRole owner { id } team { id } } }
  ... on TemplateCreated { template { id team { id } project { id } } }
  ... on TemplateDuplicated { template { id team { id } project { id } } }
  ... on TemplateMoved { template { id team { id } project { id } } }
  ... on TemplateTransferred { template { id author { id } } }
  ... on ShareLinkCreated { shareLinkId token }
  ... on ShareLinkRevoked { shareLinkId }
  ... on ShareLinkAccepted { template { id viewerRole } }`;
const inputs: { readonly [mutation: string]: string } = {
  deleteTeam: "TeamInput",
  leaveTeam: "TeamInput",
  removeTeamMember: "TeamMemberInput",
  transferTeam: "TeamMemberInput",
  deleteProject: "ProjectInput",
  acceptInvitation: "InvitationAnswerInput",
  declineInvitation: "InvitationAnswerInput",
};

/** The answer to a mutation: its success or the refusal. */
async function run(client: Client, mutation: string, input: object) {
  const type = inputs[mutation] ?? `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const kind = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Result`;
  const known = FIELDS.split("\n").filter((line) =>
    possible(kind).some((name) => line.includes(`on ${name} `)),
  );
  const source = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename ${known.join("\n")} } }`;
  return (await client.data(source, { input })).result;
}

function possible(union: string): string[] {
  const type = buildSchema().getType(union);
  if (!isUnionType(type)) throw new Error(`there is no union ${union}`);
  return type.getTypes().map(({ name }) => name);
}

async function newTeam(owner: Client, ...members: readonly Client[]): Promise<string> {
  const { team } = await run(owner, "createTeam", { name: " Team " });
  for (const member of members) await join(owner, team.id, member);
  return team.id;
}

async function join(inviter: Client, teamId: string, member: Client, role = "MEMBER") {
  const { token } = await run(inviter, "inviteToTeam", { teamId, email: member.email, role });
  return run(member, "acceptInvitation", { token });
}

async function newProject(owner: Client, teamId?: string): Promise<string> {
  return (await run(owner, "createProject", { name: "Project", teamId })).project.id;
}

async function roleOn(client: Client, templateId: string): Promise<string | undefined> {
  const { template } = await client.data(`{ template(id: "${templateId}") { viewerRole } }`);
  return template?.viewerRole;
}

const people = `members { nodes { user { name } email role } }`;

describe("teams", () => {
  test("TEAM-1 are seen by those who are in them, addresses by who manages them", async () => {
    const teamId = await newTeam(ada, bob);
    const read = `{ team(id: "${teamId}") { name viewerRole ${people} invitations { nodes { email } } } viewer { teams { nodes { id } } } }`;
    await run(ada, "inviteToTeam", { teamId, email: cyd.email, role: "ADMIN" });
    const nodes = [
      { user: { name: "Ada" }, email: ada.email, role: "OWNER" },
      { user: { name: "Bob" }, email: bob.email, role: "MEMBER" },
    ];
    const teams = { teams: { nodes: [{ id: teamId }] } };
    const invitations = { nodes: [{ email: cyd.email }] };
    expect(await ada.data(read)).toEqual({
      team: { name: "Team", viewerRole: "OWNER", members: { nodes }, invitations },
      viewer: teams,
    });
    const hidden = nodes.map((node) => ({ ...node, email: null }));
    expect(await bob.data(read)).toEqual({
      team: { name: "Team", viewerRole: "MEMBER", members: { nodes: hidden }, invitations: null },
      viewer: teams,
    });
    expect(await eve.data(read)).toEqual({ team: null, viewer: { teams: { nodes: [] } } });
    expect((await api.anonymous.data(read)).team).toBeNull();
  });

  test("TEAM-1 nobody sees the teams, projects and invitations of another", async () => {
    const teamId = await newTeam(ada, bob);
    const read = `{ team(id: "${teamId}") { owner { teams { nodes { id } } projects { nodes { id } } invitations { nodes { id } } } } }`;
    expect((await bob.data(read)).team.owner).toEqual({
      teams: null,
      projects: null,
      invitations: null,
    });
  });

  test("TEAM-2 TEAM-3 each role does what it may", async () => {
    const teamId = await newTeam(ada, bob, cyd);
    const forbidden = { code: "FORBIDDEN", path: null };
    for (const [mutation, more] of [
      ["updateTeam", { name: "X" }],
      ["deleteTeam", {}],
      ["transferTeam", { userId: bob.id }],
      ["removeTeamMember", { userId: cyd.id }],
      ["setTeamMemberRole", { userId: cyd.id, role: "ADMIN" }],
      ["inviteToTeam", { email: "x@example.org", role: "MEMBER" }],
      ["revokeInvitation", { invitationId: UNKNOWN_ID }],
      ["createProject", { name: "P" }],
    ] as const) {
      expect(await run(bob, mutation, { teamId, ...more })).toMatchObject(forbidden);
    }
    await run(ada, "setTeamMemberRole", { teamId, userId: bob.id, role: "ADMIN" });
    expect(await run(bob, "updateTeam", { teamId, name: "New" })).toMatchObject({
      team: { name: "New" },
    });
    expect(await run(bob, "deleteTeam", { teamId })).toMatchObject(forbidden);
    const owner = { code: "INVALID_INPUT" };
    expect(await run(bob, "removeTeamMember", { teamId, userId: ada.id })).toMatchObject(owner);
    expect(
      await run(bob, "setTeamMemberRole", { teamId, userId: ada.id, role: "MEMBER" }),
    ).toMatchObject(owner);
    expect(await run(ada, "leaveTeam", { teamId })).toMatchObject(owner);
    expect(await run(ada, "transferTeam", { teamId, userId: eve.id })).toMatchObject({
      code: "NOT_FOUND",
      path: ["userId"],
    });
    expect(await run(ada, "transferTeam", { teamId, userId: bob.id })).toMatchObject({
      team: { viewerRole: "ADMIN", owner: { id: bob.id } },
    });
    expect(await run(ada, "leaveTeam", { teamId })).toMatchObject({ teamId });
    expect(await run(bob, "deleteTeam", { teamId })).toMatchObject({ teamId });
    expect((await cyd.data(`{ team(id: "${teamId}") { id } }`)).team).toBeNull();
  });

  test("TEAM-5 a foreign one is answered as one that is not there, with as many queries", async () => {
    const teamId = await newTeam(ada);
    const projectId = await newProject(ada, teamId);
    const templateId = await eve.createTemplate({ name: "T" });
    const asked: [string, (ids: { teamId: string; projectId: string }) => object][] = [
      ["updateTeam", (ids) => ({ teamId: ids.teamId, name: "X" })],
      ["deleteTeam", (ids) => ({ teamId: ids.teamId })],
      ["leaveTeam", (ids) => ({ teamId: ids.teamId })],
      ["transferTeam", (ids) => ({ teamId: ids.teamId, userId: ada.id })],
      ["removeTeamMember", (ids) => ({ teamId: ids.teamId, userId: ada.id })],
      ["setTeamMemberRole", (ids) => ({ teamId: ids.teamId, userId: ada.id, role: "ADMIN" })],
      ["inviteToTeam", (ids) => ({ teamId: ids.teamId, email: ada.email, role: "ADMIN" })],
      ["revokeInvitation", (ids) => ({ teamId: ids.teamId, invitationId: UNKNOWN_ID })],
      ["createProject", (ids) => ({ teamId: ids.teamId, name: "P" })],
      ["updateProject", (ids) => ({ projectId: ids.projectId, name: "X" })],
      ["deleteProject", (ids) => ({ projectId: ids.projectId })],
      ["setProjectMember", (ids) => ({ projectId: ids.projectId, userId: eve.id, role: "ADMIN" })],
      ["removeProjectMember", (ids) => ({ projectId: ids.projectId, userId: eve.id })],
      ["transferProject", (ids) => ({ projectId: ids.projectId, userId: eve.id })],
      ["moveTemplate", (ids) => ({ templateId, teamId: ids.teamId })],
      ["moveTemplate", (ids) => ({ templateId, projectId: ids.projectId })],
      ["createTemplate", (ids) => ({ name: "T", teamId: ids.teamId })],
      ["createTemplate", (ids) => ({ name: "T", projectId: ids.projectId })],
      ["duplicateTemplate", (ids) => ({ templateId, teamId: ids.teamId })],
      ["duplicateTemplate", (ids) => ({ templateId, projectId: ids.projectId })],
    ];
    // Its document is in memory then.
    await run(eve, "duplicateTemplate", { templateId });
    for (const [mutation, inputOf] of asked) {
      const answers: unknown[] = [];
      const counts: number[] = [];
      for (const ids of [
        { teamId: UNKNOWN_ID, projectId: UNKNOWN_ID },
        { teamId, projectId },
      ]) {
        const statements = await api.statements(async () =>
          answers.push(await run(eve, mutation, inputOf(ids))),
        );
        counts.push(statements.length);
      }
      expect(answers[0], mutation).toMatchObject({ code: "NOT_FOUND" });
      expect(answers[1], mutation).toEqual(answers[0]);
      expect(counts[1], mutation).toBe(counts[0]);
    }
    const read = (id: string) =>
      eve.data(`{ team(id: "${id}") { id } project(id: "${id}") { id } }`);
    expect(await read(teamId)).toEqual(await read(UNKNOWN_ID));
    expect(await read(projectId)).toEqual(await read("no id"));
  });
});

describe("invitations", () => {
  test("TEAM-10 TEAM-11 TEAM-12 are seen, declined and accepted by the person whose address was proven", async () => {
    const teamId = await newTeam(ada);
    const invite = () =>
      run(ada, "inviteToTeam", { teamId, email: ` ${bob.email.toUpperCase()}`, role: "ADMIN" });
    const { invitationId, token } = await invite();
    expect(token).toMatch(/^invitation_[\w-]{43}$/);
    const read = `{ viewer { invitations { nodes { id teamId teamName role invitedBy { name } } } } }`;
    const shown = {
      id: invitationId,
      teamId,
      teamName: "Team",
      role: "ADMIN",
      invitedBy: { name: "Ada" },
    };
    const none = { code: "NOT_FOUND", message: "invitation not found", path: [] };
    expect((await bob.data(read)).viewer.invitations.nodes).toEqual([]);
    for (const answer of ["acceptInvitation", "declineInvitation"]) {
      expect(await run(bob, answer, { invitationId })).toMatchObject(none);
    }
    // As an account of an identity provider, which proved the address.
    const where = { id: bob.id };
    await api.prisma.user.update({ where, data: { isEmailProven: true } });
    expect((await bob.data(read)).viewer.invitations.nodes).toEqual([shown]);
    expect((await cyd.data(read)).viewer.invitations.nodes).toEqual([]);
    expect(await run(bob, "declineInvitation", { invitationId })).toMatchObject({ invitationId });
    for (const answer of [{ invitationId }, { token }, { token: "x" }, { invitationId: "x" }]) {
      expect(await run(bob, "acceptInvitation", answer)).toMatchObject(none);
    }
    const again = await invite();
    expect(await run(cyd, "acceptInvitation", { invitationId: again.invitationId })).toMatchObject(
      none,
    );
    const accept = () => run(bob, "acceptInvitation", { invitationId: again.invitationId });
    const joined = { team: { id: teamId, viewerRole: "ADMIN" } };
    expect(await accept()).toMatchObject(joined);
    expect(await accept()).toMatchObject(joined);
    expect(await run(cyd, "acceptInvitation", { token: again.token })).toMatchObject(none);
    expect((await bob.data(read)).viewer.invitations.nodes).toEqual([]);
    expect(await invite()).toMatchObject({ code: "INVALID_INPUT", path: ["email"] });
    expect(await run(bob, "acceptInvitation", {})).toMatchObject({ code: "INVALID_INPUT" });
    expect(await run(bob, "acceptInvitation", { token, invitationId })).toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("TEAM-10 of a token only the hash is kept, and an address tells nothing", async () => {
    const teamId = await newTeam(ada);
    const known = await run(ada, "inviteToTeam", { teamId, email: bob.email, role: "MEMBER" });
    const unknown = await run(ada, "inviteToTeam", {
      teamId,
      email: "nobody@example.org",
      role: "MEMBER",
    });
    expect(Object.keys(known)).toEqual(Object.keys(unknown));
    const rows = await api.prisma
      .$queryRaw`SELECT row_to_json(i)::text AS row FROM team_invitations i`;
    expect(JSON.stringify(rows)).not.toContain(known.token.slice("invitation_".length));
    const { invitationId } = known;
    expect(await run(ada, "revokeInvitation", { teamId, invitationId })).toMatchObject({
      invitationId,
    });
    expect(await run(bob, "acceptInvitation", { token: known.token })).toMatchObject({
      code: "NOT_FOUND",
    });
    expect(
      await run(ada, "inviteToTeam", { teamId, email: "no address", role: "MEMBER" }),
    ).toMatchObject({
      code: "INVALID_INPUT",
      path: ["email"],
    });
  });
});

describe("projects and places", () => {
  test("TEAM-20 TEAM-22 templates of a project are its people's, in pages", async () => {
    const teamId = await newTeam(ada, bob);
    const projectId = await newProject(ada, teamId);
    const ids: string[] = [];
    for (const name of ["1", "2", "3"]) {
      const templateId = await bob.createTemplate({ name });
      const moved = await run(bob, "moveTemplate", { templateId, projectId });
      expect(moved.template).toEqual({ id: templateId, team: null, project: { id: projectId } });
      ids.unshift(templateId);
    }
    await bob.deleteTemplate(ids[1]!);
    const page = `templates(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }`;
    const read = `query ($after: String) { project(id: "${projectId}") { viewerRole ${page} } }`;
    const first = (await ada.data(read)).project;
    expect(first).toMatchObject({ viewerRole: "OWNER", templates: { nodes: [{ id: ids[0] }] } });
    const after = first.templates.pageInfo.endCursor;
    const second = (await ada.data(read, { after })).project.templates;
    expect(second).toMatchObject({ nodes: [{ id: ids[2] }], pageInfo: { hasNextPage: false } });
    expect((await eve.data(read)).project).toBeNull();
    expect(await roleOn(ada, ids[0]!)).toBe("ADMIN");
    expect(await roleOn(eve, ids[0]!)).toBeUndefined();
    const guest = { projectId, userId: eve.id, role: "COMMENT" };
    expect(await run(ada, "setProjectMember", guest)).toMatchObject({ project: { id: projectId } });
    expect(await roleOn(eve, ids[0]!)).toBe("COMMENT");
    const seen = await eve.data(
      `{ project(id: "${projectId}") { viewerRole team { id } members { nodes { role } } } }`,
    );
    expect(seen.project).toEqual({ viewerRole: "COMMENT", team: null, members: null });
    const foreign = await eve.createTemplate({ name: "foreign" });
    expect(await run(eve, "moveTemplate", { templateId: foreign, projectId })).toMatchObject({
      code: "FORBIDDEN",
    });
    const left = { projectId, userId: eve.id };
    expect(await run(eve, "removeProjectMember", left)).toMatchObject({ project: null });
    expect(await roleOn(eve, ids[0]!)).toBeUndefined();
    expect(await run(ada, "deleteProject", { projectId })).toMatchObject({ projectId });
    expect(await roleOn(ada, ids[0]!)).toBeUndefined();
    expect(await roleOn(bob, ids[0]!)).toBe("ADMIN");
  });

  test("TEAM-22 a new template and a copy are made where they shall be, or not at all", async () => {
    const teamId = await newTeam(ada, bob);
    const projectId = await newProject(ada, teamId);
    const inProject = { team: null, project: { id: projectId } };
    const inTeam = { team: { id: teamId }, project: null };
    const made = await run(bob, "createTemplate", { name: "T", projectId });
    expect(made.template).toMatchObject(inProject);
    const { id: templateId } = made.template;
    expect(await run(bob, "createTemplate", { name: "T", teamId })).toMatchObject({
      template: inTeam,
    });
    for (const [place, belongs] of [
      [{ teamId }, inTeam],
      [{ projectId }, inProject],
      [{}, { team: null, project: null }],
    ] as const) {
      expect(
        (await run(bob, "duplicateTemplate", { templateId, ...place })).template,
      ).toMatchObject(belongs);
    }

    await run(ada, "setProjectMember", { projectId, userId: eve.id, role: "COMMENT" });
    const refusals = [
      [eve, { projectId }, { code: "FORBIDDEN" }],
      [eve, { teamId }, { code: "NOT_FOUND", path: ["teamId"] }],
      [cyd, { projectId }, { code: "NOT_FOUND", path: ["projectId"] }],
      [bob, { projectId: "no id" }, { code: "NOT_FOUND", path: ["projectId"] }],
      [bob, { teamId, projectId }, { code: "INVALID_INPUT", path: ["projectId"] }],
    ] as const;
    const count = await api.prisma.template.count();
    for (const [client, place, refusal] of refusals) {
      expect(await run(client, "createTemplate", { name: "T", ...place })).toMatchObject(refusal);
    }
    const copying = { templateId, projectId };
    expect(await run(eve, "duplicateTemplate", copying)).toMatchObject({ code: "FORBIDDEN" });
    expect(await api.prisma.template.count()).toBe(count);
  });

  test("TEAM-21 a project is given to its people and to one's teams only", async () => {
    const projectId = await newProject(ada);
    const teamId = await newTeam(bob, ada);
    const notFound = { code: "NOT_FOUND" };
    expect(await run(ada, "transferProject", { projectId, userId: eve.id })).toMatchObject(
      notFound,
    );
    expect(await run(ada, "transferProject", { projectId, teamId: UNKNOWN_ID })).toMatchObject(
      notFound,
    );
    expect(await run(ada, "transferProject", { projectId, teamId })).toMatchObject({
      code: "FORBIDDEN",
    });
    expect(await run(ada, "transferProject", { projectId })).toMatchObject({
      code: "INVALID_INPUT",
    });
    await run(bob, "setTeamMemberRole", { teamId, userId: ada.id, role: "ADMIN" });
    expect(await run(ada, "transferProject", { projectId, teamId })).toMatchObject({
      project: { owner: { id: ada.id }, team: { id: teamId } },
    });
    expect(await run(bob, "transferProject", { projectId, userId: bob.id })).toMatchObject({
      project: { owner: { id: bob.id } },
    });
    const shown = (await bob.data(`{ team(id: "${teamId}") { projects { nodes { id } } } }`)).team
      .projects;
    expect(shown.nodes).toEqual([{ id: projectId }]);
    expect(await run(bob, "updateProject", { projectId, name: " New " })).toMatchObject({
      project: { name: "New" },
    });
    expect(await run(bob, "updateProject", { projectId, name: "" })).toMatchObject({
      path: ["name"],
    });
  });

  test("TEAM-22 who does not administer a template moves it nowhere", async () => {
    const teamId = await newTeam(ada, bob);
    const templateId = await ada.createTemplate({ name: "T", isPublic: true });
    await run(ada, "moveTemplate", { templateId, teamId });
    expect(await run(bob, "moveTemplate", { templateId })).toMatchObject({ code: "FORBIDDEN" });
    expect(await run(eve, "moveTemplate", { templateId })).toMatchObject({ code: "FORBIDDEN" });
    const both = { templateId, teamId, projectId: UNKNOWN_ID };
    expect(await run(ada, "moveTemplate", both)).toMatchObject({ code: "INVALID_INPUT" });
    expect(
      (await eve.data(`{ template(id: "${templateId}") { team { id } } }`)).template.team,
    ).toBeNull();
    const nodes = (await bob.data(`{ team(id: "${teamId}") { templates { nodes { id } } } }`)).team
      .templates.nodes;
    expect(nodes).toEqual([{ id: templateId }]);
    const out = await run(ada, "moveTemplate", { templateId });
    expect(out.template).toEqual({ id: templateId, team: null, project: null });
  });

  test("TEAM-23 a template is given to those who were granted something", async () => {
    const teamId = await newTeam(ada, bob);
    const templateId = await ada.createTemplate({ name: "T", isPublic: true });
    await run(ada, "moveTemplate", { templateId, teamId });
    const give = (client: Client, userId: string) =>
      run(client, "transferTemplate", { templateId, userId });
    const nobody = await give(ada, UNKNOWN_ID);
    expect(nobody).toMatchObject({ code: "NOT_FOUND", path: ["userId"] });
    expect(await give(ada, eve.id)).toEqual(nobody);
    expect(await give(bob, bob.id)).toMatchObject({ code: "FORBIDDEN" });
    expect(await give(ada, bob.id)).toMatchObject({ template: { author: { id: bob.id } } });
    expect(await give(ada, ada.id)).toMatchObject({ code: "FORBIDDEN" });
    expect(await roleOn(ada, templateId)).toBe("ADMIN");
  });

  test("TEAM-24 more than may be is refused", async () => {
    const { limits } = api.services.team;
    const data = Array.from({ length: limits.teamsPerOwnerMax }, (_, index) => ({
      ...{ id: api.services.newId(), name: `${index}`, ownerId: ada.id, createdAt: new Date() },
    }));
    await api.prisma.team.createMany({ data });
    expect(await run(ada, "createTeam", { name: "N" })).toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
    });
  });
});

describe("share links", () => {
  test("TEAM-30 TEAM-31 grant their role until they are revoked", async () => {
    const templateId = await ada.createTemplate({ name: "T" });
    const create = (client: Client, more = {}) =>
      run(client, "createShareLink", { templateId, role: "COMMENT", ...more });
    expect(await create(eve)).toMatchObject({ code: "NOT_FOUND", path: ["templateId"] });
    const past = new Date(Date.now() - 1_000).toISOString();
    expect(await create(ada, { expiresAt: past })).toMatchObject({ path: ["expiresAt"] });
    const { shareLinkId, token } = await create(ada);
    const rows = await api.prisma.$queryRaw`SELECT row_to_json(l)::text AS row FROM share_links l`;
    expect(JSON.stringify(rows)).not.toContain(token.slice("share_".length));
    for (const _ of [1, 2]) {
      expect(await run(bob, "acceptShareLink", { token })).toMatchObject({
        template: { id: templateId, viewerRole: "COMMENT" },
      });
    }
    expect(await create(bob)).toMatchObject({ code: "FORBIDDEN" });
    const read = `{ template(id: "${templateId}") { shareLinks { id role createdBy { name } expiresAt } } }`;
    const link = { id: shareLinkId, role: "COMMENT", createdBy: { name: "Ada" }, expiresAt: null };
    expect((await ada.data(read)).template.shareLinks).toEqual([link]);
    expect((await bob.data(read)).template.shareLinks).toBeNull();
    const revoke = (client: Client) => run(client, "revokeShareLink", { templateId, shareLinkId });
    expect(await revoke(bob)).toMatchObject({ code: "FORBIDDEN" });
    expect(await revoke(ada)).toMatchObject({ shareLinkId });
    expect(await roleOn(bob, templateId)).toBeUndefined();
    const none = await run(bob, "acceptShareLink", { token: "x" });
    expect(none).toMatchObject({ code: "NOT_FOUND", path: ["token"] });
    expect(await run(bob, "acceptShareLink", { token })).toEqual(none);
    const other = await create(ada);
    await ada.deleteTemplate(templateId);
    expect(await run(bob, "acceptShareLink", { token: other.token })).toEqual(none);
  });

  test("TEAM-31 anonymous viewers are told to sign in before anything is looked at", async () => {
    for (const [mutation, input] of [
      ["acceptShareLink", { token: "x" }],
      ["acceptInvitation", { token: "x" }],
      ["createTeam", { name: "" }],
      ["createProject", { name: "" }],
      ["deleteProject", { projectId: "x" }],
      ["leaveTeam", { teamId: "x" }],
      ["moveTemplate", { templateId: "x" }],
      ["transferTemplate", { templateId: "x", userId: "x" }],
      ["revokeShareLink", { templateId: "x", shareLinkId: "x" }],
    ] as const) {
      expect(await run(api.anonymous, mutation, input)).toMatchObject({ code: "UNAUTHENTICATED" });
    }
  });
});
