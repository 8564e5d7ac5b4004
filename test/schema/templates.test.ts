import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
afterAll(() => api.stop());

const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";
const TEMPLATE = /* GraphQL */ `
  fragment All on Template {
    id
    name
    description
    category
    tags
    isPublic
    version
    versionHash
    designData
    author {
      id
      name
      email
    }
    createdAt
    updatedAt
    deletedAt
  }
`;
const READ = `query ($id: ID!) { template(id: $id) { ...All } } ${TEMPLATE}`;
const CREATE = `
  mutation ($input: CreateTemplateInput!) {
    createTemplate(input: $input) {
      __typename
      ... on TemplateCreated { template { ...All } }
      ... on RequestError { code message path problems { path message } }
    }
  } ${TEMPLATE}
`;

/** A mutation on one template whose success is the template's details. */
function change(name: string, input: string, success: string): string {
  return `
    mutation ($input: ${input}!) {
      result: ${name}(input: $input) {
        __typename
        ... on UserError { code }
        ... on RequestError { path }
        ... on ${success} { template { ...Details } }
      }
    }
    fragment Details on Template { id name description category tags isPublic version deletedAt author { id } }
  `;
}
const UPDATE = change("updateTemplate", "UpdateTemplateInput", "TemplateUpdated");
const DELETE = change("deleteTemplate", "DeleteTemplateInput", "TemplateDeleted");
const RESTORE = change("restoreTemplate", "RestoreTemplateInput", "TemplateRestored");
const DUPLICATE = change("duplicateTemplate", "DuplicateTemplateInput", "TemplateDuplicated");

describe("creating", () => {
  test("API-11: a template begins at version 1 with one empty page", async () => {
    const { createTemplate } = await ada.data(CREATE, { input: { name: " First " } });
    expect(createTemplate.template).toEqual({
      id: expect.any(String),
      name: "First",
      description: null,
      category: null,
      tags: [],
      isPublic: false,
      version: 1,
      versionHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      designData: {
        canvas: {},
        pages: [expect.objectContaining({ id: expect.any(String), elements: [] })],
        audioLayers: [],
      },
      author: { id: ada.id, name: "Ada", email: ada.email },
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      deletedAt: null,
    });
    const { template } = await ada.data(READ, { id: createTemplate.template.id });
    expect(template).toEqual(createTemplate.template);
  });

  test("API-11: or from a document, kept as sent", async () => {
    const designData = {
      canvas: { width: 800, background: "#fff" },
      pages: [
        {
          id: "p1",
          name: "Cover",
          elements: [{ id: "e1", type: "rect", x: 1.5, y: -2, tags: [1] }],
        },
      ],
      audioLayers: [{ id: "a1", clips: [{ id: "c1", start: 0, duration: 2.5 }] }],
    };
    const input = { name: "Drawn", tags: ["b", "a"], category: "c", isPublic: true, designData };
    const { createTemplate } = await ada.data(CREATE, { input });
    expect(createTemplate.template).toMatchObject({
      tags: ["b", "a"],
      category: "c",
      isPublic: true,
      designData,
    });
  });

  test.each([
    [{ name: "" }, ["name"]],
    [{ name: "x".repeat(201) }, ["name"]],
    [{ name: "a\u0000" }, ["name"]],
    [{ name: "n", tags: ["ok", ""] }, ["tags", "1"]],
    [{ name: "n", description: "\udc00" }, ["description"]],
  ])("API-11: details that cannot be are refused by their name (%#)", async (input, path) => {
    const { createTemplate } = await ada.data(CREATE, { input });
    expect(createTemplate).toMatchObject({
      ...{ __typename: "RequestError", code: "INVALID_INPUT" },
      ...{ path, problems: [] },
    });
  });

  test.each([
    [[], ["designData"]],
    ["text", ["designData"]],
    [{ canvas: {}, pages: [{ id: "p", elements: [{ id: "e" }] }], audioLayers: [] }, undefined],
    [{ canvas: { "\u0000": 1 }, pages: [], audioLayers: [] }, undefined],
    [JSON.parse('{"canvas":{"__proto__":{"x":1}},"pages":[],"audioLayers":[]}'), undefined],
  ])("API-11: a document that is none is refused (%#)", async (designData, path) => {
    const { createTemplate } = await ada.data(CREATE, { input: { name: "n", designData } });
    expect(createTemplate).toMatchObject({ __typename: "RequestError", code: "INVALID_INPUT" });
    expect(createTemplate.path[0]).toBe("designData");
    if (path !== undefined) expect(createTemplate.path).toEqual(path);
  });
});

