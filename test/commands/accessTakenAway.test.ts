/** Edits that wait for a commit while their person's access is taken away or changed. */
import { beforeEach, expect, it } from "vitest";
import { acquireLock } from "../../src/commands/locks/acquireLock.js";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { endForbiddenLocks } from "../../src/commands/locks/keepLocks.js";
import type { OperationInput } from "../../src/commands/inputs.js";
import { joinTemplate } from "../../src/commands/sessions/templateSessions.js";
import { setTemplatePermission } from "../../src/commands/access/setTemplatePermission.js";
import { undo } from "../../src/commands/history/undo.js";
import type { AccessRole } from "../../src/domain/access/grant.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { currentDesign, edit, editOk, move, newTemplate } from "../live/editing.js";
import { author, memoryServices, stranger, type MemorySetup } from "../setup/memoryServices.js";

let services: MemorySetup;
let templateId: string;
/** Runs once, when the next commit is on its way. */
let meanwhile: (() => Promise<unknown>) | undefined;
let commits: number;

beforeEach(async () => {
  const templates = new MemoryTemplateStore({
    async beforeCommit() {
      commits += 1;
      const work = meanwhile;
      meanwhile = undefined;
      await work?.();
    },
  });
  services = memoryServices({ templates });
  templateId = await newTemplate(services);
  await permit("EDIT");
  meanwhile = undefined;
  commits = 0;
});

const permit = (role: AccessRole | null, more: object = {}) =>
  setTemplatePermission(services, author, {
    ...{ templateId, userId: stranger.userId, role, ...more },
  });
const send = (...operations: OperationInput[]) =>
  applyOperations(services, stranger, {
    ...{ templateId, baseVersion: 1, operations, onConflict: "FORCE" },
  });
const xOf = async (index: number) =>
  (await currentDesign(services, templateId)).pages[0]?.elements[index]?.x;

it.each([
  [null, "NOT_FOUND"],
  ["VIEW", "FORBIDDEN"],
] as const)(
  "ACC-26 what is on its way when the role becomes %s is refused, and who goes with it goes on",
  async (role, code) => {
    meanwhile = () => permit(role);
    const [theirs, own] = await Promise.all([
      send(move("theirs", 1)),
      edit(services, templateId, [move("own", 2, "e2")]),
    ]);
    expect(theirs).toMatchObject({ kind: "refused", code });
    expect(own).toMatchObject({ kind: "applied", newVersion: 2 });
    expect([await xOf(0), await xOf(1)]).toEqual([0, 2]);
  },
);

it("ACC-26 what waits behind a commit is refused, too", async () => {
  let waiting: Promise<unknown> | undefined;
  meanwhile = async () => {
    waiting = send(move("theirs", 1));
    await new Promise((resolve) => setImmediate(resolve));
    await permit(null);
  };
  await editOk(services, templateId, [move("own", 2, "e2")]);
  expect(await waiting).toMatchObject({ kind: "refused", code: "NOT_FOUND" });
  expect(await xOf(0)).toBe(0);
});

it("ACC-26 what is on its way is held to a part that became one's own meanwhile", async () => {
  meanwhile = () => permit("EDIT", { elementTypes: ["text"] });
  expect(await send(move("theirs", 1))).toMatchObject({ code: "FORBIDDEN", operationId: "theirs" });
  expect(await xOf(0)).toBe(0);
});

it("ACC-26 an undo is refused as an edit is", async () => {
  await send(move("theirs", 1));
  meanwhile = () => permit(null);
  expect(await undo(services, stranger, { templateId })).toMatchObject({ code: "NOT_FOUND" });
  expect(await xOf(0)).toBe(1);
});

it("ACC-26 holds where a template is so busy that its row is locked", async () => {
  const templates = new MemoryTemplateStore();
  services = memoryServices({ templates, settings: { lostRacesMax: 0 } });
  templateId = await newTemplate(services);
  await permit("EDIT");
  const withLock = templates.withLock.bind(templates);
  templates.withLock = async (id, work) => {
    await permit(null);
    return withLock(id, work);
  };
  expect(await send(move("theirs", 1))).toMatchObject({ code: "NOT_FOUND" });
  expect(await xOf(0)).toBe(0);
});

it("ACC-26 who keeps the right to edit is not held up by what others were granted", async () => {
  meanwhile = () => permit("ADMIN");
  expect(await send(move("theirs", 1))).toMatchObject({ kind: "applied" });
  expect(await xOf(0)).toBe(1);
  commits = 0;
  expect(await send(move("again", 3))).toMatchObject({ kind: "applied" });
  expect(commits).toBe(1);
});

it.each([
  ["VIEW", {}, "FORBIDDEN"],
  ["EDIT", { elementTypes: ["text"] }, "FORBIDDEN"],
  [null, {}, "NOT_FOUND"],
] as const)(
  "ACC-27 a lock that is acquired while the role becomes %s %o does not stand",
  async (role, restriction, code) => {
    const input = { templateId, clientId: "tab" };
    const joined = await joinTemplate(services, stranger, input);
    if (joined.kind !== "joined") throw new Error(joined.message);
    const acquire = services.locks.acquire.bind(services.locks);
    services.locks.acquire = async (...request) => {
      await permit(role, restriction);
      // As whoever takes the right away does.
      await endForbiddenLocks(services, templateId);
      return acquire(...request);
    };
    const wanted = { templateId, sessionToken: joined.token, target: { pageId: "p1" } };
    expect(await acquireLock(services, stranger, wanted)).toMatchObject({ code });
    const held = await services.templates.readLocks([templateId]);
    expect(held.get(templateId)?.locks).toEqual([]);
  },
);
