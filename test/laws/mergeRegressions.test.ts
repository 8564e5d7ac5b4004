/** The minimal cases of what the laws have found in merging. */
import { describe, expect, test } from "vitest";
import type { Design } from "../../src/domain/document/design.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { JsonObject } from "../../src/domain/json.js";
import { unbounded } from "../../src/domain/limits.js";
import { merge } from "../../src/domain/merge/merge.js";
import type { MergeInput } from "../../src/domain/merge/mergeInput.js";
import { isNoOp } from "../../src/domain/operations/noOp.js";
import {
  clientWins,
  lastWriterWins,
  reportCollisions,
} from "../../src/domain/merge/judging/verdict.js";
import { mergeNonConflicting } from "../../src/domain/merge/mergeNonConflicting.js";
import type { OperationContent, OperationType } from "../../src/domain/operations/operation.js";
import { clear, designWith, nested, on, rect } from "./handmade.js";
import { mergePair, type Made, type PairOutcome } from "./pairMerge.js";

function made(side: string, ...contents: readonly OperationContent[]): Made[] {
  return contents.map((content, index) => ({ id: `${side}${index}`, content }));
}

/** What is to be merged where nothing that was committed has been read wholly. */
function unreadInput(design: Design, theirs: readonly Made[], mine: readonly Made[]): MergeInput {
  const { committed, between } = mergePair(design, theirs, []);
  return {
    state: { version: 1 + committed.length, versionHash: "", document: between },
    operations: mine.map(({ id, content }) => {
      return { ...content, id, timestamp: null, requestHash: "" };
    }),
    history: committed,
    judge: reportCollisions,
    whole: () => undefined,
    settings: {
      authorship: {
        baseVersion: 1,
        batchId: "c",
        userId: null,
        clientId: null,
        sessionSequence: null,
        serverTimestamp: 0,
      },
      sha256: () => "",
      limits: unbounded,
    },
    clockSkewMsMax: 0,
  };
}

