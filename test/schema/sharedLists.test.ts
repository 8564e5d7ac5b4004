/** Which templates a list holds for whom, beside one's own and public ones. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let carol: Client;
/** Ids by how they are bob's to see. */
const ids: Record<string, string> = {};
const now = new Date();

beforeAll(async () => {
  api = await startApi();
  [ada, bob, carol] = [await api.signUp("Ada"), await api.signUp("Bob"), await api.signUp("Carol")];
  const { prisma } = api;
  const [teamId, projectId] = [randomUUID(), randomUUID()];
  await prisma.team.create({ data: { id: teamId, name: "T", ownerId: ada.id, createdAt: now } });
  const member = { teamId, userId: bob.id, role: "MEMBER", joinedAt: now } as const;
  await prisma.teamMember.create({ data: member });
  const project = { id: projectId, teamId, ownerId: ada.id, name: "P", createdAt: now };
  await prisma.project.create({ data: project });
  const ways = [
    "private",
    "permitted",
    "teamPermitted",
    "team",
    "project",
    "twice",
    "linked",
    "over",
  ];
  for (const way of ways) ids[way] = await ada.createTemplate({ name: way });
  const place = (way: string, data: object) =>
    prisma.template.update({ where: { id: ids[way]! }, data });
  await place("team", { teamId });
  await place("twice", { teamId });
  await place("project", { projectId });
  const grant = (way: string, held: object) =>
    setPermission(ada, { templateId: ids[way], ...held });
  await grant("permitted", { userId: bob.id, role: "VIEW" });
  await grant("twice", { userId: bob.id, role: "ADMIN" });
  await grant("teamPermitted", { teamId, role: "COMMENT" });
  for (const [way, expiresAt] of [
    ["linked", null],
    ["twice", null],
    ["over", new Date(now.getTime() - 1_000)],
  ] as const) {
    await openLink(ids[way]!, bob.id, expiresAt);
  }
});
afterAll(() => api.stop());

async function setPermission(client: Client, input: object): Promise<void> {
  const { setTemplatePermission } = await client.data(
    `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) {
      ... on RequestError { message } } }`,
    { input },
  );
  expect(setTemplatePermission.message).toBeUndefined();
}

async function openLink(templateId: string, userId: string, expiresAt: Date | null): Promise<void> {
  const { prisma } = api;
  const { createdAt } = await prisma.template.findUniqueOrThrow({ where: { id: templateId } });
  for (let count = 0; count < 2; count += 1) {
    const id = randomUUID();
    const link = {
      templateId,
      id,
      tokenHash: Buffer.from(id),
      role: "COMMENT",
      createdAt: now,
    } as const;
    await prisma.shareLink.create({ data: { ...link, expiresAt } });
    const opened = {
      templateId,
      id: randomUUID(),
      userId,
      shareLinkId: id,
      role: "COMMENT",
    } as const;
    await prisma.templatePermission.create({ data: { ...opened, templateCreatedAt: createdAt } });
  }
}

async function namesOf(client: Client, args = "first: 100"): Promise<string[]> {
  const { templates } = await client.data(`{ templates(${args}) { nodes { name } } }`);
  return templates.nodes.map(({ name }: { name: string }) => name);
}

const bobs = ["linked", "twice", "project", "team", "teamPermitted", "permitted"];

test("ACC-31 a list holds what the viewer may view, each once, newest first", async () => {
  expect(await namesOf(bob)).toEqual(bobs);
  expect(await namesOf(carol)).toEqual([]);
  expect(await namesOf(bob, "filter: { mine: true }")).toEqual([]);
  expect(await namesOf(bob, `search: "team"`)).toEqual(["team", "teamPermitted"]);
});

