/**
 * `npm run load -- NAME …`: runs k6 scenarios against nodes of their own, built as `npm start` builds them; without a
 * name all of them. `--save` records the figures in docs/BENCHMARKS.md. What a scenario takes from the environment (SECONDS,
 * EDITORS, …) stands at its top. Exits with 1 where a threshold or a judgement failed.
 */
import { readCommandLine, unknownWord } from "../src/cli/commandLine.js";
import { findK6, K6_MISSING, runK6, type Summary } from "./k6.js";
import { saveFigures, type Figures } from "./loadPage.js";
import { loadScenarios, type LoadScenario } from "./loadScenarios.js";
import { startNodes } from "./nodes.js";

const {
  values: options,
  positionals: names,
  refuse,
} = readCommandLine({
  name: "load",
  usage: "npm run load -- [NAME …] [--save]",
  options: { save: { type: "boolean", default: false } },
  positionalsMax: Infinity,
});

function chosen(): readonly LoadScenario[] {
  const unknown = names.find((name) => !loadScenarios.some((scenario) => scenario.name === name));
  if (unknown === undefined) {
    return names.length === 0
      ? loadScenarios
      : loadScenarios.filter(({ name }) => names.includes(name));
  }
  const known = loadScenarios.map(({ name }) => name);
  return refuse(`${unknownWord("name", unknown, known)}, which is none of ${known.join(", ")}`);
}

function stop(code: number, message: string): never {
  console.error(`load: ${message}`);
  process.exit(code);
}

async function measure(program: string, scenario: LoadScenario): Promise<Figures> {
  const { nodes, stop } = await startNodes(scenario.nodes, scenario.settings);
  try {
    const watch = scenario.watch?.(nodes, process.env);
    const before = nodes.map((node) => node.usage().cpuSeconds);
    const startedAt = performance.now();
    const summary = await runK6(program, `load/scenarios/${scenario.script}`, {
      STRATA_URL: nodes.map(({ url }) => url).join(","),
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = (nodes[0]?.usage().cpuSeconds ?? 0) - (before[0] ?? 0);
    const watched = await watch?.(summary);
    return {
      scenario,
      problems: [
        ...(summary.thresholdsMet ? [] : ["a threshold was crossed"]),
        ...(watched?.problems ?? []),
      ],
      figures: {
        ...shownOf(scenario, summary),
        ...watched?.figures,
        "CPU of the (first) node": `${((100 * cpu) / seconds).toFixed(0)} % of a core`,
      },
    };
  } finally {
    await stop();
  }
}

function shownOf({ shown }: LoadScenario, { metrics }: Summary): Figures["figures"] {
  return Object.fromEntries(
    shown.map(([metric, value, unit]) => {
      const figure = metrics[metric]?.[value];
      const text = figure === undefined ? "not measured" : Math.round(figure).toLocaleString("en");
      return [value === "count" ? unit : `${metric} ${value}`, `${text} ${unit}`];
    }),
  );
}

const program = findK6() ?? stop(2, K6_MISSING);
const all: Figures[] = [];
for (const scenario of chosen()) {
  console.log(`\n${scenario.name}: ${scenario.description}\n`);
  all.push(await measure(program, scenario));
}
for (const { scenario, figures, problems } of all) {
  console.log(`\n${scenario.name}: ${problems.length === 0 ? "ok" : problems.join(", ")}`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name}: ${value}`);
}
if (options.save) saveFigures(all);
process.exit(all.every(({ problems }) => problems.length === 0) ? 0 : 1);
