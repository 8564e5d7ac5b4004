/** Everybody edits one template: what group commit and a log instead of a rewritten document are for. */
import type { Benchmark, BenchContext, Measurement } from "./benchmark.js";
import { openEditRequests } from "./editRequests.js";
import { keepInFlight, type Throughput } from "./inFlight.js";
import { ReadModifyWrite } from "./readModifyWrite.js";
import { editOf, elementCount, rectanglesOf } from "./rectangles.js";
import { median, percentile } from "./statistics.js";
import { startStrata } from "./strata.js";

const DOCUMENT_BYTES = 500_000;
const CLIENTS = 32;
const BASELINE_WRITERS = 10;

export const hotTemplate: Benchmark = {
  name: "hot-template",
  description:
    "acknowledged edits on one 500 KB template, 32 clients with one MOVE_ELEMENT or UPDATE_ELEMENT_PROPS (one in four) in flight each, FORCE, over HTTP; against 10 writers that read, modify and write JSONB",
  run: measure,
};

interface Round {
  readonly own: Throughput & { readonly cpuUs: number };
  readonly other: Throughput;
}

async function measure(context: BenchContext): Promise<Measurement> {
  const { smoke, progress, database } = context;
  const [rounds, durationMs, warmUpMs] = smoke ? [1, 200, 100] : [5, 3_000, 3_000];
  const design = rectanglesOf(DOCUMENT_BYTES);
  const elements = elementCount(design);
  const strata = await startStrata(context);
  const templateId = await strata.newTemplate(design);
  const requests = openEditRequests({ ...strata, templateId }, CLIENTS);
  const baseline = await ReadModifyWrite.open(database.url, BASELINE_WRITERS, design);

  const edits = async (ms: number) => {
    const before = await strata.usage({ collect: false });
    const sent = await keepInFlight(CLIENTS, ms, async (client, count) => {
      await requests.send(editOf(count, elements), `client-${client}`);
    });
    const after = await strata.usage({ collect: false });
    return { ...sent, cpuUs: ((after.cpuMs - before.cpuMs) * 1_000) / sent.answered };
  };
  const rewrites = (ms: number) =>
    keepInFlight(BASELINE_WRITERS, ms, (_writer, count) => baseline.apply(editOf(count, elements)));
  try {
    progress("warming up");
    await edits(warmUpMs);
    await rewrites(warmUpMs / 3);
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}`);
      measured.push({ other: await rewrites(durationMs), own: await edits(durationMs) });
    }
    return summaryOf(measured);
  } finally {
    requests.close();
    await baseline.close();
    await strata.stop();
  }
}

function summaryOf(rounds: readonly Round[]): Measurement {
  const latencies = rounds.flatMap(({ own }) => own.latenciesMs);
  return {
    value: median(rounds.map(({ own }) => own.perSecond)),
    reference: median(rounds.map(({ other }) => other.perSecond)),
    unit: "operations/s",
    ratio: median(rounds.map(({ own, other }) => own.perSecond / other.perSecond)),
    bar: { atLeast: 50 },
    details: {
      "p50 ms": median(latencies),
      "p99 ms": percentile(latencies, 99),
      "server CPU µs": median(rounds.map(({ own }) => own.cpuUs)),
      "baseline p50 ms": median(rounds.flatMap(({ other }) => other.latenciesMs)),
    },
  };
}
