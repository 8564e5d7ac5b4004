import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { operationTypes } from "../../src/domain/operations/registry.js";

let api: Api;
let ada: Client;
let bob: Client;
let id: string;
let pageId: string;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
  id = await ada.createTemplate({ name: "History", isPublic: true });
  pageId = await ada.firstPage(id);
  for (let count = 1; count <= 9; count += 1) await ada.addElement(id, pageId, `e${count}`);
});
afterAll(() => api.stop());

const OPERATIONS = `
  query ($id: ID!, $from: Int, $to: Int, $first: Int, $after: String) {
    template(id: $id) {
      operations(fromVersion: $from, toVersion: $to, first: $first, after: $after) {
        edges { cursor node { resultingVersion } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`;

async function page(variables: object = {}) {
  const { template } = await ada.data(OPERATIONS, { id, ...variables });
  return template.operations;
}

async function versions(variables: object = {}): Promise<number[]> {
  const { edges } = await page(variables);
  return edges.map(({ node }: { node: { resultingVersion: number } }) => node.resultingVersion);
}

describe("the log", () => {
  test("API-60: is told oldest first, between the bounds, both inclusive", async () => {
    expect(await versions()).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await versions({ from: 4, to: 6 })).toEqual([4, 5, 6]);
    expect(await versions({ from: 9 })).toEqual([9, 10]);
    expect(await versions({ to: 3 })).toEqual([2, 3]);
    expect(await versions({ from: -5, to: 2 })).toEqual([2]);
    expect(await versions({ from: 11 })).toEqual([]);
    expect(await versions({ from: 6, to: 5 })).toEqual([]);
    expect(await versions({ to: 2_147_483_647, from: -2_147_483_648 })).toHaveLength(9);
  });

  test("API-60: in pages, each operation once", async () => {
    const seen: number[] = [];
    let after: string | null = null;
    for (;;) {
      const { edges, pageInfo }: Awaited<ReturnType<typeof page>> = await page({
        first: 2,
        after,
        from: 3,
        to: 9,
      });
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(
        ...edges.map(({ node }: { node: { resultingVersion: number } }) => node.resultingVersion),
      );
      expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(await page({ first: 0 })).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: true, endCursor: null },
    });
  });

  test.each([{ first: -1 }, { first: 1_001 }, { after: "x" }, { after: "" }])(
    "API-41: %j is refused",
    async (variables) => {
      const { data, errors } = await ada.run(OPERATIONS, { id, ...variables });
      expect(data).toEqual({ template: null });
      expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
    },
  );

  test.each<[boolean, string]>([
    [false, "id type target { elementId } user { name } resultingVersion"],
    [true, "id payload"],
    [true, "...F"],
    [true, "... on Operation { payload }"],
    [true, "... { ...F }"],
    [true, "data: payload"],
    [false, "id payload @skip(if: true)"],
    [false, "id ...F @include(if: $no)"],
    [true, "id ...F @include(if: $yes)"],
  ])("API-61: the payloads are read: %s, for { %s }", async (isRead, selection) => {
    const fragment = selection.includes("...F") ? "fragment F on Operation { payload }" : "";
    const variables = ["no", "yes"].filter((name) => selection.includes(`$${name}`));
    const declared = variables.map((name) => `($${name}: Boolean!)`).join("");
    const statements = await api.statements(async () => {
      const { template } = await ada.data(
        `query Q${declared} { template(id: "${id}") { operations { edges { node { ${selection} } } } } } ${fragment}`,
        Object.fromEntries(variables.map((name) => [name, name === "yes"])),
      );
      expect(template.operations.edges).toHaveLength(9);
      if (isRead) expect(JSON.stringify(template)).toContain('"rect"');
    });
    const log = statements.find((text) => text.includes("template_operations"));
    expect(log).toBeDefined();
    expect(/\bpayload\b/.test(log ?? "")).toBe(isRead);
    // What measures them reads none of them.
    const readers = statements.filter((text) => !text.includes("pg_column_size"));
    expect(readers.join()).not.toMatch(/footprint|inverse|design_data/);
  });

  test.each([true, false])("API-61: also of items without edges: %s", async (isRead) => {
    const selection = isRead ? "id payload" : "id";
    const statements = await api.statements(async () => {
      const { template } = await ada.data(
        `{ template(id: "${id}") { operations { nodes { ${selection} } } } }`,
      );
      expect(template.operations.nodes).toHaveLength(9);
      if (isRead) expect(JSON.stringify(template)).toContain('"rect"');
    });
    const log = statements.find((text) => text.includes("template_operations"));
    expect(/\bpayload\b/.test(log ?? "")).toBe(isRead);
  });

  test("API-13: a page of it costs a handful of queries, with the people in it", async () => {
    const statements = await api.statements(() =>
      ada.data(
        `{ template(id: "${id}") { operations { edges { node { id payload user { name } } } } } }`,
      ),
    );
    // The head, the page's size, the page, the people.
    expect(statements).toHaveLength(4);
  });

  test("API-62: without a payload it is an empty object", async () => {
    const other = await ada.createTemplate({ name: "Delete" });
    const page1 = await ada.firstPage(other);
    await ada.addElement(other, page1, "e1");
    const { applyOperations } = await ada.data(
      `mutation { applyOperations(input: { templateId: "${other}", baseVersion: 2, operations: [
        { id: "d", type: DELETE_ELEMENT, target: { pageId: "${page1}", elementId: "e1" } }
      ] }) { ... on OperationsApplied { operations { payload } } } }`,
    );
    expect(applyOperations.operations).toEqual([{ payload: {} }]);
    const { template } = await ada.data(
      `{ template(id: "${other}") { operations(fromVersion: 3) { edges { node { payload clientTimestamp } } } } }`,
    );
    expect(template.operations.edges).toEqual([{ node: { payload: {}, clientTimestamp: null } }]);
  });
});

