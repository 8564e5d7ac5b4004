/** Designs of a wanted size, and the mix of edits that the benchmarks send. */
import { randomUUID } from "node:crypto";
import type { Design, DesignElement } from "../../src/domain/document/design.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";

export const PAGE_ID = "page";

/** A page of styled rectangles whose JSON takes about so many bytes. */
export function rectanglesOf(bytes: number): Design {
  const count = Math.max(1, Math.round(bytes / JSON.stringify(rectangle(1_000)).length));
  const elements = Array.from({ length: count }, (_, index) => rectangle(index));
  return { canvas: {}, pages: [{ id: PAGE_ID, elements }], audioLayers: [] };
}

export function elementCount(design: Design): number {
  return design.pages[0]?.elements.length ?? 0;
}

function rectangle(index: number): DesignElement {
  return {
    id: elementId(index),
    type: "rect",
    x: (index % 100) * 20,
    y: Math.floor(index / 100) * 20,
    width: 16,
    height: 12,
    rotation: 0,
    fillStyle: "solid",
    strokeWidth: 1,
    strokeStyle: "solid",
    roughness: 1,
    opacity: 100,
    strokeColor: "#1e1e1e",
    backgroundColor: "#a5d8ff",
  };
}

function elementId(index: number): string {
  return `rectangle-${index}`;
}

export interface Edit extends OperationContent {
  readonly id: string;
}

/** Moves one of the elements. */
export function moveOf(index: number, elements: number): Edit {
  return {
    id: randomUUID(),
    type: "MOVE_ELEMENT",
    target: { pageId: PAGE_ID, elementId: elementId(index % elements) },
    payload: { x: (index * 7) % 1_000, y: (index * 13) % 1_000 },
  };
}

/** Three moves, then one change of style: what dragging and colouring look like. */
export function editOf(index: number, elements: number): Edit {
  if (index % 4 !== 3) return moveOf(index, elements);
  return {
    id: randomUUID(),
    type: "UPDATE_ELEMENT_PROPS",
    target: { pageId: PAGE_ID, elementId: elementId(index % elements) },
    payload: { opacity: index % 100, backgroundColor: index % 8 === 3 ? "#ffc9c9" : "#b2f2bb" },
  };
}
