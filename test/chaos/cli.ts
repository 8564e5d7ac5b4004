/**
 * `npm run chaos -- --faults N`: breaks a real cluster N times and checks everything after each; `--seed S` for another
 * course, `--fault TEXT` for the faults with it in their name, `--json` for the times as JSON, `--program FOLDER` for
 * nodes of another build. Exit code 1 where a promise was broken, with the seed and what happened.
 */
import { readCommandLine } from "../../src/cli/commandLine.js";
import { packageRoot } from "../../src/platform/packageRoot.js";
import { Random } from "../simulation/random.js";
import { allFaults, fullDurations } from "./faults.js";
import type { Fault } from "./fault.js";
import { tableOf, timesOf } from "./report.js";
import { run } from "./run.js";
import { Timeline } from "./timeline.js";

const USAGE =
  "npm run chaos -- [--faults N] [--seed S] [--clients N] [--fault TEXT] [--program FOLDER] [--json] [--verbose]";
const LINES_SHOWN = 120;

async function main(): Promise<number> {
  const { values } = readCommandLine({
    name: "chaos",
    usage: USAGE,
    options: {
      faults: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      clients: { type: "string", default: "24" },
      fault: { type: "string" },
      program: { type: "string", default: packageRoot },
      json: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  const seed = numberOf("seed", values.seed);
  const startedAt = performance.now();
  const timeline = new Timeline((line) => {
    const isProgress = /fault \d+:|all is well|VIOLATION|verify:/.test(line);
    if (values.verbose || isProgress) process.stderr.write(`${line}\n`);
  });
  try {
    const { recoveries, acknowledged, versions } = await run({
      seed,
      course: drawCourse(seed, numberOf("faults", values.faults), values.fault),
      clients: numberOf("clients", values.clients),
      paceMs: 400,
      programDir: values.program,
      timeline,
    });
    const times = timesOf(recoveries);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const totals = { faults: recoveries.length, versions, acknowledged, seconds };
    if (values.json) process.stdout.write(`${JSON.stringify({ ...totals, times })}\n`);
    else {
      process.stdout.write(
        `${tableOf(times)}\n\nseed ${values.seed}: ${totals.faults} faults in ${seconds} s, ` +
          `${versions} versions, ${acknowledged} operations acknowledged, nothing lost\n`,
      );
    }
    return 0;
  } catch (error) {
    process.stderr.write(`seed ${values.seed}: ${(error as Error).stack}\n`);
    for (const line of timeline.lines.slice(-LINES_SHOWN)) process.stderr.write(`${line}\n`);
    return 1;
  }
}

/** Those with the text in their name, in an order that the seed tells; each comes before one of them comes again. */
function drawCourse(seed: number, count: number, text = ""): Fault[] {
  const random = new Random(seed, "course");
  const faults = allFaults(fullDurations).filter(({ name }) => name.includes(text));
  if (faults.length === 0) throw new Error(`no fault has ${text} in its name`);
  const course: Fault[] = [];
  while (course.length < count) {
    const deck = [...faults];
    while (deck.length > 0) course.push(...deck.splice(random.between(0, deck.length - 1), 1));
  }
  return course.slice(0, count);
}

function numberOf(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number`);
  return Number(text);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
// Whatever still hangs on a socket does not keep a finished run.
process.exit(await main());