describe("what the laws have found in merging", () => {
  test.each([
    ["a child that left the group", [on("c", "REORDER_ELEMENT", { parentId: null })]],
    ["a child that was left behind", [clear("g")]],
    [
      "a child that was changed, then deleted",
      [on("c", "MOVE_ELEMENT", { x: 1, y: 1 }), on("c", "DELETE_ELEMENT")],
    ],
  ])("deleting a group collides with %s (MERGE-21)", (_, committed) => {
    const { outcome } = mergePair(
      nested,
      made("s", ...committed),
      made("c", on("g", "DELETE_ELEMENT")),
    );
    expect(outcome).toMatchObject({
      kind: "collides",
      collisions: [{ kind: "DELETED_TARGET", path: "/pages/p/elements/c" }],
    });
  });

  test("an operation of a batch means what those before it left (MERGE-21)", () => {
    const design = designWith({ id: "g" }, { id: "c", parentId: "g" }, { id: "free" });
    const theirs = made(
      "s",
      on("c", "ROTATE_ELEMENT", { rotation: 1 }),
      on("free", "ROTATE_ELEMENT", { rotation: 1 }),
    );
    const rescue = [on("c", "REORDER_ELEMENT", { parentId: null }), on("g", "DELETE_ELEMENT")];
    const { document } = mergePair(design, theirs, made("c", ...rescue));
    expect(designOf(document!).pages[0]?.elements.map(({ id }) => id)).toEqual(["c", "free"]);
    const sacrifice = [on("free", "REORDER_ELEMENT", { parentId: "g" }), ...rescue];
    const { outcome } = mergePair(design, theirs, made("c", ...sacrifice));
    expect(outcome).toMatchObject({
      kind: "collides",
      collisions: [{ kind: "DELETED_TARGET", path: "/pages/p/elements/free" }],
    });
  });

  test("a group is not deleted with what could not be taken out of it (RES-3)", () => {
    const design = designWith({ id: "g" }, { id: "c", parentId: "g" }, { id: "other" });
    const mine = [
      on("c", "REORDER_ELEMENT", { parentId: "other" }),
      on("g", "DELETE_ELEMENT"),
      on("c", "ROTATE_ELEMENT", { rotation: 1 }),
    ];
    const theirs = made("s", on("other", "DELETE_ELEMENT"));
    const outcome = mergeNonConflicting(unreadInput(design, theirs, made("c", ...mine)));
    expect(outcome).toMatchObject({ kind: "merged", discarded: ["c0", "c1"] });
  });

  test("of what was committed only the deletions of its page are read for what a group held (MERGE-21)", () => {
    const deletePage: OperationContent = {
      type: "DELETE_PAGE",
      target: { pageId: "p" },
      payload: null,
    };
    const mine = made("c", on("g", "DELETE_ELEMENT"));
    const regrouping = made("s", on("c", "REORDER_ELEMENT", { parentId: null }), clear("c"));
    expect(merge(unreadInput(nested, regrouping, mine)).kind).toBe("collides");
    const deleting = made("s", on("c", "DELETE_ELEMENT"), deletePage);
    expect(merge(unreadInput(nested, deleting, mine))).toEqual({
      kind: "needs",
      operationIds: ["s1"],
    });
  });

  test("a delete leaves what others put in the place of what they had deleted (MERGE-22)", () => {
    const again = [
      on("g", "DELETE_ELEMENT"),
      on("g", "ADD_ELEMENT", rect),
      on("g", "ROTATE_ELEMENT", { rotation: 1 }),
    ];
    for (const mine of [on("g", "DELETE_ELEMENT"), clear("g")]) {
      const { document, merged } = mergePair(
        designWith({ id: "g" }),
        made("s", ...again),
        made("c", mine),
      );
      expect(designOf(document!).pages[0]?.elements).toHaveLength(1);
      expect(merged[0]!.transformedFrom).not.toEqual([]);
    }
  });

  test("a batch's own new element has nothing to do with the one that others deleted (MERGE-22)", () => {
    const mine = [
      on("g", "DELETE_ELEMENT"),
      on("g", "ADD_ELEMENT", rect),
      on("g", "MOVE_ELEMENT", { x: 7, y: 7 }),
    ];
    const { outcome, merged, document } = mergePair(
      designWith({ id: "g" }),
      made("s", on("g", "DELETE_ELEMENT")),
      made("c", ...mine),
    );
    expect(outcome.kind).toBe("merged");
    expect(merged.map(isNoOp)).toEqual([true, false, false]);
    expect(designOf(document!).pages[0]?.elements[0]).toMatchObject({ id: "g", x: 7 });
  });

  test("who insists closes no cycle: the groups around are as their client saw them (RES-1, RES-2)", () => {
    const into = (id: string, elementId: string, parentId: string | null): Made => {
      return { id, content: on(elementId, "REORDER_ELEMENT", { parentId }) };
    };
    const parents = ({ document }: PairOutcome) =>
      Object.fromEntries(
        designOf(document!).pages[0]!.elements.map(({ id, parentId = null }) => [id, parentId]),
      );
    const three = designWith({ id: "a" }, { id: "b" }, { id: "c", parentId: "b" });
    const simple = mergePair(three, [into("s0", "b", "a")], [into("c0", "a", "c")], clientWins);
    expect(simple.merged.map(({ id }) => id)).toEqual(["c0~1", "c0"]);
    expect(parents(simple)).toEqual({ a: "c", b: null, c: "b" });
    const harmless = mergePair(three, [into("s0", "c", "a")], [into("c0", "b", "a")], clientWins);
    expect(harmless.merged.map(({ id }) => id)).toEqual(["c0"]);
    const more = designWith({ id: "o" }, { id: "a" }, { id: "b", parentId: "o" });
    const theirs = [
      into("s0", "b", null),
      { id: "s1", content: on("o", "DELETE_ELEMENT") },
      into("s2", "b", "a"),
    ];
    const gone = mergePair(more, theirs, [into("c0", "a", "b")], clientWins);
    expect(gone.outcome.kind).toBe("merged");
    expect(parents(gone)).toMatchObject({ a: "b" });
  });

  test("nobody wins a cycle by being later (MERGE-23)", () => {
    const two = designWith({ id: "a" }, { id: "b" });
    const [mine] = made("c", on("a", "REORDER_ELEMENT", { parentId: "b" }));
    const [theirs] = made("s", on("b", "REORDER_ELEMENT", { parentId: "a" }));
    for (const timestamp of [0, 2]) {
      const { outcome } = mergePair(
        two,
        [{ ...theirs!, timestamp: 1 }],
        [{ ...mine!, timestamp }],
        lastWriterWins(0),
      );
      expect(outcome.kind).toBe("collides");
    }
  });

  test("an edit of a text that the last writer replaced is superseded, and what goes on from it collides (MERGE-26)", () => {
    const text = designWith({ id: "t", text: "abc" });
    const theirs = {
      ...made("s", on("t", "UPDATE_ELEMENT_PROPS", { text: "new" }))[0]!,
      timestamp: 2,
    };
    const insert = (timestamp: number, at: number): Made => ({
      id: `c${at}`,
      timestamp,
      content: on("t", "EDIT_TEXT", { delta: [{ retain: at }, { insert: "!" }] }),
    });
    const lost = mergePair(text, [theirs], [insert(1, 1), insert(1, 2)], lastWriterWins(0));
    expect(lost.merged.map(isNoOp)).toEqual([true, true]);
    const split = mergePair(text, [theirs], [insert(1, 1), insert(3, 2)], lastWriterWins(0));
    expect(split.outcome.kind).toBe("collides");
  });

  const set = (id: string, timestamp: number, properties: JsonObject): Made => {
    return { id, timestamp, content: on("t", "UPDATE_ELEMENT_PROPS", properties) };
  };
  const insert = (id: string, timestamp: number, at: number): Made => ({
    id,
    timestamp,
    content: on("t", "EDIT_TEXT", { delta: [{ retain: at }, { insert: "!" }] }),
  });
  const extend = (id: string, timestamp: number): Made => {
    return { id, timestamp, content: on("t", "EXTEND_STROKE", { points: [[3, 3]] }) };
  };
  const elementOf = ({ document }: PairOutcome) => designOf(document!).pages[0]!.elements[0];
  const text = designWith({ id: "t", text: "abcdef" });

  test.each([
    ["an edit", insert("s0", 1, 0)],
    ["another text", set("s0", 1, { text: "x" })],
  ])(
    "a delta goes on from the text that its batch has set over %s (MERGE-26)",
    (_, theirs: Made) => {
      const mine = [set("c0", 2, { text: "abc" }), insert("c1", 3, 3), insert("c2", 3, 4)];
      for (const judge of [lastWriterWins(0), clientWins]) {
        expect(elementOf(mergePair(text, [theirs], mine, judge))).toMatchObject({ text: "abc!!" });
      }
    },
  );

  test("points go on from those that their batch has set (MERGE-26)", () => {
    const mine = [set("c0", 2, { points: [[2, 2]] }), extend("c1", 3)];
    const won = mergePair(text, [set("s0", 1, { points: [[1, 1]] })], mine, lastWriterWins(0));
    expect(elementOf(won)).toMatchObject({
      points: [
        [2, 2],
        [3, 3],
      ],
    });
    const lost = mergePair(text, [extend("s0", 4)], mine, lastWriterWins(0));
    expect(lost.outcome).toMatchObject({
      kind: "collides",
      collisions: [{ clientOperation: "c0", serverOperation: "s0", properties: ["points"] }],
    });
  });

  test("what goes on from what lost collides, also where both lose to a later one (MERGE-26, MERGE-27)", () => {
    const mine = [set("c0", 1, { text: "abc" }), insert("c1", 3, 3)];
    const between = set("s0", 2, { text: "x" });
    const last = set("s1", 4, { text: "y" });
    const judge = lastWriterWins(0);
    expect(mergePair(text, [between], mine, judge).outcome.kind).toBe("collides");
    expect(mergePair(text, [between, last], mine, judge).outcome.kind).toBe("collides");
    expect(mergePair(text, [last], mine, judge).merged.map(isNoOp)).toEqual([true, true]);
  });

  test("a text is brought back from behind all that replaced it (RES-2)", () => {
    const theirs = [set("s0", 1, { text: "a long text" }), set("s1", 1, { text: "x" })];
    const gone = { id: "s2", content: on("t", "DELETE_ELEMENT") };
    for (const committed of [theirs, [...theirs, gone]]) {
      const outcome = mergePair(text, committed, [insert("c0", 2, 3)], clientWins);
      expect(elementOf(outcome)).toMatchObject({ text: "abc!def" });
    }
  });

  test("text and points that one operation replaced are both brought back (RES-2)", () => {
    const stroke = designWith({ id: "t", text: "abc", points: [[1, 1]] });
    const theirs = set("s0", 1, { text: "x", points: [[2, 2]] });
    const mine = [insert("c0", 2, 3), extend("c1", 2)];
    expect(elementOf(mergePair(stroke, [theirs], mine, clientWins))).toMatchObject({
      text: "abc!",
      points: [
        [1, 1],
        [3, 3],
      ],
    });
  });

  const replace = (id: string, timestamp: number, from: number, ...points: number[][]): Made => {
    return { id, timestamp, content: on("t", "EXTEND_STROKE", { from, points }) };
  };
  const [first, second, third] = [
    [1, 1],
    [2, 2],
    [3, 3],
  ] as [number[], number[], number[]];
  const line = designWith({ id: "t", points: [first, second] });
  const pointsOf = (pair: PairOutcome) => elementOf(pair)?.["points"] as number[][];

  test.each([0, 200])(
    "what takes points from a stroke of %i points and more collides with what others append (MERGE-5)",
    (before) => {
      const start = Array.from({ length: before }, (_, x) => [x, 0]);
      const stroke = designWith({ id: "t", points: [...start, first, second] });
      for (const [mine, theirs] of [
        [replace("c0", 1, before + 1), extend("s0", 1)],
        [extend("c0", 1), replace("s0", 1, before + 1)],
        [replace("c0", 1, before + 1), replace("s0", 1, before + 1, third)],
        [replace("c0", 1, before + 1), set("s0", 1, { points: [] })],
      ] as const) {
        const { outcome } = mergePair(stroke, [theirs], [mine], reportCollisions);
        expect(outcome).toMatchObject({
          kind: "collides",
          collisions: [{ properties: ["points"] }],
        });
      }
    },
  );

  test("the later writer's end of a stroke stays, on the points it was made on (MERGE-20)", () => {
    const judge = lastWriterWins(0);
    const mine = replace("c0", 2, 1, [9, 9]);
    for (const theirs of [
      [extend("s0", 1)],
      [replace("s0", 1, 0), extend("s1", 1)],
      [set("s0", 1, { points: [[7, 7]] }), extend("s1", 1)],
      [replace("s0", 1, 1), set("s1", 1, { points: [] }), replace("s2", 1, 0, [6, 6])],
    ]) {
      expect(pointsOf(mergePair(line, theirs, [mine], judge))).toEqual([first, [9, 9]]);
    }
    const late = mergePair(line, [extend("s0", 3)], [mine], judge);
    expect(late.merged.map(isNoOp)).toEqual([true]);
    expect(pointsOf(late)).toEqual([first, second, third]);
  });

  test.each([0, 200])(
    "what is appended goes on from the stroke that others shortened to %i points and more (RES-2)",
    (before) => {
      const start = Array.from({ length: before }, (_, x) => [x, 0]);
      const stroke = designWith({ id: "t", points: [...start, first, second] });
      const theirs = [extend("s0", 1), replace("s1", 1, before + 1), extend("s2", 1)];
      const won = mergePair(stroke, theirs, [extend("c0", 2)], clientWins);
      expect(pointsOf(won)).toEqual([...start, first, second, third, third]);
      const split = [replace("c0", 1, before + 1), extend("c1", 4)];
      const lost = mergePair(stroke, [extend("s0", 3)], split, lastWriterWins(0));
      expect(lost.outcome.kind).toBe("collides");
    },
  );

  test("the end of a stroke that was dropped takes along what goes on from it (RES-3)", () => {
    const theirs = set("s0", 1, { fill: "red" });
    const mine = [set("c0", 1, { fill: "blue", points: [third] }), replace("c1", 1, 1, [9, 9])];
    expect(mergeNonConflicting(unreadInput(line, [theirs], mine))).toMatchObject({
      kind: "merged",
      discarded: ["c0", "c1"],
    });
  });

  test("an older position, size or rotation is left out of what is later (MERGE-20)", () => {
    const judge = lastWriterWins(0);
    const make = (
      id: string,
      timestamp: number,
      type: OperationType,
      payload: JsonObject,
    ): Made => {
      return { id, timestamp, content: on("t", type, payload) };
    };
    const box = designWith({ id: "t", width: 1, height: 1 });
    const move = make("s0", 5, "MOVE_ELEMENT", { x: 3, y: 3 });
    const late = mergePair(box, [move], [make("c0", 4, "MOVE_ELEMENT", { x: 1, y: 1 })], judge);
    expect(late.merged).toMatchObject([{ type: "UPDATE_CANVAS", transformedFrom: ["s0"] }]);
    const resize = { width: 9, height: 9, x: 2, y: 2 };
    const part = mergePair(box, [move], [make("c0", 4, "RESIZE_ELEMENT", resize)], judge);
    expect(part.merged).toMatchObject([
      { type: "RESIZE_ELEMENT", payload: { width: 9, height: 9 }, transformedFrom: ["s0"] },
    ]);
    expect(elementOf(part)).toMatchObject({ x: 3, y: 3, width: 9, height: 9 });
    for (const by of [reportCollisions, clientWins, judge]) {
      const timestamp = by === judge ? 6 : 4;
      const mine = make("c0", timestamp, "MOVE_ELEMENT", { x: 1, y: 1 });
      expect(elementOf(mergePair(box, [move], [mine], by))).toMatchObject({ x: 1, y: 1 });
    }
  });
});
