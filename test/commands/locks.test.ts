import { describe, expect, it } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import type { OperationInput } from "../../src/commands/inputs.js";
import { releaseLock } from "../../src/commands/locks/releaseLock.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { redo, undo } from "../../src/commands/history/undo.js";
import { currentDesign, edit, editOk, fill, move } from "../live/editing.js";
import { author, memoryServices } from "../setup/memoryServices.js";
import { e1, locked, policies, setup } from "./lockSetup.js";

describe("LOCK-3 what others hold", () => {
  it.each(policies)("is not changed under %s, whole and without a trace", async (onConflict) => {
    const { services, templateId, acquire, logged } = await setup();
    await editOk(services, templateId, [move("before", 1, "e2")]);
    await acquire(e1);
    const batch = [move("free", 2, "e2"), move("touches", 2), fill("too", "#000")];
    for (const baseVersion of [1, 2]) {
      if (onConflict === "REJECT" && baseVersion === 1) continue;
      const outcome = await edit(services, templateId, batch, {
        baseVersion,
        onConflict,
        clientId: "b",
      });
      expect(outcome).toMatchObject({
        ...locked,
        operationId: "touches",
        lock: { path: "/pages/p1/elements/e1", clientId: "holder", fence: 1 },
      });
    }
    expect(await logged()).toBe(1);
    expect(await edit(services, templateId, [move("nameless", 3)])).toMatchObject(locked);
    await editOk(services, templateId, [move("own", 3)], { clientId: "holder" });
  });

  it.each(policies)("LOCK-1 is not put into what others hold under %s", async (onConflict) => {
    const { services, templateId, acquire, logged } = await setup();
    await acquire(e1);
    const free = { type: "rect", x: 0, y: 0 };
    const target = { pageId: "p1", elementId: "new" };
    const attempts: OperationInput[] = [
      { id: "add", type: "ADD_ELEMENT", target, payload: { ...free, parentId: "e1" } },
      {
        ...{ id: "move", type: "REORDER_ELEMENT", payload: { parentId: "e1" } },
        target: { pageId: "p1", elementId: "e2" },
      },
    ];
    const as = (clientId: string) => ({ baseVersion: 1, onConflict, clientId });
    for (const attempt of attempts) {
      const outcome = await edit(services, templateId, [attempt], as("b"));
      expect(outcome).toMatchObject({ ...locked, operationId: attempt.id });
    }
    expect(await logged()).toBe(0);
    await editOk(services, templateId, attempts, as("holder"));
  });

  it("is not undone, redone, reverted or settled", async () => {
    const { services, templateId, acquire, logged } = await setup();
    const theirs = { clientId: "b" };
    await editOk(services, templateId, [move("a", 1)], theirs);
    await editOk(services, templateId, [fill("c", "#111")], { ...theirs, baseVersion: 2 });
    await undo(services, author, { templateId, ...theirs });
    await acquire(e1);
    const settle = (resolution: "CLIENT_WINS" | "SERVER_WINS") =>
      resolveConflict(services, author, {
        ...{ templateId, baseVersion: 1, headVersion: 4, resolution, ...theirs },
        clientOperations: [move("mine", 9)],
      });
    const design = await currentDesign(services, templateId);
    const attempts = [
      undo(services, author, { templateId, ...theirs }),
      undo(services, author, { templateId }),
      redo(services, author, { templateId, ...theirs }),
      revertTemplate(services, author, { templateId, targetVersion: 1, ...theirs }),
      revertTemplate(services, author, { templateId, targetVersion: 1 }),
      settle("CLIENT_WINS"),
      settle("SERVER_WINS"),
      resolveConflict(services, author, {
        ...{ templateId, baseVersion: 1, headVersion: 4, resolution: "MANUAL", ...theirs },
        manualState: { ...design, pages: [] },
      }),
    ];
    for (const outcome of await Promise.all(attempts)) {
      expect(outcome).toMatchObject({ ...locked, lock: { clientId: "holder" } });
    }
    expect(await logged()).toBe(3);
    const own = { templateId, targetVersion: 1, clientId: "holder" };
    expect(await revertTemplate(services, author, own)).toMatchObject({ kind: "reverted" });
  });

  it("stands on another node with what that has in memory", async () => {
    const first = await setup();
    const { templates, templateId, acquire } = first;
    const second = memoryServices({ templates });
    await editOk(second, templateId, [move("warm", 1)]);
    await acquire(e1);
    expect(await edit(second, templateId, [move("late", 2)])).toMatchObject(locked);
    const release = { templateId, target: e1, sessionToken: first.holder.token };
    await releaseLock(first.services, author, release);
    await editOk(second, templateId, [move("late", 2)]);
  });
});

