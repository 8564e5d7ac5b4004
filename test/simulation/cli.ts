/**
 * `npm run simulate -- --seeds A..B`: runs those seeds. One that fails is printed with the shortest trace that was found
 * for it, and saved to seeds.json, which CI replays; the exit code is then 1.
 */
import { readCommandLine } from "../../src/cli/commandLine.js";
import { saveSeed } from "./savedSeeds.js";
import { shorten } from "./shorten.js";
import { simulate } from "./simulation.js";

const TRACE_LINES = 80;

async function main(): Promise<number> {
  const [first, last] = rangeOf();
  const startedAt = Date.now();
  const totals = { seeds: 0, failed: 0, versions: 0, steps: 0, virtualMs: 0 };
  for (let seed = first; seed <= last; seed += 1) {
    const result = await simulate(seed);
    totals.seeds += 1;
    totals.versions += result.versions;
    totals.steps += result.steps;
    totals.virtualMs += result.virtualMs;
    if (result.violation !== undefined) {
      totals.failed += 1;
      await report(seed, result.violation);
    }
    if (totals.seeds % 500 === 0) print(`${totals.seeds} seeds, ${totals.failed} failed`);
  }
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  const hours = (totals.virtualMs / 3_600_000).toFixed(1);
  print(
    `seeds ${first}..${last}: ${totals.failed} failed; ${totals.versions} operations committed, ` +
      `${totals.steps} steps, ${hours} hours of virtual time in ${seconds} s`,
  );
  return totals.failed > 0 ? 1 : 0;
}

async function report(seed: number, violation: string): Promise<void> {
  print(`seed ${seed} fails: ${violation}`);
  const { options, result } = await shorten(seed);
  print(`shortened to ${JSON.stringify(options)}, faults ${result.faults.join(" ")}:`);
  for (const line of result.trace.slice(-TRACE_LINES)) print(`  ${line}`);
  saveSeed({ seed, options, found: firstLineOf(result.violation ?? violation) });
}

function firstLineOf(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, 160);
}

function rangeOf(): [number, number] {
  const { values, refuse } = readCommandLine({
    name: "simulate",
    usage: "npm run simulate -- --seeds A..B",
    options: { seeds: { type: "string" } },
  });
  const match = /^(\d+)\.\.(\d+)$/.exec(values.seeds ?? "");
  return match === null ? refuse("which seeds?") : [Number(match[1]), Number(match[2])];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
