/** Sequences that follow the time, never fall, and differ between nodes: milliseconds, then the node's number. */

/** Nodes that differ in their number; greater sequences would not be exact. */
const tagsMax = 1_024;

/** Makes sequences for the node with the number (0 to 1,023): above the known one, and the time's if that is greater. */
export function sequences(tag: number): (known: number, now: number) => number {
  return (known, now) => {
    const instant = Math.max(now, Math.floor(known / tagsMax));
    const sequence = instant * tagsMax + tag;
    return sequence > known ? sequence : sequence + tagsMax;
  };
}
