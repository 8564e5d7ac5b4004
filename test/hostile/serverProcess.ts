/** A server in a process of its own, which tells on request how much its heap holds after a collection, and how busy it was. */
import { performance } from "node:perf_hooks";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer } from "../../src/node/server.js";
import { watchLoop, type LoopHeld } from "./loopHeld.js";

declare const gc: () => void;

/** How busy a node was for a while. */
export interface NodeLoad {
  /** Processors that its process took: 1 is one of them all the time. */
  readonly processors: number;
  /** The share of the time in which its event loop was busy. */
  readonly loopBusy: number;
  readonly loopHeldMs: LoopHeld;
}

const takeHeld = watchLoop();
const reading = () => ({
  at: performance.now(),
  used: process.cpuUsage(),
  loop: performance.eventLoopUtilization(),
});
let since = reading();

function takeLoad(): NodeLoad {
  const { user, system } = process.cpuUsage(since.used);
  const load = {
    processors: (user + system) / 1_000 / (performance.now() - since.at),
    loopBusy: performance.eventLoopUtilization(since.loop).utilization,
    loopHeldMs: takeHeld(),
  };
  since = reading();
  return load;
}

const server = await startServer(readConfig(process.env));
process.on("message", (message) => {
  if (message === "heap") {
    gc();
    process.send?.({ heapBytes: process.memoryUsage().heapUsed });
  } else if (message === "load") {
    process.send?.({ load: takeLoad() });
  } else {
    void server.close().then(() => process.exit(0));
  }
});
process.on("disconnect", () => process.exit(1));
process.send?.({ port: Number(new URL(server.url).port) });
