import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set, text } from "./board.js";

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
const mine = [set("mine", { fill: "blue" }), set("free", { stroke: "blue" })];
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
beforeEach(async () => {
  board = await Board.open(ada);
  await board.edit([set("theirs", { fill: "red" })]);
});
afterAll(() => api.stop());

/** A page with these elements. */
const designOf = (...elements: readonly object[]) => ({
  canvas: {},
  pages: [
    { id: "p1", elements: elements.map((element) => ({ type: "rect", x: 0, y: 0, ...element })) },
    { id: "p2", elements: [] },
  ],
  audioLayers: [],
});
const into = (id: string, elementId: string, parentId: string | null) => ({
  id,
  type: "REORDER_ELEMENT",
  target: { pageId: "p1", elementId },
  payload: { parentId },
});
const extend = (id: string, payload: object) => ({
  id,
  type: "EXTEND_STROKE",
  target: { pageId: "p1", elementId: "e1" },
  payload,
});

describe("SERVER_WINS", () => {
  const points = [
    [0, 0],
    [1, 1],
    [2, 2],
  ];
  test.each([
    {
      name: "an edit of a text that my dropped operation would have set",
      elements: [{ id: "e1", type: "text", text: "hello" }],
      theirs: [text("t", { retain: 5 }, { insert: "!" })],
      mine: [set("c0", { text: "goodbye" }), text("c1", { retain: 3 }, { insert: "X" })],
      left: [{ id: "e1", text: "hello!" }],
    },
    {
      name: "points that go on from those of a dropped operation",
      elements: [{ id: "e1", type: "stroke", points }],
      theirs: [set("t", { fill: "red" })],
      mine: [
        set("c0", { fill: "blue", points: [[0, 0]] }),
        extend("c1", { from: 1, points: [[9, 9]] }),
      ],
      left: [{ id: "e1", points, fill: "red" }],
    },
    {
      name: "the deletion of a group that a dropped operation would have taken an element out of",
      elements: [{ id: "g" }, { id: "c", parentId: "g" }, { id: "h" }],
      theirs: [remove("t", "h")],
      mine: [into("c0", "c", "h"), remove("c1", "g")],
      left: [{ id: "g" }, { id: "c", parentId: "g" }],
    },
    {
      name: "what goes into a group that is not added, and what goes into that",
      elements: [{ id: "e1" }],
      theirs: [remove("t", "e1")],
      mine: [
        add("c0", "g", { parentId: "e1" }),
        add("c1", "h", { parentId: "g" }),
        into("c2", "h", null),
        set("c3", { fill: "blue" }, {}, "h"),
      ],
      left: [],
    },
    {
      name: "what takes the place of an element that is not deleted",
      elements: [{ id: "e1" }],
      theirs: [set("t", { fill: "red" })],
      mine: [remove("c0"), add("c1", "e1"), set("c2", { opacity: 0 })],
      left: [{ id: "e1", fill: "red" }],
    },
    {
      name: "the deletion of what a dropped operation would have added to another page",
      elements: [{ id: "g" }, { id: "c", parentId: "g" }],
      theirs: [{ id: "t", type: "DELETE_PAGE", target: { pageId: "p2" } }],
      mine: [remove("c0", "g"), add("c1", "c", {}, "p2")],
      left: [{ id: "g" }, { id: "c", parentId: "g" }],
    },
  ])(
    "RES-3, API-82: drops $name, as it announces",
    async ({ elements, theirs, mine: sent, left }) => {
      const own = await Board.open(ada, { designData: designOf(...elements) });
      await own.edit(theirs);
      const { resolutionOptions } = await own.apply(sent);
      const [, announced] = resolutionOptions.strategies;
      const ids = sent.map(({ id }) => id);
      expect(announced.discardedOps).toEqual(ids);
      for (const id of ids) expect(announced.warning).toContain(`drops your operation ${id}: `);
      const choice = { headVersion: 2, resolution: "SERVER_WINS", clientOperations: sent };
      expect(await own.resolve(choice)).toMatchObject({ newVersion: 3, discardedOps: ids });
      expect(await own.elements()).toMatchObject(left);
      expect(await own.elements()).toHaveLength(left.length);
    },
  );

  test("RES-3, API-84: drops nothing for a fault of its own: that is refused", async () => {
    const own = await Board.open(ada, { designData: designOf({ id: "e1" }) });
    await own.edit([set("t", { fill: "red" })]);
    const sent = [set("c0", { opacity: 1 }), set("c1", { opacity: 1 }, {}, "never")];
    const { resolutionOptions } = await own.apply(sent);
    const [keep, drop] = resolutionOptions.strategies;
    for (const { warning, discardedOps } of [keep, drop]) {
      expect(warning).toContain("is refused because your operation c1 does not apply");
      expect(discardedOps).toEqual([]);
    }
    for (const resolution of ["CLIENT_WINS", "SERVER_WINS"]) {
      const choice = { headVersion: 2, resolution, clientOperations: sent };
      expect(await own.resolve(choice)).toMatchObject({
        code: "INVALID_OPERATION",
        path: ["clientOperations", "1", "target", "elementId"],
      });
    }
    expect(await own.version()).toBe(2);
  });
});

