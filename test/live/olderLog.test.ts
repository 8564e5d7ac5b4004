import { describe, expect, it } from "vitest";
import type { LogRange, TemplateStore } from "../../src/storage/templateStore.js";
import { MemoryTemplateStore } from "../../src/storage/memoryTemplateStore.js";
import { memoryServices, type MemorySetup } from "../setup/memoryServices.js";
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
  const refused = { kind: "refused", code: "VERSION_CONFLICT", path: ["baseVersion"] };

  /** What a stale edit is answered: under MERGE, and what of the history under REJECT. */
  async function answers(services: MemorySetup, templateId: string, baseVersion: number) {
    const mine = [fill("mine", "blue")];
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
      const tooFar = await answers(services, templateId, 10);
      expect(tooFar).toMatchObject({ merged: refused, told: [] });
      const within = await answers(services, templateId, 11);
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
    expect(below).toMatchObject(refused);
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
    expect(outcome).toMatchObject(refused);
    expect((await currentDesign(services, templateId)).pages[0]?.elements[0]?.["text"]).toBe(
      "t2t1",
    );
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
