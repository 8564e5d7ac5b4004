/** What people are told of what others did, through the API. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let cyd: Client;
let templateId: string;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  [ada, bob, cyd] = [await api.signUp("Ada"), await api.signUp("Bob"), await api.signUp("Cyd")];
  templateId = await ada.createTemplate({ name: "Plan" });
});

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

const grant = (to: Client, role: string | null, by = ada) =>
  run(by, "setTemplatePermission", "SetTemplatePermissionInput", {
    ...{ templateId, userId: to.id, role },
  });

async function comment(by: Client, mentions: readonly Client[] = []): Promise<string> {
  const id = randomUUID();
  const input = { templateId, id, body: "look", mentions: mentions.map((one) => one.id) };
  await run(by, "createComment", "CreateCommentInput", input);
  return id;
}

async function reply(by: Client, threadId: string, mentions: readonly Client[] = []) {
  const id = randomUUID();
  const named = mentions.map((one) => one.id);
  const input = { templateId, threadId, id, body: "yes", mentions: named };
  await run(by, "replyToComment", "ReplyToCommentInput", input);
  return id;
}

const FIELDS =
  "id kind sequence occurrences isRead actor { id } template { id } project { id } invitationId threadId commentId role decidedBy operationIds";

async function inbox(client: Client, args = "") {
  const { viewer } = await client.data(
    `{ viewer { unreadNotificationCount notificationSequence notifications${args} {
      nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } } }`,
  );
  const { notifications, unreadNotificationCount: unread, notificationSequence } = viewer;
  return { ...notifications, unread, sequence: notificationSequence };
}

const kindsOf = async (client: Client) =>
  (await inbox(client)).nodes.map(({ kind }: { kind: string }) => kind);

async function markRead(client: Client, input: object) {
  const { user } = await run(
    client,
    "markNotificationsRead",
    "MarkNotificationsReadInput",
    input,
    "... on NotificationsRead { user { unreadNotificationCount } }",
  );
  return user.unreadNotificationCount;
}

describe("NOTE-2 people are told", () => {
  test("who mentions them and who replies where they take part", async () => {
    await grant(bob, "COMMENT");
    await grant(cyd, "COMMENT");
    const thread = await comment(ada, [bob, ada]);
    const told = { templateId: undefined, template: { id: templateId }, threadId: thread };
    expect((await inbox(bob)).nodes[0]).toMatchObject({
      ...{ kind: "MENTIONED", actor: { id: ada.id }, commentId: thread, isRead: false },
      ...{ template: told.template, threadId: thread },
    });
    const answer = await reply(bob, thread);
    expect((await inbox(ada)).nodes).toMatchObject([
      { kind: "REPLIED", actor: { id: bob.id }, threadId: thread, commentId: answer },
    ]);
    await reply(cyd, thread, [ada]);
    expect(await kindsOf(ada)).toEqual(["MENTIONED", "REPLIED"]);
    expect(await kindsOf(bob)).toEqual(["REPLIED", "MENTIONED", "GRANTED"]);
    expect(await kindsOf(cyd)).toEqual(["GRANTED"]);
  });

  test("what they were granted on a template and in a project", async () => {
    await grant(bob, "VIEW");
    expect((await inbox(bob)).nodes).toMatchObject([
      { kind: "GRANTED", role: "VIEW", actor: { id: ada.id }, template: { id: templateId } },
    ]);
    await grant(bob, "VIEW");
    expect((await inbox(bob)).nodes[0].occurrences).toBe(1);
    const { project } = await run(
      ada,
      "createProject",
      "CreateProjectInput",
      { name: "P" },
      "... on ProjectCreated { project { id } }",
    );
    const member = { projectId: project.id, userId: bob.id };
    await run(ada, "setProjectMember", "SetProjectMemberInput", { ...member, role: "EDIT" });
    expect((await inbox(bob)).nodes[0]).toMatchObject({
      ...{ kind: "GRANTED", role: "EDIT", project: { id: project.id }, template: null },
    });
    await run(ada, "removeProjectMember", "RemoveProjectMemberInput", member);
    expect(await kindsOf(bob)).toEqual(["GRANTED"]);
  });

  test("what was granted to their address, and that they are invited, where the address is proven", async () => {
    const email = `${randomUUID()}@example.org`;
    const id = randomUUID();
    const account = { id, email, name: "D", passwordHash: null, avatarUrl: null, createdAt: 0 };
    await api.services.users.createWithIdentity(account, { issuer: "i", subject: id }, 0);
    const dan = api.as(id);
    const { team } = await run(
      ada,
      "createTeam",
      "CreateTeamInput",
      { name: "T" },
      "... on TeamCreated { team { id } }",
    );
    const invite = (address: string) =>
      run(
        ada,
        "inviteToTeam",
        "InviteToTeamInput",
        { teamId: team.id, email: address, role: "MEMBER" },
        "... on TeamInvited { invitationId }",
      );
    const { invitationId } = await invite(email);
    await invite(bob.email);
    await run(ada, "setTemplatePermission", "SetTemplatePermissionInput", {
      ...{ templateId, email, role: "VIEW" },
    });
    expect((await inbox(dan)).nodes).toMatchObject([
      { kind: "GRANTED", template: { id: templateId } },
      { kind: "INVITED", invitationId, actor: { id: ada.id } },
    ]);
    expect(await kindsOf(bob)).toEqual([]);
    await run(ada, "revokeInvitation", "RevokeInvitationInput", { teamId: team.id, invitationId });
    expect(await inbox(dan)).toMatchObject({ nodes: [{ kind: "GRANTED" }], unread: 1 });
  });

  test("what waited for the address that they come with", async () => {
    const email = `${randomUUID()}@example.org`;
    await run(ada, "setTemplatePermission", "SetTemplatePermissionInput", {
      ...{ templateId, email, role: "COMMENT" },
    });
    const named = "... on TeamCreated { team { id } }";
    const { team } = await run(ada, "createTeam", "CreateTeamInput", { name: "T" }, named);
    const invited = { teamId: team.id, email, role: "MEMBER" };
    await run(ada, "inviteToTeam", "InviteToTeamInput", invited);
    const id = randomUUID();
    const account = { id, email, name: "E", passwordHash: null, avatarUrl: null };
    const identity = { issuer: "i", subject: id };
    await api.services.users.createWithIdentity({ ...account, createdAt: Date.now() }, identity, 0);
    const { nodes, unread } = await inbox(api.as(id));
    expect(unread).toBe(2);
    expect(nodes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "GRANTED", role: "COMMENT", actor: null }),
        expect.objectContaining({ kind: "INVITED", actor: { id: ada.id } }),
      ]),
    );
  });

  describe("what was decided over edits of theirs", () => {
    let pageId: string;
    const edit = (client: Client, id: string, width: number, more: object) =>
      client.data(
        `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
          __typename ... on OperationsApplied { newVersion } } }`,
        {
          input: {
            templateId,
            operations: [
              {
                ...{ id, type: "UPDATE_ELEMENT_PROPS", target: { pageId, elementId: "e" } },
                ...{ payload: { fill: `#00000${width}` }, timestamp: Date.now() + width },
              },
            ],
            ...more,
          },
        },
      );

    beforeEach(async () => {
      pageId = await ada.firstPage(templateId);
      await ada.addElement(templateId, pageId, "e");
      await grant(bob, "EDIT");
      await edit(ada, "a1", 1, { baseVersion: 2, onConflict: "MERGE" });
    });

    test("by somebody who chose their own operations", async () => {
      const collided = await edit(bob, "b1", 2, { baseVersion: 2, onConflict: "MERGE" });
      expect(collided.applyOperations.__typename).toBe("VersionConflict");
      const payload = { fill: "#000002" };
      const operation = { id: "b1", type: "UPDATE_ELEMENT_PROPS", payload };
      const choice = { templateId, baseVersion: 2, headVersion: 3 };
      const target = { pageId, elementId: "e" };
      const { resolveConflict } = await bob.data(
        `mutation ($input: ResolveConflictInput!) { resolveConflict(input: $input) { __typename } }`,
        {
          input: {
            ...choice,
            ...{ resolution: "CLIENT_WINS", clientOperations: [{ ...operation, target }] },
          },
        },
      );
      expect(resolveConflict.__typename).toBe("ConflictResolved");
      expect((await inbox(ada)).nodes).toMatchObject([
        {
          ...{ kind: "OVERRIDDEN", decidedBy: "CLIENT_WINS", operationIds: ["a1"] },
          ...{ actor: { id: bob.id }, template: { id: templateId } },
        },
      ]);
      expect(await kindsOf(bob)).toEqual(["GRANTED"]);
    });

    test("not where the server's state was kept", async () => {
      await edit(bob, "b1", 2, { baseVersion: 2, onConflict: "MERGE" });
      const choice = { templateId, baseVersion: 2, headVersion: 3, resolution: "SERVER_WINS" };
      await bob.data(
        `mutation ($input: ResolveConflictInput!) { resolveConflict(input: $input) { __typename } }`,
        { input: choice },
      );
      expect(await kindsOf(ada)).toEqual([]);
    });

    test("NOTE-1 NOTE-3 by a merge by clock, once for several, within seconds", async () => {
      const late = { baseVersion: 2, onConflict: "LAST_WRITER_WINS" };
      expect((await edit(bob, "b1", 5, late)).applyOperations.newVersion).toBe(4);
      await expect.poll(() => kindsOf(ada), { timeout: 20_000 }).toEqual(["OVERRIDDEN"]);
      await edit(ada, "a2", 6, { baseVersion: 4, onConflict: "MERGE" });
      await edit(bob, "b2", 7, { baseVersion: 4, onConflict: "LAST_WRITER_WINS" });
      const occurrences = async () => (await inbox(ada)).nodes[0].occurrences;
      await expect.poll(occurrences, { timeout: 20_000 }).toBe(2);
      expect((await inbox(ada)).nodes).toMatchObject([
        { decidedBy: "CLOCK", operationIds: ["a2"] },
      ]);
      expect(await kindsOf(bob)).toEqual(["GRANTED"]);
    });
  });
});

describe("NOTE-4 nothing is told", () => {
  test("of a template that one may no longer see, neither counted nor paged, until one may again", async () => {
    const other = await ada.createTemplate({ name: "Other" });
    await grant(bob, "COMMENT");
    await run(ada, "setTemplatePermission", "SetTemplatePermissionInput", {
      ...{ templateId: other, userId: bob.id, role: "VIEW" },
    });
    for (let count = 0; count < 3; count += 1) await comment(ada, [bob]);
    expect((await inbox(bob)).unread).toBe(5);
    await grant(bob, null);
    expect(await inbox(bob)).toMatchObject({ unread: 1, nodes: [{ template: { id: other } }] });
    const first = await inbox(bob, "(first: 1)");
    expect(first.pageInfo.hasNextPage).toBe(false);
    await grant(bob, "COMMENT");
    expect((await inbox(bob)).unread).toBe(5);
    await ada.deleteTemplate(templateId);
    expect((await inbox(bob)).unread).toBe(1);
  });

  test("of what a comment does not say any more", async () => {
    await grant(bob, "COMMENT");
    await grant(cyd, "COMMENT");
    const id = await comment(ada, [bob]);
    const change = (mentions: readonly Client[]) =>
      run(ada, "editComment", "EditCommentInput", {
        ...{ templateId, commentId: id, body: "other", mentions: mentions.map((one) => one.id) },
      });
    await change([cyd]);
    expect([await kindsOf(bob), await kindsOf(cyd)]).toEqual([
      ["GRANTED"],
      ["MENTIONED", "GRANTED"],
    ]);
    await change([cyd]);
    expect((await inbox(cyd)).nodes[0].occurrences).toBe(1);
    await run(ada, "deleteComment", "DeleteCommentInput", { templateId, commentId: id });
    expect(await kindsOf(cyd)).toEqual(["GRANTED"]);
  });
});

describe("NOTE-5 NOTE-6 an inbox", () => {
  test("is told in pages, each once, and all or what is unread", async () => {
    await grant(bob, "COMMENT");
    for (let count = 0; count < 4; count += 1) await comment(ada, [bob]);
    const seen: number[] = [];
    let after = "";
    for (;;) {
      const { nodes, pageInfo } = await inbox(bob, `(first: 2${after})`);
      seen.push(...nodes.map(({ sequence }: { sequence: number }) => sequence));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    const { nodes, sequence } = await inbox(bob);
    expect(sequence).toBe(5);
    expect(await markRead(bob, { ids: [nodes[0].id, randomUUID()] })).toBe(4);
    expect((await inbox(bob, "(unread: true)")).nodes).toHaveLength(4);
    await comment(ada, [bob]);
    expect(await markRead(bob, { throughSequence: 6 })).toBe(1);
    expect(await markRead(bob, {})).toBe(0);
    expect((await inbox(bob)).nodes).toHaveLength(6);
  });

  test("is its person's alone", async () => {
    await grant(bob, "VIEW");
    const { nodes } = await inbox(bob);
    expect(await markRead(ada, { ids: [nodes[0].id] })).toBe(0);
    expect((await inbox(bob)).unread).toBe(1);
    const { template } = await bob.data(`{ template(id: "${templateId}") { author {
      unreadNotificationCount notificationSequence notifications { nodes { id } } } } }`);
    expect(template.author).toEqual({
      ...{ unreadNotificationCount: null, notificationSequence: null, notifications: null },
    });
    const { markNotificationsRead } = await api.anonymous.data(
      `mutation { markNotificationsRead(input: {}) { ... on RequestError { code } } }`,
    );
    expect(markNotificationsRead.code).toBe("UNAUTHENTICATED");
    const reader = api.as(bob.id, ["READ"]);
    const { markNotificationsRead: refused } = await reader.data(
      `mutation { markNotificationsRead(input: {}) { ... on RequestError { code } } }`,
    );
    expect(refused.code).toBe("FORBIDDEN");
  });

  /** Notifications of bob's that others caused, in so many rows. */
  async function fill(count: number, about: { actorId: string | null; templateId?: string }) {
    const { sequence: start } = await api.prisma.notificationInbox.upsert({
      where: { userId: bob.id },
      create: { userId: bob.id, sequence: 0 },
      update: {},
    });
    const rows = Array.from({ length: count }, (_, index) => ({
      ...{ userId: bob.id, id: randomUUID(), kind: "MENTIONED", topic: randomUUID(), ...about },
      ...{ sequence: start + index + 1, occurrences: 1, at: new Date(), operationIds: [] },
    }));
    await api.prisma.notification.createMany({ data: rows });
    const data = { sequence: start + count };
    await api.prisma.notificationInbox.update({ where: { userId: bob.id }, data });
  }

  test("NOTE-9 one person does not push out what others did, nor does one template", async () => {
    await grant(bob, "COMMENT");
    const spam = await cyd.createTemplate({ name: "Spam" });
    await run(cyd, "updateTemplate", "UpdateTemplateInput", { templateId: spam, isPublic: true });
    await fill(170, { actorId: cyd.id, templateId: spam });
    const input = { templateId: spam, id: randomUUID(), body: "look", mentions: [bob.id] };
    await run(cyd, "createComment", "CreateCommentInput", input);
    expect((await inbox(bob)).unread).toBe(151);
    expect((await inbox(bob, "(first: 1)")).nodes).toMatchObject([{ commentId: input.id }]);
    // Others on the same template make no more of it.
    const dan = await api.signUp("Dan");
    await fill(100, { actorId: dan.id, templateId: spam });
    await run(cyd, "createComment", "CreateCommentInput", { ...input, id: randomUUID() });
    expect((await inbox(bob)).unread).toBe(151);
    await run(cyd, "updateTemplate", "UpdateTemplateInput", { templateId: spam, isPublic: false });
    expect(await kindsOf(bob)).toEqual(["GRANTED"]);
  });

  test("NOTE-5 what may not be seen goes first where it is full", async () => {
    await grant(bob, "COMMENT");
    const hidden = await cyd.createTemplate({ name: "Hidden" });
    await fill(600, { actorId: null, templateId: hidden });
    await fill(398, { actorId: null });
    const other = await ada.createTemplate({ name: "Other" });
    for (const [index, id] of [templateId, other].entries()) {
      const input = { templateId: id, id: randomUUID(), body: "look", mentions: [bob.id] };
      await run(ada, "setTemplatePermission", "SetTemplatePermissionInput", {
        ...{ templateId: id, userId: bob.id, role: "VIEW" },
      });
      await run(ada, "createComment", "CreateCommentInput", input);
      expect((await inbox(bob)).unread).toBe(400 + 2 * index);
    }
    expect(await api.prisma.notification.count({ where: { userId: bob.id } })).toBe(1_000);
    const { nodes } = await inbox(bob, "(first: 100)");
    expect(nodes.slice(0, 3).map(({ kind }: { kind: string }) => kind)).toEqual([
      ...["MENTIONED", "GRANTED", "MENTIONED"],
    ]);
  });

  test("NOTE-10 is read by one statement, however often it is selected", async () => {
    await grant(bob, "COMMENT");
    for (let count = 0; count < 3; count += 1) await comment(ada, [bob]);
    const fields =
      "unreadNotificationCount notificationSequence notifications(first: 2) { nodes { id } }";
    const aliases = Array.from({ length: 8 }, (_, index) => index);
    const many = aliases
      .map(
        (index) => `a${index}: unreadNotificationCount b${index}: notificationSequence
          c${index}: notifications(first: ${index}, unread: true) { nodes { id } }`,
      )
      .join(" ");
    const one = await api.statements(() => bob.data(`{ viewer { ${fields} } }`));
    const all = await api.statements(() => bob.data(`{ viewer { ${many} } }`));
    expect(all).toHaveLength(one.length);
    const { viewer } = await bob.data(`{ viewer { ${many} } }`);
    expect(aliases.map((index) => viewer[`c${index}`].nodes.length)).toEqual([
      ...[0, 1, 2, 3, 4, 4, 4, 4],
    ]);
    expect([viewer.a3, viewer.b3]).toEqual([4, 4]);
  });

  test("costs as many queries however much is in it", async () => {
    await grant(bob, "COMMENT");
    await comment(ada, [bob]);
    // What bob may see is remembered from then on.
    await inbox(bob);
    const few = (await api.statements(() => inbox(bob))).length;
    for (let count = 0; count < 5; count += 1) await comment(ada, [bob]);
    expect((await api.statements(() => inbox(bob))).length).toBe(few);
  });

  test("NOTE-8 goes with its account; what its person caused stays without a name", async () => {
    await grant(bob, "COMMENT");
    const thread = await comment(ada);
    await reply(bob, thread);
    await api.services.users.remove(bob.id, Date.now());
    expect((await inbox(ada)).nodes).toMatchObject([{ kind: "REPLIED", actor: null }]);
    expect(await api.prisma.notification.count({ where: { userId: bob.id } })).toBe(0);
  });
});
