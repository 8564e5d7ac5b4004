/** Random choices that a seed repeats (mulberry32). */
export interface Random {
  /** A whole number from 0 to below the limit. */
  upTo(limit: number): number;
  pick<T>(items: readonly T[]): T;
  bytes(count: number): Buffer;
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (limit: number) => Math.floor(next() * limit);
  return {
    upTo,
    pick: <T>(items: readonly T[]) => items[upTo(items.length)] as T,
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => upTo(256))),
  };
}

export function randomHex(random: Random, length: number): string {
  return Array.from({ length }, () => random.upTo(16).toString(16)).join("");
}
