/** Of which templates an inbox tells. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
});
afterAll(() => api.stop());

/** A mutation with one input that must succeed. */
async function run(client: Client, mutation: string, type: string, input: object, fields = "") {
  const { result } = await client.data(
    `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
      __typename ${fields} ... on RequestError { code message } } }`,
    { input },
  );
  expect(result.message).toBeUndefined();
  return result;
}

let sequence = 1_000;

/** A row as a mention leaves it. */
async function mention(templateId: string) {
  sequence += 1;
  await api.prisma.notification.create({
    data: {
      ...{ userId: bob.id, id: randomUUID(), kind: "MENTIONED", topic: randomUUID(), templateId },
      ...{ actorId: null, sequence, occurrences: 1, at: new Date(), operationIds: [] },
    },
  });
}

describe("an inbox", () => {
  test("NOTE-4 tells of a template exactly where the template is there for its person", async () => {
    const make = (name: string) => ada.createTemplate({ name });
    const named = "... on TeamCreated { team { id } }";
    const { team } = await run(ada, "createTeam", "CreateTeamInput", { name: "T" }, named);
    const inTeam = {
      teamId: team.id,
      userId: bob.id,
      role: "MEMBER",
      joinedAt: new Date(),
    } as const;
    await api.prisma.teamMember.create({ data: inTeam });
    const project = async (teamId: string | null) => {
      const input = { name: "P", teamId };
      const shown = "... on ProjectCreated { project { id } }";
      return (await run(ada, "createProject", "CreateProjectInput", input, shown)).project.id;
    };
    const own = await project(null);
    await run(ada, "setProjectMember", "SetProjectMemberInput", {
      ...{ projectId: own, userId: bob.id, role: "VIEW" },
    });
    const move = (id: string, to: object) =>
      run(ada, "moveTemplate", "MoveTemplateInput", { templateId: id, ...to });
    const permit = (id: string, to: object) =>
      run(ada, "setTemplatePermission", "SetTemplatePermissionInput", {
        ...{ templateId: id, role: "VIEW", ...to },
      });
    const ways: Record<string, (id: string) => Promise<unknown>> = {
      nothing: async () => {},
      public: (id) =>
        run(ada, "updateTemplate", "UpdateTemplateInput", { templateId: id, isPublic: true }),
      person: (id) => permit(id, { userId: bob.id }),
      "permission of a team": (id) => permit(id, { teamId: team.id }),
      team: (id) => move(id, { teamId: team.id }),
      "project of a team": async (id) => move(id, { projectId: await project(team.id) }),
      project: (id) => move(id, { projectId: own }),
      "somebody else's project": async (id) => move(id, { projectId: await project(null) }),
      "in the bin": async (id) => {
        await permit(id, { userId: bob.id });
        await ada.deleteTemplate(id);
      },
      link: async (id) => {
        const input = { templateId: id, role: "VIEW" };
        const told = "... on ShareLinkCreated { token }";
        const { token } = await run(ada, "createShareLink", "CreateShareLinkInput", input, told);
        await run(bob, "acceptShareLink", "AcceptShareLinkInput", { token });
      },
      "link that is over": async (id) => {
        await ways["link"]!(id);
        const expiresAt = new Date(Date.now() - 1_000);
        await api.prisma.shareLink.updateMany({ where: { templateId: id }, data: { expiresAt } });
        // As where the time of a link runs out.
        await api.services.permissions.endedLinks(10_000);
      },
    };
    const seen: string[] = [];
    for (const [way, open] of Object.entries(ways)) {
      const id = await make(way);
      await mention(id);
      await open(id);
      const { template } = await bob.data(`{ template(id: "${id}") { id } }`);
      const { viewer } = await bob.data(
        "{ viewer { notifications(first: 100) { nodes { kind template { id } } } } }",
      );
      const { nodes } = viewer.notifications;
      const isTold = nodes.some(
        (one: { kind: string; template: { id: string } | null }) =>
          one.kind === "MENTIONED" && one.template?.id === id,
      );
      expect(isTold, way).toBe(template !== null);
      if (isTold) seen.push(way);
    }
    expect(seen).toEqual([
      ...[
        "public",
        "person",
        "permission of a team",
        "team",
        "project of a team",
        "project",
        "link",
      ],
    ]);
  });
});
