import { describe, expect, it } from "vitest";
import { unrestricted } from "../../src/domain/access/grant.js";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import type { OperationInput, UndoInput } from "../../src/commands/inputs.js";
import { redo, undo } from "../../src/commands/history/undo.js";
import { updateTemplate } from "../../src/commands/templates/updateTemplate.js";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Applied } from "../../src/commands/outcomes.js";
import type { LiveSettings } from "../../src/live/liveSettings.js";
import { author, memoryServices, stranger, type MemorySetup } from "../setup/memoryServices.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import { currentDesign, edit, editOk, fill, move, newTemplate } from "../live/editing.js";

const target = { pageId: "p1", elementId: "e1" };
const text = (id: string, ...delta: readonly object[]): OperationInput => ({
  id,
  type: "EDIT_TEXT",
  target,
  payload: { delta },
});

const named = (line: UndoInput, batchId: string | undefined): UndoInput =>
  batchId === undefined ? line : { ...line, batchId };

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
    undo: (batchId?: string) => undo(services, author, named(line, batchId)),
    redo: (batchId?: string) => redo(services, author, named(line, batchId)),
    undoAll: () => undo(services, author, { ...line, allOrNothing: true }),
    design,
    element: async () => (await design()).pages[0]?.elements.find(({ id }) => id === "e1"),
  };
}

