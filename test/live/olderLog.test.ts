import { describe, expect, it } from "vitest";
import type { LogRange, TemplateStore } from "../../src/storage/templates/templateStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { Relevance } from "../../src/domain/merge/relevance.js";
import { FarHistory } from "../../src/live/farHistory.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";
import { currentDesign, edit, editOk, fill, move, newTemplate } from "./editing.js";

/** What was read of the log beyond memory, over the lock's connection too. */
interface Reads {
  readonly history: LogRange[];
  readonly ids: string[][];
}

/** The store with its reads noted down; `hooks` run before the call of their name. */
function watched(store: MemoryTemplateStore, hooks: { [name: string]: () => Promise<unknown> }) {
  const reads: Reads = { history: [], ids: [] };
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const method = Reflect.get(target, name) as (...parameters: unknown[]) => unknown;
        if (typeof method !== "function") return method;
        return async (...parameters: unknown[]) => {
          await hooks[String(name)]?.();
          if (name === "readHistory") reads.history.push(parameters[0] as LogRange);
          if (name === "findOperations") reads.ids.push(parameters.at(-1) as string[]);
          if (name !== "withLock") return method.apply(target, parameters);
          const [templateId, work] = parameters as Parameters<TemplateStore["withLock"]>;
          return store.withLock(templateId, (locked) => work(watch(locked)));
        };
      },
    });
  return { reads, templates: watch(store) };
}

/** A template with `count` moves after version 1, on a store that others write, too. */
async function longHistory(count: number) {
  const store = new MemoryTemplateStore();
  const others = memoryServices({ templates: store });
  const templateId = await newTemplate(others);
  for (let i = 0; i < count; i += 1) await editOk(others, templateId, [move(`op${i}`, i)]);
  return { store, others, templateId };
}

const merge = { onConflict: "MERGE" } as const;

describe("history that left memory", () => {
  it("ENG-11 is read once for the requests that are decided together", async () => {
    const { store, templateId } = await longHistory(50);
    const { reads, templates } = watched(store, {});
    const services = memoryServices({ templates, settings: { recentOperationsMax: 5 } });
    await Promise.all(
      [30, 10, 20].map((baseVersion) =>
        editOk(
          services,
          templateId,
          [fill(`f${baseVersion}`, "red", `e${1 + (baseVersion % 2)}`)],
          {
            ...merge,
            baseVersion,
            onConflict: "LAST_WRITER_WINS",
          },
        ),
      ),
    );
    expect(reads.history).toMatchObject([{ afterVersion: 10, throughVersion: 46 }]);
    expect(reads.ids).toEqual([]);
  });

  it("ENG-11 is read once also where races are lost and the lock is taken", async () => {
    const { store, others, templateId } = await longHistory(50);
    let rivals = 0;
    const commit = async () => {
      rivals += 1;
      const news = Array.from({ length: 3 }, (_, i) => move(`rival${rivals}-${i}`, i));
      if (rivals <= 3) await editOk(others, templateId, news);
    };
    const { reads, templates } = watched(store, { commit });
    const settings = { recentOperationsMax: 5, lostRacesMax: 3 };
    const services = memoryServices({ templates, settings });
    await editOk(services, templateId, [fill("mine", "red")], { ...merge, baseVersion: 10 });
    expect(rivals).toBe(4);
    const ranges = reads.history.map(({ afterVersion, throughVersion }) => [
      afterVersion,
      throughVersion,
    ]);
    expect(ranges).toEqual([
      [10, 46],
      [46, 49],
      [49, 52],
      [52, 55],
    ]);
    // Under the lock nobody else inserts: what is not there then is not asked for again.
    expect(reads.ids).toEqual([["mine"]]);
  });

  it("ENG-11 of a conflict is read where what others did is asked for", async () => {
    const { store, others, templateId } = await longHistory(20);
    await editOk(others, templateId, [fill("theirs", "red")]);
    const { reads, templates } = watched(store, {});
    const services = memoryServices({ templates, settings: { recentOperationsMax: 3 } });
    const outcome = await edit(services, templateId, [fill("mine", "blue")], {
      onConflict: "REJECT",
      baseVersion: 5,
    });
    if (outcome.kind !== "versionConflict") throw new Error(outcome.kind);
    expect(reads).toMatchObject({ history: [{ afterVersion: 5 }], ids: [["mine"]] });
    const ids = (await outcome.serverOperations.read(Infinity, { payload: false })).map(
      ({ id }) => id,
    );
    expect(ids).toEqual([...Array.from({ length: 16 }, (_, i) => `op${i + 4}`), "theirs"]);
    const [oldest] = await outcome.serverOperations.read(Infinity, { payload: true });
    expect(oldest).toMatchObject({ id: "op4", resultingVersion: 6, payload: { x: 4, y: 0 } });
  });
});