describe("CLIENT_WINS", () => {
  const page = (id: string, type: string, pageId = "p1") => ({ id, type, target: { pageId } });
  const fill = (elementId: string) => set("c0", { fill: "blue" }, {}, elementId);
  const group = [{ id: "e1" }, { id: "g" }, { id: "c", parentId: "g" }, { id: "d", parentId: "g" }];

  test.each([
    {
      name: "one element of a page that was cleared",
      theirs: [page("t", "CLEAR_PAGE")],
      mine: [fill("e1")],
      back: ["e1"],
    },
    {
      name: "one element of a page that was deleted",
      theirs: [page("t", "DELETE_PAGE")],
      mine: [fill("e1")],
      back: ["e1"],
    },
    {
      name: "one element of a group, and the group",
      theirs: [remove("t", "g")],
      mine: [fill("c")],
      back: ["g", "c"],
    },
    {
      name: "one element of a group on a page that was deleted",
      theirs: [page("t", "DELETE_PAGE")],
      mine: [fill("d")],
      back: ["g", "d"],
    },
    {
      name: "an element and its group that were deleted one by one",
      theirs: [remove("t", "c"), remove("u", "g")],
      mine: [fill("c")],
      back: ["g", "c"],
    },
    {
      name: "a group that it changes, with what was in it",
      theirs: [page("t", "CLEAR_PAGE")],
      mine: [fill("g")],
      back: ["g", "c", "d"],
    },
    {
      name: "a page that it changes, with what was on it",
      theirs: [page("t", "DELETE_PAGE")],
      mine: [{ ...page("c0", "UPDATE_PAGE"), payload: { name: "kept" } }],
      back: ["e1", "g", "c", "d"],
    },
    {
      name: "the group that something goes into, without what was in it",
      theirs: [remove("t", "g")],
      mine: [into("c0", "e1", "g")],
      back: ["g", "e1"],
    },
    {
      name: "the page that something is added to, without what was on it",
      theirs: [page("t", "DELETE_PAGE")],
      mine: [add("c0", "new")],
      back: ["new"],
    },
    {
      name: "each of two things in its place",
      theirs: [page("t", "CLEAR_PAGE")],
      mine: [fill("d"), set("c1", { fill: "blue" }, {}, "e1")],
      back: ["e1", "g", "d"],
    },
  ])("RES-2, API-82: brings back $name, and announces it", async ({ theirs, mine: sent, back }) => {
    const own = await Board.open(ada, { designData: designOf(...group) });
    await own.edit(theirs);
    const { resolutionOptions } = await own.apply(sent);
    const [announced] = resolutionOptions.strategies;
    const ids = theirs.map(({ id }) => id);
    expect(announced.overriddenOps.toSorted()).toEqual(ids);
    for (const id of ids)
      expect(announced.warning).toContain(`which others deleted (operation ${id})`);
    const headVersion = 1 + theirs.length;
    const choice = { headVersion, resolution: "CLIENT_WINS", clientOperations: sent };
    expect((await own.resolve(choice)).__typename).toBe("ConflictResolved");
    const { pages } = (await own.read("designData")).designData;
    const first = pages.find(({ id }: { id: string }) => id === "p1");
    const isWholePage = theirs.some(({ type }) => type !== "DELETE_ELEMENT");
    const expected = new Set([...(isWholePage ? [] : ["e1"]), ...back]);
    const found = first.elements.map(({ id }: { id: string }) => id);
    expect(found.toSorted()).toEqual([...expected].toSorted());
    for (const { id, parentId } of first.elements) {
      if (id === "c" || id === "d") expect(parentId).toBe("g");
    }
  });

  test("RES-2: brings back one clip of a layer that was deleted", async () => {
    const layer = { id: "l", name: "Music", clips: [{ id: "k1" }, { id: "k2" }, { id: "k3" }] };
    const own = await Board.open(ada, { designData: { ...designOf(), audioLayers: [layer] } });
    await own.edit([{ id: "t", type: "DELETE_AUDIO_LAYER", target: { audioLayerId: "l" } }]);
    const clip = (id: string, clipId: string) => ({
      id,
      type: "UPDATE_AUDIO_CLIP",
      target: { audioLayerId: "l", clipId },
      payload: { start: 1 },
    });
    const sent = [clip("c0", "k3"), clip("c1", "k2")];
    await own.resolve({ headVersion: 2, resolution: "CLIENT_WINS", clientOperations: sent });
    expect((await own.read("designData")).designData.audioLayers).toEqual([
      {
        id: "l",
        name: "Music",
        clips: [
          { id: "k2", start: 1 },
          { id: "k3", start: 1 },
        ],
      },
    ]);
  });

  test("RES-1, RES-2: applies to what others put in the place of what they deleted, on the text that it was made on", async () => {
    const elements = [{ id: "e1", type: "text", text: "hello" }];
    const own = await Board.open(ada, { designData: designOf(...elements) });
    await own.edit([remove("t"), add("u", "e1", { type: "text", text: "x", fill: "red" })]);
    const sent = [set("c0", { opacity: 1 }), text("c1", { retain: 5 }, { insert: "!" })];
    const { resolutionOptions } = await own.apply(sent);
    expect(resolutionOptions.strategies[0].warning).toBe(
      'overwrites what others set: opacity of element "e1", text of element "e1" (operation u)',
    );
    const choice = { headVersion: 3, resolution: "CLIENT_WINS", clientOperations: sent };
    expect((await own.resolve(choice)).__typename).toBe("ConflictResolved");
    expect(await own.first()).toMatchObject({ text: "hello!", fill: "red", opacity: 1 });
  });

  test("RES-1: a deletion of a group is one of what its client saw, whatever others did to it", async () => {
    const own = await Board.open(ada, { designData: designOf(...group) });
    const clear = { ...page("t", "CLEAR_PAGE"), payload: { elementIds: ["g"] } };
    await own.edit([clear, set("u", { fill: "red" }, {}, "c")]);
    const choice = { resolution: "CLIENT_WINS", clientOperations: [remove("c0", "g")] };
    const answer = await own.resolve({ headVersion: 3, ...choice });
    expect(answer.__typename).toBe("ConflictResolved");
    expect(await own.elements()).toMatchObject([{ id: "e1" }]);

    const other = await Board.open(ada, { designData: designOf(...group) });
    await other.edit([into("t", "e1", "g"), into("u", "d", null)]);
    await other.resolve({ headVersion: 3, ...choice });
    const left = await other.elements();
    expect(left).toMatchObject([{ id: "e1" }]);
    expect(left[0].parentId).toBeUndefined();
  });

  test("API-82: names the edits that go with a text which is given back, and what goes with a group", async () => {
    const elements = [{ id: "e1", type: "text", text: "hello" }, { id: "g" }];
    const own = await Board.open(ada, { designData: designOf(...elements) });
    await own.edit([set("t", { text: "bye" }), text("u", { retain: 3 }, { insert: "?" })]);
    await own.edit([add("v", "new", { parentId: "g" })]);
    const sent = [text("c0", { retain: 5 }, { insert: "!" }), remove("c1", "g")];
    const { resolutionOptions } = await own.apply(sent);
    const [announced] = resolutionOptions.strategies;
    expect(announced.overriddenOps.toSorted()).toEqual(["t", "u", "v"]);
    expect(announced.warning).toContain('deletes element "new", which others added (operation v)');
    await own.resolve({ headVersion: 4, resolution: "CLIENT_WINS", clientOperations: sent });
    expect(await own.elements()).toMatchObject([{ id: "e1", text: "hello!" }]);
  });
});