function letEdit(services: MemorySetup, templateId: string, userId: string) {
  const permission = { role: "EDIT", ...unrestricted } as const;
  const change = { templateId, holder: { kind: "user", userId }, permission } as const;
  return services.permissions.change(change, () => undefined);
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

  it("UNDO-5 what would undo others' work is a conflict where all or nothing is asked for", async () => {
    const t = await setUp(settings);
    await t.mine(move("a1", 5), fill("a2", "red", "e2"));
    await t.theirs(move("b1", 7));
    const before = canonicalJson(await t.design());
    const outcome = await t.undoAll();
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

  it("UNDO-18 takes a step under its batch id once, however often it is sent", async () => {
    const t = await setUp(settings);
    await t.mine(fill("a1", "red"));
    await t.mine(fill("a2", "green"), move("a3", 5));
    const first = await t.undo("step");
    expect(first).toMatchObject({
      kind: "applied",
      duplicateOps: [],
      operations: [
        { batchId: "step", undoes: "a2" },
        { batchId: "step", undoes: "a2" },
      ],
    });
    await t.theirs(fill("b1", "blue", "e2"));
    const again = await t.undo("step");
    expect(again).toEqual({ ...first, duplicateOps: (first as Applied).appliedOps });
    expect((await t.element())?.["fill"]).toBe("red");
    expect(await t.redo("step again")).toMatchObject({ operations: [{ redoes: "a2" }, {}] });
    expect(await t.undo("step")).toEqual(again);
    expect((await t.element())?.["fill"]).toBe("green");
    expect(await t.redo("step again")).toMatchObject({ kind: "applied", newVersion: 9 });
  });

  it("UNDO-18 refuses a batch id that is something else's", async () => {
    const t = await setUp(settings);
    await t.mine(fill("a1", "red"));
    await t.mine(fill("edit-1", "green"));
    await t.mine(fill("a2", "blue"));
    await t.undo("step");
    const version = (await t.services.head(t.templateId))!.version;
    const reused = { kind: "refused", code: "OPERATION_ID_REUSED", path: ["batchId"] };
    expect(await t.redo("step")).toMatchObject(reused);
    expect(await t.undo("a1")).toMatchObject(reused);
    expect(await t.undo("edit")).toMatchObject(reused);
    const line = { templateId: t.templateId, batchId: "step" };
    expect(await undo(t.services, author, line)).toMatchObject(reused);
    await letEdit(t.services, t.templateId, stranger.userId);
    expect(await undo(t.services, stranger, { ...line, clientId: "a" })).toMatchObject(reused);
    expect(await t.undo("")).toMatchObject({ code: "INVALID_INPUT", path: ["batchId"] });
    expect((await t.services.head(t.templateId))!.version).toBe(version);
  });

  it("UNDO-18 keeps an edit apart from a step under the same batch id", async () => {
    const t = await setUp(settings);
    await t.mine(fill("a1", "red"));
    await t.undo("step");
    const baseVersion = (await t.services.head(t.templateId))!.version;
    await editOk(t.services, t.templateId, [fill("a2", "blue")], {
      ...{ clientId: "a", batchId: "step", baseVersion },
    });
    expect(await t.undo()).toMatchObject({ kind: "applied" });
    expect((await t.element())?.["fill"]).toBeUndefined();
    expect(await t.redo()).toMatchObject({ kind: "applied" });
    expect((await t.element())?.["fill"]).toBe("blue");
  });
});

describe("lines of several people and clients", () => {
  it("UNDO-9 what was undone without naming a client counts on the line of the client that made it", async () => {
    const t = await setUp({});
    const ofAll = { templateId: t.templateId };
    await t.mine(fill("a1", "red"));
    await t.theirs(fill("b1", "blue", "e2"));
    expect(await undo(t.services, author, ofAll)).toMatchObject({ operations: [{ undoes: "b1" }] });
    expect(await undo(t.services, author, ofAll)).toMatchObject({ operations: [{ undoes: "a1" }] });
    expect(await t.undo()).toMatchObject({ kind: "refused", code: "INVALID_INPUT" });
    expect(await t.redo()).toMatchObject({ operations: [{ redoes: "a1" }] });
    expect(await t.redo()).toMatchObject({ kind: "refused", code: "INVALID_INPUT" });
    expect(await redo(t.services, author, ofAll)).toMatchObject({ operations: [{ redoes: "b1" }] });
  });

  it("UNDO-19 tells one person's batch from another's under the same id", async () => {
    const t = await setUp({});
    await letEdit(t.services, t.templateId, stranger.userId);
    await t.mine(fill("a1", "red"), fill("a2", "red", "e2"));
    const options = { onConflict: "FORCE", batchId: "1", baseVersion: 1 } as const;
    await editOk(t.services, t.templateId, [fill("b1", "blue")], { ...options, clientId: "b" });
    const batch = { ...options, templateId: t.templateId, operations: [move("c1", 9, "e2")] };
    expect(await applyOperations(t.services, stranger, batch)).toMatchObject({ kind: "applied" });
    const line = { templateId: t.templateId };
    expect(await undo(t.services, stranger, line)).toMatchObject({ operations: [{ undoes: "1" }] });
    expect(await t.undoAll()).toMatchObject({
      kind: "versionConflict",
      collisions: [{ serverOperation: "b1" }],
    });
    expect((await t.element())?.["fill"]).toBe("blue");
  });

  it("UNDO-19 tells two batches of one person under the same id apart", async () => {
    const t = await setUp({});
    await t.mine(fill("a1", "red"));
    for (const [id, batchId] of [
      ["b1", "1"],
      ["b2", "2"],
      ["b3", "1"],
    ] as const) {
      const edits = id === "b1" ? [fill(id, "blue")] : [fill(id, id, "e2")];
      await editOk(t.services, t.templateId, edits, { clientId: "b", batchId });
    }
    const line = { templateId: t.templateId, clientId: "b" };
    expect(await undo(t.services, author, line)).toMatchObject({ operations: [{ undoes: "1" }] });
    expect(await t.undoAll()).toMatchObject({ kind: "versionConflict" });
    expect((await t.element())?.["fill"]).toBe("blue");
  });

  it("UNDO-15 goes around a text of which others undid what began before", async () => {
    const t = await setUp({});
    const part = (operation: OperationInput) =>
      editOk(t.services, t.templateId, [operation], { clientId: "b", batchId: "long" });
    await part(text("b1", { insert: "abc" }));
    await t.mine(text("a1", { retain: 3 }, { insert: "MINE" }));
    await part(text("b2", { retain: 7 }, { insert: "d" }));
    expect((await t.element())?.["text"]).toBe("abcMINEd");
    await undo(t.services, author, { templateId: t.templateId, clientId: "b" });
    expect((await t.element())?.["text"]).toBe("MINE");
    await t.theirs(text("b3", { insert: "x" }));
    expect(await t.undo()).toMatchObject({ kind: "applied" });
    expect((await t.element())?.["text"]).toBe("x");
  });
});

describe("steps that are sent again", () => {
  it("UNDO-18 finds the step of which the answer was lost, on whichever node", async () => {
    let failing = false;
    const templates = new MemoryTemplateStore({
      afterCommit: async () => {
        if (failing) throw new StorageUnavailable(100);
      },
    });
    const nodes = [memoryServices({ templates }), memoryServices({ templates })] as const;
    const templateId = await newTemplate(nodes[0]);
    const expected = ["red", "green", "blue"];
    for (const [index, colour] of expected.entries()) {
      await editOk(nodes[0], templateId, [fill(`a${index}`, colour)], { clientId: "a" });
    }
    for (const [number, node] of [nodes[0], nodes[1], nodes[0]].entries()) {
      const input = { templateId, clientId: "a", batchId: `step ${number}` };
      failing = true;
      await expect(undo(nodes[0], author, input)).rejects.toThrow(StorageUnavailable);
      failing = false;
      expect(await undo(node, author, input)).toMatchObject({
        kind: "applied",
        newVersion: 5 + number,
        duplicateOps: [`step ${number}-1`],
        operations: [{ undoes: `a${2 - number}` }],
      });
    }
    expect((await currentDesign(nodes[1], templateId)).pages[0]?.elements[0]?.["fill"]).toBe(
      undefined,
    );
  });

  it("UNDO-18 takes one step where two nodes are asked at once", async () => {
    const templates = new MemoryTemplateStore({
      beforeCommit: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const nodes = [memoryServices({ templates }), memoryServices({ templates })] as const;
    const templateId = await newTemplate(nodes[0]);
    for (let index = 0; index < 4; index += 1) {
      await editOk(nodes[0], templateId, [fill(`a${index}`, "red"), move(`m${index}`, index)]);
    }
    const input = { templateId, batchId: "step" };
    const answers = await Promise.all(
      [0, 1, 0, 1, 1, 0].map((node) => undo(nodes[node]!, author, input)),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: "applied", newVersion: 11, operations: [{}, {}] });
    }
    expect((await nodes[1].head(templateId))?.version).toBe(11);
  });

  it("UNDO-18 counts the step once against its person's rate", async () => {
    const services = memoryServices({ rates: { operations: { points: 4, perMs: 3_600_000 } } });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("a1", "red")]);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const input = { templateId, batchId: "step" };
      expect(await undo(services, author, input)).toMatchObject({ kind: "applied" });
    }
  });
});
