/** Access that teams, projects and share links gave, taken away through one node from somebody who is on the other. */
import { createClient, type Client } from "graphql-ws";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import { newAuthor, query, startTestServer, type TestServer } from "./runningServer.js";

let first: TestServer;
let second: TestServer;
let database: TestDatabase;
const clients: Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const shared = { DATABASE_URL: database.url, REDIS_URL: redisUrl() };
  first = await startTestServer(shared);
  second = await startTestServer(shared);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map(async (client) => client.dispose()));
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await database.drop();
});

interface Person {
  readonly token: string;
  readonly id: string;
}

async function newPerson(): Promise<Person & { readonly templateId: string }> {
  const { token, templateId } = await newAuthor(first);
  const { json } = await query(first, "{ viewer { id } }", {}, token);
  const viewer = json.data?.["viewer"] as { id: string };
  return { token, templateId, id: viewer.id };
}

/** A mutation through the first node that must succeed; `fields` are read from its success of that name. */
async function run(
  { token }: Person,
  mutation: string,
  success: string,
  fields: string,
  input: object,
) {
  const given = Object.entries(input).map(([name, value]) => `${name}: ${value}`);
  const document = `mutation { result: ${mutation}(input: { ${given.join(", ")} }) {
    ... on ${success} { ${fields} } ... on RequestError { code message } } }`;
  const { json, text } = await query(first, document, {}, token);
  const result = json.data?.["result"] as Record<string, unknown> | undefined;
  if (result === undefined || "code" in result) throw new Error(text);
  return result;
}

const quoted = (text: unknown) => JSON.stringify(text);

async function newTeam(ada: Person, bob: Person): Promise<string> {
  const created = await run(ada, "createTeam", "TeamCreated", "team { id }", { name: quoted("T") });
  const teamId = quoted((created["team"] as { id: string }).id);
  const whom = { teamId, email: quoted(`${bob.id}@example.com`), role: "MEMBER" };
  const { token } = await run(ada, "inviteToTeam", "TeamInvited", "token", whom);
  await run(bob, "acceptInvitation", "TeamJoined", "team { id }", { token: quoted(token) });
  return teamId;
}

async function newProject(ada: Person, place: object = {}): Promise<string> {
  const input = { name: quoted("P"), ...place };
  const created = await run(ada, "createProject", "ProjectCreated", "project { id }", input);
  return quoted((created["project"] as { id: string }).id);
}

/** Ways for Bob to come to edit Ada's template; each answers with a way to lose that again. */
type Way = (ada: Person, bob: Person, templateId: string) => Promise<() => Promise<unknown>>;

const move = (ada: Person, templateId: string, place: object) =>
  run(ada, "moveTemplate", "TemplateMoved", "template { id }", { templateId, ...place });

const inTeam =
  (lose: (ada: Person, bob: Person, teamId: string) => Promise<unknown>): Way =>
  async (ada, bob, templateId) => {
    const teamId = await newTeam(ada, bob);
    await move(ada, templateId, { teamId });
    return () => lose(ada, bob, teamId);
  };

const inProject =
  (lose: (ada: Person, bob: Person, projectId: string) => Promise<unknown>): Way =>
  async (ada, bob, templateId) => {
    const projectId = await newProject(ada);
    const member = { projectId, userId: quoted(bob.id), role: "EDIT" };
    await run(ada, "setProjectMember", "ProjectMemberSet", "project { id }", member);
    await move(ada, templateId, { projectId });
    return () => lose(ada, bob, projectId);
  };

const ways: { [name: string]: Way } = {
  "removed from the team": inTeam((ada, bob, teamId) =>
    run(ada, "removeTeamMember", "TeamMemberRemoved", "team { id }", {
      ...{ teamId, userId: quoted(bob.id) },
    }),
  ),
  "they leave the team": inTeam((_ada, bob, teamId) =>
    run(bob, "leaveTeam", "TeamLeft", "teamId", { teamId }),
  ),
  "the team is deleted": inTeam((ada, _bob, teamId) =>
    run(ada, "deleteTeam", "TeamDeleted", "teamId", { teamId }),
  ),
  "removed from the team of its project": async (ada, bob, templateId) => {
    const teamId = await newTeam(ada, bob);
    await move(ada, templateId, { projectId: await newProject(ada, { teamId }) });
    const input = { teamId, userId: quoted(bob.id) };
    return () => run(ada, "removeTeamMember", "TeamMemberRemoved", "team { id }", input);
  },
  "removed from the project": inProject((ada, bob, projectId) =>
    run(ada, "removeProjectMember", "ProjectMemberRemoved", "project { id }", {
      ...{ projectId, userId: quoted(bob.id) },
    }),
  ),
  "the project is deleted": inProject((ada, _bob, projectId) =>
    run(ada, "deleteProject", "ProjectDeleted", "projectId", { projectId }),
  ),
  "the template is moved out": async (ada, bob, templateId) => {
    await inProject(async () => {})(ada, bob, templateId);
    return () => move(ada, templateId, {});
  },
  "the share link is revoked": async (ada, bob, templateId) => {
    const link = await run(ada, "createShareLink", "ShareLinkCreated", "shareLinkId token", {
      ...{ templateId, role: "EDIT" },
    });
    const token = quoted(link["token"]);
    await run(bob, "acceptShareLink", "ShareLinkAccepted", "template { id }", { token });
    const input = { templateId, shareLinkId: quoted(link["shareLinkId"]) };
    return () => run(ada, "revokeShareLink", "ShareLinkRevoked", "shareLinkId", input);
  },
};

