/** Results as lines of JSON, as a table and as docs/BENCHMARKS.md. */
import { execFileSync } from "node:child_process";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { isMet, type Bar, type Benchmark, type Measurement } from "./benchmark.js";

export interface Result {
  readonly benchmark: Benchmark;
  readonly measurement: Measurement;
}

/** One line of `--json`. */
export function jsonLine({ benchmark: { name }, measurement }: Result): string {
  const { value, unit, reference, ratio, bar, details } = measurement;
  const ok = isMet(measurement);
  return JSON.stringify({ name, value, unit, reference, ratio, bar: limitOf(bar), ok, details });
}

const HEADERS = ["benchmark", "value", "reference", "unit", "ratio", "bar", ""];

function cellsOf({ benchmark, measurement }: Result): string[] {
  const { value, reference, unit, ratio, bar } = measurement;
  const verdict = isMet(measurement) ? "ok" : "MISSED";
  const wanted = `${"atLeast" in bar ? "≥" : "≤"} ${limitOf(bar)}`;
  return [benchmark.name, short(value), short(reference), unit, short(ratio), wanted, verdict];
}

/** The results for a person at a terminal. */
export function tableOf(results: readonly Result[]): string {
  const rows = [HEADERS, ...results.map(cellsOf)];
  const widths = HEADERS.map((_, column) => Math.max(...rows.map((row) => width(row, column))));
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
  );
  const details = results.map((result) => `${result.benchmark.name}: ${detailsOf(result)}`);
  return [...lines.map((line) => line.trimEnd()), "", ...details].join("\n");
}

/** Of the machine before the run: what other programs were doing with it. */
export function currentLoad(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** The page for the repository; `loadBefore` is the machine's load average when the run began. */
export function pageOf(results: readonly Result[], date: Date, loadBefore: number): string {
  const rows = [HEADERS.map((header) => header || "met"), HEADERS.map(() => "---")];
  const table = [...rows, ...results.map(cellsOf)].map((row) => `| ${row.join(" | ")} |`);
  const about = results.map(
    (result) =>
      `- **${result.benchmark.name}**: ${result.benchmark.description}. ${detailsOf(result)}.`,
  );
  return [
    "# Benchmarks",
    "",
    "Written by `npm run bench -- --save`. Each value is measured beside its reference in one run, in interleaved",
    "rounds, on the embedded PostgreSQL with the settings of production (a fresh data folder, fsync on). Clients,",
    "server and PostgreSQL share the machine. Figures move from machine to machine; ratios hold better, and the bars",
    "are set on them.",
    "",
    `${date.toISOString().slice(0, 10)}, commit ${commit()}, ${machine()}; load average before the run`,
    `${short(loadBefore)}${loadBefore > 1 ? ": other programs had a part of the machine, so the figures are not its best" : ""}.`,
    "",
    ...table,
    "",
    ...about,
    "",
  ].join("\n");
}

function detailsOf({ measurement: { details } }: Result): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${short(value)}`)
    .join(", ");
}

function limitOf(bar: Bar): number {
  return "atLeast" in bar ? bar.atLeast : bar.atMost;
}

function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

function width(row: readonly string[], column: number): number {
  return row[column]?.length ?? 0;
}

/** What the figures were measured on. */
export function machine(): string {
  const [first] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const processor = `${cpus().length} × ${first?.model.trim() || arch()}`;
  return `${processor}, ${gigabytes} GB, ${platform()} ${release()}, Node ${process.versions.node}`;
}

/** The commit that was measured. */
export function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--", "src", "load") !== "";
  return git("rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
}
