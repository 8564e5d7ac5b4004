import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { endForbiddenLocks } from "../../src/commands/locks/keepLocks.js";
import { acquireLock } from "../../src/commands/locks/acquireLock.js";
import { setTemplatePermission } from "../../src/commands/access/setTemplatePermission.js";
import type { Viewer } from "../../src/domain/access/access.js";
import type { AccessRole } from "../../src/domain/access/grant.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { move, newTemplate } from "../live/editing.js";
import { author, memoryServices, stranger } from "../setup/memoryServices.js";

const third = { kind: "user", userId: randomUUID() } as const;

async function setup() {
  const templates = new MemoryTemplateStore();
  const services = memoryServices({ templates });
  const templateId = await newTemplate(services);
  const set = (viewer: Viewer, held: object) =>
    setTemplatePermission(services, viewer, { templateId, ...held });
  const give = (who: { userId: string }, role: AccessRole | null, by: Viewer = author) =>
    set(by, { userId: who.userId, role });
  const edit = (viewer: Viewer) =>
    applyOperations(services, viewer, {
      ...{ templateId, baseVersion: 1, onConflict: "FORCE" },
      operations: [move(randomUUID(), 1)],
    });
  return { ...{ services, templates, templateId, set, give, edit } };
}

const refused = (code: string, ...path: string[]) => ({
  ...{ kind: "refused", code },
  ...(path.length > 0 && { path }),
});

describe("ACC-20 who may share", () => {
  it("grants and takes away, and tells each change", async () => {
    const { services, give, edit } = await setup();
    expect(await edit(stranger)).toMatchObject(refused("NOT_FOUND"));
    services.published.length = 0;
    for (const role of ["VIEW", "COMMENT"] as const) {
      expect(await give(stranger, role)).toMatchObject({ kind: "permissionSet", isNews: true });
      expect(await edit(stranger)).toMatchObject(refused("FORBIDDEN"));
    }
    expect(await give(stranger, "EDIT")).toMatchObject({ isNews: true });
    expect(await edit(stranger)).toMatchObject({ kind: "applied" });
    expect(await give(stranger, "EDIT")).toMatchObject({ isNews: false });
    expect(await give(stranger, null)).toMatchObject({ isNews: true });
    expect(await edit(stranger)).toMatchObject(refused("NOT_FOUND"));
    const told = services.published.filter(({ kind }) => kind === "accessChanged");
    expect(told).toHaveLength(4);
  });

  it("is its author and whoever was made ADMIN, nobody else", async () => {
    const { set, give } = await setup();
    const request = { userId: third.userId, role: "VIEW" };
    expect(await set({ kind: "anonymous" }, request)).toMatchObject(refused("UNAUTHENTICATED"));
    expect(await set(stranger, request)).toMatchObject(refused("NOT_FOUND"));
    await give(stranger, "EDIT");
    expect(await set(stranger, request)).toMatchObject(refused("FORBIDDEN"));
    await give(stranger, "ADMIN");
    expect(await set(stranger, request)).toMatchObject({ kind: "permissionSet" });
    expect(await set(stranger, { userId: stranger.userId })).toMatchObject({ isNews: true });
    expect(await set(stranger, request)).toMatchObject(refused("NOT_FOUND"));
  });

  it("leaves somebody who may administer a template without an author", async () => {
    const { templates, templateId, give } = await setup();
    await give(stranger, "ADMIN");
    await give(third, "ADMIN");
    await templates.changeAccess(templateId, (row) => {
      Object.assign(row, { authorId: null });
      return true;
    });
    expect(await give(stranger, null, third)).toMatchObject({ isNews: true });
    for (const role of [null, "EDIT"] as const) {
      expect(await give(third, role, third)).toMatchObject(refused("FORBIDDEN", "role"));
    }
    expect(await give(stranger, "ADMIN", third)).toMatchObject({ isNews: true });
    expect(await give(third, null, third)).toMatchObject({ isNews: true });
  });

  it("names one holder, a team of their own, and restricts EDIT alone", async () => {
    const { services, set } = await setup();
    const teamId = randomUUID();
    const { userId } = stranger;
    for (const [input, code, ...path] of [
      [{ role: "VIEW" }, "INVALID_INPUT", "userId"],
      [{ role: "VIEW", userId, teamId }, "INVALID_INPUT", "userId"],
      [{ role: "VIEW", teamId }, "INVALID_INPUT", "teamId"],
      [{ role: "VIEW", userId, pageIds: ["p1"] }, "INVALID_INPUT", "pageIds"],
      [{ role: "ADMIN", userId, elementTypes: ["text"] }, "INVALID_INPUT", "elementTypes"],
      [{ userId, elementTypes: ["text"] }, "INVALID_INPUT", "elementTypes"],
      [{ role: "EDIT", userId, pageIds: ["p1", ""] }, "INVALID_INPUT", "pageIds", "1"],
      [{ role: "EDIT", userId, pageIds: ["a\0"] }, "INVALID_INPUT", "pageIds", "0"],
      [
        { role: "EDIT", userId, elementTypes: Array.from({ length: 101 }, String) },
        ...["PAYLOAD_TOO_LARGE", "elementTypes"],
      ],
    ] as [object, string, ...string[]][]) {
      expect(await set(author, input)).toMatchObject(refused(code, ...path));
    }
    services.permissions.teamMembers.push({ teamId, userId: author.userId, role: "MEMBER" });
    expect(await set(author, { role: "VIEW", teamId })).toMatchObject({ isNews: true });
  });
});

describe("ACC-25 locks end with the right to edit what they hold", () => {
  it("and no others, once", async () => {
    const { services, templateId, set, give } = await setup();
    await give(stranger, "EDIT");
    const lockAs = async (viewer: typeof author | typeof stranger, elementId: string) => {
      const joining = await services.sessions.join({
        ...{ templateId, userId: viewer.userId, clientId: "c", version: 1, token: null },
      });
      if (joining.kind === "full") throw new Error("there is room");
      const target = { pageId: "p1", elementId };
      return acquireLock(services, viewer, { templateId, sessionToken: joining.token, target });
    };
    const held = async () =>
      (await services.templates.readLocks([templateId])).get(templateId)?.locks.length;
    expect(await lockAs(stranger, "e1")).toMatchObject({ kind: "lockAcquired" });
    expect(await lockAs(author, "e2")).toMatchObject({ kind: "lockAcquired" });
    const end = () => endForbiddenLocks(services, templateId);
    await end();
    expect(await held()).toBe(2);
    const part = { userId: stranger.userId, role: "EDIT" };
    await set(author, { ...part, pageIds: ["p1"] });
    await end();
    expect(await held()).toBe(2);
    await set(author, { ...part, elementTypes: ["text"] });
    services.published.length = 0;
    await Promise.all([end(), end()]);
    expect(await held()).toBe(1);
    expect(services.published.filter(({ kind }) => kind === "locks")).toHaveLength(1);
    await give(stranger, "EDIT");
    expect(await lockAs(stranger, "e1")).toMatchObject({ kind: "lockAcquired" });
    await give(stranger, "COMMENT");
    await end();
    expect(await held()).toBe(1);
  });
});
