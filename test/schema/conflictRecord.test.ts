import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board, remove, set } from "./board.js";

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
beforeEach(async () => {
  board = await Board.open(ada, { isPublic: true });
});
afterAll(() => api.stop());

const RECORD = `
  clientId baseVersion headVersion createdAt resolution resolvedAt durationMs
  user { name } resolvedBy { name }
  clientOperations { id type target { pageId elementId } payload timestamp }
  serverOperations { id payload resultingVersion }
  collisions { kind clientOperation serverOperation properties target { elementId } }
`;

interface Page {
  edges: { cursor: string; node: Record<string, unknown> }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
}

async function page(args = "", fields = "baseVersion", client = ada): Promise<Page> {
  const { conflicts } = await board.read(
    `conflicts${args} { edges { cursor node { ${fields} } } pageInfo { hasNextPage hasPreviousPage endCursor } }`,
    client,
  );
  return conflicts;
}
const nodes = async (...parameters: Parameters<typeof page>) =>
  (await page(...parameters)).edges.map(({ node }) => node);

/** So many conflicts, the first on base version 1 and so on; those on odd versions are resolved. */
async function conflicts(count: number) {
  for (let baseVersion = 1; baseVersion <= count; baseVersion += 1) {
    await board.edit([set(`theirs ${baseVersion}`, { fill: `red ${baseVersion}` })]);
    const clientOperations = [set(`mine ${baseVersion}`, { fill: "blue" })];
    await board.apply(clientOperations, { baseVersion, onConflict: "MERGE" });
    if (baseVersion % 2 === 1) {
      const headVersion = await board.version();
      const choice = { baseVersion, headVersion, clientOperations, resolution: "SERVER_WINS" };
      await board.resolve(choice);
    }
  }
}

