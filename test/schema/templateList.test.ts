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

const LIST = `
  query ($first: Int, $after: String, $last: Int, $before: String, $filter: TemplateFilter, $search: String) {
    templates(first: $first, after: $after, last: $last, before: $before, filter: $filter, search: $search) {
      edges { cursor node { id name } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;

async function list(client: Client, variables: object = {}) {
  return (await client.data(LIST, variables)).templates;
}

async function names(client: Client, variables: object = {}): Promise<string[]> {
  const { edges } = await list(client, variables);
  return edges.map(({ node }: { node: { name: string } }) => node.name);
}

describe("paging", () => {
  let reader: Client;
  let inOrder: string[];
  beforeAll(async () => {
    reader = await api.signUp("Reader");
    inOrder = [];
    for (let count = 0; count < 25; count += 1) {
      inOrder.unshift(`t${count}`);
      await reader.createTemplate({ name: `t${count}` });
    }
    // Many of one instant: the id decides.
    await api.prisma.$executeRaw`
      UPDATE templates SET created_at = date_trunc('second', created_at) WHERE author_id = ${reader.id}::uuid`;
    inOrder = (
      await api.prisma.template.findMany({
        where: { authorId: reader.id },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      })
    ).map(({ name }) => name);
  });
  const mine = { mine: true };

  test("API-40: twenty, the newest first, where nothing is said", async () => {
    expect(await names(reader, { filter: mine })).toEqual(inOrder.slice(0, 20));
  });

  test.each([1, 3, 7, 25, 100])("API-40: forward by %d, each once", async (first) => {
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page: Awaited<ReturnType<typeof list>> = await list(reader, {
        first,
        after,
        filter: mine,
      });
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...page.edges.map(({ node }: { node: { name: string } }) => node.name));
      expect(page.pageInfo.endCursor).toBe(page.edges.at(-1).cursor);
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(inOrder);
  });

  test.each([1, 3, 25])("API-40: backward by %d, each once", async (last) => {
    const seen: string[] = [];
    let before: string | null = null;
    for (;;) {
      const page: Awaited<ReturnType<typeof list>> = await list(reader, {
        last,
        before,
        filter: mine,
      });
      expect(page.pageInfo.hasNextPage).toBe(before !== null);
      seen.unshift(...page.edges.map(({ node }: { node: { name: string } }) => node.name));
      if (!page.pageInfo.hasPreviousPage) break;
      before = page.pageInfo.startCursor;
    }
    expect(seen).toEqual(inOrder);
  });

  test("API-40: between two cursors", async () => {
    const { edges } = await list(reader, { first: 25, filter: mine });
    const range = { after: edges[4].cursor, before: edges[9].cursor, filter: mine };
    expect(await names(reader, range)).toEqual(inOrder.slice(5, 9));
    expect(await names(reader, { ...range, last: 2 })).toEqual(inOrder.slice(7, 9));
  });

  test("API-40: none", async () => {
    const empty = { edges: [], pageInfo: { startCursor: null, endCursor: null } };
    expect(await list(reader, { first: 0, filter: mine })).toMatchObject(empty);
    expect(await list(reader, { last: 0, filter: mine })).toMatchObject(empty);
  });

  test("API-40: what others add meanwhile shifts no page", async () => {
    const first = await list(reader, { first: 5, filter: mine });
    await reader.createTemplate({ name: "new" });
    const after = first.pageInfo.endCursor;
    expect(await names(reader, { first: 5, after, filter: mine })).toEqual(inOrder.slice(5, 10));
    await api.prisma.template.deleteMany({ where: { name: "new" } });
  });

  test.each([
    { first: -1 },
    { first: 101 },
    { last: -1 },
    { last: 101 },
    { first: 1, last: 1 },
    { after: "" },
    { after: "x" },
    { after: "AAAA" },
    { before: Buffer.from("1 2").toString("base64url") },
    {
      after: Buffer.from("99999999999999999999 01890000-0000-7000-8000-000000000000").toString(
        "base64url",
      ),
    },
    { after: "\u0000" },
    { search: "x".repeat(201) },
    { search: "a\u0000b" },
    { filter: { category: "\u0000" } },
    { filter: { tags: ["ok", "\u0000"] } },
  ])("API-41: %j is refused", async (variables) => {
    const { data, errors } = await reader.run(LIST, variables);
    expect(data).toBeNull();
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
    expect(await api.anonymous.run(LIST, variables)).toMatchObject({ data: null });
  });
});

describe("what a list holds", () => {
  beforeAll(async () => {
    await ada.createTemplate({ name: "Ada private", tags: ["red", "blue"], category: "poster" });
    await ada.createTemplate({ name: "Ada public", tags: ["red"], isPublic: true });
    const binned = await ada.createTemplate({ name: "Ada binned", isPublic: true });
    await ada.deleteTemplate(binned);
    await bob.createTemplate({ name: "Bob private", description: "for 100% of_it" });
    await bob.createTemplate({ name: "Bob PUBLIC Ärmel", isPublic: true, category: "poster" });
    const hidden = await bob.createTemplate({ name: "Bob binned" });
    await bob.deleteTemplate(hidden);
  });

  test("API-42: one's own and everyone's public ones; none for nobody", async () => {
    expect(await names(ada)).toEqual(["Bob PUBLIC Ärmel", "Ada public", "Ada private"]);
    expect(await names(bob)).toEqual(["Bob PUBLIC Ärmel", "Bob private", "Ada public"]);
    expect(await names(api.anonymous)).toEqual([]);
    expect(await names(api.anonymous, { filter: { deleted: true } })).toEqual([]);
  });

  test.each<[object, string[]]>([
    [{ mine: true }, ["Ada public", "Ada private"]],
    [{ mine: false }, ["Bob PUBLIC Ärmel", "Ada public", "Ada private"]],
    [{ isPublic: true }, ["Bob PUBLIC Ärmel", "Ada public"]],
    [{ isPublic: false }, ["Ada private"]],
    [{ category: "poster" }, ["Bob PUBLIC Ärmel", "Ada private"]],
    [{ category: "Poster" }, []],
    [{ tags: ["red"] }, ["Ada public", "Ada private"]],
    [{ tags: ["blue", "red"] }, ["Ada private"]],
    [{ tags: [] }, ["Bob PUBLIC Ärmel", "Ada public", "Ada private"]],
    [{ tags: ["red", "green"] }, []],
    [{ deleted: true }, ["Ada binned"]],
    [{ deleted: true, isPublic: false }, []],
    [{ mine: true, category: "poster", tags: ["red"], isPublic: false }, ["Ada private"]],
    [
      { mine: null, category: null, tags: null, isPublic: null, deleted: null },
      ["Bob PUBLIC Ärmel", "Ada public", "Ada private"],
    ],
  ])("API-43: the filter %j", async (filter, expected) => {
    expect(await names(ada, { filter })).toEqual(expected);
  });

  test.each<[string, string[]]>([
    ["public", ["Bob PUBLIC Ärmel", "Ada public"]],
    ["PRIVATE", ["Bob private"]],
    ["ÄRM", ["Bob PUBLIC Ärmel"]],
    ["ärm", ["Bob PUBLIC Ärmel"]],
    ["RED", ["Ada public"]],
    ["100%", ["Bob private"]],
    ["of_it", ["Bob private"]],
    ["f_i", ["Bob private"]],
    ["_", ["Bob private"]],
    ["%", ["Bob private"]],
    ["\\", []],
    ["' OR true --", []],
    ["binned", []],
    ["", ["Bob PUBLIC Ärmel", "Bob private", "Ada public"]],
  ])("API-44: the search for %j", async (search, expected) => {
    expect(await names(bob, { search })).toEqual(expected);
  });

  test("API-44: half of a surrogate pair finds nothing and harms nothing", async () => {
    expect(await names(bob, { search: "\ud800" })).toEqual([]);
  });
});

describe("what a list costs", () => {
  test("API-13: a hundred templates of ten authors cost a handful of queries, however many there are", async () => {
    const authors = await Promise.all(Array.from({ length: 10 }, (_, i) => api.signUp(`A${i}`)));
    for (const author of authors) {
      for (let count = 0; count < 10; count += 1) {
        await author.createTemplate({ name: `of ${author.id}`, isPublic: true });
      }
    }
    const fields =
      "id name description tags version versionHash createdAt author { id name email }";
    const query = (first: number) =>
      `{ templates(first: ${first}) { edges { node { ${fields} } } } }`;
    const few = await api.statements(() => ada.data(query(3)));
    const many = await api.statements(async () => {
      const { templates } = await ada.data(query(100));
      expect(templates.edges).toHaveLength(100);
      expect(templates.edges[0].node.author.name).toMatch(/^A\d$/);
    });
    // The page's ids, the rows, the heads, the authors.
    expect(many).toHaveLength(4);
    expect(few).toHaveLength(4);
    const items = await api.statements(() =>
      ada.data(`{ templates(first: 100) { nodes { ${fields} } } }`),
    );
    expect(items).toHaveLength(4);
    expect(many.join()).not.toContain("design_data");
  });
});
