import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let id: string;
let pageId: string;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
  id = await ada.createTemplate({ name: "Snapshots", isPublic: true });
  pageId = await ada.firstPage(id);
  for (let count = 1; count <= 9; count += 1) await ada.addElement(id, pageId, `e${count}`);
});
afterAll(() => api.stop());

describe("snapshots and reverts", () => {
  const SNAPSHOT = `mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) {
    __typename
    ... on SnapshotCreated { snapshot { id version kind name reason designHash designData createdBy { name } createdAt } }
    ... on RequestError { code path }
  } }`;
  const REVERT = `mutation ($input: RevertTemplateInput!) { revertTemplate(input: $input) {
    __typename
    ... on TemplateReverted { revertedFrom revertedTo operationsRolledBack newVersion template { version designData } }
    ... on RequestError { code path }
  } }`;
  const SNAPSHOTS = `query ($id: ID!, $kind: SnapshotKind, $first: Int, $after: String) {
    template(id: $id) { snapshots(kind: $kind, first: $first, after: $after) {
      edges { cursor node { name kind version createdBy { name } } } pageInfo { hasNextPage endCursor }
    } }
  }`;

  test("API-64: a named snapshot keeps the document", async () => {
    const { createSnapshot } = await ada.data(SNAPSHOT, {
      input: { templateId: id, name: " Draft ", reason: "to show" },
    });
    expect(createSnapshot.snapshot).toMatchObject({
      version: 10,
      kind: "MANUAL",
      name: "Draft",
      reason: "to show",
      createdBy: { name: "Ada" },
    });
    const { template } = await ada.data(
      `{ template(id: "${id}") { designData at(version: 10) { designHash } } }`,
    );
    expect(createSnapshot.snapshot.designData).toEqual(template.designData);
    expect(createSnapshot.snapshot.designHash).toBe(template.at.designHash);
  });

  test("API-65: a revert brings an older document back by operations at the head", async () => {
    const { revertTemplate } = await ada.data(REVERT, {
      input: { templateId: id, targetVersion: 4, reason: "better" },
    });
    expect(revertTemplate).toMatchObject({
      revertedFrom: 10,
      revertedTo: 4,
      operationsRolledBack: 6,
    });
    expect(revertTemplate.newVersion).toBeGreaterThan(10);
    expect(revertTemplate.template.version).toBe(revertTemplate.newVersion);
    expect(revertTemplate.template.designData.pages[0].elements).toHaveLength(3);
  });

  test("API-64: snapshots are told newest first, of one kind where asked, in pages", async () => {
    await ada.data(SNAPSHOT, { input: { templateId: id, name: "One" } });
    await ada.addElement(id, pageId, "between");
    await ada.data(SNAPSHOT, { input: { templateId: id, name: "Two" } });
    const all = (await ada.data(SNAPSHOTS, { id })).template.snapshots.edges.map(
      ({ node }: { node: { name: string | null; kind: string } }) => node.name ?? node.kind,
    );
    expect(all.slice(0, 2)).toEqual(["Two", "One"]);
    expect(all.at(-1)).toBe("Draft");
    const manual = (await ada.data(SNAPSHOTS, { id, kind: "MANUAL" })).template.snapshots;
    expect(manual.edges).toHaveLength(3);
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const variables = { id, kind: "MANUAL", first: 1, after };
      const { template } = await ada.data(SNAPSHOTS, variables);
      seen.push(
        ...template.snapshots.edges.map(({ node }: { node: { name: string } }) => node.name),
      );
      if (!template.snapshots.pageInfo.hasNextPage) break;
      after = template.snapshots.pageInfo.endCursor;
    }
    expect(seen).toEqual(["Two", "One", "Draft"]);
  });

  test("API-61: the documents of snapshots are read only where selected", async () => {
    const read = (selection: string) =>
      api.statements(() => ada.data(`{ template(id: "${id}") { snapshots { ${selection} } } }`));
    const fields = "id version name designHash createdBy { name }";
    for (const selection of [`edges { node { ${fields} } }`, `nodes { ${fields} }`]) {
      const without = await read(selection);
      expect(without).toHaveLength(3);
      expect(without.join()).not.toContain("design_data");
    }
    expect((await read("nodes { designData }")).join()).toContain("design_data");
  });

  test.each([{ first: -1 }, { first: 101 }, { after: "x" }])("API-41: %j is refused", async (v) => {
    const { errors } = await ada.run(SNAPSHOTS, { id, ...v });
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
  });

  test.each([
    [{ name: " " }, ["name"]],
    [{ name: "\u0000" }, ["name"]],
    [{ name: "n", reason: "\u0000" }, ["reason"]],
  ])("API-64: a name that cannot be is refused (%#)", async (input, path) => {
    const { createSnapshot } = await ada.data(SNAPSHOT, { input: { templateId: id, ...input } });
    expect(createSnapshot).toEqual({ __typename: "RequestError", code: "INVALID_INPUT", path });
  });

  test.each([0, -1, 1_000, 2_147_483_647])(
    "API-65: no revert to version %d",
    async (targetVersion) => {
      const { revertTemplate } = await ada.data(REVERT, {
        input: { templateId: id, targetVersion },
      });
      expect(revertTemplate).toMatchObject({ code: "INVALID_INPUT", path: ["targetVersion"] });
    },
  );

  test.each<[string, object]>([
    [SNAPSHOT, { name: "n" }],
    [REVERT, { targetVersion: 1 }],
  ])("ACC-2, ACC-3, ACC-4: both are for the author alone (%#)", async (mutation, input) => {
    const hidden = await ada.createTemplate({ name: "private" });
    const code = async (client: Client, templateId: string) =>
      Object.values(await client.data(mutation, { input: { ...input, templateId } })).map(
        (answer) => (answer as { code: string }).code,
      );
    expect(await code(api.anonymous, id)).toEqual(["UNAUTHENTICATED"]);
    expect(await code(bob, id)).toEqual(["FORBIDDEN"]);
    expect(await code(bob, hidden)).toEqual(["NOT_FOUND"]);
    expect(await code(bob, "no id")).toEqual(["NOT_FOUND"]);
  });
});

