/** The laws that every operation type keeps, alone and in batches. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { jsonValues } from "../../src/domain/document/size.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { defaultDomainLimits, unbounded } from "../../src/domain/limits.js";
import type { Json } from "../../src/domain/json.js";
import { operationTypes } from "../../src/domain/operations/registry.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import {
  applyOperation,
  footprintOf,
  invertOperation,
  operationReference,
  parseOperation,
  settleOperation,
} from "../../src/domain/operations/registry.js";
import { drawDesign } from "./generators.js";
import type { Draw } from "./generators.js";
import { astray, drawOperation, drawOperationOf } from "./operationGenerators.js";
import { expectedDesign } from "./oracle.js";

/** Canonical text of what a document holds. */
function canonical(document: Document): string {
  return canonicalJson(designOf(document));
}

function applied(document: Document, operation: OperationContent): Document {
  const result = applyOperation(document, operation, unbounded);
  if (!result.ok) throw new Error(`${JSON.stringify(operation)}: ${result.error.message}`);
  return result.value;
}

/** Operations that apply one after another, with the design each meets. */
function drawBatch(draw: Draw, design: Design): OperationContent[] {
  const batch: OperationContent[] = [];
  let current = design;
  const length = draw(fc.integer, { min: 1, max: 8 });
  while (batch.length < length) {
    const operation = drawOperation(draw, current);
    batch.push(operation);
    current = expectedDesign(current, operation);
  }
  return batch;
}

/** What holds of every document, however it came about. */
function expectConsistent(document: Document): void {
  const design = designOf(document);
  expect(document.bytes).toBe(Buffer.byteLength(JSON.stringify(design)));
  expect(document.values).toBe(jsonValues(design as unknown as Json));
  const fresh = documentOf(design);
  for (const page of document.pages.items.values()) {
    const childSets = (children: typeof page.children) =>
      Object.fromEntries([...children].map(([id, ids]) => [id, [...ids].toSorted()]));
    expect(childSets(page.children)).toEqual(childSets(fresh.pages.items.get(page.id)!.children));
  }
}

describe("laws of one operation (OP-1)", () => {
  for (const type of operationTypes) {
    test(`${type} does what it says, keeps the size exact and is undone by its inverse`, () => {
      let count = 0;
      fc.assert(
        fc.property(fc.gen(), (draw) => {
          const design = drawDesign(draw);
          const operation = drawOperationOf(draw, type, design);
          if (operation === undefined) return;
          count += 1;
          const parsed = parseOperation(operation, defaultDomainLimits);
          expect(parsed.ok && canonicalJson(parsed.value.payload)).toBe(
            canonicalJson(operation.payload),
          );
          const before = documentOf(design);
          const after = applied(before, operation);
          expect(canonical(after)).toBe(canonicalJson(expectedDesign(design, operation)));
          expectConsistent(after);
          let back = after;
          for (const inverse of invertOperation(before, operation)) {
            expect(parseOperation(inverse, unbounded).ok).toBe(true);
            back = applied(back, inverse);
            expectConsistent(back);
          }
          expect(canonical(back)).toBe(canonicalJson(design));
          expect(canonical(before)).toBe(canonicalJson(design));
        }),
        { numRuns: 100 },
      );
      expect(count).toBeGreaterThan(30);
    });
  }
});

describe("laws of batches", () => {
  test("a batch is undone by the inverses in reverse (OP-1), and its size stays exact (OP-3)", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const design = drawDesign(draw);
        let document = documentOf(design);
        const undo: OperationContent[] = [];
        for (const operation of drawBatch(draw, design)) {
          undo.unshift(...invertOperation(document, operation));
          document = applied(document, operation);
          expectConsistent(document);
        }
        for (const operation of undo) document = applied(document, operation);
        expectConsistent(document);
        expect(canonical(document)).toBe(canonicalJson(design));
      }),
      { numRuns: 300 },
    );
  });

  test("operations, inverses and footprints survive JSON (OP-2)", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const design = drawDesign(draw);
        const document = documentOf(design);
        const operation = drawOperation(draw, design);
        const carried = JSON.parse(JSON.stringify(operation)) as OperationContent;
        expect(canonical(applied(document, carried))).toBe(canonical(applied(document, operation)));
        const derived = [invertOperation(document, operation), footprintOf(document, operation)];
        const again = [invertOperation(document, carried), footprintOf(document, carried)];
        expect(canonicalJson(JSON.parse(JSON.stringify(derived)) as Json)).toBe(
          canonicalJson(again as unknown as Json),
        );
      }),
    );
  });

  test("footprint and settle answer also where the operation does not apply (OP-4)", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const operation = astray(draw, drawOperation(draw, drawDesign(draw)));
        const elsewhere = documentOf(drawDesign(draw));
        const settled = settleOperation(elsewhere, operation);
        const footprint = footprintOf(elsewhere, operation);
        const touches = footprint.map(({ kind, path }) => `${kind} ${path}`);
        expect(new Set(touches).size).toBe(touches.length);
        expect(touches).not.toEqual([]);
        const as = applyOperation(elsewhere, operation, unbounded);
        const asSettled = applyOperation(elsewhere, settled, unbounded);
        expect(asSettled.ok).toBe(as.ok);
        if (as.ok && asSettled.ok) {
          expect(canonical(asSettled.value)).toBe(canonical(as.value));
          // The generated strokes are short.
          expect(settled.payload ?? {}).not.toHaveProperty("from");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("the reference of operation types (OP-5)", () => {
  for (const { type, example, payloadSchema, description } of operationReference()) {
    test(`the example of ${type} applies`, () => {
      const { target, payload, before } = example;
      const parsed = parseOperation({ type, target, payload }, defaultDomainLimits);
      if (!parsed.ok) throw new Error(parsed.error.message);
      const document = documentOf(before as unknown as Design);
      expect(canonical(applied(document, parsed.value))).not.toBe(canonical(document));
      expect(payloadSchema["type"]).toBe(payload === null ? "null" : "object");
      expect(description).not.toBe("");
    });
  }
});