test("API-16: names every part of a document that is wrong, so that the rest can be sent", async () => {
  const rect = { type: "rect", x: 0, y: 0 };
  const elements = [
    { ...rect, id: "a" },
    { ...rect, id: "b", x: "no" },
    { ...rect, id: "a" },
    { id: "c", type: "text", x: 0, y: 0, text: 7 },
    { ...rect, id: "d", note: "half \ud800" },
    null,
  ];
  const clips = [{ id: "k", start: -1 }, { id: "k2" }];
  const create = async (designData: object) =>
    (await ada.data(CREATE, { input: { name: "n", designData } })).createTemplate;
  const designWith = (some: readonly unknown[], ...pages: readonly object[]) => ({
    pages: [{ id: "p", elements: some }, ...pages],
    audioLayers: [{ id: "l", clips: some.length === elements.length ? clips : [clips[1]] }],
  });

  const refused = await create(designWith(elements, { id: "q", name: 1, elements: [] }));
  const at = (...path: string[]) => ["designData", "pages", "0", "elements", ...path];
  expect(refused).toMatchObject({ code: "INVALID_INPUT", path: at("1", "x") });
  expect(refused.message).toContain("7 parts are invalid, see problems");
  expect(refused.problems.map(({ path }: { path: string[] }) => path)).toEqual([
    at("1", "x"),
    at("2", "id"),
    at("3", "text"),
    at("4", "note"),
    at("5"),
    ["designData", "pages", "1", "name"],
    ["designData", "audioLayers", "0", "clips", "0", "start"],
  ]);
  for (const { message } of refused.problems) expect(message).toMatch(/^must /);

  const bad = new Set(refused.problems.map(({ path }: { path: string[] }) => Number(path[4])));
  const rest = elements.filter((_element, index) => !bad.has(index));
  expect((await create(designWith(rest))).__typename).toBe("TemplateCreated");

  const many = Array.from({ length: 50 }, (_, index) => ({ id: `e${index}` }));
  const bounded = await create(designWith(many));
  expect(bounded.problems).toHaveLength(20);
  expect(bounded.message).toContain("20 parts or more are invalid");

  const orphans = [
    { ...rect, id: "a", parentId: "b" },
    { ...rect, id: "b", parentId: "gone" },
  ];
  const grouped = await create(designWith([...orphans, { ...rect, id: "c", parentId: "lost" }]));
  expect(grouped.problems.map(({ path }: { path: string[] }) => path)).toEqual([
    at("1", "parentId"),
    at("2", "parentId"),
  ]);
});

describe("changing details", () => {
  test("API-15: what is given changes, what is omitted stays, null removes", async () => {
    const templateId = await ada.createTemplate({ name: "Old", description: "d", category: "c" });
    const first = await ada.data(UPDATE, {
      input: { templateId, name: "New", tags: ["x"], isPublic: true },
    });
    expect(first.result.template).toMatchObject({
      name: "New",
      description: "d",
      category: "c",
      tags: ["x"],
      isPublic: true,
      version: 1,
    });
    const second = await ada.data(UPDATE, { input: { templateId, description: null } });
    expect(second.result.template).toMatchObject({ name: "New", description: null, category: "c" });
  });

  test.each([
    ["name", null],
    ["name", " "],
    ["tags", null],
    ["isPublic", null],
  ])("API-15: %s cannot become %j", async (field, value) => {
    const templateId = await ada.createTemplate({ name: "Kept" });
    const { result } = await ada.data(UPDATE, { input: { templateId, [field]: value } });
    expect(result).toEqual({ __typename: "RequestError", code: "INVALID_INPUT", path: [field] });
  });
});

