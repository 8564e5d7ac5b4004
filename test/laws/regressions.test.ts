/** The minimal cases of what the laws have found. */
import { describe, expect, test } from "vitest";
import type { Design } from "../../src/domain/document/design.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { unbounded } from "../../src/domain/limits.js";
import { isNothing } from "../../src/domain/merge/nothing.js";
import { lastWriterWins, reportCollisions } from "../../src/domain/merge/verdict.js";
import { mergeWhatFits } from "../../src/domain/merge/whatFits.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { OperationContent, OperationType } from "../../src/domain/operations/operation.js";
import { brokenBy } from "./histories.js";
import { mergePair, type Made } from "./pairMerge.js";
import { World, type Step } from "./world.js";

const rect = { type: "rect", x: 0, y: 0 };

function designWith(...elements: readonly JsonObject[]): Design {
  const page = { id: "p", elements: elements.map((element) => ({ ...rect, ...element })) };
  return { canvas: {}, pages: [page], audioLayers: [] } as unknown as Design;
}

function on(
  elementId: string,
  type: OperationType,
  payload: JsonObject | null = null,
): OperationContent {
  return { type, target: { pageId: "p", elementId }, payload };
}

const clear = (...elementIds: string[]): OperationContent => ({
  type: "CLEAR_PAGE",
  target: { pageId: "p" },
  payload: { elementIds },
});

function made(side: string, ...contents: readonly OperationContent[]): Made[] {
  return contents.map((content, index) => ({ id: `${side}${index}`, content }));
}

const nested = designWith({ id: "g" }, { id: "c", parentId: "g" });

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
    const { between, committed } = mergePair(design, made("s", on("other", "DELETE_ELEMENT")), []);
    const outcome = mergeWhatFits({
      state: { version: 2, versionHash: "", document: between },
      operations: mine.map((content, index) => {
        return { ...content, id: `c${index}`, timestamp: null, requestHash: "" };
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
    });
    expect(outcome).toMatchObject({ kind: "merged", discarded: ["c0", "c1"] });
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
    expect(merged.map(isNothing)).toEqual([true, false, false]);
    expect(designOf(document!).pages[0]?.elements[0]).toMatchObject({ id: "g", x: 7 });
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
    expect(lost.merged.map(isNothing)).toEqual([true, true]);
    const split = mergePair(text, [theirs], [insert(1, 1), insert(3, 2)], lastWriterWins(0));
    expect(split.outcome.kind).toBe("collides");
  });
});

describe("what the laws have found in histories", () => {
  const edit = (client: number, operation: OperationContent): Step => ({
    kind: "edit",
    client,
    operation,
  });
  const send = (client: number): Step => ({ kind: "send", client });
  const arrive = (client: number): Step => ({ kind: "arrive", client });
  const receive = (client: number, commits = 1): Step => ({ kind: "receive", client, commits });

  test("a delete that others' delete made moot stays so when that is undone (MERGE-22)", () => {
    const steps: Step[] = [
      edit(1, on("g", "DELETE_ELEMENT")),
      edit(2, clear("g", "c")),
      ...[1, 2].map(send),
      arrive(2),
      receive(1),
      { kind: "undo", client: 2 },
      arrive(1),
    ];
    expect(brokenBy({ design: nested, steps })).toBeUndefined();
  });

  test("what collides goes on colliding when its cause is undone (MERGE-27)", () => {
    const steps: Step[] = [
      edit(1, on("g", "ROTATE_ELEMENT", { rotation: 1 })),
      edit(0, on("g", "DELETE_ELEMENT")),
      ...[0, 1].map(send),
      ...[0, 1].map(arrive),
      { kind: "undo", client: 0 },
      arrive(1),
    ];
    expect(brokenBy({ design: designWith({ id: "g" }), steps })).toBeUndefined();
  });

  test("a group that went and came back under its child's id held that child", () => {
    const steps: Step[] = [
      edit(0, clear("g")),
      send(0),
      edit(2, clear("g", "c")),
      send(2),
      arrive(2),
      receive(2),
      edit(2, on("c", "ADD_ELEMENT", rect)),
      send(2),
      arrive(2),
      arrive(0),
    ];
    expect(brokenBy({ design: nested, steps })).toBeUndefined();
  });

  test("clearing nothing that the client saw needs no page", () => {
    const steps: Step[] = [
      edit(2, clear("g")),
      send(2),
      edit(1, on("g", "DELETE_ELEMENT")),
      send(1),
      arrive(1),
      { kind: "undo", client: 1 },
      receive(2),
      receive(1, 2),
      edit(1, { type: "DELETE_PAGE", target: { pageId: "p" }, payload: null }),
      send(1),
      arrive(1),
      arrive(2),
    ];
    expect(brokenBy({ design: designWith({ id: "g" }), steps })).toBeUndefined();
  });

  test("clearing a page that was deleted is nothing, also where there is another under its id", () => {
    const page = { pageId: "p" };
    const elements = [
      { ...rect, id: "inner", parentId: "c" },
      { ...rect, id: "c" },
    ];
    const steps: Step[] = [
      edit(2, clear("c")),
      send(2),
      edit(1, { type: "DELETE_PAGE", target: page, payload: null }),
      edit(1, { type: "ADD_PAGE", target: page, payload: { elements } }),
      send(1),
      arrive(1),
      arrive(2),
    ];
    expect(brokenBy({ design: designWith(), steps })).toBeUndefined();
  });

  /** What the server holds after the steps. */
  function elementsAfter(design: Design, steps: readonly Step[]): readonly JsonObject[] {
    const world = new World(design);
    for (const step of steps) world.take(step);
    world.finish();
    return designOf(world.clients[0]!.local.document).pages[0]!.elements;
  }

  const batch = (client: number, ...operations: readonly OperationContent[]): Step[] => [
    receive(client, Infinity),
    ...operations.map((operation) => edit(client, operation)),
    send(client),
    arrive(client),
  ];
  const undo = (client: number): Step => ({ kind: "undo", client });

  test("undo leaves what others put in the place of what was added (UNDO-16)", () => {
    const steps = [
      ...batch(1, on("new", "ADD_ELEMENT", rect)),
      ...batch(2, on("new", "DELETE_ELEMENT"), on("new", "ADD_ELEMENT", { ...rect, x: 9 })),
      undo(1),
    ];
    expect(elementsAfter(designWith(), steps)).toEqual([{ ...rect, id: "new", x: 9 }]);
  });

  test("what changed nothing is undone once, and then what was done before it (UNDO-17)", () => {
    const steps = [
      ...batch(1, on("e", "ROTATE_ELEMENT", { rotation: 1 })),
      ...batch(1, clear("gone")),
      undo(1),
      undo(1),
    ];
    expect(elementsAfter(designWith({ id: "e" }), steps)).toEqual([{ ...rect, id: "e" }]);
  });

  test("what others did and undid hides no text from its author's undo (UNDO-15)", () => {
    const insert = on("t", "EDIT_TEXT", { delta: [{ insert: "mine" }] });
    const cut = on("t", "EDIT_TEXT", { delta: [{ delete: 4 }] });
    const steps = [...batch(1, insert), ...batch(2, cut), undo(2), undo(1)];
    expect(elementsAfter(designWith({ id: "t", text: "" }), steps)[0]!["text"]).toBe("");
  });
});
