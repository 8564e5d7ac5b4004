/**
 * The law of places: what somebody deletes and others leave alone keeps its place among what they leave alone, whatever comes
 * and goes around it. Told by comparing orders, with none of the code under test.
 */
import type { Design } from "../../src/domain/document/design.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { append, type DocumentState } from "../../src/domain/history/append.js";
import { unbounded } from "../../src/domain/limits.js";
import { clientWins, reportCollisions } from "../../src/domain/merge/judging/verdict.js";
import type { LoggedOperation, OperationContent } from "../../src/domain/operations/operation.js";
import { randomOf } from "./fastDraw.js";
import { listsOf, placementOf } from "./intents.js";
import { invertNewest } from "./invertNewest.js";
import { LawBroken } from "./lawBroken.js";
import { expectedDesign } from "./oracle.js";
import { mergePair } from "./pairMerge.js";

const ids = ["a", "b", "c", "d", "e", "f", "g"];
const base: Design = {
  canvas: {},
  pages: ids.map((id) => ({
    id,
    elements: id === "a" ? ids.map((each) => ({ id: each, type: "rect", x: 0, y: 0 })) : [],
  })),
  audioLayers: ids.map((id) => ({
    id,
    clips: id === "a" ? ids.map((each) => ({ id: each })) : [],
  })),
};

type Random = () => number;
type Kind = "element" | "page" | "layer" | "clip";

/** The two ids in a list, and what there is of it. */
const lists: Record<Kind, { readonly list: string; readonly of: (id: string) => object }> = {
  element: { list: "page a", of: (elementId) => ({ pageId: "a", elementId }) },
  page: { list: "pages", of: (pageId) => ({ pageId }) },
  layer: { list: "layers", of: (audioLayerId) => ({ audioLayerId }) },
  clip: { list: "layer a", of: (clipId) => ({ audioLayerId: "a", clipId }) },
};
const typeNames: Record<Kind, string> = {
  element: "ELEMENT",
  page: "PAGE",
  layer: "AUDIO_LAYER",
  clip: "AUDIO_CLIP",
};

/** Something that places, moves or deletes, of what the design holds. */
function drawn(
  random: Random,
  kind: Kind,
  design: Design,
  newId: string,
): OperationContent | undefined {
  const { list, of } = lists[kind];
  const order = listsOf(design).get(list)!;
  const pick = () => order[Math.floor(random() * order.length)];
  const id = pick();
  const choice = random();
  const afterId = random() < 0.15 ? null : (pick() ?? null);
  const content = (type: string, target: object, payload: object | null) =>
    ({ type, target, payload }) as unknown as OperationContent;
  if (choice < 0.25 || id === undefined) {
    const made = kind === "element" ? { type: "rect", x: 0, y: 0 } : {};
    return content(`ADD_${typeNames[kind]}`, of(newId), { ...made, afterId });
  }
  if (choice < 0.5 && kind !== "page") {
    const type = `REORDER_${typeNames[kind]}`;
    return afterId === id ? undefined : content(type, of(id), { afterId });
  }
  if (choice < 0.6 && kind === "element") {
    const elementIds = order.filter(() => random() < 0.4);
    return content("CLEAR_PAGE", { pageId: "a" }, { elementIds });
  }
  return content(`DELETE_${typeNames[kind]}`, of(id), null);
}

function drawnBatch(random: Random, kind: Kind, from: Design, name: string): OperationContent[] {
  const contents: OperationContent[] = [];
  let design = from;
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
    const content = drawn(random, kind, design, `${name}${count}`);
    if (content === undefined) continue;
    contents.push(content);
    design = expectedDesign(design, content);
  }
  return contents;
}

/** Whom the operations put somewhere, and what they deleted: what they did not leave alone. */
function touchedBy(contents: readonly OperationContent[], list: string): ReadonlySet<string> {
  return new Set(
    contents.flatMap((content) => {
      const placement = placementOf(list, content);
      if (placement !== undefined && placement !== "all") return placement.id;
      const { pageId, elementId, audioLayerId, clipId } = content.target;
      if (content.type === "CLEAR_PAGE") return content.payload?.["elementIds"] as string[];
      return content.type.startsWith("DELETE_")
        ? (elementId ?? clipId ?? pageId ?? audioLayerId ?? "")
        : [];
    }),
  );
}

function expectOrder(
  expected: readonly string[],
  actual: readonly string[],
  alone: (id: string) => boolean,
  told: () => string,
): void {
  const wanted = expected.filter((id) => actual.includes(id) && alone(id));
  const found = actual.filter((id) => expected.includes(id) && alone(id));
  if (wanted.join() !== found.join()) {
    throw new LawBroken(`${found.join()} is not in the order ${wanted.join()}: ${told()}`);
  }
}

