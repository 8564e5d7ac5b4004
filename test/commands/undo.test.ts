import { describe, expect, it } from "vitest";
import type { OperationInput } from "../../src/commands/inputs.js";
import { redo, undo } from "../../src/commands/undo.js";
import { updateTemplate } from "../../src/commands/updateTemplate.js";
import { canonicalJson } from "../../src/domain/document/canonicalJson.js";
import type { LiveSettings } from "../../src/live/liveSettings.js";
import { author, memoryServices } from "../setup/memoryServices.js";
import { currentDesign, edit, editOk, fill, move, newTemplate } from "../live/editing.js";

const target = { pageId: "p1", elementId: "e1" };
const text = (id: string, ...delta: readonly object[]): OperationInput => ({
  id,
  type: "EDIT_TEXT",
  target,
  payload: { delta },
});

/** A template, its author's undo on client `a`, and edits from both clients `a` and `b`. */
async function setUp(settings: Partial<LiveSettings>) {
  const services = memoryServices({ settings });
  const templateId = await newTemplate(services);
  const as = (clientId: string) => (operations: readonly OperationInput[], baseVersion?: number) =>
    editOk(services, templateId, operations, {
      clientId,
      onConflict: "MERGE",
      ...(baseVersion !== undefined && { baseVersion }),
    });
  const head = async () => (await services.head(templateId))!.version;
  const design = () => currentDesign(services, templateId);
  const line = { templateId, clientId: "a" };
  return {
    services,
    templateId,
    mine: async (...operations: OperationInput[]) => as("a")(operations, await head()),
    theirs: async (...operations: OperationInput[]) => as("b")(operations, await head()),
    undo: () => undo(services, author, line),
    redo: () => redo(services, author, line),
    design,
    element: async () => (await design()).pages[0]?.elements.find(({ id }) => id === "e1"),
  };
}

