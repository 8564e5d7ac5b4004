/**
 * Where people typed at one place without knowing of each other, and which transaction has to be committed first for
 * their text to stand as in the trace: the server lets text inserted at one place stand in the order of commit.
 *
 * A place is the stretch between two characters that stay: what was deleted in between does not keep texts apart
 * where the deletion may be merged before them. All other transactions may be committed as they come.
 */
import type { Causality } from "./causality.js";
import { isKnown, type Character } from "./characterList.js";
import type { Trace } from "./traceFile.js";

export interface Ties {
  /** Of each transaction: those of others to be committed before it; of each agent at most one, its latest. */
  readonly earlier: readonly (readonly number[])[];
  /** How many transactions have such. */
  readonly count: number;
  /** Of how many the order cannot be kept, because it contradicts that of others. */
  readonly unordered: number;
}

/** The ties of a concurrent trace. */
export function tiesOf(trace: Trace, causality: Causality, characters: readonly Character[]): Ties {
  const latest = trace.transactions.map(() => new Map<number, number>());
  const note = (first: Character, second: Character) => {
    const known = latest[second.transaction]!;
    const transaction = Math.max(known.get(first.agent) ?? -1, first.transaction);
    known.set(first.agent, transaction);
  };
  for (const [index, character] of characters.entries()) {
    if (character.transaction < 0) continue;
    for (const other of neighbours(characters, index, -1, causality)) note(other, character);
    for (const other of neighbours(characters, index, 1, causality)) note(character, other);
  }
  const earlier = latest.map((known) => [...known.values()]);
  const count = earlier.filter((list) => list.length > 0).length;
  return { earlier, count, unordered: dropContradictions(trace, causality, earlier) };
}

/** The characters at the same place, on one side, whose authors and this one's did not know of each other. */
function* neighbours(
  characters: readonly Character[],
  index: number,
  step: 1 | -1,
  { views }: Causality,
): Generator<Character> {
  const own = characters[index]!;
  const view = views[own.transaction]!;
  for (let at = index + step; ; at += step) {
    const other = characters[at];
    if (other === undefined) return;
    const isOwn = other.transaction === own.transaction;
    const known = isOwn || isKnown(other, view);
    if (known && !other.deletions.some((deletion) => !isAfter(deletion, own, views))) return;
    if (!known && !isKnown(own, views[other.transaction]!)) yield other;
  }
}

/** Whether the deletion was made by somebody who knew the character. */
function isAfter(
  deletion: Character["deletions"][number],
  character: Character,
  views: Causality["views"],
): boolean {
  if (deletion.agent === character.agent) return deletion.number >= character.number;
  return isKnown(character, views[deletion.transaction]!);
}

/**
 * Goes through the transactions in an order that keeps to causes and ties; where there is none, forgets the ties of a
 * transaction that waits for nothing else. Answers for how many.
 */
function dropContradictions(
  { transactions }: Trace,
  { views, byAgent }: Causality,
  earlier: (readonly number[])[],
): number {
  const done = byAgent.map(() => 0);
  const isDone = transactions.map(() => false);
  let dropped = 0;
  const finish = (agent: number, transaction: number) => {
    isDone[transaction] = true;
    done[agent]! += 1;
  };
  while (done.some((count, agent) => count < byAgent[agent]!.length)) {
    let moved = false;
    let stuck: { agent: number; transaction: number } | undefined;
    for (const [agent, own] of byAgent.entries()) {
      for (;;) {
        const transaction = own[done[agent]!];
        if (transaction === undefined) break;
        if (!views[transaction]!.every((known, other) => done[other]! >= known)) break;
        if (!earlier[transaction]!.every((other) => isDone[other])) {
          if (stuck === undefined || transaction < stuck.transaction)
            stuck = { agent, transaction };
          break;
        }
        finish(agent, transaction);
        moved = true;
      }
    }
    if (moved) continue;
    if (stuck === undefined) throw new Error("the trace's transactions wait for each other");
    earlier[stuck.transaction] = [];
    dropped += 1;
    finish(stuck.agent, stuck.transaction);
  }
  return dropped;
}
