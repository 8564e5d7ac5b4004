import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set, text } from "./board.js";

let api: Api;
let ada: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
beforeEach(async () => {
  board = await Board.open(ada);
});
afterAll(() => api.stop());

const MERGE = { onConflict: "MERGE" };
const LAST_WRITER_WINS = { onConflict: "LAST_WRITER_WINS" };

describe("MERGE", () => {
  test("API-80: applies both where they change different things", async () => {
    await board.edit([set("theirs", { fill: "red" })]);
    const answer = await board.apply([set("mine", { stroke: "blue" })], MERGE);
    expect(answer).toMatchObject({
      __typename: "OperationsApplied",
      newVersion: 3,
      appliedOps: ["mine"],
      supersededOps: [],
      operations: [{ id: "mine", baseVersion: 1, transformedFrom: [], undoes: null, redoes: null }],
    });
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "blue" });
  });

  test("API-80: reports what really collides, and then applies nothing of the batch", async () => {
    await board.edit([set("theirs", { fill: "red" })]);
    const batch = [set("free", { stroke: "blue" }, {}, "e2"), set("mine", { fill: "blue", x: 9 })];
    expect(await board.apply(batch, MERGE)).toMatchObject({
      __typename: "VersionConflict",
      currentVersion: 2,
      conflictingOps: ["mine"],
      conflicts: [
        {
          kind: "CONCURRENT_EDIT",
          clientOperation: "mine",
          serverOperation: "theirs",
          target: { pageId: "p1", elementId: "e1" },
          properties: ["fill"],
        },
      ],
      suggestedResolution: "SERVER_WINS",
      resolutionOptions: { autoMerge: { available: false, preview: null } },
    });
    expect(await board.version()).toBe(2);
  });

  test("API-80: shows text as it was rebased, and over what", async () => {
    await board.edit([text("t0", { insert: "Hello world" })]);
    await board.edit([text("t1", { insert: "Oh! " })]);
    const mine = text("t2", { retain: 5 }, { insert: "," });
    const answer = await board.apply([mine], { ...MERGE, baseVersion: 2 });
    expect(answer.operations).toMatchObject([
      {
        id: "t2",
        payload: { delta: [{ retain: 9 }, { insert: "," }] },
        transformedFrom: ["t1"],
      },
    ]);
    expect((await board.first()).text).toBe("Oh! Hello, world");
  });

  describe.each(["MERGE", "LAST_WRITER_WINS"])("within a text, under %s", (onConflict) => {
    const red = { retain: 5, attributes: { color: "red" } };
    const now = Date.now();
    /** One person edits «hello», then another one the same version of it, whose clock is behind. */
    const meeting = async (theirs: readonly object[], mine: readonly object[]) => {
      await board.edit([text("t0", { insert: "hello" })]);
      await board.edit([{ ...text("theirs", ...theirs), timestamp: now }]);
      const own = { ...text("mine", ...mine), timestamp: now - 50_000 };
      return board.apply([own], { baseVersion: 2, onConflict });
    };

    test.each([
      ["another value", [{ retain: 5, attributes: { color: "blue" } }]],
      ["another value on a part", [{ retain: 1 }, { retain: 1, attributes: { color: "blue" } }]],
      ["removal", [{ retain: 5, attributes: { color: null } }]],
      ["deletion of the characters", [{ delete: 5 }]],
    ])("MERGE-63: formatting that gives way to %s is named", async (_what, mine) => {
      expect(await meeting([red], mine)).toMatchObject({
        supersededOps: [],
        operations: [{ id: "mine", payload: { delta: mine }, transformedFrom: ["theirs"] }],
      });
    });

    test("MERGE-63: formatting that stays is not named", async () => {
      const bold = [{ retain: 5, attributes: { bold: true } }];
      expect(await meeting([red], bold)).toMatchObject({ operations: [{ transformedFrom: [] }] });
    });

    test.each([
      ["formats", [red]],
      ["deletes", [{ delete: 5 }]],
    ])("MERGE-62: an edit that only %s what others deleted is superseded", async (_what, mine) => {
      expect(await meeting([{ delete: 5 }], mine)).toMatchObject({
        appliedOps: ["mine"],
        supersededOps: ["mine"],
        operations: [{ payload: { delta: [] }, requested: { payload: { delta: mine } } }],
      });
    });

    test("MERGE-62: an edit that is empty as it was sent, or keeps a part, is not superseded", async () => {
      expect(await meeting([{ delete: 5 }], [{ delete: 5 }, { insert: "!" }])).toMatchObject({
        supersededOps: [],
      });
      const empty = { ...text("empty"), id: "empty" };
      expect(await board.apply([empty], { baseVersion: 4, onConflict })).not.toMatchObject({
        supersededOps: ["empty"],
      });
    });
  });

  test("API-81: what others had done already is in the log, without effect, and named", async () => {
    await board.edit([remove("theirs")]);
    const first = await board.apply([remove("mine")], MERGE);
    expect(first).toMatchObject({ newVersion: 3, appliedOps: ["mine"], supersededOps: ["mine"] });
    expect(await board.apply([remove("mine")], MERGE)).toEqual({
      ...first,
      duplicateOps: ["mine"],
    });
  });
});

