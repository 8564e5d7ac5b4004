/** Random numbers that a printed seed brings back: mulberry32, a public domain generator by Tommy Ettinger. */

/** Numbers of at least 0 and below 1; the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many different whole numbers from `from` to `to`, both inclusive, or all of them where there are fewer. */
export function differentIntegers(
  random: () => number,
  count: number,
  from: number,
  to: number,
): number[] {
  const chosen = new Set<number>();
  const wanted = Math.min(count, to - from + 1);
  while (chosen.size < wanted) chosen.add(from + Math.floor(random() * (to - from + 1)));
  return [...chosen];
}