describe.each([
  ["history in memory", {}],
  ["history that left memory", { recentOperationsMax: 0 }],
] as const)("undo and redo on %s (MERGE-18)", (_where, settings) => {
  it("UNDO-1 undoes one's own newest batch, and redoes it", async () => {
    const t = await setUp(settings);
    const start = canonicalJson(await t.design());
    await t.mine(fill("a1", "red"), move("a2", 5));
    const edited = canonicalJson(await t.design());
    const undone = await t.undo();
    expect(undone).toMatchObject({ kind: "applied", operations: [{ undoes: "a1" }, {}] });
    expect(canonicalJson(await t.design())).toBe(start);
    expect(await t.redo()).toMatchObject({ kind: "applied" });
    expect(canonicalJson(await t.design())).toBe(edited);
    expect(await t.redo()).toMatchObject({ kind: "refused", code: "INVALID_INPUT" });
  });

  it("UNDO-2 goes back step by step, and forward again", async () => {
    const t = await setUp(settings);
    const states = [canonicalJson(await t.design())];
    for (const [index, colour] of ["red", "green", "blue"].entries()) {
      await t.mine(fill(`a${index}`, colour));
      states.push(canonicalJson(await t.design()));
    }
    for (const expected of states.slice(0, -1).toReversed()) {
      expect(await t.undo()).toMatchObject({ kind: "applied" });
      expect(canonicalJson(await t.design())).toBe(expected);
    }
    expect(await t.undo()).toMatchObject({ kind: "refused" });
    for (const expected of states.slice(1)) {
      expect(await t.redo()).toMatchObject({ kind: "applied" });
      expect(canonicalJson(await t.design())).toBe(expected);
    }
    expect(await t.undo()).toMatchObject({ kind: "applied" });
    expect(canonicalJson(await t.design())).toBe(states.at(-2));
  });

  it("UNDO-3 a new edit clears what could be redone", async () => {
    const t = await setUp(settings);
    await t.mine(fill("a1", "red"));
    await t.undo();
    await t.mine(fill("a2", "blue"));
    expect(await t.redo()).toMatchObject({ kind: "refused", code: "INVALID_INPUT" });
    expect((await t.element())?.["fill"]).toBe("blue");
  });

  it("UNDO-4 leaves what others did alone", async () => {
    const t = await setUp(settings);
    await t.mine(fill("a1", "red"));
    await t.theirs(move("b1", 7));
    await t.undo();
    const element = await t.element();
    expect(element?.["fill"]).toBeUndefined();
    expect(element?.x).toBe(7);
  });

  it("UNDO-5 what would undo others' work is a conflict that says so", async () => {
    const t = await setUp(settings);
    await t.mine(move("a1", 5));
    await t.theirs(move("b1", 7));
    const before = canonicalJson(await t.design());
    const outcome = await t.undo();
    expect(outcome).toMatchObject({
      kind: "versionConflict",
      collisions: [{ kind: "CONCURRENT_EDIT", serverOperation: "b1", properties: ["x", "y"] }],
    });
    expect(canonicalJson(await t.design())).toBe(before);
  });

  it("UNDO-6 rebases text over what others wrote", async () => {
    const t = await setUp(settings);
    await t.theirs(text("t0", { insert: "world" }));
    await t.mine(text("a1", { insert: "Hello " }));
    await t.theirs(text("b1", { retain: 5 }, { insert: "," }), text("b2", { insert: ">> " }));
    expect((await t.element())?.["text"]).toBe(">> Hello, world");
    await t.undo();
    expect((await t.element())?.["text"]).toBe(">> ,world");
    await t.redo();
    expect((await t.element())?.["text"]).toBe(">> Hello, world");
  });

  it("UNDO-7 undoes text under an edit of one's own that was undone before", async () => {
    const t = await setUp(settings);
    await t.mine(text("a1", { insert: "abc" }));
    await t.mine(text("a2", { delete: 2 }));
    await t.theirs(text("b1", { retain: 1 }, { insert: "!" }));
    await t.undo();
    expect((await t.element())?.["text"]).toBe("abc!");
    await t.undo();
    expect((await t.element())?.["text"]).toBe("!");
    await t.redo();
    await t.redo();
    expect((await t.element())?.["text"]).toBe("c!");
  });

  it("UNDO-8 undoing a delete restores element, order and children", async () => {
    const t = await setUp(settings);
    const child = { type: "rect", x: 1, y: 1, parentId: "e1", afterId: null };
    await t.mine({
      id: "a1",
      type: "ADD_ELEMENT",
      target: { pageId: "p1", elementId: "child" },
      payload: child,
    });
    const before = canonicalJson(await t.design());
    await t.mine({ id: "a2", type: "DELETE_ELEMENT", target });
    await t.theirs(fill("b1", "red", "e2"));
    await t.undo();
    const page = (await t.design()).pages[0];
    expect(page?.elements.map(({ id }) => id)).toEqual(["child", "e1", "e2"]);
    expect(before).toContain('"parentId":"e1"');
    expect(page?.elements[0]?.["parentId"]).toBe("e1");
  });

  it("UNDO-9 works after a restart and on another node", async () => {
    const t = await setUp(settings);
    const start = canonicalJson(await t.design());
    await t.mine(fill("a1", "red"));
    const other = memoryServices({ templates: t.services.templates });
    expect(await undo(other, author, { templateId: t.templateId })).toMatchObject({
      kind: "applied",
    });
    expect(canonicalJson(await t.design())).toBe(start);
  });

  it("UNDO-10 undoes a batch that spans requests as one", async () => {
    const t = await setUp(settings);
    const start = canonicalJson(await t.design());
    for (let i = 1; i <= 3; i += 1) {
      const baseVersion = (await t.services.head(t.templateId))!.version;
      await editOk(t.services, t.templateId, [move(`drag${i}`, i)], {
        clientId: "a",
        batchId: "drag",
        baseVersion,
      });
      await t.theirs(fill(`b${i}`, `colour${i}`, "e2"));
    }
    await t.undo();
    expect((await t.element())?.x).toBe(0);
    expect(start).toContain('"x":0');
    expect((await t.design()).pages[0]?.elements[1]?.["fill"]).toBe("colour3");
  });

  it("UNDO-11 asks the access rule and changes nothing where nothing is to undo", async () => {
    const t = await setUp(settings);
    const stranger = { kind: "user", userId: "00000000-0000-7000-8000-000000000099" } as const;
    expect(await undo(t.services, stranger, { templateId: t.templateId })).toMatchObject({
      code: "NOT_FOUND",
    });
    await updateTemplate(t.services, author, { templateId: t.templateId, isPublic: true });
    expect(await undo(t.services, stranger, { templateId: t.templateId })).toMatchObject({
      code: "FORBIDDEN",
    });
    expect(await t.undo()).toMatchObject({ code: "INVALID_INPUT" });
    expect(await edit(t.services, t.templateId, [move("a", 1)])).toMatchObject({ newVersion: 2 });
  });
});