describe("LOCK-4 ids before locks", () => {
  it("what the log holds is answered as the first time", async () => {
    const { services, templates, templateId, acquire } = await setup();
    const sent = [move("a", 1)];
    const first = await editOk(services, templateId, sent, { clientId: "b" });
    await acquire(e1);
    const cold = memoryServices({ templates, settings: { recentOperationsMax: 1 } });
    await editOk(cold, templateId, [move("x", 1, "e2"), move("y", 2, "e2")]);
    for (const node of [services, cold]) {
      for (const onConflict of policies) {
        const again = await edit(node, templateId, sent, { onConflict, clientId: "b" });
        expect(again).toMatchObject({ appliedOps: ["a"], newVersion: first.newVersion });
      }
    }
  });

  it("a conflict, a refusal and what changes nothing are told as what they are", async () => {
    const { services, templateId, acquire } = await setup();
    await editOk(services, templateId, [fill("a", "#111"), move("r", 1, "e2")]);
    const remove = { id: "d", type: "DELETE_ELEMENT", target: e1 } as const;
    await acquire(e1);
    const theirs = { clientId: "b", onConflict: "MERGE" as const };
    expect(await edit(services, templateId, [fill("b", "#222")], theirs)).toMatchObject({
      kind: "versionConflict",
    });
    const missing = await edit(services, templateId, [move("m", 1, "gone")], theirs);
    expect(missing).toMatchObject({ code: "INVALID_OPERATION" });
    const to1 = { templateId, targetVersion: 3, clientId: "b" };
    expect(await revertTemplate(services, author, to1)).toMatchObject({ kind: "reverted" });
    await editOk(services, templateId, [remove], { clientId: "holder", baseVersion: 3 });
    const again = await editOk(services, templateId, [{ ...remove, id: "d2" }], {
      ...theirs,
      baseVersion: 3,
    });
    expect(again.supersededOps).toEqual(["d2"]);
  });
});

describe("LOCK-6 a lease", () => {
  it("that ran out stands against nothing, one that was renewed does", async () => {
    const { services, templates, templateId, acquire, holder, pass } = await setup();
    const other = memoryServices({ templates });
    await acquire(e1);
    expect(await edit(other, templateId, [move("a", 1)])).toMatchObject(locked);
    pass(29_999);
    await services.locks.renew([holder.session], 30_000);
    pass(29_999);
    expect(await edit(other, templateId, [move("a", 1)])).toMatchObject(locked);
    pass(1);
    await editOk(other, templateId, [move("a", 1)]);
  });
});

describe("LOCK-7 a fence", () => {
  it("lets operations through only while its lock is there", async () => {
    const { services, templateId, acquire, holder, logged } = await setup();
    const own = { clientId: "holder" };
    await acquire(e1);
    await editOk(services, templateId, [move("a", 1)], { ...own, fence: 1 });
    const wrong = { ...locked, path: ["fence"] };
    expect(await edit(services, templateId, [move("b", 2)], { ...own, fence: 2 })).toMatchObject(
      wrong,
    );
    const stolen = { clientId: "b", fence: 1 };
    expect(await edit(services, templateId, [move("b", 2, "e2")], stolen)).toMatchObject(wrong);
    const target = { templateId, target: e1 };
    await releaseLock(services, author, { ...target, force: true });
    const late = await edit(services, templateId, [move("b", 2)], { ...own, fence: 1 });
    expect(late).toMatchObject(wrong);
    expect(late).not.toHaveProperty("lock");
    expect(await logged()).toBe(1);
    await editOk(services, templateId, [move("a", 1)], { ...own, fence: 1 });
    await acquire(e1, { token: holder.token });
    await editOk(services, templateId, [move("b", 2)], { ...own, fence: 3 });
  });
});

it("LOCK-5 a commit takes no more calls of the store than without locks", async () => {
  const { templates, templateId, acquire } = await setup();
  const calls: string[] = [];
  const counted = new Proxy(templates, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...parameters: unknown[]) => {
        calls.push(String(name));
        return Reflect.apply(method, target, parameters) as unknown;
      };
    },
  });
  const node = memoryServices({ templates: counted });
  await editOk(node, templateId, [move("warm", 1)]);
  calls.length = 0;
  await editOk(node, templateId, [move("without", 2)]);
  expect(calls.splice(0)).toEqual(["heads", "commit"]);
  await acquire({ pageId: "p1", elementId: "e2" });
  await editOk(node, templateId, [move("first", 3)]);
  expect(calls.splice(0)).toEqual(["heads", "readLocks", "commit"]);
  await editOk(node, templateId, [move("second", 4)]);
  expect(calls.splice(0)).toEqual(["heads", "commit"]);
  expect(
    await applyOperations(node, author, {
      ...{ templateId, baseVersion: 1, onConflict: "FORCE" },
      operations: [move("held", 5, "e2")],
    }),
  ).toMatchObject(locked);
  expect(calls.splice(0)).toEqual(["heads", "readLocks"]);
});
