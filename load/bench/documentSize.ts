/** Cost follows the change, not the document: the same small edit in a small document and in a large one. */
import type { Benchmark, BenchContext, Measurement } from "./benchmark.js";
import { openEngine } from "./engineInProcess.js";
import { elementCount, moveOf, rectanglesOf } from "./rectangles.js";
import { median, percentile } from "./statistics.js";

const SMALL_BYTES = 5_000;
const LARGE_BYTES = 5_000_000;

export const documentSize: Benchmark = {
  name: "document-size",
  description:
    "median time until one MOVE_ELEMENT is acknowledged by the applyOperations command in a 5 MB template; against the same in a 5 KB template, taking turns",
  run: measure,
};

async function measure({ database, smoke, progress }: BenchContext): Promise<Measurement> {
  const [warmUps, edits] = smoke ? [5, 20] : [500, 3_000];
  const engine = await openEngine(database);
  try {
    const sides = await Promise.all(
      [SMALL_BYTES, LARGE_BYTES].map(async (bytes) => {
        const design = rectanglesOf(bytes);
        const templateId = await engine.newTemplate(design);
        return { templateId, elements: elementCount(design), timesMs: [] as number[] };
      }),
    );
    progress("warming up");
    for (let count = 0; count < warmUps + edits; count += 1) {
      if (count === warmUps) progress("taking turns");
      for (const { templateId, elements, timesMs } of sides) {
        const startedAt = performance.now();
        await engine.edit(templateId, moveOf(count * 31, elements), "bench");
        if (count >= warmUps) timesMs.push(performance.now() - startedAt);
      }
    }
    const [small, large] = sides.map(({ timesMs }) => timesMs);
    if (small === undefined || large === undefined) throw new Error("two sides were measured");
    return {
      value: median(large),
      reference: median(small),
      unit: "ms/edit",
      ratio: median(large) / median(small),
      bar: { atMost: 1.5 },
      details: { "p99 ms": percentile(large, 99), "reference p99 ms": percentile(small, 99) },
    };
  } finally {
    await engine.close();
  }
}
