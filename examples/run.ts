/**
 * `npm run example -- NAME …`: runs one of the examples against a server of its own on a temporary folder, or against
 * the GraphQL endpoint that STRATA_URL names. Exits with 0 only where the example found all as it should be.
 */
import { existsSync } from "node:fs";
import type { ExampleArguments } from "./exampleArguments.js";
import { readCommandLine } from "../src/cli/commandLine.js";
import { startOwnServer } from "./ownServer.js";
import { runDraw } from "./runDraw.js";
import { runReplayTrace } from "./runReplayTrace.js";

const examples: { readonly [name: string]: (given: ExampleArguments) => Promise<boolean> } = {
  draw: runDraw,
  "replay-trace": runReplayTrace,
};

const USAGE = [
  "npm run example -- draw FILE [--limit N] [--seed N] [--leave-out-bad]",
  "npm run example -- replay-trace FILE [--limit N]",
].join("\n  ");

function numbers(
  options: { readonly limit?: string; readonly seed?: string },
  refuse: (problem: string) => never,
) {
  const entries = Object.entries(options).map(([name, text]) => {
    if (!/^\d{1,15}$/.test(text)) return refuse(`--${name} takes a whole number`);
    return [name, Number(text)] as const;
  });
  return Object.fromEntries(entries) as { readonly limit?: number; readonly seed?: number };
}

async function main(): Promise<boolean> {
  const { values, positionals, refuse } = readCommandLine({
    name: "example",
    usage: USAGE,
    options: {
      limit: { type: "string" },
      seed: { type: "string" },
      "leave-out-bad": { type: "boolean", default: false },
    },
    positionalsMax: 2,
  });
  const [name = "", ...words] = positionals;
  const example = examples[name];
  if (example === undefined) return refuse(name === "" ? "which one?" : `there is no ${name}`);
  if (words.length === 0) return refuse("which file?");
  const [file = ""] = words;
  if (!existsSync(file)) return refuse(`there is no file ${file}`);
  const { "leave-out-bad": leaveOutBad, ...counts } = values;
  const bounds = numbers(counts, refuse);
  const given = process.env["STRATA_URL"];
  const server = given === undefined ? await startOwnServer() : undefined;
  try {
    return await example({ url: server?.url ?? given ?? "", words, leaveOutBad, ...bounds });
  } finally {
    await server?.stop();
  }
}

process.exitCode = (await main()) ? 0 : 1;
