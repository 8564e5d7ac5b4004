import { describe, expect, it } from "vitest";
import { savedSeeds } from "./savedSeeds.js";
import { simulate } from "./simulation.js";
import { faultKinds } from "./faults.js";

const SEEDS = 200;

/** The promises that were broken, with the end of the trace, so that a failure tells what happened. */
async function brokenBy(seeds: readonly number[]): Promise<string[]> {
  const broken: string[] = [];
  for (const seed of seeds) {
    const { violation, trace } = await simulate(seed);
    if (violation === undefined) continue;
    broken.push(`seed ${seed}: ${violation}\n${trace.slice(-30).join("\n")}`);
  }
  return broken;
}

describe("simulation", () => {
  it("SIM-1 is the same run for the same seed", async () => {
    for (const seed of [3, 14, 15, 92]) {
      const [first, second] = [await simulate(seed), await simulate(seed)];
      expect(second.trace.join("\n")).toBe(first.trace.join("\n"));
      expect(second).toEqual(first);
      expect((await simulate(seed + 1)).trace).not.toEqual(first.trace);
    }
  });

  it("SIM-2 SIM-3 SIM-4 SIM-5 SIM-6 SIM-7 SIM-8 SIM-9 SIM-10 SIM-13 hold whatever is lost, late or away", async () => {
    const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
    expect(await brokenBy(seeds)).toEqual([]);
  });

  it("SIM-11 every fault strikes in the runs of CI, and edits get through", async () => {
    const seen = new Map<string, number>();
    let versions = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const result = await simulate(seed, { actions: 1 });
      versions += result.versions;
      for (const kind of result.faults) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect(faultKinds.filter((kind) => (seen.get(kind) ?? 0) < 5)).toEqual([]);
    expect(versions).toBeGreaterThan(100);
  });

  it.for(savedSeeds())("seed $seed, which once showed $found", async ({ seed, options }) => {
    const { violation } = await simulate(seed, options);
    expect(violation).toBeUndefined();
  });
});