describe("the bin", () => {
  test("ACC-5: what is in it cannot be read or changed, and comes back as it was", async () => {
    const templateId = await ada.createTemplate({ name: "Binned", isPublic: true });
    const page = await ada.firstPage(templateId);
    await ada.addElement(templateId, page, "e1");
    const deleted = await ada.data(DELETE, { input: { templateId } });
    expect(deleted.result.template).toMatchObject({ deletedAt: expect.any(String), version: 2 });
    expect(await bob.data(READ, { id: templateId })).toEqual({ template: null });
    const refused = await ada.data(UPDATE, { input: { templateId, name: "x" } });
    expect(refused.result.code).toBe("NOT_FOUND");

    const again = await ada.data(DELETE, { input: { templateId } });
    expect(again.result.template.deletedAt).toBe(deleted.result.template.deletedAt);
    const restored = await ada.data(RESTORE, { input: { templateId } });
    expect(restored.result.template).toMatchObject({ deletedAt: null, version: 2 });
    const { template } = await bob.data(READ, { id: templateId });
    expect(template.designData.pages[0].elements).toHaveLength(1);
  });

  test.each([
    "designData",
    "at(version: 1) { version }",
    "operations { edges { cursor } }",
    "snapshots { edges { cursor } }",
  ])("ACC-5: its details can be listed, but not %s", async (field) => {
    const templateId = await ada.createTemplate({ name: "Closed" });
    const { data, errors } = await ada.run(
      `mutation { deleteTemplate(input: { templateId: "${templateId}" }) {
        ... on TemplateDeleted { template { name ${field} } } } }`,
    );
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["NOT_FOUND"]);
    expect(JSON.stringify(data)).not.toContain("canvas");
  });
});

describe("duplicating", () => {
  test("API-17: a copy is private, one's own and begins at version 1", async () => {
    const templateId = await ada.createTemplate({ name: "Model", isPublic: true, tags: ["t"] });
    await ada.addElement(templateId, await ada.firstPage(templateId), "e1");
    const { result } = await bob.data(DUPLICATE, { input: { templateId } });
    expect(result.template).toMatchObject({
      name: "Copy of Model",
      tags: ["t"],
      isPublic: false,
      version: 1,
      author: { id: bob.id },
    });
    const { template } = await bob.data(READ, { id: result.template.id });
    expect(template.designData.pages[0].elements).toMatchObject([{ id: "e1" }]);
    const named = await bob.data(DUPLICATE, { input: { templateId, name: "Mine" } });
    expect(named.result.template.name).toBe("Mine");
  });
});

describe("who may", () => {
  const mutations: [string, string, object][] = [
    ["updateTemplate", UPDATE, { name: "x" }],
    ["deleteTemplate", DELETE, {}],
    ["restoreTemplate", RESTORE, {}],
    ["duplicateTemplate", DUPLICATE, {}],
  ];

  test.each(mutations)(
    "ACC-4: %s asks who is there, before anything else",
    async (...[, text, input]) => {
      for (const templateId of [UNKNOWN_ID, await ada.createTemplate({ name: "t" })]) {
        const { result } = await api.anonymous.data(text, { input: { ...input, templateId } });
        expect(result.code).toBe("UNAUTHENTICATED");
      }
    },
  );

  test.each(mutations)(
    "ACC-3: %s finds no private template of others",
    async (...[, text, input]) => {
      for (const templateId of [UNKNOWN_ID, "no id", await ada.createTemplate({ name: "t" })]) {
        const { result } = await bob.data(text, { input: { ...input, templateId } });
        expect(result).toEqual({
          __typename: "RequestError",
          code: "NOT_FOUND",
          path: ["templateId"],
        });
      }
    },
  );

  test.each(mutations.slice(0, 3))(
    "ACC-2: %s of a public template is its author's",
    async (...[, text, input]) => {
      const templateId = await ada.createTemplate({ name: "t", isPublic: true });
      const { result } = await bob.data(text, { input: { ...input, templateId } });
      expect(result.code).toBe("FORBIDDEN");
    },
  );
});
