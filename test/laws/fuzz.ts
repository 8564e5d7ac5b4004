/**
 * `npm run fuzz -- --minutes N [--seed S] [--histories N]`: runs random concurrent histories until the time is up, the
 * number is reached, or a law is broken. A failure is made smaller, printed with its seed, and saved to
 * test/laws/seeds/, which the laws replay. Exits with 1 where a law was broken.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../../src/cli/commandLine.js";
import { brokenBy, madeHistory, shrunk, type History } from "./histories.js";

const FAILURES_MAX = 5;
const REPORT_EVERY_MS = 10_000;

const { values, refuse } = readCommandLine({
  name: "fuzz",
  usage: "npm run fuzz -- [--minutes N] [--seed S] [--histories N]",
  options: {
    minutes: { type: "string" },
    seed: { type: "string" },
    histories: { type: "string" },
  },
});
const first = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const histories = Number(values.histories ?? Infinity);
const minutes = Number(values.minutes ?? (values.histories === undefined ? 1 : Infinity));
if ([first, histories, minutes].some(Number.isNaN)) {
  refuse("--minutes, --seed and --histories take numbers");
}

const startedAt = performance.now();
const seconds = () => (performance.now() - startedAt) / 1000;
let reportedAt = startedAt;
let done = 0;
let failures = 0;
while (done < histories && seconds() < minutes * 60 && failures < FAILURES_MAX) {
  const seed = first + done;
  const { history, broken } = madeHistory(seed);
  done += 1;
  if (broken !== undefined) {
    failures += 1;
    report(seed, shrunk(history));
  }
  if (performance.now() - reportedAt > REPORT_EVERY_MS) {
    reportedAt = performance.now();
    console.log(`${done} histories, seeds ${first}..${seed}, ${rate()} a second`);
  }
}
const verdict = failures === 0 ? "all laws held" : `${failures} broke a law`;
console.log(
  `${done} histories, seeds ${first}..${first + done - 1}, ${rate()} a second: ${verdict}`,
);
process.exitCode = failures === 0 ? 0 : 1;

function rate(): number {
  return Math.round(done / seconds());
}

function report(seed: number, history: History): void {
  const folder = join(fileURLToPath(new URL(".", import.meta.url)), "seeds");
  const file = join(folder, `${seed}.json`);
  const steps = history.steps.map((step) => `  ${JSON.stringify(step)}`);
  console.error(`seed ${seed}: ${brokenBy(history)?.stack ?? "passes when it is replayed"}`);
  console.error([JSON.stringify(history.design), ...steps, `saved to ${file}`].join("\n"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(history, null, 1)}\n`);
}
