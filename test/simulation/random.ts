/** Seeded randomness. Each part of a simulation has a stream of its own, so that one that changes leaves the others. */

export class Random {
  #state: number;

  /** The stream of one part of the run that the seed names. */
  constructor(seed: number, part: string) {
    let hash = seed >>> 0;
    for (const character of part) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    this.#state = hash >>> 0;
    for (let turn = 0; turn < 4; turn += 1) this.next();
  }

  /** A number in [0, 1) (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the values, which must not be none. */
  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Error("there is nothing to pick from");
    return values[this.between(0, values.length - 1)] as T;
  }

  /** A time that is short mostly and long now and then, in milliseconds. */
  latency(usualMs: number, longMs: number): number {
    return this.chance(0.04) ? this.between(usualMs, longMs) : this.between(0, usualMs);
  }
}
