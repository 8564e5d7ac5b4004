/** Ids for rows of ours: UUIDs of version 7 (RFC 9562), which sort by time, so that indexes grow at their end. */
import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.js";

/** A maker of ids that also sorts those of one millisecond in the order in which it made them. */
export function timeOrderedIds(clock: Clock): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const now = clock.now();
    counter = now > lastMs ? 0 : counter + 1;
    // A clock that is set back, or 4,096 ids in a millisecond: go on from the last instant.
    if (counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    lastMs = Math.max(lastMs, now);
    const random = randomBytes(8);
    random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
    const time = lastMs.toString(16).padStart(12, "0");
    const order = counter.toString(16).padStart(3, "0");
    const tail = random.toString("hex");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  };
}
