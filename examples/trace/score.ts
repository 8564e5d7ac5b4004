/** What is known of a trace before it is replayed: who does what on which text, and the text to expect. */
import { causalityOf, type Causality } from "./causality.js";
import { characterList, finalText, type Character } from "./characterList.js";
import { patched } from "./patchDelta.js";
import { tiesOf, type Ties } from "./ties.js";
import type { Trace } from "./traceFile.js";

export interface Score {
  /** The transactions to replay: all of them or the first so many. */
  readonly trace: Trace;
  readonly isWhole: boolean;
  readonly causality: Causality;
  readonly ties: Ties;
  /** Empty for a sequential trace, which needs none. */
  readonly characters: readonly Character[];
  /** By a plain replay of the transactions, independent of all that the server and its clients do. */
  readonly expected: string;
}

/** Prepares the first so many transactions; parents come before their children, so each such part is a trace. */
export function scoreOf(whole: Trace, limit = Infinity): Score {
  const trace = { ...whole, transactions: whole.transactions.slice(0, limit) };
  const isWhole = trace.transactions.length === whole.transactions.length;
  const causality = causalityOf(trace.transactions, trace.agents);
  if (trace.kind === "sequential") {
    let expected = trace.startContent;
    for (const { patches } of trace.transactions) {
      for (const patch of patches) expected = patched(expected, patch, trace.isBasic);
    }
    const ties = { earlier: trace.transactions.map(() => []), count: 0, unordered: 0 };
    return { trace, isWhole, causality, ties, characters: [], expected };
  }
  const characters = characterList(trace, causality);
  const ties = tiesOf(trace, causality, characters);
  return { trace, isWhole, causality, ties, characters, expected: finalText(characters) };
}
