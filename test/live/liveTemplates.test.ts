import { describe, expect, it } from "vitest";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { stateAt } from "../../src/commands/history/readStateAt.js";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import { ShuttingDown } from "../../src/live/liveTemplates.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import { author, memoryServices } from "../setup/memoryServices.js";
import { currentDesign, edit, editOk, fill, move, newTemplate } from "./editing.js";

/** All rows of a template's log. */
async function logOf(store: MemoryTemplateStore, templateId: string) {
  return store.readLog({ templateId, afterVersion: 0, limit: 100_000 });
}

describe("the live template", () => {
  it("ENG-1 commits together what waits while a commit is on its way", async () => {
    const commits: number[] = [];
    const templates = new MemoryTemplateStore({
      beforeCommit: async (commit) => {
        commits.push(commit.operations.length);
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
    const services = memoryServices({ templates });
    const templateId = await newTemplate(services);
    const first = editOk(services, templateId, [move("first", 0)]);
    while (commits.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const rest = Array.from({ length: 50 }, (_, i) =>
      editOk(services, templateId, [move(`op${i}`, i)]),
    );
    await Promise.all([first, ...rest]);
    expect(commits).toEqual([1, 50]);
    const log = await logOf(templates, templateId);
    expect(log.map(({ resultingVersion }) => resultingVersion)).toEqual(
      Array.from({ length: 51 }, (_, i) => i + 2),
    );
  });

  it("ENG-1 decides each request on what the ones before it leave", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    const [first, second] = await Promise.all([
      edit(services, templateId, [fill("a", "red")], { onConflict: "REJECT" }),
      edit(services, templateId, [fill("b", "blue")], { onConflict: "REJECT" }),
    ]);
    expect(first.kind).toBe("applied");
    expect(second).toMatchObject({ kind: "versionConflict", conflictingOps: ["b"] });
  });

  it("ENG-2 a commit that fails before it took effect leaves memory as it was", async () => {
    let failing = false;
    const templates = new MemoryTemplateStore({
      beforeCommit: async () => {
        if (failing) throw new StorageUnavailable(100);
      },
    });
    const services = memoryServices({ templates });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("a", 1)]);
    failing = true;
    await expect(edit(services, templateId, [move("b", 2)])).rejects.toThrow(StorageUnavailable);
    failing = false;
    expect((await currentDesign(services, templateId)).pages[0]?.elements[0]?.x).toBe(1);
    expect(await editOk(services, templateId, [move("b", 2)])).toMatchObject({
      newVersion: 3,
      duplicateOps: [],
    });
  });

  it("ENG-2 a commit whose answer was lost is found again", async () => {
    let failing = true;
    const templates = new MemoryTemplateStore({
      afterCommit: async () => {
        if (failing) throw new StorageUnavailable(100);
      },
    });
    const services = memoryServices({ templates });
    const templateId = await newTemplate(services);
    await expect(edit(services, templateId, [move("a", 1)])).rejects.toThrow(StorageUnavailable);
    failing = false;
    expect(await editOk(services, templateId, [move("a", 1)])).toMatchObject({
      newVersion: 2,
      duplicateOps: ["a"],
    });
    expect(await logOf(templates, templateId)).toHaveLength(1);
  });

  it("ENG-3 two nodes that write one template lose and double nothing", async () => {
    const templates = new MemoryTemplateStore({
      beforeCommit: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const nodes = [memoryServices({ templates }), memoryServices({ templates })];
    const templateId = await newTemplate(nodes[0]!);
    const ids = Array.from({ length: 200 }, (_, i) => `op${i}`);
    await Promise.all(ids.map((id, i) => editOk(nodes[i % 2]!, templateId, [move(id, i)])));
    const log = await logOf(templates, templateId);
    expect(log.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(log.map(({ resultingVersion }) => resultingVersion)).toEqual(ids.map((_, i) => i + 2));
    const [one, other] = await Promise.all(nodes.map((node) => currentDesign(node, templateId)));
    expect(canonicalJson(one!)).toBe(canonicalJson(other!));
  });

  it("ENG-3 after a few lost races the writer takes the lock and wins", async () => {
    const store = new MemoryTemplateStore();
    const rival = memoryServices({ templates: store });
    let rivals = 0;
    const contested = new Proxy(store, {
      get(target, name) {
        if (name !== "commit") return bound(target, name);
        return async (commit: Parameters<MemoryTemplateStore["commit"]>[0]) => {
          rivals += 1;
          await editOk(rival, templateId, [move(`rival${rivals}`, rivals)]);
          return target.commit(commit);
        };
      },
    });
    const services = memoryServices({ templates: contested, settings: { lostRacesMax: 3 } });
    const templateId = await newTemplate(rival);
    await editOk(services, templateId, [move("patient", 1)]);
    expect(rivals).toBe(3);
    expect((await logOf(store, templateId)).map(({ id }) => id)).toEqual([
      "rival1",
      "rival2",
      "rival3",
      "patient",
    ]);
  });

  it("ENG-4 a read sees what another node committed before it was asked", async () => {
    const templates = new MemoryTemplateStore();
    const [here, there] = [memoryServices({ templates }), memoryServices({ templates })];
    const templateId = await newTemplate(here);
    await currentDesign(here, templateId);
    await editOk(there, templateId, [move("a", 7)]);
    expect((await currentDesign(here, templateId)).pages[0]?.elements[0]?.x).toBe(7);
  });

  it("ENG-5 writes checkpoints behind, by versions and size, and starts from them", async () => {
    const templates = new MemoryTemplateStore();
    const settings = {
      checkpointVersionsMin: 10,
      checkpointVersionsMax: 20,
      snapshotVersionsMin: 15,
      snapshotVersionsMax: 15,
    };
    const services = memoryServices({ templates, settings });
    const templateId = await newTemplate(services);
    for (let i = 0; i < 40; i += 1) await editOk(services, templateId, [move(`op${i}`, i)]);
    const checkpoint = await templates.readCheckpoint(templateId);
    expect(checkpoint?.version).toBeGreaterThan(20);
    expect(await templates.newestSnapshotVersion(templateId)).toBeGreaterThan(15);
    const fresh = memoryServices({ templates });
    expect(await currentDesign(fresh, templateId)).toEqual(
      await currentDesign(services, templateId),
    );
    expect(services.copyFailures).toEqual([]);
  });

  it("ENG-5 a checkpoint that cannot be written delays nobody and is tried again", async () => {
    const templates = new MemoryTemplateStore();
    let failures = 0;
    const failing = new Proxy(templates, {
      get(target, name) {
        if (name !== "writeCheckpoint" || failures > 2) return bound(target, name);
        failures += 1;
        return () => Promise.reject(new StorageUnavailable(100));
      },
    });
    const services = memoryServices({ templates: failing, settings: { checkpointVersionsMax: 1 } });
    const templateId = await newTemplate(services);
    for (let i = 0; i < 6; i += 1) await editOk(services, templateId, [move(`op${i}`, i)]);
    await services.live.close();
    expect(services.copyFailures.length).toBeGreaterThan(0);
    expect((await templates.readCheckpoint(templateId))?.version).toBe(7);
  });

  it("ENG-6 keeps memory bounded and forgets nothing", async () => {
    const services = memoryServices({ settings: { liveBytesMax: 1 } });
    const ids = [];
    for (let i = 0; i < 5; i += 1) ids.push(await newTemplate(services));
    for (const id of ids) await editOk(services, id, [move("a", 3)]);
    for (const id of ids) {
      expect((await currentDesign(services, id)).pages[0]?.elements[0]?.x).toBe(3);
    }
    expect(ids.filter((id) => services.live.peek(id) !== undefined).length).toBeLessThan(
      ids.length,
    );
  });

  it("ENG-7 closing finishes what waits, writes the checkpoint and takes nothing new", async () => {
    const templates = new MemoryTemplateStore();
    const services = memoryServices({ templates });
    const templateId = await newTemplate(services);
    const waiting = edit(services, templateId, [move("a", 1)]);
    await new Promise((resolve) => setImmediate(resolve));
    await services.live.close();
    expect(await waiting).toMatchObject({ kind: "applied" });
    expect((await templates.readCheckpoint(templateId))?.version).toBe(2);
    await expect(edit(services, templateId, [move("b", 1)])).rejects.toThrow(ShuttingDown);
  });

  it("ENG-8 refuses what would let the queue of one template grow without bound", async () => {
    const templates = new MemoryTemplateStore({
      beforeCommit: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const services = memoryServices({ templates, settings: { queuedOperationsMax: 5 } });
    const templateId = await newTemplate(services);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, i) => edit(services, templateId, [move(`op${i}`, i)])),
    );
    const refusals = outcomes.filter(({ kind }) => kind === "refused");
    expect(refusals[0]).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
    const applied = outcomes.length - refusals.length;
    expect(applied).toBeGreaterThanOrEqual(5);
    expect(await logOf(templates, templateId)).toHaveLength(applied);
  });

  it("LIM-84 refuses what would let the queues of all templates take memory without bound", async () => {
    const templates = new MemoryTemplateStore({
      beforeCommit: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const services = memoryServices({ templates, settings: { queuedBytesMax: 60_000 } });
    const ids = await Promise.all(Array.from({ length: 4 }, () => newTemplate(services)));
    const payload = { set: { note: "x".repeat(5_000) } };
    const send = (index: number) =>
      edit(services, ids[index % 4]!, [
        { type: "UPDATE_CANVAS", target: {}, payload, id: `op${index}` },
      ]);
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, index) => send(index)));
    const refusals = outcomes.filter(({ kind }) => kind === "refused");
    expect(refusals.length).toBeGreaterThan(20);
    expect(refusals[0]).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterMs: expect.any(Number) as number,
    });
    // What waited is gone, and each comes through when it is sent again.
    for (const [index, { kind }] of outcomes.entries()) {
      if (kind === "refused") expect(await send(index)).toMatchObject({ kind: "applied" });
    }
  });

  it("ENG-9 a request's defect is not its neighbours' failure", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    const proposal = {
      historySince: undefined,
      operationIds: [],
      atLeastVersion: 1,
      editor: {
        ...{ userId: author.userId, clientId: null, restrictions: [] },
        ...{ atLeastLockRevision: 0, accessRevision: 0 },
      },
      authorizeAgain: async () => undefined,
    };
    const [broken, fine] = await Promise.allSettled([
      services.live.submit(templateId, {
        ...proposal,
        decide: () => {
          throw new Error("defect");
        },
      }),
      editOk(services, templateId, [move("a", 1)]),
    ]);
    expect(broken.status).toBe("rejected");
    expect(fine.status).toBe("fulfilled");
  });

  it("HIS-1 at(version) gives every version, and null outside", async () => {
    const services = memoryServices({ settings: { recentOperationsMax: 2 } });
    const templateId = await newTemplate(services);
    for (let i = 1; i <= 20; i += 1) await editOk(services, templateId, [move(`op${i}`, i)]);
    const head = (await services.head(templateId))!;
    for (let version = 1; version <= 21; version += 1) {
      const state = await stateAt(services, head, version);
      expect(state?.design.pages[0]?.elements[0]?.x).toBe(version - 1);
    }
    expect(await stateAt(services, head, 0)).toBeNull();
    expect(await stateAt(services, head, 22)).toBeNull();
  });

  it("HIS-2 a revert is operations at the head, and can itself be reverted", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("a", "red"), move("b", 9)]);
    const edited = await currentDesign(services, templateId);
    const reverted = await revertTemplate(services, author, { templateId, targetVersion: 1 });
    expect(reverted).toMatchObject({ revertedFrom: 3, revertedTo: 1, operationsRolledBack: 2 });
    const head = (await services.head(templateId))!;
    const first = await stateAt(services, head, 1);
    expect(canonicalJson(await currentDesign(services, templateId))).toBe(
      canonicalJson(first!.design),
    );
    await revertTemplate(services, author, { templateId, targetVersion: 3 });
    expect(canonicalJson(await currentDesign(services, templateId))).toBe(canonicalJson(edited));
    expect(await revertTemplate(services, author, { templateId, targetVersion: 99 })).toMatchObject(
      { code: "INVALID_INPUT", path: ["targetVersion"] },
    );
  });
});

function bound(target: MemoryTemplateStore, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown;
  return typeof value === "function" ? value.bind(target) : value;
}