describe("what was asked for", () => {
  test("LOG-15: stays in the log beside what a merge made of it, and null where that is the same", async () => {
    await board.edit([
      set("theirs", { fill: "red" }, { timestamp: 2_000 }),
      text("t1", { insert: "a" }),
    ]);
    const timestamp = 1_000;
    const batch = [
      set("late", { fill: "blue" }, { timestamp }),
      set("partly", { fill: "blue", stroke: "black" }, { timestamp }),
      set("free", { opacity: 1 }, { timestamp }),
      text("t2", { insert: "b" }),
    ];
    const { operations } = await board.apply(batch, LAST_WRITER_WINS);
    const target = { pageId: "p1", elementId: "e1" };
    const of = (id: string, payload: object) => ({
      id,
      requested: { id, type: "UPDATE_ELEMENT_PROPS", target, payload, timestamp },
    });
    const told = [
      of("late", { fill: "blue" }),
      of("partly", { fill: "blue", stroke: "black" }),
      { id: "free", requested: null },
      { id: "t2", requested: { type: "EDIT_TEXT", payload: { delta: [{ insert: "b" }] } } },
    ];
    expect(operations).toMatchObject(told);
    // A retry answers the same, and so does the log, asked for nothing else.
    const again = await board.apply(batch, LAST_WRITER_WINS);
    expect(again.operations).toEqual(operations);
    await board.edit([{ id: "clear", type: "CLEAR_PAGE", target: { pageId: "p1" } }]);
    const fields = "id requested { id type target { pageId elementId } payload timestamp }";
    const { operations: logged } = await board.read(
      `operations(fromVersion: 4) { nodes { ${fields} } }`,
    );
    const clear = { id: "clear", requested: { type: "CLEAR_PAGE", payload: {} } };
    expect(logged.nodes).toMatchObject([...told, clear]);
  });
});

