/** Makes a failing run smaller: fewer faults, clients and actions, as long as some promise is still broken. */
import { faultKinds } from "./faults.js";
import { simulate, type RunResult } from "./simulation.js";
import type { Sabotage } from "./simulatedNode.js";
import type { RunOptions } from "./world.js";

export interface Shortened {
  readonly options: RunOptions;
  readonly result: RunResult;
}

/** The smallest failing run that was found from the seed's own. */
export async function shorten(seed: number, sabotage: Sabotage = {}): Promise<Shortened> {
  let best: Shortened = { options: {}, result: await simulate(seed, {}, sabotage) };
  const attempt = async (options: RunOptions): Promise<boolean> => {
    const result = await simulate(seed, options, sabotage);
    if (result.violation === undefined) return false;
    if (result.trace.length > best.result.trace.length * 1.2) return false;
    best = { options, result };
    return true;
  };
  for (let clients = 1; clients <= 4; clients += 1) {
    if (await attempt({ ...best.options, clients })) break;
  }
  for (const actions of [1, 2, 3, 4, 6, 8]) {
    if (await attempt({ ...best.options, actions })) break;
  }
  for (const kind of faultKinds) {
    if (!best.result.faults.includes(kind)) continue;
    await attempt({ ...best.options, without: [...(best.options.without ?? []), kind] });
  }
  return best;
}