test("ACC-31 what was shared with somebody is what others made and they were granted, and of an author what one may see", async () => {
  const own = await bob.createTemplate({ name: "own" });
  const open = await carol.createTemplate({ name: "open", isPublic: true });
  const shared = "filter: { sharedWithMe: true }";
  expect(await namesOf(bob, shared)).toEqual(bobs);
  expect(await namesOf(carol, shared)).toEqual([]);
  expect(await namesOf(ada, shared)).toEqual([]);
  const by = (client: Client) => `filter: { authorId: "${client.id}" }`;
  expect(await namesOf(bob, by(ada))).toEqual(bobs);
  expect(await namesOf(bob, by(bob))).toEqual(["own"]);
  expect(await namesOf(bob, by(carol))).toEqual(["open"]);
  expect(await namesOf(carol, by(ada))).toEqual([]);
  expect(await namesOf(carol, `filter: { authorId: "nobody" }`)).toEqual([]);
  expect(await namesOf(bob, `filter: { authorId: "${ada.id}", mine: true }`)).toEqual([]);
  for (const other of ["mine", "deleted"]) {
    const both = `{ templates(filter: { sharedWithMe: true, ${other}: true }) { nodes { name } } }`;
    const { errors } = await bob.run(both);
    expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  }
  await api.prisma.template.deleteMany({ where: { id: { in: [own, open] } } });
});

test("API-49 a list by last change begins with what was edited or described last", async () => {
  const order = "orderBy: CHANGED, filter: { sharedWithMe: true }";
  await ada.addElement(ids["project"]!, await ada.firstPage(ids["project"]!), "e");
  await ada.data(
    `mutation ($input: UpdateTemplateInput!) { updateTemplate(input: $input) { __typename } }`,
    { input: { templateId: ids["permitted"], description: "d" } },
  );
  await ada.addElement(ids["team"]!, await ada.firstPage(ids["team"]!), "e");
  expect((await namesOf(bob, `first: 3, ${order}`)).slice(0, 3)).toEqual([
    ...["team", "permitted", "project"],
  ]);
});

