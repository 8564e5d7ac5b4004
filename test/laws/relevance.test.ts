/** A merge over the part of a history that matters to a batch decides as one over all of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { Relevance } from "../../src/domain/merge/relevance.js";
import {
  clientWins,
  lastWriterWins,
  reportCollisions,
} from "../../src/domain/merge/judging/verdict.js";
import type { LoggedOperation, OperationContent } from "../../src/domain/operations/operation.js";
import { operationTypes } from "../../src/domain/operations/registry.js";
import { drawDesign, type Draw } from "./generators.js";
import { drawOperation } from "./operationGenerators.js";
import { expectedDesign } from "./oracle.js";
import { mergePair, type Made, type PairOutcome } from "./pairMerge.js";
import { smallCaseDesign, smallCasesOf } from "./smallCases.js";

const judges = { reportCollisions, clientWins, lastWriter: lastWriterWins(0) };

/** How much of the histories was left. */
const kept = { touches: 0, of: 0 };

function relevantTo(mine: readonly OperationContent[]) {
  return (history: readonly LoggedOperation[], head: Document): readonly LoggedOperation[] => {
    const relevance = new Relevance(head, mine);
    const part = () =>
      history
        .map((entry) => ({ ...entry, footprint: relevance.of(entry.footprint) }))
        .filter(({ footprint }) => footprint.length > 0);
    const first = part();
    const found = relevance.widen() ? part() : first;
    for (const { footprint } of found) kept.touches += footprint.length;
    for (const { footprint } of history) kept.of += footprint.length;
    return found;
  };
}

function summaryOf({ outcome, merged, document }: PairOutcome): string {
  if (outcome.kind === "needs") throw new Error("everything was read");
  return canonicalJson({
    outcome: outcome.kind === "collides" ? outcome.collisions : outcome.kind,
    merged: merged.map(({ type, target, payload, transformedFrom }) => ({
      type,
      target,
      payload,
      transformedFrom,
    })),
    document: document === undefined ? null : designOf(document),
  } as never);
}

function check(
  design: Design,
  theirs: readonly OperationContent[],
  mine: OperationContent[],
  names: readonly (keyof typeof judges)[] = ["reportCollisions"],
): void {
  const made = (name: string, contents: readonly OperationContent[]): Made[] =>
    contents.map((content, index) => ({ id: `${name}${index}`, content, timestamp: index }));
  const [earlier, later] = [made("s", theirs), made("c", mine)];
  for (const name of names) {
    const judge = judges[name];
    const whole = mergePair(design, earlier, later, judge);
    const part = mergePair(design, earlier, later, judge, relevantTo(mine));
    expect(summaryOf(part), `${name}: ${JSON.stringify({ theirs, mine })}`).toBe(summaryOf(whole));
  }
}

function drawBatch(draw: Draw, design: Design, max: number): OperationContent[] {
  const batch: OperationContent[] = [];
  let current = design;
  const length = draw(fc.integer, { min: 1, max });
  while (batch.length < length) {
    const operation = drawOperation(draw, current);
    batch.push(operation);
    current = expectedDesign(current, operation);
  }
  return batch;
}

describe("MERGE-41 a history without what does not matter to a batch", () => {
  test.each(operationTypes)("merges %s over anything as the whole does", (type) => {
    for (const other of operationTypes) {
      for (const theirs of smallCasesOf(other)) {
        for (const mine of smallCasesOf(type)) check(smallCaseDesign, [theirs], [mine]);
      }
    }
  });

  test("merges batches over many as the whole does, and is shorter", () => {
    const names = Object.keys(judges) as (keyof typeof judges)[];
    kept.touches = kept.of = 0;
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const design = drawDesign(draw);
        check(design, drawBatch(draw, design, 12), drawBatch(draw, design, 4), names);
      }),
      { numRuns: 300 },
    );
    expect(kept.touches).toBeLessThan(kept.of * 0.7);
  });
});
