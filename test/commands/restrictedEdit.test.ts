/** Edits of those who may edit a part only, by every way that something is appended. */
import { expect, it } from "vitest";
import { acquireLock } from "../../src/commands/locks/acquireLock.js";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { createSnapshot } from "../../src/commands/history/createSnapshot.js";
import type { OperationInput } from "../../src/commands/inputs.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { setTemplatePermission } from "../../src/commands/access/setTemplatePermission.js";
import { redo, undo } from "../../src/commands/history/undo.js";
import { updateTemplate } from "../../src/commands/templates/updateTemplate.js";
import { currentDesign, editOk, move, newTemplate } from "../live/editing.js";
import { author, memoryServices, stranger } from "../setup/memoryServices.js";
import { policies } from "./lockSetup.js";

const forbidden = { kind: "refused", code: "FORBIDDEN" } as const;

/** A template on which the stranger edits what the restriction says. */
async function setup(restriction: { pageIds?: string[]; elementTypes?: string[] }) {
  const services = memoryServices();
  const templateId = await newTemplate(services);
  const text = { id: "t1", type: "text", x: 0, y: 0 };
  await editOk(services, templateId, [
    {
      id: "text",
      type: "ADD_ELEMENT",
      target: { pageId: "p1", elementId: "t1" },
      payload: { type: "text", x: 0, y: 0 },
    },
    {
      id: "page",
      type: "ADD_PAGE",
      target: { pageId: "p2" },
      payload: { name: "n", elements: [text] },
    },
  ]);
  const permit = (held: object) =>
    setTemplatePermission(services, author, { templateId, userId: stranger.userId, ...held });
  expect(await permit({ role: "EDIT", ...restriction })).toMatchObject({ isNews: true });
  const version = async () => (await services.head(templateId))?.version;
  const send = (
    operations: readonly OperationInput[],
    more: { baseVersion?: number; onConflict?: (typeof policies)[number] } = {},
  ) =>
    applyOperations(services, stranger, {
      ...{ templateId, baseVersion: 3, operations, onConflict: "FORCE" },
      ...more,
    });
  return { services, templateId, permit, version, send };
}

it.each(policies)(
  "ACC-15 under %s a batch beyond one's part is refused whole",
  async (onConflict) => {
    const { services, templateId, version, send } = await setup({ elementTypes: ["text"] });
    const batch = [move("mine", 1, "t1"), move("not-mine", 1, "e1")];
    for (const baseVersion of onConflict === "REJECT" ? [3] : [1, 3]) {
      const operations = baseVersion === 1 ? batch.slice(1) : batch;
      expect(await send(operations, { baseVersion, onConflict })).toMatchObject({
        ...forbidden,
        operationId: "not-mine",
      });
    }
    expect(await version()).toBe(3);
    expect(await send([move("mine", 1, "t1")], { onConflict })).toMatchObject({ kind: "applied" });
    const again = await send([move("mine", 1, "t1")], { onConflict });
    expect(again).toMatchObject({ duplicateOps: ["mine"] });
    await editOk(services, templateId, [move("authors", 2, "e1")]);
  },
);

it("ACC-15 what is in the log is answered as the first time, also to who may not do it any more", async () => {
  const { permit, send } = await setup({ pageIds: ["p1"] });
  expect(await send([move("once", 1, "e1")])).toMatchObject({ kind: "applied" });
  await permit({ role: "EDIT", elementTypes: ["text"] });
  expect(await send([move("once", 1, "e1")])).toMatchObject({ duplicateOps: ["once"] });
  expect(await send([move("twice", 1, "e1")])).toMatchObject(forbidden);
});

it("ACC-15 undo, redo, reverts and ways out are refused beyond one's part", async () => {
  const { services, templateId, permit, version, send } = await setup({});
  await send([move("a", 1, "e1")]);
  await send([move("b", 2, "e2")], { baseVersion: 4 });
  await undo(services, stranger, { templateId });
  await permit({ role: "EDIT", elementTypes: ["text"] });
  const before = await version();
  const design = await currentDesign(services, templateId);
  const settle = { templateId, baseVersion: 3, headVersion: before ?? 0 };
  const attempts = [
    undo(services, stranger, { templateId, allOrNothing: true }),
    redo(services, stranger, { templateId, allOrNothing: true }),
    revertTemplate(services, stranger, { templateId, targetVersion: 1 }),
    resolveConflict(services, stranger, {
      ...{ ...settle, resolution: "CLIENT_WINS" },
      clientOperations: [move("mine", 9, "e1")],
    }),
    resolveConflict(services, stranger, {
      ...{ ...settle, resolution: "MANUAL" },
      manualState: { ...design, pages: [] },
    }),
  ];
  for (const outcome of await Promise.all(attempts)) expect(outcome).toMatchObject(forbidden);
  expect(await version()).toBe(before);
  await permit({ role: "EDIT" });
  expect(await redo(services, stranger, { templateId })).toMatchObject({ kind: "applied" });
});

