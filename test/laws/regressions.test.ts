/** The minimal cases of what the laws have found in histories. */
import { describe, expect, test } from "vitest";
import type { Design } from "../../src/domain/document/design.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { clear, designWith, nested, on, rect } from "./handmade.js";
import { brokenBy } from "./histories.js";
import { World, type Policy, type Step } from "./world.js";

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
  function elementsAfter(
    design: Design,
    steps: readonly Step[],
    policy?: Policy,
  ): readonly JsonObject[] {
    const world = new World(design, 3, policy);
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

  test("what changed nothing is passed over (UNDO-17)", () => {
    const steps = [
      ...batch(1, on("e", "ROTATE_ELEMENT", { rotation: 1 })),
      ...batch(1, clear("gone")),
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

  test("what others did and undid elsewhere is not in the way of undoing in a text (UNDO-15)", () => {
    const type = (text: string) => on("t", "EDIT_TEXT", { delta: [{ insert: text }] });
    const steps = [
      ...batch(2, type("mine")),
      undo(2),
      ...batch(1, on("t", "ROTATE_ELEMENT", { rotation: 1 })),
      ...batch(0, type("theirs")),
      undo(1),
      undo(0),
      { kind: "redo", client: 2 } as const,
    ];
    expect(elementsAfter(designWith({ id: "t" }), steps)[0]!["text"]).toBe("mine");
  });

  const set = (text: string | null) => on("t", "UPDATE_ELEMENT_PROPS", { text });
  const insert = (at: number, text: string) =>
    on("t", "EDIT_TEXT", { delta: [{ retain: at }, { insert: text }] });
  const policy = "LAST_WRITER_WINS";

  test("a text that a batch set stays with what goes on from it, also when its rival is undone (MERGE-26, MERGE-27)", () => {
    const steps: Step[] = [
      edit(1, set("bc")),
      edit(1, { type: "UPDATE_CANVAS", target: {}, payload: { width: 1 } }),
      edit(1, on("t", "EDIT_TEXT", { delta: [{ delete: 2 }] })),
      edit(0, set(null)),
      ...[1, 0].map(send),
      ...[0, 1].map(arrive),
      { kind: "undo", client: 0 },
    ];
    expect(brokenBy({ design: designWith({ id: "t" }), policy, steps })).toBeUndefined();
  });

  test("what waits goes on from no text that an earlier edit had brought back and lost since (CLIENT-6)", () => {
    // Each edit that is counted is of another instant: these are in the order of the texts they leave.
    const steps: Step[] = [
      edit(0, insert(3, "!")),
      edit(1, set("early")),
      ...[1, 0].map(send),
      arrive(1),
      receive(0),
      receive(1),
      edit(1, set("later")),
      send(1),
      arrive(1),
      edit(1, on("gone", "DELETE_ELEMENT")),
      edit(0, insert(4, "?")),
      receive(0),
    ];
    const design = designWith({ id: "t", text: "abc" });
    expect(elementsAfter(design, steps, policy)[0]!["text"]).toBe("later");
  });
});