test.each(["CHANGED", "NAME"])(
  "API-49 in the order %s pages are as at once, forward and backward",
  async (orderBy) => {
    const all = await namesOf(bob, `first: 100, orderBy: ${orderBy}`);
    if (orderBy === "NAME") expect(all).toEqual(bobs.toSorted());
    expect(all.toSorted()).toEqual(bobs.toSorted());
    for (const [count, cursor, end] of [
      ["first", "after", "endCursor"],
      ["last", "before", "startCursor"],
    ]) {
      const seen: string[] = [];
      for (let from = ""; ;) {
        const { templates } = await bob.data(
          `{ templates(${count}: 2, orderBy: ${orderBy}${from}) { nodes { name }
            pageInfo { ${end} hasNextPage hasPreviousPage } } }`,
        );
        const page = templates.nodes.map(({ name }: { name: string }) => name);
        if (count === "first") seen.push(...page);
        else seen.unshift(...page);
        const { hasNextPage, hasPreviousPage } = templates.pageInfo;
        if (!(count === "first" ? hasNextPage : hasPreviousPage)) break;
        from = `, ${cursor}: "${templates.pageInfo[end!]}"`;
      }
      expect(seen).toEqual(all);
    }
    const { templates } = await bob.data(
      `{ templates(first: 1, orderBy: ${orderBy}) { pageInfo { endCursor } } }`,
    );
    const foreign = `{ templates(after: "${templates.pageInfo.endCursor}") { nodes { name } } }`;
    expect((await bob.run(foreign)).errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  },
);

test("API-49 names go in the order of their letters in lower case, equal ones each once", async () => {
  const reader = await api.signUp("Reader");
  const names = ["b b", "Ä", "A", "a", "Z\u0001", "ab", "É", "~", "a", "🎨"];
  for (const name of names) {
    await api.prisma.template.update({
      where: { id: await reader.createTemplate({ name: "n" }) },
      data: { name },
    });
  }
  const mine = "filter: { mine: true }, orderBy: NAME";
  const all = await namesOf(reader, mine);
  const bytes = (name: string) => Buffer.from(name.toLowerCase()).toString("latin1");
  expect(all.map(bytes)).toEqual(names.map(bytes).toSorted());
  const seen: string[] = [];
  for (let from = ""; ;) {
    const { templates } = await reader.data(
      `{ templates(first: 1, ${mine}${from}) { nodes { name } pageInfo { endCursor hasNextPage } } }`,
    );
    seen.push(templates.nodes[0].name);
    if (!templates.pageInfo.hasNextPage) break;
    from = `, after: "${templates.pageInfo.endCursor}"`;
  }
  expect(seen).toEqual(all);
});

test.each([1, 2, 5])("ACC-31 in pages of %d as at once, forward and backward", async (size) => {
  for (const [count, cursor, end] of [
    ["first", "after", "endCursor"],
    ["last", "before", "startCursor"],
  ]) {
    const seen: string[] = [];
    let from = "";
    for (;;) {
      const { templates } = await bob.data(
        `{ templates(${count}: ${size}${from}) { nodes { name } pageInfo { ${end} hasNextPage hasPreviousPage } } }`,
      );
      const page = templates.nodes.map(({ name }: { name: string }) => name);
      if (count === "first") seen.push(...page);
      else seen.unshift(...page);
      const { hasNextPage, hasPreviousPage } = templates.pageInfo;
      if (!(count === "first" ? hasNextPage : hasPreviousPage)) break;
      from = `, ${cursor}: "${templates.pageInfo[end!]}"`;
    }
    expect(seen).toEqual(bobs);
  }
});

test("ACC-5 ACC-31 the bin holds what the viewer may take out", async () => {
  for (const way of bobs) await ada.deleteTemplate(ids[way]!);
  expect(await namesOf(bob, "filter: { deleted: true }")).toEqual(["twice"]);
  expect(await namesOf(bob)).toEqual([]);
  expect(await namesOf(ada, "filter: { deleted: true }")).toEqual(bobs);
  const { restoreTemplate } = await bob.data(
    `mutation ($input: RestoreTemplateInput!) { restoreTemplate(input: $input) { __typename } }`,
    { input: { templateId: ids["twice"] } },
  );
  expect(restoreTemplate.__typename).toBe("TemplateRestored");
  expect(await namesOf(bob)).toEqual(["twice"]);
});

const granted = [
  "template_permissions_user_id_template_created_at_template_i_idx",
  "template_permissions_team_id_template_created_at_template_i_idx",
];

test.each([
  [
    "CREATED",
    [
      ...granted,
      "templates_author_id_created_at_id_idx",
      "templates_is_public_created_at_id_idx",
      "templates_team_id_created_at_id_idx",
      "templates_project_id_created_at_id_idx",
    ],
  ],
  ...["CHANGED", "NAME"].map((order) => {
    const indexes = ["author", "public", "team", "project"].map(
      (way) => `templates_${way}_${order.toLowerCase()}`,
    );
    return [order, indexes] as const;
  }),
] as const)("ACC-31 API-49 a page by %s is read along indexes", async (orderBy, indexes) => {
  const statements = await api.statements(() => namesOf(bob, `first: 5, orderBy: ${orderBy}`));
  const text = statements.find((statement) => statement.includes("LATERAL")) ?? "";
  const numbers = [...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
  const nulls = Array.from({ length: Math.max(...numbers) }, () => "NULL").join();
  const plan = await api.prisma.$transaction(async (transaction) => {
    await transaction.$executeRawUnsafe("SET LOCAL plan_cache_mode = force_generic_plan");
    // The tables are small here: what is asked is whether indexes can serve.
    await transaction.$executeRawUnsafe("SET LOCAL enable_seqscan = off");
    await transaction.$executeRawUnsafe("SET LOCAL enable_bitmapscan = off");
    await transaction.$executeRawUnsafe("SET LOCAL enable_sort = off");
    await transaction.$executeRawUnsafe(`PREPARE page AS ${text}`);
    const rows = await transaction.$queryRawUnsafe<{ "QUERY PLAN": string }[]>(
      `EXPLAIN EXECUTE page(${nulls})`,
    );
    await transaction.$executeRawUnsafe("DEALLOCATE page");
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
  for (const index of indexes) expect(plan).toContain(index);
});
