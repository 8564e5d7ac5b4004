/**
 * For how long the event loop is held, in processor time of the main thread between two of its turns. Unlike the delay of a timer
 * it leaves out what other processes of the machine took meanwhile.
 */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { createHistogram } from "node:perf_hooks";

export interface LoopHeld {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const NS_PER_MS = 1e6;
/** The first number in it is the processor time of the process' main thread in nanoseconds. */
const USED = "/proc/self/schedstat";

/** Watches the loop of this thread; answers milliseconds since the last call. */
export function watchLoop(): () => LoopHeld {
  // Other systems do not tell it.
  if (!existsSync(USED)) return () => ({ p50: 0, p99: 0, max: 0 });
  const held = createHistogram();
  const bytes = Buffer.alloc(64);
  const file = openSync(USED, "r");
  process.once("exit", () => closeSync(file));
  const used = () =>
    Number(bytes.toString("latin1", 0, readSync(file, bytes, 0, 64, 0)).split(" ")[0]);
  let before = used();
  setInterval(() => {
    const now = used();
    held.record(Math.max(1, now - before));
    before = used();
  }, 1).unref();
  return () => {
    const [p50 = 0, p99 = 0] = [50, 99].map((share) => held.percentile(share) / NS_PER_MS);
    const max = held.max / NS_PER_MS;
    held.reset();
    return { p50, p99, max };
  };
}
