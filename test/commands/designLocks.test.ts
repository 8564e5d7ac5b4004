import { describe, expect, it } from "vitest";
import type { OperationInput } from "../../src/commands/inputs.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { redo, undo } from "../../src/commands/history/undo.js";
import { currentDesign, edit, editOk, move } from "../live/editing.js";
import { author } from "../setup/memoryServices.js";
import { e1, locked, policies, setup } from "./lockSetup.js";

describe("LOCK-11 elements that the design locks", () => {
  const set = (id: string, payload: object): OperationInput => ({
    ...{ id, type: "UPDATE_ELEMENT_PROPS", target: e1, payload },
  });

  it.each(policies)(
    "are not edited under %s, unless the batch unlocks them first",
    async (onConflict) => {
      const { services, templateId, logged } = await setup();
      await editOk(services, templateId, [set("lock", { locked: true })]);
      const at = { baseVersion: 2, onConflict };
      const batch = [move("free", 1, "e2"), move("bad", 2)];
      const outcome = await edit(services, templateId, batch, at);
      expect(outcome).toMatchObject({
        ...{ ...locked, operationId: "bad", path: ["operations", "1", "target", "elementId"] },
      });
      expect(outcome).not.toHaveProperty("lock");
      expect(await logged()).toBe(1);
      const around = [set("off", { locked: null }), move("ok", 2), set("on", { locked: true })];
      await editOk(services, templateId, around, at);
      expect(
        await edit(services, templateId, [move("late", 3)], { ...at, baseVersion: 5 }),
      ).toMatchObject(locked);
    },
  );

  it("are not edited by who did not know, where it is merged", async () => {
    const { services, templateId } = await setup();
    await editOk(services, templateId, [set("lock", { locked: true })]);
    for (const onConflict of ["MERGE", "LAST_WRITER_WINS", "FORCE"] as const) {
      expect(await edit(services, templateId, [move("bad", 2)], { onConflict })).toMatchObject(
        locked,
      );
    }
    const choice = {
      templateId,
      baseVersion: 1,
      headVersion: 2,
      clientOperations: [move("bad", 2)],
    };
    for (const resolution of ["CLIENT_WINS", "SERVER_WINS"] as const) {
      expect(await resolveConflict(services, author, { ...choice, resolution })).toMatchObject(
        locked,
      );
    }
  });

  it("LOCK-12 refuse undo of edits, not of the locking; a revert and a MANUAL state pass", async () => {
    const { services, templateId } = await setup();
    const tab = { templateId, clientId: "tab" };
    await editOk(services, templateId, [move("a", 5)], tab);
    await editOk(services, templateId, [set("lock", { locked: true })], { clientId: "b" });
    expect(await undo(services, author, { ...tab, allOrNothing: true })).toMatchObject(locked);
    expect(await undo(services, author, { templateId, clientId: "b" })).toMatchObject({
      kind: "applied",
    });
    await editOk(services, templateId, [set("again", { locked: true })], { clientId: "b" });
    const design = await currentDesign(services, templateId);
    const manual = await resolveConflict(services, author, {
      ...{ templateId, baseVersion: 1, headVersion: 5, resolution: "MANUAL" },
      manualState: { ...design, pages: [] },
    });
    expect(manual).toMatchObject({ kind: "resolved" });
    const back = { templateId, targetVersion: 5 };
    expect(await revertTemplate(services, author, back)).toMatchObject({ kind: "reverted" });
    expect(await edit(services, templateId, [move("z", 1)])).toMatchObject(locked);
    const first = { templateId, targetVersion: 1 };
    expect(await revertTemplate(services, author, first)).toMatchObject({ kind: "reverted" });
    await editOk(services, templateId, [move("z", 1)]);
  });

  const group = { type: "group", x: 0, y: 0 };
  const add = (id: string, elementId: string, payload: object): OperationInput => ({
    ...{
      id,
      type: "ADD_ELEMENT",
      target: { pageId: "p1", elementId },
      payload: { type: "rect", x: 0, y: 0, ...payload },
    },
  });
  const into = (id: string, elementId: string, parentId: string | null): OperationInput => ({
    ...{ id, type: "REORDER_ELEMENT", target: { pageId: "p1", elementId }, payload: { parentId } },
  });

  it.each(policies)("LOCK-11 take nothing in and give nothing out under %s", async (onConflict) => {
    const { services, templateId, logged } = await setup();
    await editOk(services, templateId, [
      add("g", "g", group),
      add("h", "h", { ...group, parentId: "g" }),
      add("inside", "inside", { parentId: "h" }),
      { ...set("lock", { locked: true }), target: { pageId: "p1", elementId: "g" } },
    ]);
    const before = await logged();
    const at = { baseVersion: 5, onConflict };
    for (const attempt of [
      add("new", "n", { parentId: "g" }),
      add("deep", "d", { parentId: "h" }),
      into("in", "e1", "g"),
      into("deep-in", "e1", "h"),
      into("out", "inside", null),
    ]) {
      const outcome = await edit(services, templateId, [attempt], at);
      expect(outcome).toMatchObject({ ...locked, operationId: attempt.id });
    }
    expect(await logged()).toBe(before);
    await editOk(services, templateId, [add("beside", "b", {}), into("free", "e1", "e2")], at);
  });

  it("LOCK-12 may be made, and brought back, with all that is in them by one batch", async () => {
    const { services, templateId } = await setup();
    const tab = { templateId, clientId: "tab" };
    const pasted = [
      add("g", "g", { ...group, locked: true }),
      add("c", "c", { parentId: "g" }),
      into("moved-in", "e1", "g"),
    ];
    await editOk(services, templateId, pasted, { clientId: "tab" });
    const late = await edit(services, templateId, [add("late", "l", { parentId: "g" })]);
    expect(late).toMatchObject(locked);
    const back = { ...tab, targetVersion: 1 };
    expect(await revertTemplate(services, author, back)).toMatchObject({ kind: "reverted" });
    expect(await undo(services, author, tab)).toMatchObject({ kind: "applied" });
    // Done again it would delete what is locked, and by default such parts are left out.
    expect(await redo(services, author, { ...tab, allOrNothing: true })).toMatchObject(locked);
    const { skipped } = (await redo(services, author, tab)) as { skipped?: readonly object[] };
    expect(skipped).toContainEqual(expect.objectContaining({ reason: "LOCKED" }));
  });
});