describe("conflicts on record", () => {
  test("API-89: tell both sides, what collided and who, while open and once resolved", async () => {
    await board.edit([set("theirs", { fill: "red" }), set("else", { opacity: 1 }, {}, "e2")]);
    const mine = [set("mine", { fill: "blue" }, { timestamp: 7 }), remove("gone", "e2")];
    await board.apply(mine, { clientId: "tab" });
    const open = {
      clientId: "tab",
      baseVersion: 1,
      headVersion: 3,
      createdAt: expect.stringMatching(/Z$/),
      resolution: null,
      resolvedAt: null,
      durationMs: null,
      user: { name: "Ada" },
      resolvedBy: null,
      clientOperations: [
        {
          id: "mine",
          type: "UPDATE_ELEMENT_PROPS",
          target: { pageId: "p1", elementId: "e1" },
          payload: { fill: "blue" },
          timestamp: 7,
        },
        {
          id: "gone",
          type: "DELETE_ELEMENT",
          target: { pageId: "p1", elementId: "e2" },
          payload: {},
          timestamp: null,
        },
      ],
      serverOperations: [
        { id: "theirs", payload: { fill: "red" }, resultingVersion: 2 },
        { id: "else", payload: { opacity: 1 }, resultingVersion: 3 },
      ],
      collisions: [
        {
          kind: "CONCURRENT_EDIT",
          clientOperation: "mine",
          serverOperation: "theirs",
          properties: ["fill"],
          target: { elementId: "e1" },
        },
        {
          kind: "DELETED_TARGET",
          clientOperation: "gone",
          serverOperation: "else",
          properties: ["opacity"],
          target: { elementId: "e2" },
        },
      ],
    };
    expect(await nodes("", RECORD)).toEqual([open]);

    const choice = { headVersion: 3, resolution: "CLIENT_WINS", clientOperations: mine };
    const { resolvedAt } = await board.resolve(choice);
    const [record] = await nodes("", RECORD);
    expect(record).toEqual({
      ...open,
      resolution: "CLIENT_WINS",
      resolvedAt,
      resolvedBy: { name: "Ada" },
      durationMs: Date.parse(resolvedAt) - Date.parse(String(record?.["createdAt"])),
    });
  });

  test("API-89: hold no stale request that collides with nothing", async () => {
    await board.edit([set("theirs", { fill: "red" })]);
    await board.apply([set("mine", { stroke: "blue" })]);
    expect(await nodes()).toEqual([]);
  });

  test("API-89: a duration beyond what an Int holds is the largest that fits", async () => {
    await conflicts(1);
    await api.prisma.templateConflict.updateMany({
      where: { templateId: board.id },
      data: { resolvedAt: new Date("2100-01-01T00:00:00Z") },
    });
    expect(await nodes("", "durationMs")).toEqual([{ durationMs: 2_147_483_647 }]);
  });

  test("API-90: come newest first, in pages, all or by whether they are resolved", async () => {
    await conflicts(7);
    const versions = async (args: string) => (await nodes(args)).map((node) => node["baseVersion"]);
    expect(await versions("")).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await versions("(resolved: true)")).toEqual([7, 5, 3, 1]);
    expect(await versions("(resolved: false)")).toEqual([6, 4, 2]);
    expect(await versions("(resolved: null, first: 0)")).toEqual([]);
    const seen: unknown[] = [];
    for (let after: string | null = null; ;) {
      const cursor: string = after === null ? "" : `, after: "${after}"`;
      const { edges, pageInfo }: Page = await page(`(first: 3, resolved: true${cursor})`);
      seen.push(...edges.map(({ node }) => node["baseVersion"]));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual([7, 5, 3, 1]);
  });

  test.each(["(first: -1)", "(first: 101)", '(after: "x")', '(after: "MTIz")'])(
    "API-41: %s is refused",
    async (args) => {
      const source = `{ template(id: "${board.id}") { conflicts${args} { edges { cursor } } } }`;
      const { errors } = await ada.run(source);
      expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
    },
  );

  test("API-13: a page of them costs a handful of queries, and the log only where selected", async () => {
    await conflicts(12);
    const all = await api.statements(() => nodes("", RECORD));
    // The head, the page, the sizes of both sides, both sides, the people; what answers come late ask for once more.
    expect(all.length).toBeLessThan(12);
    const few = await api.statements(() => nodes());
    expect(few.join()).not.toContain("template_operations");
  });

  const DECIDED = `
    decidedBy decisionCount resolution resolvedAt createdAt durationMs baseVersion headVersion user { name }
    clientOperations { id payload } serverOperations { id }
    collisions { kind }
    decisions {
      decidedBy winner winningOperation losingOperation lost
      collision { kind clientOperation serverOperation properties target { pageId elementId } }
    }`;

  test("API-91: tell what the clock and deletions decided, once, with what was lost", async () => {
    const late = { timestamp: 2_000 };
    await board.edit([
      set("theirs", { fill: "red", opacity: 1 }, late),
      set("two", { fill: "red" }, late, "e2"),
    ]);
    const batch = [
      set("loses", { fill: "blue", stroke: "black" }, { timestamp: 1_000 }),
      set("wins", { opacity: 0.5 }, { timestamp: 3_000 }),
      remove("gone", "e2"),
    ];
    const policy = { onConflict: "LAST_WRITER_WINS", clientId: "tab" };
    await board.apply(batch, policy);
    await board.apply(batch, policy);
    const e1 = { pageId: "p1", elementId: "e1" };
    const decision = (by: string, winner: string, [mine, theirs]: string[], lost: object) => ({
      decidedBy: by,
      winner,
      winningOperation: winner === "CLIENT" ? mine : theirs,
      losingOperation: winner === "CLIENT" ? theirs : mine,
      lost,
      collision: { clientOperation: mine, serverOperation: theirs },
    });
    const [record, ...others] = await nodes("", DECIDED);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      decidedBy: "CLOCK",
      decisionCount: 3,
      resolution: null,
      resolvedAt: record?.["createdAt"],
      durationMs: 0,
      baseVersion: 1,
      headVersion: 3,
      user: { name: "Ada" },
      clientOperations: [
        { id: "loses", payload: { fill: "blue", stroke: "black" } },
        { id: "wins" },
        { id: "gone" },
      ],
      serverOperations: [{ id: "theirs" }, { id: "two" }],
      decisions: [
        { ...decision("CLOCK", "SERVER", ["loses", "theirs"], { fill: "blue" }) },
        { ...decision("CLOCK", "CLIENT", ["wins", "theirs"], { opacity: 1 }) },
        { ...decision("DELETION", "CLIENT", ["gone", "two"], { fill: "red" }) },
      ],
    });
    expect(record).toMatchObject({
      decisions: [{ collision: { target: e1, properties: ["fill"] } }, {}, {}],
    });
    expect(await nodes("(resolved: false)")).toEqual([]);
    expect(await nodes("(decidedBy: CLOCK, resolved: true)")).toHaveLength(1);
    expect(await nodes("(decidedBy: PERSON)")).toEqual([]);
    expect(await nodes("(decidedBy: DELETION)")).toEqual([]);
  });

  test("API-91: tell what a rule decided, and nothing where nothing collided", async () => {
    await board.setRules(0, [{ elementType: "*", property: "*", policy: "SERVER" }]);
    await board.edit([set("theirs", { fill: "red" })]);
    await board.apply([set("free", { stroke: "blue" })], { onConflict: "MERGE" });
    expect(await nodes()).toEqual([]);
    await board.apply([remove("mine")], { onConflict: "MERGE" });
    expect(await nodes("", DECIDED)).toMatchObject([
      {
        decidedBy: "RULE",
        decisions: [
          { decidedBy: "RULE", winner: "SERVER", winningOperation: "theirs", lost: {} },
          { decidedBy: "RULE", winner: "SERVER", winningOperation: "free", lost: {} },
        ],
      },
    ]);
  });

  test("API-91: what is large is left out, and so is all beyond the first hundred", async () => {
    await board.edit([set("theirs", { label: "x".repeat(2_000), fill: "red" }, { timestamp: 1 })]);
    const mine = Array.from({ length: 150 }, (_, index) =>
      set(`mine ${index}`, { label: "y", fill: "z".repeat(900) }, { timestamp: 2 }),
    );
    await board.apply(mine, { onConflict: "LAST_WRITER_WINS" });
    const [record] = (await nodes("", DECIDED)) as [
      { decisionCount: number; decisions: { lost: object }[] },
    ];
    expect(record.decisionCount).toBe(300);
    expect(record.decisions).toHaveLength(100);
    expect(record.decisions.slice(0, 2).map(({ lost }) => lost)).toEqual([{ fill: "red" }, {}]);
    expect(JSON.stringify(record.decisions).length).toBeLessThan(60_000);
  });

  test("API-92: are there for whoever may edit, and one's own for who no longer may", async () => {
    await conflicts(1);
    const share = (role: string) =>
      ada.data(
        `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
        { input: { templateId: board.id, userId: bobId, role } },
      );
    const bobId = (await bob.data("{ viewer { id } }")).viewer.id;
    expect(await nodes("", "user { name }", bob)).toEqual([]);
    await share("EDIT");
    expect(await nodes("", "user { name }", bob)).toEqual([{ user: { name: "Ada" } }]);
    const mine = [set("of Bob", { fill: "green" }, { timestamp: 1 })];
    await board.apply(mine, { onConflict: "LAST_WRITER_WINS" }, bob);
    expect(await nodes("", "user { name }", bob)).toHaveLength(2);
    await share("VIEW");
    expect(await nodes("", "user { name } decidedBy", bob)).toEqual([
      { user: { name: "Bob" }, decidedBy: "CLOCK" },
    ]);
    expect(await nodes()).toHaveLength(2);
  });

  test("ACC-2, ACC-3, ACC-4, ACC-5: are there for nobody who was granted nothing", async () => {
    await conflicts(1);
    expect(await page("", RECORD, bob)).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null },
    });
    expect(await board.read("conflicts { edges { cursor } }", api.anonymous)).toBeNull();
    await ada.data(
      `mutation { updateTemplate(input: { templateId: "${board.id}", isPublic: false }) { __typename } }`,
    );
    expect(await board.read("conflicts { edges { cursor } }", bob)).toBeNull();
    await ada.deleteTemplate(board.id);
    const { errors } = await ada.run(
      `{ templates(filter: { deleted: true }) { edges { node { conflicts { edges { cursor } } } } } }`,
    );
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["NOT_FOUND"]);
  });
});