describe("at a version", () => {
  const AT = `query ($id: ID!, $version: Int!) {
    template(id: $id) { createdAt at(version: $version) { version designData designHash createdAt } }
  }`;

  test("API-63: the document is as it was", async () => {
    for (const version of [1, 2, 5, 10]) {
      const { template } = await ada.data(AT, { id, version });
      expect(template.at.version).toBe(version);
      expect(template.at.designData.pages[0].elements).toHaveLength(version - 1);
      expect(template.at.designHash).toMatch(/^[0-9a-f]{64}$/);
      if (version === 1) expect(template.at.createdAt).toBe(template.createdAt);
    }
  });

  test.each([0, -1, 11, 2_147_483_647])("API-63: version %d is null", async (version) => {
    expect((await ada.data(AT, { id, version })).template.at).toBeNull();
  });
});

describe("who reads it", () => {
  const ALL = `query ($id: ID!) { template(id: $id) {
    at(version: 1) { designData } operations { edges { node { payload } } } snapshots { edges { node { designData } } }
  } }`;

  test("ACC-2: everyone who is signed in, where it is public", async () => {
    expect((await bob.data(ALL, { id })).template.at.designData).toBeDefined();
    expect((await api.anonymous.data(ALL, { id })).template).toBeNull();
  });

  test("ACC-3: nobody else, once it is private", async () => {
    await ada.data(
      `mutation { updateTemplate(input: { templateId: "${id}", isPublic: false }) { __typename } }`,
    );
    expect((await bob.data(ALL, { id })).template).toBeNull();
    expect((await ada.data(ALL, { id })).template).not.toBeNull();
  });
});

describe("the reference", () => {
  test("API-66: every operation type has schemas and an example that applies", async () => {
    const told = await api.anonymous.data(
      "{ operationTypes { type description targetSchema payloadSchema example } }",
    );
    expect(told.operationTypes.map(({ type }: { type: string }) => type)).toEqual(operationTypes);
    for (const { type, example } of told.operationTypes) {
      const templateId = await ada.createTemplate({ name: type, designData: example.before });
      const operation = { id: "x", type, target: example.target, payload: example.payload };
      const { applyOperations } = await ada.data(
        `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
          __typename ... on UserError { message } } }`,
        { input: { templateId, baseVersion: 1, operations: [operation] } },
      );
      expect(applyOperations).toEqual({ __typename: "OperationsApplied" });
    }
  });
});