describe("ENG-12 a base version out of reach", () => {
  const unmerged = { kind: "versionConflict", collisions: [], suggestedResolution: "MANUAL" };

  /** What a stale edit is answered: under MERGE, and what of the history under REJECT. */
  async function answers(
    services: MemorySetup,
    templateId: string,
    baseVersion: number,
    id: string,
  ) {
    const mine = [fill(id, "blue", id === "far" ? "e2" : "e1")];
    const rejected = await edit(services, templateId, mine, { onConflict: "REJECT", baseVersion });
    if (rejected.kind !== "versionConflict") throw new Error(rejected.kind);
    const told = await rejected.serverOperations.read(Infinity, { payload: false });
    return { merged: await edit(services, templateId, mine, { ...merge, baseVersion }), told };
  }

  it("is one too many operations behind, in memory and out of it", async () => {
    for (const recentOperationsMax of [100, 3]) {
      const { store, templateId } = await longHistory(20);
      const settings = { recentOperationsMax, historyOperationsMax: 10 };
      const services = memoryServices({ templates: store, settings });
      const tooFar = await answers(services, templateId, 10, "far");
      // Nothing is told of it, and what shares nothing with it is merged all the same.
      expect(tooFar).toMatchObject({ merged: { kind: "applied" }, told: [] });
      const within = await answers(services, templateId, 12, "within");
      expect(within.told).toHaveLength(10);
      expect(within.merged).toMatchObject({ kind: "applied" });
    }
  });

  it("is one below the start of a log that was cut, for that request alone", async () => {
    const { store, others, templateId } = await longHistory(20);
    await cut(store, others, templateId, 12);
    const services = memoryServices({ templates: store, settings: { recentOperationsMax: 3 } });
    const [below, above] = await Promise.all([
      edit(services, templateId, [fill("below", "blue")], { ...merge, baseVersion: 11 }),
      edit(services, templateId, [fill("above", "red", "e2")], { ...merge, baseVersion: 12 }),
    ]);
    expect(below).toMatchObject({ ...unmerged, currentVersion: 21 });
    if (below.kind !== "versionConflict") throw new Error(below.kind);
    expect(below.serverState().pages[0]?.elements).toHaveLength(2);
    expect(above).toMatchObject({ kind: "applied" });
  });

  it("is one below the start of a log that is cut while it is read", async () => {
    const { store, others, templateId } = await longHistory(5);
    const text = { pageId: "p1", elementId: "e1" };
    const write = (id: string) => ({
      id,
      type: "EDIT_TEXT" as const,
      target: text,
      payload: { delta: [{ insert: id }] },
    });
    await editOk(others, templateId, [write("t1"), write("t2")]);
    for (let i = 0; i < 10; i += 1) await editOk(others, templateId, [move(`late${i}`, i)]);
    const { templates } = watched(store, {
      findOperations: () => cut(store, others, templateId, 8),
    });
    const services = memoryServices({ templates, settings: { recentOperationsMax: 3 } });
    const outcome = await edit(services, templateId, [write("mine")], {
      ...merge,
      baseVersion: 2,
    });
    expect(outcome).toMatchObject(unmerged);
    expect((await currentDesign(services, templateId)).pages[0]?.elements[0]?.["text"]).toBe(
      "t2t1",
    );
  });
});

