/** The log as a list: filters, pages in both directions and the total, as clients ask for them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let eve: Client;
let id: string;
let pageId: string;
let times: Date[];

async function apply(client: Client, batch: object, operations: object[]) {
  const input = { templateId: id, baseVersion: 1, onConflict: "FORCE", ...batch, operations };
  const answer = await client.data(
    `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`,
    { input },
  );
  expect(answer.applyOperations.__typename).toBe("OperationsApplied");
}

const add = (elementId: string, page = pageId) => ({
  id: api.services.newId(),
  type: "ADD_ELEMENT",
  target: { pageId: page, elementId },
  payload: { type: "rect", x: 1, y: 1 },
});
const move = (elementId: string) => ({
  id: api.services.newId(),
  type: "MOVE_ELEMENT",
  target: { pageId, elementId },
  payload: { x: 2, y: 2 },
});
const bare = (type: string, target: object, payload?: object) => ({
  id: api.services.newId(),
  type,
  target,
  payload,
});

beforeAll(async () => {
  api = await startApi();
  [ada, bob, eve] = await Promise.all([api.signUp("Ada"), api.signUp("Bob"), api.signUp("Eve")]);
  id = await ada.createTemplate({ name: "History" });
  await ada.data(
    `mutation ($id: ID!, $user: ID!) { setTemplatePermission(input: { templateId: $id, userId: $user, role: EDIT }) { __typename } }`,
    { id, user: bob.id },
  );
  pageId = await ada.firstPage(id);
  await apply(ada, { clientId: "desk", batchId: "begin" }, [add("e1"), add("e2"), add("e3")]);
  await apply(bob, { clientId: "tablet" }, [move("e1")]);
  await apply(bob, { clientId: "phone" }, [bare("ADD_PAGE", { pageId: "p2" }, { name: "Two" })]);
  await apply(ada, { clientId: "desk" }, [add("f1", "p2")]);
  await apply(ada, {}, [bare("ADD_AUDIO_LAYER", { audioLayerId: "l1" }, { name: "Voice" })]);
  await apply(ada, {}, [
    bare("ADD_AUDIO_CLIP", { audioLayerId: "l1", clipId: "c1" }, { start: 0, duration: 1 }),
  ]);
  await apply(ada, {}, [bare("UPDATE_CANVAS", {}, { width: 100 })]);
  await apply(ada, {}, [move("e2")]);
  const { template } = await ada.data(
    `query ($id: ID!) { template(id: $id) { operations { nodes { serverTimestamp } } } }`,
    { id },
  );
  times = template.operations.nodes.map(
    ({ serverTimestamp }: { serverTimestamp: string }) => new Date(serverTimestamp),
  );
});
afterAll(() => api.stop());

const LIST = `
  query ($id: ID!, $filter: OperationFilter, $first: Int, $after: String, $last: Int, $before: String, $from: Int, $to: Int) {
    template(id: $id) {
      operations(filter: $filter, first: $first, after: $after, last: $last, before: $before, fromVersion: $from, toVersion: $to) {
        total edges { cursor node { resultingVersion } } nodes { resultingVersion }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`;

type Edge = { cursor: string; node: { resultingVersion: number } };
async function page(variables: object = {}) {
  const { template } = await ada.data(LIST, { id, ...variables });
  const { operations } = template;
  const versions = operations.edges.map(({ node }: Edge) => node.resultingVersion) as number[];
  return { ...operations, versions };
}

describe("filters", () => {
  test.each<[string, () => object, number[]]>([
    ["an element", () => ({ elementId: "e1" }), [2, 5]],
    ["a page with what is on it", () => ({ pageId: "p2" }), [6, 7]],
    ["an audio layer with its clips", () => ({ audioLayerId: "l1" }), [8, 9]],
    ["a clip", () => ({ clipId: "c1" }), [9]],
    ["a person", () => ({ userId: bob.id }), [5, 6]],
    ["a client", () => ({ clientId: "desk" }), [2, 3, 4, 7]],
    ["a batch", () => ({ batchId: "begin" }), [2, 3, 4]],
    ["types", () => ({ types: ["ADD_PAGE", "MOVE_ELEMENT"] }), [5, 6, 11]],
    ["several at once", () => ({ userId: bob.id, types: ["MOVE_ELEMENT"] }), [5]],
    ["no type", () => ({ types: [] }), []],
    ["nobody", () => ({ userId: "nobody" }), []],
    ["what is not there", () => ({ elementId: "gone" }), []],
    [
      "nothing but null",
      () => ({ elementId: null, types: null, from: null }),
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ],
  ])("API-110: by %s", async (_name, filter, versions) => {
    const found = await page({ filter: filter() });
    expect(found.versions).toEqual(versions);
    expect(found.total).toBe(versions.length);
    expect(found.nodes).toHaveLength(versions.length);
  });

  test("API-110: by the server's time, the first instant included, the last not", async () => {
    const [first, last] = [times[0]!, times.at(-1)!];
    const all = times.map((_time, index) => index + 2);
    const within = (from?: Date, to?: Date) =>
      page({ filter: { from: from?.toISOString(), to: to?.toISOString() } });
    expect((await within(first)).versions).toEqual(all);
    expect((await within(new Date(last.getTime() + 1))).versions).toEqual([]);
    expect((await within(undefined, first)).versions).toEqual([]);
    const before = times.flatMap((time, index) => (time < last ? index + 2 : []));
    expect((await within(undefined, last)).versions).toEqual(before);
    expect(
      (await within(new Date(-62_135_596_800_000), new Date(253_402_300_799_999))).versions,
    ).toEqual(all);
  });

  test("API-110: together with bounds on versions", async () => {
    const filter = { clientId: "desk" };
    expect((await page({ filter, from: 3, to: 6 })).versions).toEqual([3, 4]);
    expect((await page({ filter, from: 3, to: 6 })).total).toBe(2);
  });

  test.each([{ elementId: "a\0b" }, { clientId: "\0" }, { batchId: "\0" }, { userId: "\0" }])(
    "API-41: %j is refused",
    async (filter) => {
      const { errors } = await ada.run(LIST, { id, filter });
      expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
    },
  );

  test.each(["'; DROP TABLE users --", "%", "\\", "{}", "\u{1F600}", "x".repeat(10_000)])(
    "API-110: text is taken as it is: %s",
    async (text) => {
      for (const name of ["elementId", "pageId", "clientId", "batchId", "userId"]) {
        expect((await page({ filter: { [name]: text } })).versions).toEqual([]);
      }
    },
  );

  test("ACC-1: whoever may not see the template finds nothing in its log", async () => {
    expect(await eve.data(LIST, { id, filter: { userId: bob.id } })).toEqual({ template: null });
  });

  test("API-110: an erased person's operations are found by nobody's id", async () => {
    const gone = await api.signUp("Gone");
    await ada.data(
      `mutation ($id: ID!, $user: ID!) { setTemplatePermission(input: { templateId: $id, userId: $user, role: EDIT }) { __typename } }`,
      { id, user: gone.id },
    );
    await apply(gone, {}, [move("e3")]);
    expect((await page({ filter: { userId: gone.id } })).versions).toEqual([12]);
    await api.services.users.remove(gone.id, Date.now());
    expect((await page({ filter: { userId: gone.id } })).versions).toEqual([]);
    expect((await page({ filter: { elementId: "e3" } })).versions).toEqual([4, 12]);
  });
});

describe("pages", () => {
  test.each([{}, { pageId: null, types: ["ADD_ELEMENT", "MOVE_ELEMENT"] }])(
    "API-111: from the end backwards, oldest first within each: %j",
    async (filter) => {
      const all = (await page({ filter })).versions;
      const seen: number[] = [];
      for (let before: string | null = null; ;) {
        const found: Awaited<ReturnType<typeof page>> = await page({ filter, last: 3, before });
        expect(found.pageInfo.hasNextPage).toBe(before !== null);
        expect(found.pageInfo).toMatchObject({
          startCursor: found.edges[0].cursor,
          endCursor: found.edges.at(-1).cursor,
        });
        expect(found.total).toBe(all.length);
        seen.unshift(...found.versions);
        if (!found.pageInfo.hasPreviousPage) break;
        before = found.pageInfo.startCursor;
      }
      expect(seen).toEqual(all);
    },
  );

  test("API-111: between two cursors, from either end", async () => {
    const { edges } = await page();
    const [after, before] = [edges[1].cursor, edges[6].cursor];
    expect((await page({ after, before })).versions).toEqual([4, 5, 6, 7]);
    expect(await page({ after, before, first: 2 })).toMatchObject({
      versions: [4, 5],
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    });
    expect(await page({ after, before, last: 2 })).toMatchObject({
      versions: [6, 7],
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    });
    expect(await page({ after: before, before: after })).toMatchObject({ versions: [] });
    expect(await page({ last: 0 })).toMatchObject({
      edges: [],
      pageInfo: { hasPreviousPage: true, startCursor: null },
    });
  });

  test.each([
    { first: 1, last: 1 },
    { last: -1 },
    { last: 1_001 },
    { before: "x" },
    { before: "" },
  ])("API-41: %j is refused", async (variables) => {
    const { errors } = await ada.run(LIST, { id, ...variables });
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
  });

  test("API-112: the total is counted where it is asked for alone, and without a filter not at all", async () => {
    const counted = async (selection: string, filter: object) => {
      const statements = await api.statements(() =>
        ada.data(
          `query ($id: ID!, $filter: OperationFilter) { template(id: $id) { operations(filter: $filter) { ${selection} } } }`,
          { id, filter },
        ),
      );
      return statements.filter((text) => text.includes("count(*)")).length;
    };
    expect(await counted("total", {})).toBe(0);
    expect(await counted("nodes { id }", { elementId: "e1" })).toBe(0);
    expect(await counted("total", { elementId: "e1" })).toBe(1);
  });
});
