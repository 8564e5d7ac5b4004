/** The seeds that once failed, with what made them fail: each stays a regression test. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RunOptions } from "./world.js";

export interface SavedSeed {
  readonly seed: number;
  readonly options: RunOptions;
  /** The promise that was broken. */
  readonly found: string;
}

const path = fileURLToPath(new URL("seeds.json", import.meta.url));

export function savedSeeds(): SavedSeed[] {
  if (!existsSync(path)) return [];
  return JSON.parse(readFileSync(path, "utf8")) as SavedSeed[];
}

/** Adds a seed, unless it is there with the same options. */
export function saveSeed(saved: SavedSeed): void {
  const all = savedSeeds();
  const key = keyOf(saved);
  if (all.some((other) => keyOf(other) === key)) return;
  writeFileSync(path, `${JSON.stringify([...all, saved], null, 2)}\n`);
}

function keyOf({ seed, options }: SavedSeed): string {
  return JSON.stringify([seed, options]);
}