describe("LAST_WRITER_WINS", () => {
  test("API-81: the later by the clients' clocks stays, and what lost is named", async () => {
    await board.edit([set("theirs", { fill: "red", opacity: 0.5 }, { timestamp: 2_000 })]);
    const late = set("late", { fill: "blue" }, { timestamp: 1_000 });
    const partly = set("partly", { fill: "blue", stroke: "black" }, { timestamp: 1_000 });
    const newer = set("newer", { opacity: 1 }, { timestamp: 3_000 });
    expect(await board.apply([late, partly, newer], LAST_WRITER_WINS)).toMatchObject({
      appliedOps: ["late", "partly", "newer"],
      supersededOps: ["late"],
      operations: [
        { id: "late", transformedFrom: ["theirs"] },
        { id: "partly", transformedFrom: ["theirs"], payload: { stroke: "black" } },
        { id: "newer", transformedFrom: ["theirs"], payload: { opacity: 1 } },
      ],
    });
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "black", opacity: 1 });
  });

  test("API-81: of one instant the greater client id stays", async () => {
    const at = { timestamp: 5_000 };
    await board.edit([set("theirs", { fill: "red" }, at)], { clientId: "m" });
    const options = { ...LAST_WRITER_WINS, clientId: "a" };
    const smaller = await board.apply([set("a", { fill: "blue" }, at)], options);
    expect(smaller.supersededOps).toEqual(["a"]);
    const greater = { ...LAST_WRITER_WINS, clientId: "z" };
    expect((await board.apply([set("z", { fill: "blue" }, at)], greater)).supersededOps).toEqual(
      [],
    );
    expect((await board.first()).fill).toBe("blue");
  });

  test.each([
    ["ten days ahead", Date.now() + 240 * 3_600_000],
    ["at the end of time", 8.64e15],
    ["years behind", 0],
    ["at the beginning of time", -8.64e15],
  ])("API-57: work of a clock that is %s is taken under every policy", async (_what, timestamp) => {
    let baseVersion = 1;
    for (const onConflict of ["REJECT", "FORCE", "MERGE", "LAST_WRITER_WINS"]) {
      const mine = [set(onConflict, { [onConflict]: 1 }, { timestamp })];
      const answer = await board.apply(mine, { onConflict, baseVersion });
      expect(answer).toMatchObject({ __typename: "OperationsApplied", supersededOps: [] });
      if (onConflict === "FORCE") baseVersion = 2;
    }
    expect(await board.first()).toMatchObject({ REJECT: 1, MERGE: 1, LAST_WRITER_WINS: 1 });
  });

  test("MERGE-40: of two clocks that are far ahead the one that is read later stays, whatever they say", async () => {
    const ahead = (hours: number) => ({ timestamp: Date.now() + hours * 3_600_000 });
    await board.edit([set("theirs", { fill: "red" }, ahead(1_000))], { clientId: "m" });
    const options = { ...LAST_WRITER_WINS, clientId: "z" };
    const mine = await board.apply([set("mine", { fill: "blue" }, ahead(30))], options);
    expect(mine).toMatchObject({ __typename: "OperationsApplied", supersededOps: [] });
    expect((await board.first()).fill).toBe("blue");
  });

  test("MERGE-40: a clock that is far behind loses to a newer write, and its other work stays", async () => {
    await board.edit([set("theirs", { fill: "red" }, { timestamp: Date.now() })]);
    const years = { timestamp: Date.UTC(1980, 0, 1) };
    const mine = [set("late", { fill: "blue" }, years), set("other", { stroke: "black" }, years)];
    const answer = await board.apply(mine, LAST_WRITER_WINS);
    expect(answer).toMatchObject({ appliedOps: ["late", "other"], supersededOps: ["late"] });
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "black" });
  });

  test.each(["the batch", "the other"])(
    "MERGE-40: a clock that goes back within a batch loses nothing of it, also where %s is committed first",
    async (first) => {
      const now = Date.now();
      const at = (ago: number) => ({ type: "MOVE_ELEMENT", timestamp: now - ago });
      const batch = [set("b1", { x: 1, y: 1 }, at(12_000)), set("b2", { x: 2, y: 2 }, at(25_000))];
      const other = [set("o", { x: 9, y: 9 }, at(17_000))];
      for (const sent of first === "the batch" ? [batch, other] : [other, batch]) {
        await board.apply(sent, { onConflict: "LAST_WRITER_WINS" });
      }
      expect(await board.first()).toMatchObject({ x: 2, y: 2 });
    },
  );

  test("MERGE-29: what needs something that others deleted is without effect, and named", async () => {
    const page = { target: { pageId: "p2" } };
    await board.edit([{ id: "p2", type: "ADD_PAGE", ...page, payload: {} }]);
    await board.edit([remove("theirs"), { id: "gone", type: "DELETE_PAGE", ...page }]);
    const onPage = { pageId: "p2", elementId: "n" };
    const rect = { type: "rect", x: 0, y: 0 };
    const batch = [
      set("change", { fill: "blue" }, { timestamp: Date.now() }),
      add("into", "in", { parentId: "e1" }),
      set("built", { fill: "red" }, {}, "in"),
      set("move", { parentId: "e1", afterId: null }, { type: "REORDER_ELEMENT" }, "e2"),
      set("regroup", { parentId: "e1" }, { type: "REORDER_ELEMENT" }, "e2"),
      { id: "page", type: "ADD_ELEMENT", target: onPage, payload: rect },
      { id: "again", type: "DELETE_ELEMENT", target: onPage },
      set("free", { fill: "green" }, {}, "e2"),
    ];
    const answer = await board.apply(batch, { ...LAST_WRITER_WINS, baseVersion: 2 });
    expect(answer).toMatchObject({
      __typename: "OperationsApplied",
      supersededOps: ["change", "into", "built", "regroup", "page", "again"],
    });
    expect(answer.operations).toMatchObject([
      { transformedFrom: ["theirs"], requested: { payload: { fill: "blue" } } },
      { transformedFrom: ["theirs"], requested: { type: "ADD_ELEMENT" } },
      { transformedFrom: ["theirs"] },
      { type: "REORDER_ELEMENT", payload: { afterId: null }, transformedFrom: ["theirs"] },
      { transformedFrom: ["theirs"] },
      { transformedFrom: ["gone"] },
      { transformedFrom: ["gone"] },
      { transformedFrom: [], requested: null },
    ]);
    expect(await board.elements()).toEqual([
      { id: "e2", type: "rect", x: 50, y: 0, fill: "green" },
    ]);
  });

  test("MERGE-28: a deletion applies over what others changed, and names it", async () => {
    await board.edit([set("theirs", { fill: "red" }, { timestamp: Date.now() })]);
    const answer = await board.apply([remove("mine")], LAST_WRITER_WINS);
    expect(answer).toMatchObject({ supersededOps: [] });
    expect(answer.operations).toMatchObject([{ id: "mine", transformedFrom: ["theirs"] }]);
    const clear = { id: "clear", type: "CLEAR_PAGE", target: { pageId: "p1" } };
    await board.edit([set("more", { fill: "blue" }, {}, "e2"), add("new", "n")]);
    const cleared = await board.apply([clear], { ...LAST_WRITER_WINS, baseVersion: 3 });
    expect(cleared.operations[0].transformedFrom.toSorted()).toEqual(["more", "new"]);
    expect(await board.elements()).toMatchObject([{ id: "n" }]);
    await board.edit([set("late", { stroke: "red" }, {}, "n")]);
    const page = { id: "page", type: "DELETE_PAGE", target: { pageId: "p1" } };
    const deleted = await board.apply([page], { ...LAST_WRITER_WINS, baseVersion: 6 });
    expect(deleted.operations).toMatchObject([{ transformedFrom: ["late"] }]);
    expect((await board.read("designData")).designData.pages).toEqual([]);
  });

  test("MERGE-30: a group that is deleted takes what its client saw in it, and nothing that others put in", async () => {
    await board.edit([
      add("g", "group", { type: "group" }),
      add("i", "inside", { parentId: "group" }),
      add("o", "outside"),
    ]);
    await board.edit([
      set("out", { parentId: null }, { type: "REORDER_ELEMENT" }, "inside"),
      set("in", { parentId: "group" }, { type: "REORDER_ELEMENT" }, "outside"),
      add("added", "new", { parentId: "group" }),
    ]);
    const answer = await board.apply([remove("mine", "group")], {
      ...LAST_WRITER_WINS,
      baseVersion: 4,
    });
    expect(answer.operations.map(({ id }: { id: string }) => id)).toEqual(["mine"]);
    expect(new Set(answer.operations[0].transformedFrom)).toEqual(new Set(["out", "in", "added"]));
    const left = (await board.elements()).map(({ id, parentId }) => [id, parentId]);
    expect(left).toEqual([
      ["e1", undefined],
      ["e2", undefined],
      ["outside", undefined],
    ]);
    // All that it took is one step of undo.
    await board.undo();
    const ids = new Set((await board.elements()).map(({ id }) => id));
    expect(ids).toEqual(new Set(["e1", "e2", "group", "inside", "new", "outside"]));
  });

  test("MERGE-31: of two moves the one committed later names the one that it replaced", async () => {
    await board.edit([set("theirs", { x: 1, y: 1 }, { type: "MOVE_ELEMENT" })]);
    await board.edit([set("newer", { x: 2, y: 2 }, { type: "MOVE_ELEMENT" })]);
    const answer = await board.apply(
      [set("mine", { x: 3, y: 3 }, { type: "MOVE_ELEMENT" })],
      MERGE,
    );
    expect(answer.operations).toMatchObject([{ transformedFrom: ["newer"], requested: null }]);
  });
});