/** Undoes a batch of one person after others placed, moved and deleted. Answers how many were undone. */
export function checkUndoPlaces(histories: number): number {
  let undone = 0;
  for (let seed = 0; seed < histories; seed += 1) {
    const random = randomOf(seed);
    const kind = (Object.keys(lists) as Kind[])[seed % 4]!;
    const log: LoggedOperation[] = [];
    let state: DocumentState = { version: 1, versionHash: "", document: documentOf(base) };
    const commit = (person: string, contents: readonly OperationContent[]) => {
      const batchId = `${person}${log.length}`;
      const rows = contents.map((content, index) => ({
        ...content,
        id: `${batchId}-${index}`,
        timestamp: null,
        requestHash: "",
      }));
      const authorship = {
        baseVersion: state.version,
        batchId,
        userId: person,
        clientId: person,
        sessionSequence: null,
        serverTimestamp: 0,
      };
      const added = append(state, rows, { authorship, sha256: () => "", limits: unbounded });
      if (!added.ok) throw new Error(added.error.failure.message);
      log.push(...added.value.operations);
      state = added.value.next;
    };
    const mine = drawnBatch(random, kind, base, "x");
    if (mine.length === 0) continue;
    commit("x", mine);
    const theirs: OperationContent[] = [];
    for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
      if (theirs.length > 0 && random() < 0.2) {
        const outcome = invertNewest({
          state,
          log,
          person: "y",
          direction: "undo",
          id: log.length,
        });
        if (outcome?.kind === "undone") {
          log.push(...outcome.appended.operations);
          state = outcome.appended.next;
          continue;
        }
      }
      const batch = drawnBatch(random, kind, designOf(state.document), `y${count}`);
      theirs.push(...batch);
      if (batch.length > 0) commit("y", batch);
    }
    const outcome = invertNewest({ state, log, person: "x", direction: "undo", id: log.length });
    if (outcome?.kind !== "undone") continue;
    undone += 1;
    const { list } = lists[kind];
    const touched = touchedBy(theirs, list);
    expectOrder(
      listsOf(base).get(list)!,
      listsOf(designOf(outcome.appended.next.document)).get(list)!,
      (id) => !touched.has(id),
      () => JSON.stringify({ seed, mine, theirs }),
    );
  }
  return undone;
}

/** Merges a batch over what others placed, moved and deleted. Answers how many merged. */
export function checkMergePlaces(histories: number): number {
  let merged = 0;
  for (let seed = 0; seed < histories; seed += 1) {
    const random = randomOf(seed);
    const kind = (Object.keys(lists) as Kind[])[seed % 4]!;
    const made = (contents: readonly OperationContent[], name: string) =>
      contents.map((content, index) => ({ id: `${name}${index}`, content }));
    const theirs = [
      ...drawnBatch(random, kind, base, "y"),
      ...(random() < 0.5 ? [] : drawnBatch(random, kind, base, "z")),
    ];
    const applicable: OperationContent[] = [];
    for (const content of theirs) {
      if (isApplicable(applicable.reduce(expectedDesign, base), content)) applicable.push(content);
    }
    const mine = drawnBatch(random, kind, base, "x");
    const judge = seed % 3 === 0 ? clientWins : reportCollisions;
    const { document } = mergePair(base, made(applicable, "y"), made(mine, "x"), judge);
    if (document === undefined) continue;
    merged += 1;
    const { list } = lists[kind];
    const touched = touchedBy(applicable, list);
    const moved = touchedBy(
      applicable.filter(({ type }) => !type.startsWith("DELETE_") && type !== "CLEAR_PAGE"),
      list,
    );
    const follows = new Set(
      mine.flatMap((content) => {
        const placement = placementOf(list, content);
        const isAbove = placement !== undefined && placement !== "all";
        return isAbove && moved.has(String(placement.afterId)) ? placement.id : [];
      }),
    );
    // What went above something that others moved follows it there, and so does what went above that.
    if (follows.size > 0) continue;
    expectOrder(
      listsOf(mine.reduce(expectedDesign, base)).get(list)!,
      listsOf(designOf(document)).get(list)!,
      (id) => !touched.has(id),
      () => JSON.stringify({ seed, mine, theirs: applicable }),
    );
  }
  return merged;
}

/** Whether the operation is about what the design holds, and adds what it does not. */
function isApplicable(design: Design, content: OperationContent): boolean {
  const { type, target } = content;
  if (type === "CLEAR_PAGE") return true;
  const kind = (Object.keys(lists) as Kind[]).find((each) => type.endsWith(typeNames[each]))!;
  const { elementId, clipId, pageId, audioLayerId } = target;
  const id = kind === "page" ? pageId : kind === "layer" ? audioLayerId : (elementId ?? clipId);
  const isThere = listsOf(design)
    .get(lists[kind].list)!
    .includes(id ?? "");
  return type.startsWith("ADD_") ? !isThere : isThere;
}
