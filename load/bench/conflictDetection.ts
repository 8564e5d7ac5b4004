/** What it takes to tell what of a long batch collides with what others committed since its base. */
import { documentOf } from "../../src/domain/document/fromDesign.js";
import type { Document } from "../../src/domain/document/document.js";
import { collisions, type Footprinted } from "../../src/domain/merge/collide.js";
import { footprintOf } from "../../src/domain/operations/registry.js";
import type { Benchmark, BenchContext, Measurement } from "./benchmark.js";
import { editOf, elementCount, rectanglesOf } from "./rectangles.js";
import { median, percentile } from "./statistics.js";

const DOCUMENT_BYTES = 50_000;
const MANY = 1_000;
const FEW = 50;
const BAR_MS = 5;

export const conflictDetection: Benchmark = {
  name: "conflict-detection",
  description:
    `median time to find the collisions of ${MANY} operations of a client with ${FEW} committed ones, footprints of ` +
    `the client's included, and of ${FEW} with ${MANY} where that takes longer; against ${BAR_MS} ms`,
  run: measure,
};

function measure({ smoke, progress }: BenchContext): Promise<Measurement> {
  const [warmUps, rounds] = smoke ? [2, 5] : [200, 500];
  const design = rectanglesOf(DOCUMENT_BYTES);
  const document = documentOf(design);
  const elements = elementCount(design);
  const edits = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => editOf(from + index, elements));
  const [long, short] = [edits(0, MANY), edits(3, FEW)];
  const [manyAgainstFew, fewAgainstMany]: [number[], number[]] = [[], []];
  let found = 0;
  for (let round = 0; round < warmUps + rounds; round += 1) {
    if (round === warmUps) progress("taking turns");
    const few = timed(document, long, footprinted(document, short));
    const many = timed(document, short, footprinted(document, long));
    found = few.found;
    if (round < warmUps) continue;
    manyAgainstFew.push(few.timeMs);
    fewAgainstMany.push(many.timeMs);
  }
  const value = Math.max(median(manyAgainstFew), median(fewAgainstMany));
  return Promise.resolve({
    value,
    reference: BAR_MS,
    unit: "ms",
    ratio: value / BAR_MS,
    bar: { atMost: 1 },
    details: {
      "1,000 against 50 ms": median(manyAgainstFew),
      "p99 ms": percentile(manyAgainstFew, 99),
      "50 against 1,000 ms": median(fewAgainstMany),
      collisions: found,
    },
  });
}

type Edits = readonly ReturnType<typeof editOf>[];

function timed(document: Document, client: Edits, committed: readonly Footprinted[]) {
  const startedAt = performance.now();
  const found = collisions(footprinted(document, client), committed).length;
  return { timeMs: performance.now() - startedAt, found };
}

/** Committed operations carry their footprints; those of a client are taken when it sends them. */
function footprinted(document: Document, edits: Edits): Footprinted[] {
  return edits.map((edit) => ({ id: edit.id, footprint: footprintOf(document, edit) }));
}
