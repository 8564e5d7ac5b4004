/** Large pages and deep groups: what an operation costs must not run away (SPEC.md, OP-22). */
import { describe, expect, test, vi } from "vitest";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { Order } from "../../../src/domain/document/order.js";
import { designOf } from "../../../src/domain/document/toDesign.js";
import { unbounded } from "../../../src/domain/limits.js";
import type { OperationContent } from "../../../src/domain/operations/operation.js";
import {
  applyOperation,
  applySteps,
  footprintSteps,
  invertOperation,
  invertSteps,
} from "../../../src/domain/operations/registry.js";
import { STEP_ITEMS } from "../../../src/domain/steps.js";
import { pageWith } from "./support.js";

const count = 20_000;

/** The groups e0 in e1 in e2 ..., painted so that each lies below what holds it: the worst case for restoring. */
function chain(): ReturnType<typeof pageWith> {
  return pageWith(
    ...Array.from({ length: count }, (_, index) =>
      index === count - 1 ? { id: `e${index}` } : { id: `e${index}`, parentId: `e${index + 1}` },
    ),
  );
}

describe("OP-22 cost", () => {
  test("a change of one element shares all the others and the index", () => {
    const document = documentOf(chain());
    const target = { pageId: "p", elementId: "e5" };
    const move: OperationContent = { type: "MOVE_ELEMENT", target, payload: { x: 1, y: 1 } };
    const applied = applyOperation(document, move, unbounded);
    if (!applied.ok) throw new Error(applied.error.message);
    const [before, after] = [document, applied.value].map(({ pages }) => pages.items.get("p")!);
    expect(after?.elements.order).toBe(before?.elements.order);
    expect(after?.children).toBe(before?.children);
    expect(after?.elements.items.get("e6")).toBe(before?.elements.items.get("e6"));
  });

  const large: readonly (readonly [string, OperationContent])[] = [
    [
      "deleting the outermost of 20,000 nested groups",
      {
        type: "DELETE_ELEMENT",
        target: { pageId: "p", elementId: `e${count - 1}` },
        payload: null,
      },
    ],
    [
      "clearing every other of them",
      {
        type: "CLEAR_PAGE",
        target: { pageId: "p" },
        payload: { elementIds: Array.from({ length: count / 2 }, (_, index) => `e${index * 2}`) },
      },
    ],
  ];

  test.each(large)("%s rests between its pieces, whatever is asked of it", (_, operation) => {
    const document = documentOf(chain());
    const pieces = (steps: Iterable<undefined>) => [...steps].length;
    for (const steps of [
      applySteps(document, operation, unbounded),
      footprintSteps(document, operation),
      invertSteps(document, operation),
    ]) {
      expect(pieces(steps)).toBeGreaterThanOrEqual(Math.floor(count / 2 / STEP_ITEMS));
    }
  });

  test.each(large)(
    "%s is inverted in time that grows with their number only",
    (_, operation) => {
      const document = documentOf(chain());
      const inverse = invertOperation(document, operation);
      const applied = applyOperation(document, operation, unbounded);
      if (!applied.ok) throw new Error(applied.error.message);
      expect(inverse.length).toBeGreaterThan(count / 2);
      const bytes = Buffer.byteLength(JSON.stringify(designOf(applied.value)));
      expect(applied.value.bytes).toBe(bytes);
    },
    5_000,
  );

  test("restoring 20,000 elements and deleting them again copies the paint order only while it is short", () => {
    const design = pageWith(...Array.from({ length: count }, (_, index) => ({ id: `e${index}` })));
    const elementIds = design.pages[0]!.elements.map(({ id }) => id);
    const target = { pageId: "p" };
    const clear: OperationContent = { type: "CLEAR_PAGE", target, payload: { elementIds } };
    let document = documentOf(design);
    const inverse = invertOperation(document, clear);
    const apply = (operation: OperationContent) => {
      const applied = applyOperation(document, operation, unbounded);
      if (!applied.ok) throw new Error(applied.error.message);
      document = applied.value;
    };
    apply(clear);
    const copies = vi.spyOn(Order, "of");
    inverse.forEach(apply);
    expect(document.pages.items.get("p")!.elements.order).toEqual(elementIds);
    for (const elementId of elementIds) {
      const deletion = { type: "DELETE_ELEMENT", target: { pageId: "p", elementId } } as const;
      invertOperation(document, { ...deletion, payload: null });
      apply({ ...deletion, payload: null });
    }
    expect(copies.mock.calls.length).toBeLessThan(100);
    copies.mockRestore();
  });
});