describe("the ways out", () => {
  const warningsOf = async (operations: readonly object[]) => {
    const { resolutionOptions } = await board.apply(operations, MERGE);
    return resolutionOptions.strategies.map(({ warning }: { warning: unknown }) => warning);
  };

  test("API-82: name what a colliding write would lose, the whole of an operation", async () => {
    await board.edit([set("theirs", { fill: "red", stroke: "red" })]);
    expect(await warningsOf([set("mine", { fill: "blue", opacity: 1 })])).toEqual([
      'overwrites what others set: fill of element "e1" (operation theirs)',
      'drops your operation mine: sets fill, opacity of element "e1"',
      null,
    ]);
  });

  test("API-82: name what comes back, and nothing else of what was deleted with it", async () => {
    const clear = { id: "theirs", type: "CLEAR_PAGE", target: { pageId: "p1" } };
    await board.edit([clear]);
    expect(await warningsOf([set("mine", { fill: "blue" })])).toEqual([
      'restores element "e1", which others deleted (operation theirs)',
      'drops your operation mine: sets fill of element "e1"',
      null,
    ]);
  });

  test("API-82: name what a deletion would take with it, and what builds on a dropped one", async () => {
    await board.edit([set("theirs", { fill: "red" }, {}, "e2"), remove("gone")]);
    const mine = [
      add("group", "g", { type: "group", parentId: "e1" }),
      add("child", "c", { parentId: "g" }),
      remove("mine", "e2"),
      set("free", { name: "kept" }, { type: "UPDATE_PAGE", target: { pageId: "p1" } }),
    ];
    expect(await warningsOf(mine)).toEqual([
      'restores element "e1", which others deleted (operation gone); deletes what others changed: fill of element "e2" (operation theirs)',
      'drops your operation group: adds element "g"; drops your operation child: adds element "c"; drops your operation mine: deletes element "e2"',
      null,
    ]);
    const settled = await board.resolve({
      headVersion: 3,
      resolution: "SERVER_WINS",
      clientOperations: mine,
    });
    expect(settled.discardedOps.toSorted()).toEqual(["child", "group", "mine"]);
  });

  test("API-82: preview the merge, text included", async () => {
    await board.edit([text("t0", { insert: "ab" })]);
    await board.edit([text("t1", { insert: "1" })]);
    const { resolutionOptions, conflicts } = await board.apply(
      [text("t2", { retain: 2 }, { insert: "2" })],
      { baseVersion: 2 },
    );
    expect(conflicts).toEqual([]);
    expect(resolutionOptions.autoMerge).toMatchObject({ available: true, reason: null });
    expect(resolutionOptions.autoMerge.preview.pages[0].elements[0].text).toBe("1ab2");
    expect(resolutionOptions.strategies).toMatchObject([
      { strategy: "CLIENT_WINS", warning: null },
      { strategy: "SERVER_WINS", warning: null },
      { strategy: "MANUAL", warning: null },
    ]);
    expect((await board.first()).text).toBe("1ab");
  });
});

