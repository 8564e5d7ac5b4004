/** The laws of collisions: told the same from both sides, complete, and silent only where order does not matter. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { unbounded } from "../../src/domain/limits.js";
import { collisions } from "../../src/domain/merge/collide.js";
import type { Footprinted } from "../../src/domain/merge/collide.js";
import type { Footprint, Touch } from "../../src/domain/operations/footprint.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import {
  applyOperation,
  footprintOf,
  operationTypes,
} from "../../src/domain/operations/registry.js";
import { drawDesign } from "./generators.js";
import type { Draw } from "./generators.js";
import { drawOperation, drawOperationOf } from "./operationGenerators.js";
import { expectedDesign } from "./oracle.js";

const runs = { numRuns: 400 };

function applied(document: Document, ...operations: readonly OperationContent[]): Document {
  return operations.reduce((current, operation) => {
    const result = applyOperation(current, operation, unbounded);
    if (!result.ok) throw new Error(`${JSON.stringify(operation)}: ${result.error.message}`);
    return result.value;
  }, document);
}

/** The footprints of operations that one side makes one after another. */
function drawSide(draw: Draw, design: Design, side: string): Footprinted[] {
  const operations: Footprinted[] = [];
  let current = design;
  const length = draw(fc.integer, { min: 1, max: 6 });
  for (let index = 0; index < length; index += 1) {
    const operation = drawOperation(draw, current);
    const footprint = footprintOf(documentOf(current), operation);
    operations.push({ id: `${side}${index}`, footprint });
    current = expectedDesign(current, operation);
  }
  return operations;
}

/** The rules of MERGE, for two touches, as they are written. */
function touchesCollide(mine: Touch, theirs: Touch): string | undefined {
  const kinds = [mine.kind, theirs.kind];
  const same = mine.path === theirs.path;
  if (kinds.every((kind) => kind === "create")) return same ? "DUPLICATE_ID" : undefined;
  if (kinds.includes("create")) return undefined;
  if (kinds.every((kind) => kind === "delete")) return undefined;
  if (kinds.includes("delete")) {
    const [deleted, needed] = mine.kind === "delete" ? [mine, theirs] : [theirs, mine];
    return `${needed.path}/`.startsWith(`${deleted.path}/`) ? "DELETED_TARGET" : undefined;
  }
  if (!same || !kinds.includes("write")) return undefined;
  const shared = propertiesOf(mine).filter((name) => propertiesOf(theirs).includes(name));
  return shared.length > 0 ? "CONCURRENT_EDIT" : undefined;
}

function propertiesOf(touch: Touch): readonly string[] {
  const names = "properties" in touch ? (touch.properties ?? []) : [];
  // The place is no property of the element (MERGE-61).
  return touch.kind === "blend" ? names.map((name) => (name === "order" ? "place" : name)) : names;
}

function pairwise(client: readonly Footprinted[], server: readonly Footprinted[]): string[] {
  const found = new Set<string>();
  for (const one of client) {
    for (const other of server) {
      for (const mine of one.footprint) {
        for (const theirs of other.footprint) {
          const kind = touchesCollide(mine, theirs);
          const path = mine.path.length > theirs.path.length ? mine.path : theirs.path;
          if (kind !== undefined) found.add(`${kind} ${one.id} ${other.id} ${path}`);
        }
      }
    }
  }
  return [...found].toSorted();
}

/** The lists in which an operation places, adds or removes something. */
function ordersTouched(footprint: Footprint): string[] {
  return footprint.flatMap((touch) => {
    const owner = touch.path.slice(0, touch.path.lastIndexOf("/"));
    if (touch.kind === "create" || touch.kind === "delete") return [owner];
    if (touch.kind !== "blend" || !touch.properties.includes("order")) return [];
    return [touch.path === "/pages" ? touch.path : owner];
  });
}

/**
 * Whether they blend into one register or delete one thing, which a merge has to see to, or one clears away by name
 * what only the other adds, which no client does that saw the page.
 */
function overlap(one: Footprint, other: Footprint): boolean {
  return one.some((mine) =>
    other.some((theirs) => {
      if (mine.kind === "delete" && theirs.kind === "delete")
        return isNested(mine.path, theirs.path);
      if (mine.path === theirs.path && isCreateAndDelete(mine, theirs)) return true;
      if (mine.kind !== "blend" || theirs.kind !== "blend") return false;
      if (mine.path !== theirs.path) return false;
      return mine.properties.some((name) => theirs.properties.includes(name));
    }),
  );
}

function isCreateAndDelete(mine: Touch, theirs: Touch): boolean {
  return [mine.kind, theirs.kind].toSorted().join() === "create,delete";
}

/** Whether one path is the other or lies under it. */
function isNested(path: string, other: string): boolean {
  return `${path}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${path}/`);
}

/** The canonical text, without the order of lists where that is not compared. */
function canonical(document: Document, ordered: boolean): string {
  const design = designOf(document);
  if (ordered) return canonicalJson(design);
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return canonicalJson({
    canvas: design.canvas,
    pages: design.pages
      .map((page) => ({ ...page, elements: page.elements.toSorted(byId) }))
      .toSorted(byId),
    audioLayers: design.audioLayers
      .map((layer) => ({ ...layer, clips: layer.clips.toSorted(byId) }))
      .toSorted(byId),
  });
}

describe("laws of collisions", () => {
  test("swapping the sides reports the same collisions (MERGE-1)", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const design = drawDesign(draw);
        const [mine, theirs] = [drawSide(draw, design, "c"), drawSide(draw, design, "s")];
        const swapped = collisions(theirs, mine).map((collision) => ({
          ...collision,
          clientOperation: collision.serverOperation,
          serverOperation: collision.clientOperation,
        }));
        const texts = (list: readonly object[]) => list.map((item) => JSON.stringify(item, keys));
        expect(texts(swapped).toSorted()).toEqual(texts(collisions(mine, theirs)).toSorted());
      }),
      runs,
    );
  });

  test("the index finds what comparing every pair of touches finds, each once (MERGE-2)", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const design = drawDesign(draw);
        const [mine, theirs] = [drawSide(draw, design, "c"), drawSide(draw, design, "s")];
        const found = collisions(mine, theirs).map(
          ({ kind, clientOperation, serverOperation, path }) =>
            `${kind} ${clientOperation} ${serverOperation} ${path}`,
        );
        expect(found.toSorted()).toEqual(pairwise(mine, theirs));
      }),
      runs,
    );
  });

  for (const type of operationTypes) {
    test(`${type} commutes with what it shares no register with (MERGE-3)`, () => {
      let compared = 0;
      fc.assert(
        fc.property(fc.gen(), (draw) => {
          const design = drawDesign(draw);
          const document = documentOf(design);
          const one = drawOperationOf(draw, type, design);
          const other = drawOperation(draw, design);
          if (one === undefined) return;
          const mine = footprintOf(document, one);
          const theirs = footprintOf(document, other);
          if (overlap(mine, theirs)) return;
          if (
            collisions([{ id: "c", footprint: mine }], [{ id: "s", footprint: theirs }]).length > 0
          ) {
            return;
          }
          compared += 1;
          const orders = ordersTouched(theirs);
          const ordered = !ordersTouched(mine).some((list) => orders.includes(list));
          expect(canonical(applied(document, one, other), ordered)).toBe(
            canonical(applied(document, other, one), ordered),
          );
        }),
        { numRuns: 80 },
      );
      expect(compared).toBeGreaterThan(15);
    });
  }
});

const keys = ["kind", "clientOperation", "serverOperation", "path", "properties"];
