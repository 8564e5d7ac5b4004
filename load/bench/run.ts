/**
 * `npm run bench`: measures and judges. `-- NAME …` runs only those; `--json` prints one object a line; `--save` writes
 * docs/BENCHMARKS.md; `--smoke` runs everything briefly and judges nothing. Exits with 1 where a bar is missed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { readCommandLine, unknownWord } from "../../src/cli/commandLine.js";
import { isMet, type Benchmark } from "./benchmark.js";
import { startBenchDatabase } from "./database.js";
import { progressLine } from "./progressLine.js";
import { LOAD_HEADING } from "../loadPage.js";
import { benchmarks } from "./registry.js";
import { currentLoad, jsonLine, pageOf, tableOf, type Result } from "./report.js";

const PAGE = "docs/BENCHMARKS.md";

const {
  values: options,
  positionals: names,
  refuse,
} = readCommandLine({
  name: "bench",
  usage: "npm run bench -- [NAME …] [--json] [--save] [--smoke]",
  options: {
    json: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
  positionalsMax: Infinity,
});

function chosen(): readonly Benchmark[] {
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) {
    const known = benchmarks.map(({ name }) => name);
    return refuse(`${unknownWord("name", unknown, known)}, which is none of ${known.join(", ")}`);
  }
  return names.length === 0
    ? benchmarks
    : benchmarks.filter((benchmark) => names.includes(benchmark.name));
}

async function measureAll(): Promise<Result[]> {
  const results: Result[] = [];
  const line = progressLine();
  const list = chosen();
  line.show("starting PostgreSQL");
  const database = await startBenchDatabase();
  const interrupted = () => void database.stop().then(() => process.exit(130));
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    for (const [index, benchmark] of list.entries()) {
      const label = `[${index + 1}/${list.length}] ${benchmark.name}`;
      const progress = (text: string) => line.show(`${label}: ${text}`);
      progress("starting");
      const measurement = await benchmark.run({ database, smoke: options.smoke, progress });
      results.push({ benchmark, measurement });
      line.clear();
      if (options.json && !options.smoke) console.log(jsonLine({ benchmark, measurement }));
    }
  } finally {
    line.clear();
    await database.stop();
  }
  return results;
}

const loadBefore = currentLoad();
const results = await measureAll();
if (options.smoke) console.log(`all ${results.length} ran`);
else if (!options.json) console.log(tableOf(results));
if (options.save && !options.smoke) {
  const old = readFileSync(PAGE, "utf8");
  const aboutLoad = old.includes(LOAD_HEADING) ? `\n${old.slice(old.indexOf(LOAD_HEADING))}` : "";
  writeFileSync(PAGE, pageOf(results, new Date(), loadBefore) + aboutLoad);
}
const missed = results.filter(({ measurement }) => !isMet(measurement));
// Something that a benchmark opened and could not close must not keep a finished run from ending.
process.exit(missed.length > 0 && !options.smoke ? 1 : 0);
