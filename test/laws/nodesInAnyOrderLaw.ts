/** People who add, change and delete nodes, undo and redo meanwhile, and in the end undo everything: UNDO-23, UNDO-43. */
import { isDeepStrictEqual } from "node:util";
import type { Design } from "../../src/domain/document/design.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { randomOf } from "./fastDraw.js";
import { LawBroken } from "./lawBroken.js";
import { Table } from "./undoTable.js";

const people = ["x", "y", "z"];
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
  ],
  audioLayers: [],
};

/** Every node is in the end as it was in the beginning; answers how many steps were taken. */
export function checkNodesInAnyOrder(seeds: number, firstSeed = 0): number {
  let steps = 0;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) steps += checkSeed(seed);
  return steps;
}

/** Steps undone by all and redone by all, each time in any order, lead back to where they were; answers how many were taken. */
export function checkNodesRedoneByAll(seeds: number, firstSeed = 0): number {
  let steps = 0;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const random = randomOf(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const table = new Table(start);
    const told: string[] = [];
    const persons = people.slice(0, 2 + below(2));
    for (let left = 3 + below(5); left > 0; left -= 1) {
      const person = persons[below(persons.length)]!;
      const batch = drawn(table.design, below, `${seed} ${left}`);
      told.push(
        `${person} ${batch.map(({ type, target }) => `${type} ${target.elementId ?? target.pageId}`).join("+")}`,
      );
      table.edit(person, batch);
    }
    const expected = nodesOf(table.design);
    for (const direction of ["undo", "redo"] as const) {
      for (let waiting = [...persons]; waiting.length > 0;) {
        const person = waiting[below(waiting.length)]!;
        told.push(`${person} ${direction}`);
        if (table.invertPartly(person, direction) === "undone") steps += 1;
        else waiting = waiting.filter((each) => each !== person);
      }
    }
    const actual = nodesOf(table.design);
    if (isDeepStrictEqual(actual, expected)) continue;
    throw new LawBroken(`seed ${seed}: ${told.join(", ")}: ${JSON.stringify(actual)}`);
  }
  return steps;
}

function checkSeed(seed: number): number {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const table = new Table(start);
  const told: string[] = [];
  let steps = 0;
  const invert = (person: string, direction: "undo" | "redo") => {
    const outcome = table.invertPartly(person, direction);
    told.push(`${person} ${direction}`);
    if (outcome === "undone") steps += 1;
    return outcome;
  };
  const persons = people.slice(0, 2 + below(2));
  for (let left = 4 + below(8); left > 0; left -= 1) {
    const person = persons[below(persons.length)]!;
    const chance = below(10);
    if (chance < 2) invert(person, "redo");
    else if (chance < 5) invert(person, "undo");
    else {
      const batch = drawn(table.design, below, `${seed} ${left}`);
      told.push(
        `${person} ${batch.map(({ type, target }) => `${type} ${target.elementId ?? target.pageId}`).join("+")}`,
      );
      table.edit(person, batch);
    }
  }
  for (let waiting = [...persons]; waiting.length > 0;) {
    const person = waiting[below(waiting.length)]!;
    if (invert(person, "undo") !== "undone") waiting = waiting.filter((each) => each !== person);
  }
  const [actual, expected] = [nodesOf(table.design), nodesOf(start)];
  if (isDeepStrictEqual(actual, expected)) return steps;
  throw new LawBroken(`seed ${seed}: ${told.join(", ")}: ${JSON.stringify(actual)}`);
}

/** What an editor does at once: something new, often changed in the same batch; a change; a deletion. */
function drawn(
  design: Design,
  below: (limit: number) => number,
  fresh: string,
): OperationContent[] {
  const pages = design.pages.map(({ id }) => id);
  const pageId = pages[below(pages.length)] ?? "p";
  const elements = design.pages.find(({ id }) => id === pageId)?.elements ?? [];
  const element = elements[below(Math.max(1, elements.length))];
  const target = { pageId, elementId: element?.id ?? "" };
  const fill = (elementId: string): OperationContent => ({
    type: "UPDATE_ELEMENT_PROPS",
    target: { pageId, elementId },
    payload: { fill: fresh },
  });
  switch (below(element === undefined ? 3 : 8)) {
    case 0: {
      const target = { pageId: `page ${fresh}` };
      return [{ type: "ADD_PAGE", target, payload: {} }];
    }
    case 1:
    case 2: {
      const groups = elements.filter(({ type }) => type === "group");
      const parentId = groups[below(2 * groups.length)]?.id;
      const id = `e ${fresh}`;
      const type = below(3) === 0 ? "group" : "rect";
      const payload = { type, x: 0, y: 0, ...(parentId === undefined ? {} : { parentId }) };
      const added: OperationContent = {
        type: "ADD_ELEMENT",
        target: { pageId, elementId: id },
        payload,
      };
      return below(2) === 0 ? [added] : [added, fill(id)];
    }
    case 3:
      return below(2) === 0 && pageId !== "p"
        ? [{ type: "DELETE_PAGE", target: { pageId }, payload: null }]
        : [{ type: "DELETE_ELEMENT", target, payload: null }];
    case 4:
      return [{ type: "MOVE_ELEMENT", target, payload: { x: 1 + below(9), y: 1 } }];
    case 7: {
      const groups = elements.filter(({ type, id }) => type === "group" && id !== element?.id);
      const parentId =
        element?.type === "group" ? null : (groups[below(2 * groups.length)]?.id ?? null);
      return [{ type: "REORDER_ELEMENT", target, payload: { parentId } }];
    }
    case 5:
      return [{ type: "UPDATE_PAGE", target: { pageId }, payload: { name: fresh } }];
    default:
      return [fill(target.elementId)];
  }
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
