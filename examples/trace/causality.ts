/** What each transaction's author had seen when it was made, as numbers of transactions per agent. */
import type { Transaction } from "./traceFile.js";

/** How many of each agent's transactions: those of one agent are made one after the other, so the first so many. */
export type View = readonly number[];

export interface Causality {
  /** Of each transaction: what it was made on, its author's own included, itself not. */
  readonly views: readonly View[];
  /** Of each transaction: its number among its agent's, from 1. */
  readonly numbers: readonly number[];
  /** The transactions of each agent, in order. */
  readonly byAgent: readonly (readonly number[])[];
}

/** Throws where an agent makes two transactions that do not know of each other. */
export function causalityOf(transactions: readonly Transaction[], agents: number): Causality {
  const views: View[] = [];
  const numbers: number[] = [];
  const byAgent: number[][] = Array.from({ length: agents }, () => []);
  for (const [index, { agent, parents }] of transactions.entries()) {
    const view: number[] = Array.from({ length: agents }, () => 0);
    for (const parent of parents) {
      const made = transactions[parent]!.agent;
      for (let other = 0; other < agents; other += 1) {
        const known = other === made ? numbers[parent]! : views[parent]![other]!;
        if (known > view[other]!) view[other] = known;
      }
    }
    const own = byAgent[agent]!;
    if (view[agent] !== own.length) {
      throw new Error(`transaction ${index} does not know what agent ${agent} did before`);
    }
    own.push(index);
    views.push(view);
    numbers.push(own.length);
  }
  return { views, numbers, byAgent };
}
