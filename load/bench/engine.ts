/** The engine alone: commands, live template and commit statement without HTTP and GraphQL. */
import { BareCommit } from "./bareCommit.js";
import type { Benchmark, BenchContext, Measurement } from "./benchmark.js";
import { openEngine } from "./engineInProcess.js";
import { keepInFlight, type Throughput } from "./inFlight.js";
import { editOf, elementCount, rectanglesOf } from "./rectangles.js";
import { median, percentile } from "./statistics.js";

const DOCUMENT_BYTES = 500_000;
const IN_FLIGHT = 256;
const ROWS_PER_COMMIT = 50;

export const engine: Benchmark = {
  name: "engine",
  description:
    "acknowledged edits on one 500 KB template, 256 in flight, by the applyOperations command in process; against the bare commit statement with 50 rows per commit, a named prepared statement on one connection",
  run: measure,
};

async function measure(context: BenchContext): Promise<Measurement> {
  const { smoke, progress, database } = context;
  const [rounds, durationMs, warmUpMs] = smoke ? [1, 200, 100] : [5, 2_000, 2_000];
  const design = rectanglesOf(DOCUMENT_BYTES);
  const elements = elementCount(design);
  const opened = await openEngine(database);
  const templateId = await opened.newTemplate(design);
  const edits = (ms: number) =>
    keepInFlight(IN_FLIGHT, ms, (worker, count) =>
      opened.edit(templateId, editOf(count, elements), `client-${worker}`),
    );
  progress("warming up");
  await edits(warmUpMs);
  const rows = await opened.firstOperations(templateId, ROWS_PER_COMMIT);
  const bare = await BareCommit.open(database.url, templateId, rows);
  const commits = async (ms: number) => {
    const { perSecond } = await keepInFlight(1, ms, () => bare.commit());
    return perSecond * ROWS_PER_COMMIT;
  };
  try {
    await commits(warmUpMs / 2);
    const measured: { readonly own: Throughput; readonly other: number }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}`);
      measured.push({ other: await commits(durationMs), own: await edits(durationMs) });
    }
    const latencies = measured.flatMap(({ own }) => own.latenciesMs);
    return {
      value: median(measured.map(({ own }) => own.perSecond)),
      reference: median(measured.map(({ other }) => other)),
      unit: "operations/s",
      ratio: median(measured.map(({ own, other }) => own.perSecond / other)),
      bar: { atLeast: 0.3 },
      details: { "p50 ms": median(latencies), "p99 ms": percentile(latencies, 99) },
    };
  } finally {
    await bare.close();
    await opened.close();
  }
}
