/** `npm run hostile -- --requests N --seed S --width N`: a long attack on a server of its own, and how it stood it. */
import { readCommandLine } from "../../src/cli/commandLine.js";
import { startBenchDatabase } from "../../load/bench/database.js";
import { runHostile, type HostileReport } from "./run.js";

/**
 * How much slower than beside burners others may become at the 99th percentile, and the longest that anybody may wait. The first
 * is judged on what the node adds: beside burners the machine is as busy as under attack.
 */
const SLOWER_TIMES_MAX = 2;
const WORST_MS_MAX = 250;
/** What bounded caches take until they are full; twice as many requests leave no more. */
const HEAP_GROWTH_BYTES_MAX = 60_000_000;

const { values } = readCommandLine({
  name: "hostile",
  usage: "npm run hostile -- [--requests N] [--seed S] [--width N]",
  options: {
    requests: { type: "string", default: "10000" },
    width: { type: "string", default: "4" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
const requests = Number(values.requests);

function at(share: number, latencies: readonly number[]): number {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function show(report: HostileReport): boolean {
  const { answers, failures, bystanderFailures, quiet, calibrated, attacked } = report;
  const rows = [...answers]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`);
  console.log(`seed ${seed}, ${requests} requests: ${rows.join(", ")}`);
  for (const failure of [...failures, ...bystanderFailures].slice(0, 20))
    console.log(`  ${failure}`);
  const growth = report.heapBytesAfter - report.heapBytesBefore;
  console.log(
    `heap after a collection: ${report.heapBytesBefore} bytes before, ${report.heapBytesAfter} after`,
  );
  showLoads(report);
  for (const share of [0.5, 0.95, 0.99, 1]) {
    const [before, beside, during] = [quiet, calibrated, attacked].map((all) =>
      at(share, all).toFixed(1),
    );
    console.log(
      `others' edits, ${share === 1 ? "worst" : `${share * 100} %`}: ${before} ms quiet, ${beside} ms beside burners, ${during} ms attacked`,
    );
  }
  const slower = at(0.99, attacked) / at(0.99, calibrated);
  const worst = at(1, attacked);
  console.log(
    `others were served ${attacked.length} times, at the 99th percentile ${(at(0.99, attacked) / at(0.99, quiet)).toFixed(2)} times as slowly as in quiet, ${slower.toFixed(2)} times as slowly as beside burners`,
  );
  return (
    failures.length === 0 &&
    bystanderFailures.length === 0 &&
    growth < HEAP_GROWTH_BYTES_MAX &&
    slower <= SLOWER_TIMES_MAX &&
    worst <= WORST_MS_MAX &&
    report.exitCode === 0
  );
}

/** What the node and the rest of the machine did meanwhile. */
function showLoads({ processors, quietLoad, attackedLoad }: HostileReport): void {
  const { attacker, postgres } = processors;
  console.log(
    `processors under attack: attacker ${attacker.toFixed(2)}, PostgreSQL ${postgres.toFixed(2)}, node ${attackedLoad.processors.toFixed(2)}`,
  );
  for (const [name, { loopBusy, loopHeldMs }] of [
    ["quiet", quietLoad],
    ["attacked", attackedLoad],
  ] as const) {
    const { p50, p99, max } = loopHeldMs;
    console.log(
      `event loop, ${name}: busy ${(loopBusy * 100).toFixed(0)} %, held for ${p50.toFixed(1)} ms (50 %), ${p99.toFixed(1)} ms (99 %), ${max.toFixed(1)} ms (worst)`,
    );
  }
}

const database = await startBenchDatabase();
try {
  const progress = (text: string) => process.stderr.write(`\r${text}          `);
  const stood = show(
    await runHostile({
      databaseUrl: database.url,
      seed,
      requests,
      width: Number(values.width),
      heavy: true,
      calibrated: true,
      progress,
    }),
  );
  process.exitCode = stood ? 0 : 1;
} finally {
  await database.stop();
}
