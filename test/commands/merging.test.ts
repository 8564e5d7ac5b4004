import { describe, expect, it } from "vitest";
import type { OperationInput } from "../../src/commands/inputs.js";
import type { Services } from "../../src/commands/services.js";
import { memoryServices } from "../setup/memoryServices.js";
import { currentDesign, edit, editOk, fill, move, newTemplate } from "../live/editing.js";

const target = { pageId: "p1", elementId: "e1" };

function text(id: string, ...delta: readonly object[]): OperationInput {
  return { id, type: "EDIT_TEXT", target, payload: { delta } };
}

/** Whether the state after both is what the merge made of them; `base` is a template at version 1. */
async function elements(services: Services, templateId: string) {
  return (await currentDesign(services, templateId)).pages[0]?.elements;
}

/** Where the history of what others did is found. */
const histories = [
  ["history in memory", {}],
  ["history that left memory", { recentOperationsMax: 1 }],
  ["history that never was in memory", { recentOperationsMax: 0 }],
] as const;

describe.each(histories)("MERGE on %s (MERGE-18)", (_where, settings) => {
  it("MERGE-11 applies both where different registers are touched", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("a", "red")]);
    const merged = await editOk(services, templateId, [move("b", 9)], { onConflict: "MERGE" });
    expect(merged.operations[0]).toMatchObject({ transformedFrom: [], baseVersion: 1 });
    expect((await elements(services, templateId))?.[0]).toMatchObject({ fill: "red", x: 9 });
  });

  it("MERGE-12 reports two writes of one register, and changes nothing", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("a", "red")]);
    const outcome = await edit(services, templateId, [move("m", 1), fill("b", "blue")], {
      onConflict: "MERGE",
    });
    expect(outcome).toMatchObject({ kind: "versionConflict", conflictingOps: ["b"] });
    expect((await services.head(templateId))?.version).toBe(2);
  });

  it("MERGE-13 lets the later committed position win", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("a", 1)]);
    await editOk(services, templateId, [move("b", 2)], { onConflict: "MERGE" });
    expect((await elements(services, templateId))?.[0]?.x).toBe(2);
  });

  it("MERGE-14 rebases text by operational transformation", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [text("t0", { insert: "Hello world" })]);
    await editOk(services, templateId, [text("t1", { insert: "Oh! " })], { baseVersion: 2 });
    const merged = await editOk(
      services,
      templateId,
      [text("t2", { retain: 5 }, { insert: "," }), text("t3", { retain: 12 }, { insert: "!" })],
      { baseVersion: 2, onConflict: "MERGE" },
    );
    expect((await elements(services, templateId))?.[0]?.["text"]).toBe("Oh! Hello, world!");
    expect(merged.operations[0]).toMatchObject({
      transformedFrom: ["t1"],
      payload: { delta: [{ retain: 9 }, { insert: "," }] },
    });
  });

  it("MERGE-15 a delete of what is deleted already changes nothing, and keeps its id", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    const remove = (id: string) => ({ id, type: "DELETE_ELEMENT" as const, target });
    await editOk(services, templateId, [remove("a")]);
    const merged = await editOk(services, templateId, [remove("b")], { onConflict: "MERGE" });
    expect(merged).toMatchObject({ supersededOps: ["b"], newVersion: 3 });
    expect(merged.operations[0]).toMatchObject({ transformedFrom: ["a"] });
    const again = await editOk(services, templateId, [remove("b")], { onConflict: "MERGE" });
    expect(again).toEqual({ ...merged, duplicateOps: ["b"] });
  });

  it("MERGE-16 reports a change of what was deleted, and a delete of what was changed", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    const remove = { id: "r", type: "DELETE_ELEMENT" as const, target };
    await editOk(services, templateId, [fill("a", "red")]);
    expect(await edit(services, templateId, [remove], { onConflict: "MERGE" })).toMatchObject({
      collisions: [{ kind: "DELETED_TARGET", clientOperation: "r", serverOperation: "a" }],
    });
    await editOk(services, templateId, [remove], { baseVersion: 2 });
    const late = await edit(services, templateId, [fill("b", "blue")], {
      baseVersion: 2,
      onConflict: "MERGE",
    });
    expect(late).toMatchObject({
      collisions: [{ kind: "DELETED_TARGET", clientOperation: "b", serverOperation: "r" }],
    });
  });

  it("MERGE-17 CLEAR_PAGE deletes what the client saw", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    const added: OperationInput = {
      id: "a",
      type: "ADD_ELEMENT",
      target: { pageId: "p1", elementId: "new" },
      payload: { type: "rect", x: 0, y: 0 },
    };
    await editOk(services, templateId, [added]);
    const clear = { id: "c", type: "CLEAR_PAGE" as const, target: { pageId: "p1" } };
    const merged = await editOk(services, templateId, [clear], { onConflict: "MERGE" });
    expect(merged.operations[0]).toMatchObject({
      payload: { elementIds: ["e1", "e2"] },
      transformedFrom: ["a"],
    });
    expect((await elements(services, templateId))?.map(({ id }) => id)).toEqual(["new"]);
  });

  it("MERGE-9 reports two moves that would close a cycle", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    const into = (id: string, elementId: string, parentId: string): OperationInput => ({
      id,
      type: "REORDER_ELEMENT",
      target: { pageId: "p1", elementId },
      payload: { parentId },
    });
    await editOk(services, templateId, [into("a", "e1", "e2")]);
    expect(
      await edit(services, templateId, [into("b", "e2", "e1")], { onConflict: "MERGE" }),
    ).toMatchObject({
      kind: "versionConflict",
      conflictingOps: ["b"],
    });
  });
});

