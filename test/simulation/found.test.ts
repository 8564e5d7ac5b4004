/** What the simulation found, each as the shortest way to it: these stay, while what a seed means changes with the simulator. */
import { describe, expect, it } from "vitest";
import type { ResolveConflictInput } from "../../src/commands/inputs.js";
import { stateAt } from "../../src/commands/history/readStateAt.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { designHash } from "../../src/domain/history/versionHash.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { author, memoryServices } from "../setup/memoryServices.js";
import { currentDesign, edit, editOk, fill, move, newTemplate } from "../live/editing.js";
import { sha256 } from "./sha256.js";

/** Cuts the log through the version, that of the head where it is not named. */
async function prune(
  services: ReturnType<typeof memoryServices>,
  templateId: string,
  through?: number,
) {
  const head = await services.head(templateId);
  const found = head && (await stateAt(services, head, through ?? head.version));
  if (!found) throw new Error("there is no such version");
  const { version, design } = found;
  const versionHash = head.versionHash;
  await services.templates.writeCheckpoint({ templateId, version, design, versionHash });
  await services.templates.addSnapshot({
    ...{
      id: `kept ${version}`,
      templateId,
      version,
      kind: "AUTO",
      name: null,
      reason: null,
      design,
    },
    ...{ designHash: designHash(sha256, design), createdById: null, createdAt: 0 },
  });
  await services.templates.pruneLog(templateId, version);
}

describe("what the simulation found", () => {
  it("LOG-7 FORCE on a base below the log is refused, since it may be a retry (seed 610)", async () => {
    const templates = new MemoryTemplateStore();
    const services = memoryServices({ templates });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("m1", 7)]);
    await editOk(services, templateId, [move("m2", 9)]);
    await prune(services, templateId);
    const elsewhere = memoryServices({ templates });
    expect(await edit(elsewhere, templateId, [move("m1", 7)])).toMatchObject({
      kind: "refused",
      code: "VERSION_CONFLICT",
    });
    expect((await services.head(templateId))?.version).toBe(3);
    const onTheHead = { baseVersion: 3 };
    expect(await edit(elsewhere, templateId, [move("m3", 7)], onTheHead)).toMatchObject({
      kind: "applied",
    });
  });

  it("ENG-10 memory below the start of a log that was cut starts anew (seed 610)", async () => {
    const templates = new MemoryTemplateStore();
    const [behind, ahead] = [memoryServices({ templates }), memoryServices({ templates })];
    const templateId = await newTemplate(behind);
    await editOk(behind, templateId, [move("m1", 7)]);
    await editOk(ahead, templateId, [move("m2", 8)]);
    await prune(ahead, templateId);
    const stale = behind.live.peek(templateId)?.version;
    expect(stale).toBe(2);
    expect(await currentDesign(behind, templateId)).toEqual(await currentDesign(ahead, templateId));
    await editOk(ahead, templateId, [move("m3", 9)], { baseVersion: 3 });
    await prune(ahead, templateId);
    await editOk(ahead, templateId, [move("m4", 1)], { baseVersion: 4 });
    expect(behind.live.peek(templateId)?.version).toBe(3);
    expect(await currentDesign(behind, templateId)).toEqual(await currentDesign(ahead, templateId));
  });

  it("HIS-1 a version is found while the log is cut below it (seed 10050)", async () => {
    const templates = new MemoryTemplateStore();
    const services = memoryServices({ templates });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("m1", 7)]);
    await editOk(services, templateId, [move("m2", 8)]);
    let isCut = false;
    const cutWhileReading = new Proxy(templates, {
      get: (target, name) => {
        if (name !== "readNearestState") return Reflect.get(target, name).bind(target);
        return async (...parameters: Parameters<MemoryTemplateStore["readNearestState"]>) => {
          const found = await target.readNearestState(...parameters);
          if (!isCut) await prune(services, templateId);
          isCut = true;
          return found;
        };
      },
    });
    await editOk(services, templateId, [move("m3", 9)]);
    const head = await services.head(templateId);
    const reader = memoryServices({ templates: cutWhileReading });
    const found = head && (await stateAt(reader, head, 4));
    expect(found?.design).toEqual(await currentDesign(services, templateId));
  });

  it("RES-5 CLIENT_WINS that restores answers a retry as the first time (seed 64)", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    const target = { pageId: "p1", elementId: "e1" };
    await editOk(services, templateId, [{ id: "gone", type: "DELETE_ELEMENT", target }]);
    const choose = () =>
      resolveConflict(services, author, {
        ...{ templateId, baseVersion: 1, headVersion: 2, resolution: "CLIENT_WINS" },
        clientOperations: [fill("mine", "blue")],
      });
    const first = await choose();
    expect(first).toMatchObject({ kind: "resolved", newVersion: 4, operations: [{ id: "mine" }] });
    expect(await choose()).toEqual(first);
  });

  it("RES-5 a choice of which a part was cut off is refused, not told as dropped (seed 33659)", async () => {
    const templates = new MemoryTemplateStore();
    const services = memoryServices({ templates });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("theirs", "red", "e2")]);
    const choice: ResolveConflictInput = {
      ...{ templateId, baseVersion: 1, headVersion: 2, resolution: "SERVER_WINS" },
      clientOperations: [move("mine-1", 3), fill("mine-2", "blue")],
    };
    expect(await resolveConflict(services, author, choice)).toMatchObject({ discardedOps: [] });
    await prune(services, templateId, 3);
    const elsewhere = memoryServices({ templates });
    expect(await resolveConflict(elsewhere, author, choice)).toMatchObject({
      kind: "refused",
      code: "VERSION_CONFLICT",
    });
  });
});
