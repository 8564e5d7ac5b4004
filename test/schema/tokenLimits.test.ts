/** API tokens that are limited to a team, a project or a template. */
import { parse, subscribe } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { startApi, type Api, type Client } from "./api.js";

const REFUSAL = "... on RequestError { code path message }";
const TOKEN = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  ... on ApiTokenCreated { token apiToken { id teamId projectId templateId } } ${REFUSAL} } }`;
const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";

let api: Api;
let ada: Client;
/** Where Ada's templates are. */
let ids: Record<"team" | "otherTeam" | "project" | "otherProject" | "own" | "ofTeam", string> &
  Record<"inProject" | "inOther" | "elsewhere" | "public", string>;

beforeAll(async () => {
  api = await startApi();
  Object.assign(api.services.accounts.settings, { apiTokensPerUserMax: 50 });
});
afterAll(() => api.stop());

beforeEach(async () => {
  ada = await api.signUp("Ada");
  const team = await newTeam(ada);
  const otherTeam = await newTeam(ada);
  const project = await newProject(team);
  const otherProject = await newProject(team);
  const stranger = await api.signUp("Stranger");
  ids = {
    ...{ team, otherTeam, project, otherProject },
    own: await ada.createTemplate({ name: "own" }),
    ofTeam: await ada.createTemplate({ name: "ofTeam", teamId: team }),
    inProject: await ada.createTemplate({ name: "inProject", projectId: project }),
    inOther: await ada.createTemplate({ name: "inOther", projectId: otherProject }),
    elsewhere: await ada.createTemplate({ name: "elsewhere", teamId: otherTeam }),
    public: await stranger.createTemplate({ name: "public", isPublic: true }),
  };
});

async function newTeam(by: Client): Promise<string> {
  const document = `mutation { createTeam(input: { name: "T" }) { ... on TeamCreated { team { id } } } }`;
  return (await by.data(document)).createTeam.team.id;
}

async function newProject(teamId: string): Promise<string> {
  const document = `mutation ($teamId: ID) { createProject(input: { name: "P", teamId: $teamId }) { ... on ProjectCreated { project { id } } } }`;
  return (await ada.data(document, { teamId })).createProject.project.id;
}

async function create(limit: object, by = ada, scopes = ["WRITE"]) {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const input = { name: "CI", scopes, expiresAt, ...limit };
  return (await by.data(TOKEN, { input })).createApiToken;
}

const limited = async (limit: object, scopes?: string[]) =>
  api.byToken((await create(limit, ada, scopes)).token);

/** Those of Ada's templates that the client sees, by any way. */
async function seen(client: Client): Promise<string[]> {
  const names: string[] = [];
  for (const name of ["own", "ofTeam", "inProject", "inOther", "elsewhere", "public"] as const) {
    const id = ids[name];
    const { template } = await client.data(`{ template(id: "${id}") { id } }`);
    const change = await mutate(
      client,
      `deleteComment(input: { templateId: "${id}", commentId: "x" })`,
    );
    // Whoever sees a template is told that the comment is not there.
    const isSeen = change.path?.[0] !== "templateId";
    expect([name, isSeen]).toEqual([name, template !== null]);
    if (isSeen) names.push(name);
  }
  const list = await client.data("{ templates(first: 100) { nodes { id name } } }");
  const known = list.templates.nodes.filter(({ id }: { id: string }) =>
    Object.values(ids).includes(id),
  );
  expect(known.map(({ name }: { name: string }) => name).toSorted()).toEqual(names.toSorted());
  return names;
}

async function mutate(client: Client, field: string) {
  const { answer } = await client.data(`mutation { answer: ${field} { __typename ${REFUSAL} } }`);
  return answer;
}

async function subscribed(client: Client, templateId: string): Promise<string | undefined> {
  const answer = await subscribe({
    schema: buildSchema(),
    document: parse(
      `subscription { templateChanged(templateId: "${templateId}", fromVersion: 1) { toVersion } }`,
    ),
    contextValue: client.context,
  });
  if (Symbol.asyncIterator in answer) return void (await answer.return(undefined));
  return answer.errors?.[0]?.extensions["code"] as string;
}

describe("a limited token", () => {
  test("AUTH-33: reaches what is in its team, its project or its template, and nothing else", async () => {
    expect(await seen(ada)).toHaveLength(6);
    expect(await seen(await limited({}))).toHaveLength(6);
    const ofTeam = ["ofTeam", "inProject", "inOther"];
    expect(await seen(await limited({ teamId: ids.team }))).toEqual(ofTeam);
    expect(await seen(await limited({ projectId: ids.project }))).toEqual(["inProject"]);
    expect(await seen(await limited({ templateId: ids.own }))).toEqual(["own"]);
  });

  test("AUTH-33: is told of teams and projects that are within", async () => {
    const document = `{ viewer { name email role quota { templates } invitations { nodes { id } }
        teams { nodes { id } } projects { nodes { id } } apiTokens { id }
        notifications { nodes { id } } unreadNotificationCount notificationSequence }
      team(id: "${ids.team}") { id projects { nodes { id } } templates { nodes { id } } }
      otherTeam: team(id: "${ids.otherTeam}") { id }
      project(id: "${ids.project}") { id team { id } templates { nodes { id } } } }`;
    const hidden = {
      ...{ email: null, role: null, quota: null, invitations: null, apiTokens: null },
      ...{ notifications: null, unreadNotificationCount: null, notificationSequence: null },
    };
    const inTeam = await (await limited({ teamId: ids.team })).data(document);
    expect(inTeam.viewer).toMatchObject({ name: "Ada", ...hidden });
    expect(inTeam.viewer.teams.nodes).toEqual([{ id: ids.team }]);
    expect(inTeam.team.projects.nodes).toHaveLength(2);
    expect(inTeam.otherTeam).toBeNull();
    const inProject = await (await limited({ projectId: ids.project })).data(document);
    expect(inProject).toMatchObject({ team: null, otherTeam: null });
    expect(inProject.viewer.teams.nodes).toEqual([]);
    expect(inProject.viewer.projects.nodes).toEqual([{ id: ids.project }]);
    expect(inProject.project).toMatchObject({ id: ids.project, team: null });
    const inTemplate = await (await limited({ templateId: ids.inProject })).data(document);
    expect(inTemplate).toMatchObject({ team: null, project: null });
    const { template } = await (
      await limited({ templateId: ids.inProject })
    ).data(`{ template(id: "${ids.inProject}") { project { id } team { id } } }`);
    expect(template).toEqual({ project: null, team: null });
  });

  test("AUTH-34: changes what is within, and nothing else", async () => {
    const client = await limited({ projectId: ids.project });
    const rename = (id: string) =>
      mutate(client, `updateTemplate(input: { templateId: "${id}", name: "N" })`);
    expect((await rename(ids.inProject)).__typename).toBe("TemplateUpdated");
    for (const id of [ids.own, ids.ofTeam, ids.inOther, ids.public, UNKNOWN_ID]) {
      expect(await rename(id)).toEqual(await rename(UNKNOWN_ID));
    }
    const page = await client.firstPage(ids.inProject);
    await client.addElement(ids.inProject, page, "e1");
    await expect(client.addElement(ids.own, page, "e1")).rejects.toThrow();
    const project = (id: string) =>
      mutate(client, `updateProject(input: { projectId: "${id}", name: "N" })`);
    expect((await project(ids.project)).__typename).toBe("ProjectUpdated");
    const notThere = { code: "NOT_FOUND", path: ["projectId"] };
    expect(await project(ids.otherProject)).toMatchObject(notThere);
    const team = await mutate(client, `updateTeam(input: { teamId: "${ids.team}", name: "N" })`);
    expect(team).toMatchObject({ code: "NOT_FOUND", path: ["teamId"] });
  });

  test("AUTH-34: makes and moves templates within", async () => {
    const client = await limited({ teamId: ids.team });
    const place = async (field: string) => (await mutate(client, field)).code ?? "done";
    const to = { team: `teamId: "${ids.team}"`, project: `projectId: "${ids.project}"` };
    const out = `teamId: "${ids.otherTeam}"`;
    expect(await place(`createTemplate(input: { name: "N", ${to.team} })`)).toBe("done");
    expect(await place(`createTemplate(input: { name: "N", ${to.project} })`)).toBe("done");
    expect(await place(`createTemplate(input: { name: "N", ${out} })`)).toBe("NOT_FOUND");
    expect(await place(`createTemplate(input: { name: "N" })`)).toBe("FORBIDDEN");
    const copy = (from: string, where: string) =>
      place(`duplicateTemplate(input: { templateId: "${from}", ${where} })`);
    expect(await copy(ids.ofTeam, to.project)).toBe("done");
    expect(await copy(ids.ofTeam, "")).toBe("FORBIDDEN");
    expect(await copy(ids.own, to.team)).toBe("NOT_FOUND");
    const move = (from: string, where: string) =>
      place(`moveTemplate(input: { templateId: "${from}", ${where} })`);
    expect(await move(ids.ofTeam, to.project)).toBe("done");
    expect(await move(ids.ofTeam, "")).toBe("FORBIDDEN");
    expect(await move(ids.ofTeam, out)).toBe("NOT_FOUND");
    expect(await move(ids.own, to.team)).toBe("NOT_FOUND");
    expect(await place(`createProject(input: { name: "N", ${to.team} })`)).toBe("done");
    expect(await place(`createProject(input: { name: "N" })`)).toBe("FORBIDDEN");
    const transfer = `transferProject(input: { ${to.project}, ${out} })`;
    expect(await place(transfer)).toBe("NOT_FOUND");
  });

  test("AUTH-34: is good for no field beyond, whatever its person may", async () => {
    await api.services.users.setRole(ada.id, "ADMIN");
    const client = await limited({ teamId: ids.team });
    const fields = [
      `createTeam(input: { name: "N" })`,
      `leaveTeam(input: { teamId: "${ids.team}" })`,
      `acceptInvitation(input: { token: "x" })`,
      `declineInvitation(input: { token: "x" })`,
      `acceptShareLink(input: { token: "x" })`,
      `acceptTemplatePermission(input: { token: "x" })`,
      `markNotificationsRead(input: {})`,
      `createApiToken(input: { name: "N", scopes: [READ], expiresAt: "2100-01-01T00:00:00Z" })`,
    ];
    for (const field of fields)
      expect(await mutate(client, field)).toMatchObject({ code: "FORBIDDEN" });
    for (const field of [
      "serverNodes { id }",
      "auditLog { nodes { id } }",
      "accounts { nodes { id } }",
    ]) {
      const { errors } = await client.run(`{ ${field} }`);
      expect(errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
    }
  });

  test("AUTH-33: follows templates that are within, as long as they are", async () => {
    const client = await limited({ teamId: ids.team });
    expect(await subscribed(client, ids.ofTeam)).toBeUndefined();
    for (const id of [ids.own, ids.elsewhere, ids.public, UNKNOWN_ID]) {
      expect(await subscribed(client, id)).toBe("NOT_FOUND");
    }
    const answer = await subscribe({
      schema: buildSchema(),
      document: parse(
        `subscription { templateChanged(templateId: "${ids.ofTeam}", fromVersion: 1) { kind } }`,
      ),
      contextValue: client.context,
    });
    if (!(Symbol.asyncIterator in answer)) throw new Error("it is followed");
    const next = answer.next();
    // Its person sees it still.
    const moved = `mutation { moveTemplate(input: { templateId: "${ids.ofTeam}" }) { __typename } }`;
    expect((await ada.data(moved)).moveTemplate.__typename).toBe("TemplateMoved");
    const { value } = (await next) as { value: { data: { templateChanged: object } } };
    expect(value.data.templateChanged).toEqual({ kind: "ACCESS_REVOKED" });
    expect((await client.data(`{ template(id: "${ids.ofTeam}") { id } }`)).template).toBeNull();
    expect((await ada.data(`{ template(id: "${ids.ofTeam}") { id } }`)).template).not.toBeNull();
  });

  test("AUTH-33: does not use sessions of its person on other templates", async () => {
    const join = (
      id: string,
    ) => `mutation { joinTemplate(input: { templateId: "${id}", clientId: "c" }) {
      ... on TemplateJoined { session { token } } ... on RequestError { code } } }`;
    const { token } = (await ada.data(join(ids.own))).joinTemplate.session;
    const client = await limited({ teamId: ids.team });
    expect((await client.data(join(ids.own))).joinTemplate).toEqual({ code: "NOT_FOUND" });
    const show = `updatePresence(input: { sessionToken: "${token}", status: "s" })`;
    expect(await mutate(client, show)).toMatchObject({ code: "NOT_FOUND" });
    const leave = `mutation { leaveTemplate(input: { sessionToken: "${token}" }) { ... on TemplateLeft { ended } } }`;
    expect((await client.data(leave)).leaveTemplate).toEqual({ ended: false });
    expect((await mutate(ada, show)).__typename).toBe("PresenceUpdated");
  });

  test.each([
    ["its team", () => ({ teamId: ids.team }), () => ids.ofTeam],
    ["its project", () => ({ projectId: ids.project }), () => ids.inProject],
  ])(
    "SESS-18: its session ends, with its lock, when the template leaves %s, and its person's stays",
    async (_what, limit, template) => {
      const id = template();
      const client = await limited(limit());
      const join = `mutation { joinTemplate(input: { templateId: "${id}", clientId: "c" }) {
        ... on TemplateJoined { session { id token } } } }`;
      const { session } = (await client.data(join)).joinTemplate;
      const own = (await ada.data(join)).joinTemplate.session;
      const lock = `acquireLock(input: { templateId: "${id}", sessionToken: "${session.token}", target: {} })`;
      expect((await mutate(client, lock)).__typename).toBe("LockAcquired");
      await mutate(ada, `moveTemplate(input: { templateId: "${id}" })`);
      const open = async () =>
        (await api.services.sessions.list(id)).map(({ id: sessionId }) => sessionId);
      await expect.poll(open).toEqual([own.id]);
      const { template: seenByAda } = await ada.data(
        `{ template(id: "${id}") { locks { sessionId } } }`,
      );
      expect(seenByAda.locks).toEqual([]);
    },
  );

  test("AUTH-33: with READ alone changes nothing", async () => {
    const client = await limited({ templateId: ids.own }, ["READ"]);
    expect(await subscribed(client, ids.own)).toBeUndefined();
    const rename = `updateTemplate(input: { templateId: "${ids.own}", name: "N" })`;
    expect(await mutate(client, rename)).toMatchObject({ code: "FORBIDDEN" });
  });

  test("AUTH-35: is limited to what its maker sees, to one thing, and goes with it", async () => {
    const stranger = await api.signUp("Eve");
    for (const [name, id] of [
      ["teamId", ids.team],
      ["projectId", ids.project],
      ["templateId", ids.own],
    ] as const) {
      const made = await create({ [name]: id });
      expect(made.apiToken[name]).toBe(id);
      const there = await create({ [name]: id }, stranger);
      expect(there).toMatchObject({ code: "NOT_FOUND", path: [name] });
      for (const missing of [UNKNOWN_ID, "no id"]) {
        expect(await create({ [name]: missing }, stranger)).toEqual(there);
      }
      await api.prisma.apiToken.deleteMany({ where: { userId: ada.id } });
    }
    const two = await create({ teamId: ids.team, templateId: ids.own });
    expect(two).toMatchObject({ code: "INVALID_INPUT", path: ["templateId"] });
    const { token } = await create({ teamId: ids.team });
    await ada.data(`mutation { deleteTeam(input: { teamId: "${ids.team}" }) { __typename } }`);
    await expect(api.byToken(token)).rejects.toThrow("not valid");
  });
});