/** The link runs out by itself; until then it is good for a while. */
ways["the share link runs out"] = async (ada, bob, templateId) => {
  const expiresAt = quoted(new Date(Date.now() + 8_000).toISOString());
  const input = { templateId, role: "EDIT", expiresAt };
  const link = await run(ada, "createShareLink", "ShareLinkCreated", "token", input);
  const token = quoted(link["token"]);
  await run(bob, "acceptShareLink", "ShareLinkAccepted", "template { id }", { token });
  const isOver = async () => edit(bob, JSON.parse(templateId) as string);
  return () => expect.poll(isOver).toBe("NOT_FOUND");
};

interface Followed {
  readonly kinds: unknown[];
  completed: boolean;
}

function follow(token: string, id: string): Followed {
  const client = createClient({
    url: second.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}` },
  });
  clients.push(client);
  const followed: Followed = { kinds: [], completed: false };
  client.subscribe<{ templateChanged: { kind: string } }>(
    { query: `subscription { templateChanged(templateId: "${id}") { kind } }` },
    {
      next: ({ data }) => void followed.kinds.push(data?.templateChanged.kind),
      error: (error) => void followed.kinds.push(error),
      complete: () => (followed.completed = true),
    },
  );
  return followed;
}

let edits = 0;

async function edit({ token }: Person, id: string): Promise<unknown> {
  edits += 1;
  const { json } = await query(
    second,
    `mutation { applyOperations(input: { templateId: "${id}", baseVersion: 1, onConflict: FORCE, operations: [
      { id: "edit ${edits}", type: UPDATE_CANVAS, target: {}, payload: { width: 5 } }
    ] }) { __typename ... on UserError { code } } }`,
    {},
    token,
  );
  const answer = json.data?.["applyOperations"] as Record<string, unknown>;
  return answer["code"] ?? answer["__typename"];
}

async function openWithLock({ token }: Person, id: string): Promise<void> {
  const join = `mutation { joinTemplate(input: { templateId: "${id}", clientId: "tab" }) {
    ... on TemplateJoined { session { token } } } }`;
  const joined = (await query(second, join, {}, token)).json.data?.["joinTemplate"];
  const { session } = joined as { session: { token: string } };
  const lock = `mutation { acquireLock(input: { templateId: "${id}", sessionToken: "${session.token}" }) { __typename } }`;
  const { json } = await query(second, lock, {}, token);
  expect(json.data?.["acquireLock"]).toEqual({ __typename: "LockAcquired" });
}

test.each(Object.entries(ways))("TEAM-40 on the other node all ends: %s", async (_name, way) => {
  const [ada, bob] = [await newPerson(), await newPerson()];
  const id = ada.templateId;
  const lose = await way(ada, bob, quoted(id));
  expect(await edit(bob, id)).toBe("OperationsApplied");
  const followed = follow(bob.token, id);
  const started = async () => {
    await edit(bob, id);
    return followed.kinds.length;
  };
  await expect.poll(started).toBeGreaterThan(0);
  await openWithLock(bob, id);

  await lose();
  // With the very next request, whatever was told meanwhile.
  expect(await edit(bob, id)).toBe("NOT_FOUND");
  await expect.poll(() => followed.completed).toBe(true);
  expect(followed.kinds.at(-1)).toBe("ACCESS_REVOKED");
  await expect.poll(() => first.services.sessions.list(id)).toEqual([]);
  const locks = async () => (await first.services.templates.readLocks([id])).get(id)?.locks;
  await expect.poll(locks).toEqual([]);
});

test("TEAM-44 a node empties the bin when it starts", async () => {
  const ada = await newPerson();
  const old = Date.now() - 31 * 86_400_000;
  await first.services.templates.setDeleted(ada.templateId, old);
  const third = await startTestServer({ DATABASE_URL: database.url });
  try {
    const heads = async () => (await first.services.templates.heads([ada.templateId])).size;
    await expect.poll(heads).toBe(0);
  } finally {
    await third.close();
  }
});
