/** One node after the other is asked to stop, and started again once it has, while a hundred clients edit. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.js";
import type { Hand } from "./hand.js";

const PACE_MS = 1_000;
const BETWEEN_MS = 1_500;

export function restartAll(clients: number): Fault {
  let joined: readonly Hand[] = [];
  return {
    name: `rolling restart under ${clients} clients`,
    serves: "all",
    holdMs: 0,
    async strike(crew) {
      const { timeline, nodes } = crew.cluster;
      joined = await crew.join(Math.max(0, clients - crew.hands.length), PACE_MS);
      crew.start();
      await sleep(BETWEEN_MS);
      for (const node of nodes) {
        timeline.note(`${node.name} is asked to stop`);
        await node.process.stop();
        const { code, signal } = await node.process.exited;
        if (code !== 0) timeline.violate("FAIL-6", `${node.name} stopped with ${signal ?? code}`);
        await node.revive();
        timeline.note(`${node.name} is back`);
        await sleep(BETWEEN_MS);
      }
    },
    mend: (crew) => crew.leave(joined),
  };
}