describe("an object in a property", () => {
  const written = (id: string, stroke: object, timestamp?: number, elementId = "e1") =>
    set(id, { stroke }, timestamp === undefined ? {} : { timestamp }, elementId);
  const canvas = (id: string, grid: object, timestamp: number) => ({
    ...{ id, type: "UPDATE_CANVAS", target: {}, timestamp },
    payload: { grid },
  });
  const [theirs, mine] = [
    { color: "red", width: 1 },
    { color: "black", width: 5 },
  ];

  test("MERGE-50: is one value: two writes of it collide, and each strategy names what is lost", async () => {
    await board.edit([written("theirs", theirs)]);
    for (const onConflict of ["REJECT", "MERGE"]) {
      const answer = await board.apply([written("mine", mine)], { onConflict });
      expect(answer.conflicts).toMatchObject([{ kind: "CONCURRENT_EDIT", properties: ["stroke"] }]);
      expect(
        answer.resolutionOptions.strategies.map(({ warning }: { warning: string }) => warning),
      ).toEqual([
        'overwrites what others set: stroke of element "e1" (operation theirs)',
        'drops your operation mine: sets stroke of element "e1"',
        null,
      ]);
    }
    expect((await board.first()).stroke).toEqual(theirs);
  });

  test("MERGE-50: the later writer's stays as a whole, and the answer tells what was lost", async () => {
    const now = Date.now();
    await board.edit([
      written("theirs", theirs, now),
      canvas("grid", { size: 8, snap: true }, now),
    ]);
    const onConflict = "LAST_WRITER_WINS";
    const sent = [
      written("mine", mine, now - 1_000),
      canvas("mine too", { size: 4 }, now - 1_000),
      set("half", { stroke: mine, opacity: 1 }, { timestamp: now - 1_000 }),
    ];
    const late = await board.apply(sent, { onConflict });
    expect(late).toMatchObject({
      supersededOps: ["mine", "mine too"],
      operations: [
        { transformedFrom: ["theirs"], requested: { payload: { stroke: mine } } },
        { transformedFrom: ["grid"], requested: { payload: { grid: { size: 4 } } } },
        {
          payload: { opacity: 1 },
          transformedFrom: ["theirs"],
          requested: { payload: { stroke: mine } },
        },
      ],
    });
    expect((await board.first()).stroke).toEqual(theirs);
    expect((await board.read("designData")).designData.canvas.grid).toEqual({
      size: 8,
      snap: true,
    });

    const newer = await board.apply([written("newer", mine, now + 1_000)], { onConflict });
    expect(newer.operations).toMatchObject([
      { payload: { stroke: mine }, transformedFrom: ["theirs"] },
    ]);
    expect((await board.first()).stroke).toEqual(mine);
  });

  test("MERGE-50: what is kept in properties of its own merges", async () => {
    await board.edit([set("theirs", { strokeColor: "red" })]);
    const answer = await board.apply([set("mine", { strokeWidth: 5 })], { onConflict: "MERGE" });
    expect(answer.__typename).toBe("OperationsApplied");
    expect(await board.first()).toMatchObject({ strokeColor: "red", strokeWidth: 5 });
  });
});