describe("ENG-45 a history that is too long to be held", () => {
  const settings = { recentOperationsMax: 3, historyOperationsMax: 10 };
  const far = { ...merge, baseVersion: 2, clientId: "late" };
  const note = (id: string) => ({
    id,
    type: "ADD_ELEMENT" as const,
    target: { pageId: "p1", elementId: id },
    payload: { type: "note", x: 1, y: 1 },
  });
  const write = (id: string, ...delta: object[]) => ({
    id,
    type: "EDIT_TEXT" as const,
    target: { pageId: "p1", elementId: "e1" },
    payload: { delta },
  });

  it("is read in pages before the queue, and what matters of it decides", async () => {
    const { store, others, templateId } = await longHistory(4_500);
    await editOk(others, templateId, [
      fill("theirs", "red", "e2"),
      write("text", { insert: "ab" }),
    ]);
    const { reads, templates } = watched(store, {});
    const services = memoryServices({ templates, settings });
    const applied = await editOk(
      services,
      templateId,
      [note("n"), write("w", { insert: "c" })],
      far,
    );
    expect(applied.operations.map(({ transformedFrom }) => transformedFrom)).toEqual([
      [],
      ["text"],
    ]);
    expect(reads.history.length).toBeGreaterThan(2);
    for (const { limit } of reads.history) expect(limit).toBeLessThanOrEqual(2_000);
    expect(await edit(services, templateId, [fill("mine", "blue", "e2")], far)).toMatchObject({
      kind: "versionConflict",
      collisions: [{ clientOperation: "mine", serverOperation: "theirs" }],
    });
    const again = await editOk(services, templateId, [note("n"), write("w", { insert: "c" })], far);
    expect(again.duplicateOps).toEqual(["n", "w"]);
  });

  it.each(["CLIENT_WINS", "SERVER_WINS", "MANUAL"] as const)(
    "is resolved by %s as a shorter one, and the choice is found again",
    async (resolution) => {
      const { store, others, templateId } = await longHistory(30);
      await editOk(others, templateId, [fill("theirs", "red", "e2")]);
      const services = memoryServices({ templates: store, settings });
      const clientOperations = [fill("mine", "blue", "e2"), note("n")];
      const conflict = await edit(services, templateId, clientOperations, far);
      if (conflict.kind !== "versionConflict") throw new Error(conflict.kind);
      const manualState = { canvas: { settled: true }, pages: [], audioLayers: [] };
      const input = {
        ...{ templateId, baseVersion: 2, headVersion: conflict.currentVersion, resolution },
        ...(resolution === "MANUAL" ? { manualState } : { clientOperations }),
      };
      const first = await resolveConflict(services, author, input);
      expect(first).toMatchObject({ kind: "resolved" });
      const later = { type: "UPDATE_CANVAS", target: {}, payload: { later: 1 } } as const;
      await editOk(others, templateId, [{ ...later, id: "later" }]);
      expect(await resolveConflict(services, author, input)).toMatchObject({
        kind: "resolved",
        newVersion: (first as { newVersion: number }).newVersion,
      });
    },
  );

  it("is read once at a time on a node; who finds too many waiting is told when to come again", async () => {
    const { store, templateId } = await longHistory(30);
    let running = 0;
    let most = 0;
    const { templates } = watched(store, {
      readHistory: async () => {
        most = Math.max(most, (running += 1));
        await new Promise(setImmediate);
        running -= 1;
      },
    });
    const inMemory = { ...settings, recentOperationsMax: 1_000 };
    const services = memoryServices({ templates, settings: inMemory });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => edit(services, templateId, [note(`n${i}`)], far)),
    );
    expect(most).toBe(1);
    const busy = outcomes.filter(({ kind }) => kind === "refused");
    expect(busy.length).toBeGreaterThan(5);
    for (const outcome of busy) {
      expect(outcome).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
    }
    expect(outcomes.filter(({ kind }) => kind === "applied").length).toBe(20 - busy.length);
  });

  it("with more in it that matters than is kept is a conflict, with the state", async () => {
    const page = Array.from({ length: 2_000 }, (_, i) => ({
      resultingVersion: i + 1,
      footprint: Array.from({ length: 60 }, () => ({
        kind: "write",
        path: "/canvas",
        properties: ["a"],
      })),
    }));
    const readHistory = async () => page as never;
    const range = { templateId: "t", afterVersion: 0, throughVersion: 2_000 };
    const canvas = { type: "UPDATE_CANVAS", target: {}, payload: { a: 1 } } as const;
    const read = new FarHistory({ readHistory }, 10).read(
      range,
      new Relevance(documentOf({ canvas: {}, pages: [], audioLayers: [] }), [canvas]),
    );
    expect(await read).toEqual({ kind: "outOfReach" });
  });
});

/** Drops the log through the version, as retention does. */
async function cut(
  store: MemoryTemplateStore,
  services: MemorySetup,
  templateId: string,
  version: number,
): Promise<void> {
  const design = await currentDesign(services, templateId);
  const head = (await services.head(templateId))!;
  const { versionHash } = head;
  await store.writeCheckpoint({ templateId, version: head.version, versionHash, design });
  await store.addSnapshot({
    id: `cut-${version}`,
    templateId,
    version,
    kind: "AUTO",
    name: null,
    reason: null,
    design,
    designHash: "",
    createdById: null,
    createdAt: 0,
  });
  await store.pruneLog(templateId, version);
}