it.each(policies)(
  "ACC-17 under %s who edits a page neither deletes, makes nor moves pages, and edits all that is on it",
  async (onConflict) => {
    const parts = [{ elementTypes: ["text"] }, { pageIds: ["p1"] }, { pageIds: ["p2", "p3"] }];
    const attempts: OperationInput[] = [
      { id: "gone", type: "DELETE_PAGE", target: { pageId: "p2" } },
      { id: "made", type: "ADD_PAGE", target: { pageId: "p3" }, payload: { name: "n" } },
      { id: "moved", type: "REORDER_PAGES", target: {}, payload: { pageIds: ["p2", "p1"] } },
    ];
    for (const part of parts) {
      const { send, version } = await setup(part);
      for (const attempt of attempts) {
        const refusal = { ...forbidden, operationId: attempt.id };
        expect(await send([attempt], { onConflict })).toMatchObject(refusal);
      }
      expect(await version()).toBe(3);
    }
    const { send } = await setup({ pageIds: ["p2"] });
    const onPage: OperationInput[] = [
      { id: "name", type: "UPDATE_PAGE", target: { pageId: "p2" }, payload: { name: "mine" } },
      {
        id: "new",
        type: "ADD_ELEMENT",
        target: { pageId: "p2", elementId: "n" },
        payload: { type: "rect", x: 0, y: 0 },
      },
      { id: "clear", type: "CLEAR_PAGE", target: { pageId: "p2" } },
    ];
    expect(await send(onPage, { onConflict })).toMatchObject({ kind: "applied" });
  },
);

it("ACC-17 nor is a page restored by undo or by a way out", async () => {
  const { services, templateId, permit, send, version } = await setup({});
  const removal: OperationInput = { id: "gone", type: "DELETE_PAGE", target: { pageId: "p2" } };
  await send([removal]);
  await permit({ role: "EDIT", pageIds: ["p2"] });
  const whole = { templateId, allOrNothing: true };
  expect(await undo(services, stranger, whole)).toMatchObject(forbidden);
  const insisting = await resolveConflict(services, stranger, {
    ...{ templateId, baseVersion: 3, headVersion: 4, resolution: "CLIENT_WINS" },
    clientOperations: [{ ...move("mine", 9, "t1"), target: { pageId: "p2", elementId: "t1" } }],
  });
  expect(insisting).toMatchObject(forbidden);
  expect(await version()).toBe(4);
});

it("ACC-15 one who is refused is no failure of those beside", async () => {
  const { services, templateId, send } = await setup({ elementTypes: ["text"] });
  const [refusal, authors, mine] = await Promise.all([
    send([move("not-mine", 1, "e1")]),
    editOk(services, templateId, [move("authors", 5, "e1")], { baseVersion: 3 }),
    send([move("mine", 1, "t1")]),
  ]);
  expect([refusal, authors, mine]).toMatchObject([
    forbidden,
    { kind: "applied" },
    { kind: "applied" },
  ]);
});

it("ACC-14 who edits a part does not describe the whole; who edits does not make it public", async () => {
  const { services, templateId, permit } = await setup({ elementTypes: ["text"] });
  const rename = () => updateTemplate(services, stranger, { templateId, name: "Mine" });
  const keep = () => createSnapshot(services, stranger, { templateId, name: "Kept" });
  expect([await rename(), await keep()]).toMatchObject([forbidden, forbidden]);
  await permit({ role: "EDIT" });
  expect([await rename(), await keep()]).toMatchObject([
    { kind: "changed" },
    { kind: "snapshotCreated" },
  ]);
  const publish = (isPublic: boolean) =>
    updateTemplate(services, stranger, { templateId, isPublic });
  expect(await publish(true)).toMatchObject({ ...forbidden, path: ["isPublic"] });
  expect(await publish(false)).toMatchObject({ kind: "changed" });
  await permit({ role: "ADMIN" });
  expect(await publish(true)).toMatchObject({ kind: "changed" });
});

it("ACC-16 one locks only what one may edit", async () => {
  const { services, templateId } = await setup({ elementTypes: ["text"] });
  const joining = await services.sessions.join({
    ...{ templateId, userId: stranger.userId, clientId: "c", version: 3, token: null },
  });
  if (joining.kind === "full") throw new Error("there is room");
  const lock = (target?: OperationInput["target"]) =>
    acquireLock(services, stranger, {
      ...{ templateId, sessionToken: joining.token },
      ...(target && { target }),
    });
  expect(await lock()).toMatchObject(forbidden);
  expect(await lock({ pageId: "p1" })).toMatchObject(forbidden);
  expect(await lock({ pageId: "p1", elementId: "e1" })).toMatchObject(forbidden);
  expect(await lock({ pageId: "p1", elementId: "t1" })).toMatchObject({ kind: "lockAcquired" });
});
