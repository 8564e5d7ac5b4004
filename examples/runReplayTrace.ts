/** The replay-trace example at the command line: reads the file, shows the progress, prints what came out. */
import { basename } from "node:path";
import type { ExampleArguments } from "./exampleArguments.js";
import { ProgressBar } from "./progressBar.js";
import { replayTrace, type Replayed } from "./replayTrace.js";
import { scoreOf, type Score } from "./trace/score.js";
import { readTrace } from "./trace/traceFile.js";

/** Whether all compared equal. `--limit` counts transactions. */
export async function runReplayTrace({ url, words, limit }: ExampleArguments): Promise<boolean> {
  const [file = ""] = words;
  const score = scoreOf(await readTrace(file), limit);
  const bar = new ProgressBar("typing", score.trace.transactions.length);
  const progress = (committed: number) => bar.show(committed);
  const replayed = await replayTrace({ url, name: nameOf(file), score, progress });
  console.log(summaryOf(score, replayed));
  return replayed.comparisons.every(({ equal }) => equal);
}

function nameOf(file: string): string {
  return basename(file).replace(/\.json(\.gz)?$/, "");
}

function summaryOf({ trace, ties }: Score, replayed: Replayed): string {
  const { batches, lost, seconds, typedElsewhere, comparisons } = replayed;
  const operations = trace.transactions.length;
  const notes = [
    ...(ties.count > 0 ? [`${ties.count} transactions waited for text before theirs`] : []),
    ...(ties.unordered > 0 ? [`${ties.unordered} could not be sent in the order of the text`] : []),
    ...(typedElsewhere > 0 ? [`${typedElsewhere} were typed on more than their author saw`] : []),
    ...(lost > 0 ? [`${lost} requests were sent again`] : []),
  ];
  return [
    `trace        ${trace.kind}, ${trace.agents} people, ${operations} transactions`,
    `operations   ${operations} in ${seconds.toFixed(1)} s: ${Math.round(operations / seconds)} per second, in ${batches} batches`,
    ...notes.map((note) => `note         ${note}`),
    ...comparisons.map(({ what, equal }) => `${equal ? "equal       " : "DIFFERENT   "} ${what}`),
  ].join("\n");
}
