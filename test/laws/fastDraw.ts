/** Draws for the generators without fast-check's bookkeeping: a hundred times faster, made from a seed, not shrunk. */
import fc from "fast-check";
import type { Draw } from "./generators.js";

/** A number in [0, 1); the same sequence for the same seed (Tommy Ettinger's mulberry32). */
export type Random = () => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What the generators draw with, on the numbers of a seed. */
export function fastDraw(random: Random): Draw {
  const below = (count: number) => Math.floor(random() * count);
  const draw = (make: (...args: any[]) => fc.Arbitrary<unknown>, ...args: any[]): unknown => {
    switch (make as unknown) {
      case fc.boolean:
        return random() < 0.5;
      case fc.constantFrom:
        return args[below(args.length)];
      case fc.integer: {
        const { min, max } = args[0] as { min: number; max: number };
        return min + below(max - min + 1);
      }
      case fc.shuffledSubarray:
        return someOf(args[0] as unknown[], args[1] as { minLength?: number } | undefined, below);
      default: {
        const samples = samplesOf(make(...args));
        return samples[below(samples.length)];
      }
    }
  };
  return draw as unknown as Draw;
}

const samples = new WeakMap<fc.Arbitrary<unknown>, unknown[]>();

/** Values of an arbitrary, which must be one and the same object each time. */
function samplesOf(arbitrary: fc.Arbitrary<unknown>): unknown[] {
  const known = samples.get(arbitrary);
  if (known !== undefined) return known;
  const made = fc.sample(arbitrary, { numRuns: 200, seed: 1 });
  samples.set(arbitrary, made);
  return made;
}

function someOf(
  values: readonly unknown[],
  limits: { minLength?: number } | undefined,
  below: (count: number) => number,
): unknown[] {
  const left = [...values];
  const min = limits?.minLength ?? 0;
  const length = min + below(values.length - min + 1);
  return Array.from({ length }, () => left.splice(below(left.length), 1)[0]);
}