describe("API-116 one snapshot of each kind at each version", () => {
  const SAVE = `mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) {
    ... on SnapshotCreated { created snapshot { id version name reason createdBy { name } } }
    ... on RequestError { code path }
  } }`;
  const save = async (client: Client, input: object) =>
    (await client.data(SAVE, { input: { name: "n", ...input } })).createSnapshot;

  test("however many ask at once, by whomever", async () => {
    const templateId = await ada.createTemplate({ name: "Racing" });
    await ada.data(
      `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
      { input: { templateId, userId: bob.id, role: "EDIT" } },
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        save(index % 2 === 0 ? ada : bob, { templateId, name: `Name ${index}` }),
      ),
    );
    expect(answers.filter(({ created }) => created === true)).toHaveLength(1);
    const first = answers.find(({ created }) => created === true);
    for (const answer of answers) expect(answer.snapshot).toEqual(first.snapshot);
    expect(await save(ada, { templateId, name: "Later", idempotencyKey: "k" })).toEqual({
      created: false,
      snapshot: first.snapshot,
    });
    const { template } = await ada.data(
      `{ template(id: "${templateId}") { snapshots { nodes { id } } } }`,
    );
    expect(template.snapshots.nodes).toHaveLength(1);
  });

  test("API-59: what was answered under a key is answered again on a newer version", async () => {
    const templateId = await ada.createTemplate({ name: "Again" });
    const first = await save(ada, { templateId, name: "First" });
    const keyed = { templateId, name: "Mine", idempotencyKey: "mine" };
    const answer = await save(ada, keyed);
    expect(answer).toEqual({ created: false, snapshot: first.snapshot });
    await ada.addElement(templateId, await ada.firstPage(templateId), "e1");
    expect(await save(ada, keyed)).toEqual(answer);
    expect((await save(ada, { ...keyed, idempotencyKey: "other" })).created).toBe(true);
  });

  test("and another one once the version moved on", async () => {
    const templateId = await ada.createTemplate({ name: "Moving" });
    expect((await save(ada, { templateId, name: "One" })).created).toBe(true);
    await ada.addElement(templateId, await ada.firstPage(templateId), "e1");
    expect(await save(ada, { templateId, name: "Two" })).toMatchObject({
      created: true,
      snapshot: { name: "Two", version: 2 },
    });
  });

  test("API-117: each says why it is there, in a person's words or the server's", async () => {
    const templateId = await ada.createTemplate({ name: "Reasons" });
    const page = await ada.firstPage(templateId);
    await ada.addElement(templateId, page, "e1");
    await save(ada, { templateId, name: "Named" });
    await ada.addElement(templateId, page, "e2");
    await save(ada, { templateId, name: "Said", reason: "to show" });
    const revert = (reason?: string) =>
      ada.data(
        `mutation ($input: RevertTemplateInput!) { revertTemplate(input: $input) { __typename } }`,
        { input: { templateId, targetVersion: reason === undefined ? 1 : 2, reason } },
      );
    await revert();
    await revert("better");
    const auto = { ...{ id: api.services.newId(), templateId, version: 3 }, kind: "AUTO" as const };
    const design = { canvas: {}, pages: [], audioLayers: [] };
    const rest = {
      name: null,
      reason: null,
      design,
      designHash: "ab",
      createdById: null,
      createdAt: 0,
    };
    await api.services.templates.addSnapshot({ ...auto, ...rest });
    const { template } = await ada.data(
      `{ template(id: "${templateId}") { snapshots { nodes { kind reason } only: nodes { reason } } } }`,
    );
    expect(template.snapshots.nodes).toEqual([
      { kind: "REVERT", reason: "better" },
      { kind: "REVERT", reason: "Reverted to version 1" },
      { kind: "AUTO", reason: "Automatic snapshot" },
      { kind: "MANUAL", reason: "to show" },
      { kind: "MANUAL", reason: "Manual snapshot" },
    ]);
  });
});
