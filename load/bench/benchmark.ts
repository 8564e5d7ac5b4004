/** What a benchmark is: something measured against something else in the same run, with a bar for the ratio. */
import type { BenchDatabase } from "./database.js";

export interface Benchmark {
  readonly name: string;
  /** One sentence: what is measured, against what. */
  readonly description: string;
  run(context: BenchContext): Promise<Measurement>;
}

export interface BenchContext {
  readonly database: BenchDatabase;
  /** Short, only to see that everything still runs; figures mean nothing. */
  readonly smoke: boolean;
  /** Says what is going on, on the progress line. */
  readonly progress: (text: string) => void;
}

/** The bar is what the ratio has to reach (`atLeast`) or must not exceed (`atMost`). */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

export interface Measurement {
  readonly value: number;
  readonly reference: number;
  readonly unit: string;
  /** `value` / `reference`, unless the benchmark takes the median of the ratios of its rounds. */
  readonly ratio: number;
  readonly bar: Bar;
  /** Further figures worth seeing, by name with unit. */
  readonly details: { readonly [name: string]: number };
}

export function isMet({ ratio, bar }: Measurement): boolean {
  return "atLeast" in bar ? ratio >= bar.atLeast : ratio <= bar.atMost;
}
