/**
 * A concurrent trace made up from a seed, in the format of github.com/josephg/editing-traces: people who type and
 * delete at random places, emoji included, and see each other's work only now and then. Where they type at one place
 * without knowing of each other, the text of the one with the smaller number stands first, as traces have it.
 */
import { isVisible } from "../../examples/trace/characterList.js";
import { scoreOf } from "../../examples/trace/score.js";
import { parseTrace, type Trace, type Transaction } from "../../examples/trace/traceFile.js";
import { seededRandom } from "../../examples/seededRandom.js";

export interface SmallTraceOptions {
  readonly seed: number;
  readonly agents: number;
  readonly transactions: number;
}

const LETTERS = ["a", "b", "c", " ", "é", "😀"];

/** The JSON of the trace, `endContent` computed by the character list. */
export function smallTrace({ seed, agents, transactions: count }: SmallTraceOptions) {
  const random = seededRandom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  let transactions: Transaction[] = [];
  while (transactions.length < count) {
    const agent = transactions.length === 0 ? 0 : below(agents);
    const parents = parentsOf(transactions, agent, below);
    const length = lengthSeen([...transactions, { agent, parents, patches: [] }], agents);
    const at = below(length + 1);
    const deleted = random() < 0.3 ? Math.min(length - at, 1 + below(2)) : 0;
    const inserted = random() < 0.8 || deleted === 0 ? LETTERS[below(LETTERS.length)]! : "";
    const longer = [...transactions, { agent, parents, patches: [{ at, deleted, inserted }] }];
    // Texts at one place that no order of commits brings about are in no trace: another try.
    if (scoreOf(traceOf(longer, agents)).ties.unordered === 0) transactions = longer;
  }
  const { expected: endContent } = scoreOf(traceOf(transactions, agents));
  return jsonOf(transactions, agents, endContent);
}

/** The agent's own last transaction, and now and then somebody else's, as far as one does not follow from the other. */
function parentsOf(
  transactions: readonly Transaction[],
  agent: number,
  below: (bound: number) => number,
): number[] {
  if (transactions.length === 0) return [];
  const own = transactions.findLastIndex((each) => each.agent === agent);
  const other = own < 0 || below(4) === 0 ? below(transactions.length) : own;
  const candidates = [...new Set([own, other])].filter((parent) => parent >= 0);
  return candidates.filter((parent) => {
    return !candidates.some((each) => each !== parent && isAncestor(transactions, parent, each));
  });
}

function isAncestor(transactions: readonly Transaction[], of: number, index: number): boolean {
  if (index <= of) return index === of;
  return transactions[index]!.parents.some((parent) => isAncestor(transactions, of, parent));
}

/** Of the text that the last transaction is made on, in code points. */
function lengthSeen(transactions: readonly Transaction[], agents: number): number {
  const { causality, characters } = scoreOf(traceOf(transactions, agents));
  return characters.filter((each) => isVisible(each, causality.views.at(-1)!)).length;
}

function traceOf(transactions: readonly Transaction[], agents: number): Trace {
  return parseTrace(jsonOf(transactions, agents, ""));
}

function jsonOf(transactions: readonly Transaction[], numAgents: number, endContent: string) {
  return {
    kind: "concurrent" as const,
    endContent,
    numAgents,
    txns: transactions.map(({ agent, parents, patches }) => ({
      ...{ agent, parents, numChildren: 0, time: "1970-01-01T00:00:00+00:00" },
      patches: patches.map(({ at, deleted, inserted }) => [at, deleted, inserted]),
    })),
  };
}
