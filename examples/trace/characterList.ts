/**
 * An independent replay of a concurrent trace, to compare with: every character ever typed, in one order, with who
 * typed and who deleted it. It shares nothing with the operational transformation that it is compared with.
 *
 * A character stands behind the one that it was typed behind. Of what several people typed at one place without
 * knowing of each other, the text of the agent with the smaller number stands first, and no text is torn apart: the
 * YATA order (Nicolaescu et al. 2016), in the corrected form that Yjs uses.
 */
import type { Causality, View } from "./causality.js";
import type { Trace } from "./traceFile.js";

export interface Character {
  /** One code point. */
  readonly text: string;
  readonly agent: number;
  /** Of the transaction that typed it, among its agent's; 0 for the text that the trace starts with. */
  readonly number: number;
  /** The transaction that typed it; -1 for the text that the trace starts with. */
  readonly transaction: number;
  /** Its neighbours when it was typed, deleted ones included on the right. */
  readonly left: Character | undefined;
  readonly right: Character | undefined;
  readonly deletions: Origin[];
}

/** Whose doing something was: the agent's so manieth transaction, by its index in the trace. */
export type Origin = Pick<Character, "agent" | "number" | "transaction">;

/** All characters in order, after all transactions. */
export function characterList(trace: Trace, causality: Causality): readonly Character[] {
  const list = new CharacterList(trace.startContent);
  for (const [index, { agent, patches }] of trace.transactions.entries()) {
    const number = causality.numbers[index]!;
    // Its own number, too: each patch is made on the text that those before it left.
    const view = causality.views[index]!.map((known, other) => (other === agent ? number : known));
    for (const { at, deleted, inserted } of patches) {
      const origin = { agent, number, transaction: index };
      list.delete(view, at, deleted, origin);
      list.insert(view, at, inserted, origin);
    }
  }
  return list.characters;
}

/** Whether somebody with this view knows the character. */
export function isKnown({ agent, number }: Pick<Character, "agent" | "number">, view: View) {
  return number <= view[agent]!;
}

/** Whether the character is part of the text for somebody with this view. */
export function isVisible(character: Character, view: View): boolean {
  if (!isKnown(character, view)) return false;
  for (const deletion of character.deletions) if (isKnown(deletion, view)) return false;
  return true;
}

/** The text with everything that happened. */
export function finalText(characters: readonly Character[]): string {
  return characters
    .filter(({ deletions }) => deletions.length === 0)
    .map(({ text }) => text)
    .join("");
}

class CharacterList {
  readonly characters: Character[] = [];

  constructor(startContent: string) {
    let left: Character | undefined;
    for (const text of startContent) {
      const origin = { agent: 0, number: 0, transaction: -1 };
      left = { text, ...origin, left, right: undefined, deletions: [] };
      this.characters.push(left);
    }
  }

  delete(view: View, at: number, count: number, by: Origin): void {
    if (count === 0) return;
    let left = count;
    for (let index = this.after(view, at); left > 0; index += 1) {
      const character = this.characters[index];
      if (character === undefined) throw new Error("the trace deletes beyond the end of the text");
      if (!isVisible(character, view)) continue;
      character.deletions.push(by);
      left -= 1;
    }
  }

  insert(view: View, at: number, inserted: string, by: Origin): void {
    if (inserted === "") return;
    const from = this.after(view, at);
    let end = from;
    while (end < this.characters.length && !isKnown(this.characters[end]!, view)) end += 1;
    let left = this.characters[from - 1];
    const right = this.characters[end];
    const place = this.placeBetween(from, end, left, right, by.agent);
    const typed = Array.from(inserted, (text) => {
      left = { text, ...by, left, right, deletions: [] };
      return left;
    });
    this.characters.splice(place, 0, ...typed);
  }

  /** The index right behind so many visible characters. */
  private after(view: View, count: number): number {
    const { characters } = this;
    let left = count;
    let index = 0;
    while (left > 0) {
      const character = characters[index];
      if (character === undefined) throw new Error("the trace edits beyond the end of the text");
      if (isVisible(character, view)) left -= 1;
      index += 1;
    }
    return index;
  }

  /** Where among the unknown characters from `from` to `end` the new text has its place. */
  private placeBetween(
    from: number,
    end: number,
    left: Character | undefined,
    right: Character | undefined,
    agent: number,
  ): number {
    let place = from;
    let passing = false;
    for (let index = from; index < end; index += 1) {
      const other = this.characters[index]!;
      const otherLeft = this.indexOf(other.left, -1);
      if (otherLeft < from - 1) break;
      if (otherLeft === from - 1 && other.left === left) {
        const otherRight = this.indexOf(other.right, this.characters.length);
        if (otherRight < end) passing = true;
        else if (other.right === right && agent < other.agent) break;
        else passing = false;
      }
      if (!passing) place = index + 1;
    }
    return place;
  }

  private indexOf(character: Character | undefined, absent: number): number {
    return character === undefined ? absent : this.characters.indexOf(character);
  }
}
