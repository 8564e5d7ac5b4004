/** The load figures in docs/BENCHMARKS.md, below what `npm run bench -- --save` writes. */
import { readFileSync, writeFileSync } from "node:fs";
import { commit, machine } from "./bench/report.js";
import type { LoadScenario } from "./loadScenarios.js";

const PAGE = "docs/BENCHMARKS.md";
export const LOAD_HEADING = "## Load";

export interface Figures {
  readonly scenario: LoadScenario;
  readonly figures: { readonly [name: string]: string };
  readonly problems: readonly string[];
}

/** Replaces the part of the page about load; scenarios that were not run now keep what they had. */
export function saveFigures(all: readonly Figures[]): void {
  const page = readFileSync(PAGE, "utf8");
  const start = page.indexOf(LOAD_HEADING);
  const benchmarks = start < 0 ? page : page.slice(0, start);
  const kept = new Map(
    (start < 0 ? "" : page.slice(start))
      .split("\n### ")
      .slice(1)
      .map((section) => [section.split("\n", 1)[0] ?? "", `### ${section.trimEnd()}`]),
  );
  for (const figures of all) kept.set(figures.scenario.name, sectionOf(figures));
  const intro =
    "Written by `npm run load -- --save`: k6 scenarios of `load/scenarios`, with thresholds. k6, the nodes, PostgreSQL and\n" +
    "Redis share the machine, and k6 takes more of it than the nodes do: latencies are as k6 saw them, its own waiting\n" +
    "included.";
  const text = [`${benchmarks.trimEnd()}\n`, LOAD_HEADING, "", intro, ""];
  for (const section of kept.values()) text.push(section, "");
  writeFileSync(PAGE, text.join("\n"));
}

function sectionOf({ scenario, figures, problems }: Figures): string {
  const date = new Date().toISOString().slice(0, 10);
  const verdict = problems.length === 0 ? "all thresholds met" : problems.join(", ");
  return [
    `### ${scenario.name}`,
    "",
    `${scenario.description}. ${date}, commit ${commit()}, ${machine()}: ${verdict}.`,
    "",
    ...Object.entries(figures).map(([name, value]) => `- ${name}: ${value}`),
  ].join("\n");
}