describe("resolveConflict", () => {
  test("API-83: CLIENT_WINS keeps all", async () => {
    const choice = { headVersion: 2, resolution: "CLIENT_WINS", clientOperations: mine };
    const answer = await board.resolve({ ...choice, clientId: "tab" });
    expect(answer).toMatchObject({
      __typename: "ConflictResolved",
      newVersion: 4,
      discardedOps: [],
      resolvedAt: expect.stringMatching(/Z$/),
      template: { version: 4 },
      operations: [{ id: "mine", clientId: "tab", baseVersion: 1 }, { id: "free" }],
    });
    expect(await board.first()).toMatchObject({ fill: "blue", stroke: "blue" });
  });

  test("API-83: CLIENT_WINS brings back what others deleted", async () => {
    await board.edit([remove("gone")]);
    const choice = { headVersion: 3, resolution: "CLIENT_WINS", clientOperations: mine };
    expect((await board.resolve(choice)).__typename).toBe("ConflictResolved");
    const elements = await board.elements();
    expect(elements.map(({ id }) => id)).toEqual(["e1", "e2"]);
    expect(elements[0]).toMatchObject({ fill: "blue", stroke: "blue" });
  });

  test("API-83: SERVER_WINS drops what collides and keeps the rest", async () => {
    const choice = { headVersion: 2, resolution: "SERVER_WINS", clientOperations: mine };
    expect(await board.resolve(choice)).toMatchObject({
      newVersion: 3,
      discardedOps: ["mine"],
      operations: [{ id: "free" }],
    });
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "blue" });
  });

  test("API-83: MANUAL leads to the state by the fewest operations, which can be undone", async () => {
    const manualState = (await board.read("designData")).designData;
    manualState.pages[0].elements[0].fill = "purple";
    const choice = { headVersion: 2, resolution: "MANUAL", manualState, clientOperations: mine };
    expect(await board.resolve({ ...choice, clientId: "tab" })).toMatchObject({
      newVersion: 3,
      discardedOps: ["mine", "free"],
      operations: [{ type: "UPDATE_ELEMENT_PROPS", payload: { fill: "purple" } }],
    });
    expect((await board.read("designData")).designData).toEqual(manualState);
    await board.undo("tab");
    expect((await board.first()).fill).toBe("red");
  });

  test.each(["CLIENT_WINS", "SERVER_WINS", "MANUAL"])(
    "API-84: %s again answers the same; on a newer head it is a conflict",
    async (resolution) => {
      const manualState = { canvas: { settled: true } };
      const choice = { headVersion: 2, resolution, clientOperations: mine, manualState };
      const first = await board.resolve(choice);
      const version = await board.version();
      expect(await board.resolve(choice)).toEqual(first);
      expect(await board.version()).toBe(version);

      const fresh = mine.map((operation) => ({ ...operation, id: `${operation.id} again` }));
      const late = { ...choice, clientOperations: fresh, manualState: { canvas: {} } };
      expect(await board.resolve(late)).toMatchObject({
        __typename: "VersionConflict",
        currentVersion: version,
        requestedVersion: 1,
      });
      expect(await board.version()).toBe(version);
    },
  );

  test("API-84: what a choice lacks is refused by its place, and changes nothing", async () => {
    const choice = { headVersion: 2, resolution: "CLIENT_WINS", clientOperations: mine };
    const manual = { ...choice, resolution: "MANUAL" };
    const deep = { pages: [{ id: "p1", elements: [{ id: "e1", type: "rect", x: "no", y: 0 }] }] };
    const refusals: [object, string, readonly string[]][] = [
      [{ ...choice, clientOperations: null }, "INVALID_INPUT", ["clientOperations"]],
      [{ ...choice, headVersion: 9 }, "INVALID_INPUT", ["headVersion"]],
      [{ ...choice, headVersion: 0 }, "INVALID_INPUT", ["headVersion"]],
      [{ ...choice, baseVersion: 0 }, "INVALID_INPUT", ["baseVersion"]],
      [manual, "INVALID_INPUT", ["manualState"]],
      [
        { ...manual, manualState: deep },
        "INVALID_INPUT",
        ["manualState", "pages", "0", "elements", "0", "x"],
      ],
      [
        { ...choice, clientOperations: [set("x", { "": 1 }, { payload: {} })] },
        "INVALID_OPERATION",
        ["clientOperations", "0", "payload"],
      ],
      [
        { ...choice, clientOperations: [set("theirs", { fill: "blue" })] },
        "OPERATION_ID_REUSED",
        ["clientOperations", "0", "id"],
      ],
    ];
    for (const [input, code, path] of refusals) {
      expect(await board.resolve(input)).toMatchObject({ __typename: "RequestError", code, path });
    }
    expect(await board.version()).toBe(2);
  });

  test("ACC-2, ACC-3, ACC-4: resolving is for who may edit", async () => {
    const choice = { headVersion: 2, resolution: "CLIENT_WINS", clientOperations: mine };
    expect((await board.resolve(choice, api.anonymous)).code).toBe("UNAUTHENTICATED");
    expect(await board.resolve(choice, bob)).toMatchObject({
      code: "NOT_FOUND",
      path: ["templateId"],
    });
    const open = await Board.open(ada, { isPublic: true });
    expect((await open.resolve({ ...choice, headVersion: 1 }, bob)).code).toBe("FORBIDDEN");
  });
});
