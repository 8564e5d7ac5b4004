/** The draw example at the command line: reads the file, shows the progress, prints what came out. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Design } from "../src/domain/document/design.js";
import { convertWhatFits } from "../src/seed/excalidraw.js";
import { namesOf } from "../src/seed/withoutBadElements.js";
import { draw, type Drawn } from "./draw.js";
import { drawingSteps } from "./drawingSteps.js";
import type { ExampleArguments } from "./exampleArguments.js";
import { ProgressBar } from "./progressBar.js";

/** Whether all compared equal. A library with bad elements is drawn only where it may be drawn without them. */
export async function runDraw({
  words,
  leaveOutBad = false,
  ...given
}: ExampleArguments): Promise<boolean> {
  const [file = ""] = words;
  const { design, leftOut } = convertWhatFits(await readLibrary(file));
  if (leftOut.length > 0) {
    console.error(`${file}: ${leftOut.length} elements are bad\n${namesOf(leftOut)}`);
    if (!leaveOutBad) {
      console.error("mend them, or draw the rest with --leave-out-bad");
      return false;
    }
  }
  const total = Math.min([...drawingSteps(design)].length, given.limit ?? Infinity);
  const bar = new ProgressBar("drawing", total);
  const progress = (done: number) => bar.show(done);
  const drawn = await draw({ ...given, name: nameOf(file), design, progress });
  console.log(summaryOf(design, drawn, leftOut.length));
  return drawn.comparisons.every(({ equal }) => equal);
}

/** The JSON of a `.excalidrawlib` file, gzipped or not. */
async function readLibrary(file: string): Promise<unknown> {
  const bytes = await readFile(file);
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return JSON.parse((gzipped ? gunzipSync(bytes) : bytes).toString("utf8"));
}

function nameOf(file: string): string {
  return basename(file).replace(/\.excalidrawlib(\.gz)?$/, "");
}

function summaryOf(design: Design, drawn: Drawn, leftOut: number): string {
  const { operations, seconds, events } = drawn;
  const elements = design.pages.reduce((sum, page) => sum + page.elements.length, 0);
  const types = [...drawn.operationsByType]
    .toSorted(([, a], [, b]) => b - a)
    .map(([type, count]) => `${type} ${count}`);
  return [
    `library      ${design.pages.length} pages, ${elements} elements${leftOut > 0 ? `, ${leftOut} bad ones left out` : ""}`,
    `operations   ${operations} in ${seconds.toFixed(1)} s: ${Math.round(operations / seconds)} per second, one at a time`,
    `             ${types.join(", ")}`,
    `follower     ${events} changes`,
    `seed         ${drawn.seed}`,
    ...drawn.comparisons.map(
      ({ what, equal }) => `${equal ? "equal       " : "DIFFERENT   "} ${what}`,
    ),
  ].join("\n");
}
