/** Once everybody undid everything of theirs, in whatever order, every node is as it was before: UNDO-23. */
import { isDeepStrictEqual } from "node:util";
import type { Design } from "../../src/domain/document/design.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { randomOf } from "./fastDraw.js";
import { LawBroken } from "./lawBroken.js";
import { Table } from "./undoTable.js";

const people = ["x", "y", "z"];
const ids = ["t", "g", "k", "n"];
const start: Design = {
  canvas: {},
  pages: [
    {
      id: "p",
      elements: [
        { id: "t", type: "rect", x: 0, y: 0 },
        { id: "g", type: "group", x: 0, y: 0 },
        { id: "k", type: "rect", x: 0, y: 0, parentId: "g" },
      ],
    },
    { id: "q", elements: [{ id: "c", type: "rect", x: 0, y: 0 }] },
  ],
  audioLayers: [],
};

/** What an editor does to an element in the batch that adds it. */
function changed({ target }: OperationContent): OperationContent {
  return { type: "UPDATE_ELEMENT_PROPS", target, payload: { fill: "made" } };
}

/** Deletions, additions under the same ids, as of a revert or of something else, and changes; how many steps were undone. */
export function checkNodesUndoneByAll(seeds: number): number {
  let undone = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const random = randomOf(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const table = new Table(start);
    const told = [];
    for (let step = 2 + below(4); step > 0; step -= 1) {
      const person = people[below(2 + below(2))]!;
      const content = drawn(table.design, below, step);
      if (content === undefined) continue;
      told.push(`${person} ${content.type} ${content.target.elementId ?? content.target.pageId}`);
      const isChanged = content.type === "ADD_ELEMENT" && below(2) === 0;
      table.edit(person, isChanged ? [content, changed(content)] : [content]);
    }
    for (let waiting = [...people]; waiting.length > 0;) {
      const person = waiting[below(waiting.length)]!;
      if (table.invertPartly(person, "undo") === "undone") undone += 1;
      else waiting = waiting.filter((other) => other !== person);
      told.push(`${person} undo`);
    }
    const [actual, expected] = [nodesOf(table.design), nodesOf(start)];
    if (isDeepStrictEqual(actual, expected)) continue;
    throw new LawBroken(`seed ${seed}: ${told.join(", ")}: ${JSON.stringify(actual)}`);
  }
  return undone;
}

function drawn(
  { pages }: Design,
  below: (limit: number) => number,
  step: number,
): OperationContent | undefined {
  const page = pages.find(({ id }) => id === "q");
  if (below(4) === 0) {
    const target = { pageId: "q" };
    if (page !== undefined) return { type: "DELETE_PAGE", target, payload: null };
    const elements = below(2) === 0 ? start.pages[1]!.elements : [];
    return { type: "ADD_PAGE", target, payload: { elements } as never };
  }
  const elementId = ids[below(ids.length)]!;
  const target = { pageId: "p", elementId };
  const element = pages[0]!.elements.find(({ id }) => id === elementId);
  if (element === undefined) {
    const { id: _, ...former } = start.pages[0]!.elements.find(({ id }) => id === elementId) ?? {
      ...{ id: elementId, type: "rect", x: 0, y: 0 },
    };
    const { parentId, ...apart } = former as typeof former & { parentId?: string };
    const payload = pages[0]!.elements.some(({ id }) => id === parentId) ? former : apart;
    const another = { type: "rect", x: step, y: 0 };
    return { type: "ADD_ELEMENT", target, payload: below(2) === 0 ? payload : another };
  }
  return below(3) === 0
    ? { type: "UPDATE_ELEMENT_PROPS", target, payload: { fill: `${step}` } }
    : { type: "DELETE_ELEMENT", target, payload: null };
}

/** Where undo leaves several in an order is UNDO-40's. */
function nodesOf({ pages }: Design) {
  return pages
    .map(({ elements, ...page }) => ({
      ...page,
      elements: elements.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