describe.each(histories)("LAST_WRITER_WINS on %s (MERGE-18)", (_where, settings) => {
  it("MERGE-20 keeps the later write by the clients' clocks, property by property", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    const set = (id: string, timestamp: number, payload: object): OperationInput => ({
      id,
      type: "UPDATE_ELEMENT_PROPS",
      target,
      payload,
      timestamp,
    });
    await editOk(services, templateId, [set("a", 2_000, { fill: "red", opacity: 0.5 })]);
    const merged = await editOk(
      services,
      templateId,
      [set("late", 1_000, { fill: "blue", stroke: "black" }), set("new", 3_000, { opacity: 1 })],
      { onConflict: "LAST_WRITER_WINS" },
    );
    expect(merged.operations[0]).toMatchObject({
      payload: { stroke: "black" },
      transformedFrom: ["a"],
    });
    const lost = await editOk(services, templateId, [set("lost", 1_500, { fill: "green" })], {
      onConflict: "LAST_WRITER_WINS",
    });
    expect(lost.supersededOps).toEqual(["lost"]);
    expect((await elements(services, templateId))?.[0]).toMatchObject({
      fill: "red",
      stroke: "black",
      opacity: 1,
    });
  });

  it("MERGE-28, MERGE-29 lets deletions win", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    const remove = (id: string, elementId: string): OperationInput => ({
      id,
      type: "DELETE_ELEMENT",
      target: { pageId: "p1", elementId },
    });
    await editOk(services, templateId, [remove("a", "e1"), fill("b", "red", "e2")]);
    const batch = [fill("late", "blue"), remove("c", "e2")];
    const policy = { onConflict: "LAST_WRITER_WINS" } as const;
    const merged = await editOk(services, templateId, batch, policy);
    expect(merged.supersededOps).toEqual(["late"]);
    expect(merged.operations).toMatchObject([
      { transformedFrom: ["a"], requested: { payload: { fill: "blue" } } },
      { transformedFrom: ["b"], requested: null },
    ]);
    expect(await elements(services, templateId)).toEqual([]);
  });
});

describe.each(histories)("the rules of a template on %s (MERGE-18)", (_where, settings) => {
  it("RULE-2 goes by the type of what was deleted, also with its page", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    const rules = [{ elementType: "rect", property: "*", policy: "LAST_WRITER" }] as const;
    await services.templates.updateMergeRules(templateId, rules, 0);
    await editOk(services, templateId, [
      { id: "a", type: "DELETE_ELEMENT", target },
      { id: "b", type: "DELETE_PAGE", target: { pageId: "p1" } },
    ]);
    const merged = await editOk(
      services,
      templateId,
      [fill("c", "blue"), fill("d", "blue", "e2")],
      {
        onConflict: "MERGE",
      },
    );
    expect(merged.supersededOps).toEqual(["c", "d"]);
    const other = await edit(
      services,
      templateId,
      [{ id: "e", type: "UPDATE_PAGE", target: { pageId: "p1" }, payload: { name: "n" } }],
      { onConflict: "MERGE" },
    );
    expect(other).toMatchObject({ kind: "versionConflict" });
  });
});

describe("what merges decide", () => {
  it("STO-29 is kept up to a bound, however much there is", async () => {
    const services = memoryServices({ settings: { decidedConflictsKeptMax: 5 } });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("theirs", "red")]);
    for (let index = 0; index < 180; index += 1) {
      await editOk(services, templateId, [fill(`mine ${index}`, "blue")], {
        onConflict: "LAST_WRITER_WINS",
        clientId: "z",
      });
    }
    const kept = await services.conflicts.list({ templateId, limit: 1_000 });
    expect(kept.length).toBeGreaterThanOrEqual(5);
    expect(kept.length).toBeLessThanOrEqual(55);
    expect(kept[0]?.headVersion).toBe(181);
  });
});
