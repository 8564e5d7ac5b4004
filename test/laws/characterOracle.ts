/** Undo and redo in a text of which every character is unique. */
import type { LoggedOperation } from "../../src/domain/operations/operation.js";

/** Which characters of a text are to be seen: each is unique, written by one batch and deleted by some. */
export class CharacterOracle {
  /** Whether a step was redone of which a part had not been undone: that part nobody promises. */
  isOpen = false;
  private readonly writers = new Map<string, string>();
  private readonly deleters = new Map<string, string[]>();
  private readonly outOfEffect = new Set<string>();
  private readonly partly = new Set<string>();

  constructor(start: string) {
    for (const character of start) this.writers.set(character, "");
  }

  edit(batchId: string, changes: readonly { readonly fresh: string; readonly gone: string }[]) {
    for (const { fresh, gone } of changes) {
      for (const character of fresh) this.writers.set(character, batchId);
      for (const character of gone) {
        this.deleters.set(character, [...(this.deleters.get(character) ?? []), batchId]);
      }
    }
  }

  invert(rows: readonly LoggedOperation[]): void {
    for (const { undoes, redoes, skipped } of rows) {
      if (undoes !== null) this.outOfEffect.add(undoes);
      if (redoes !== null) this.outOfEffect.delete(redoes);
      if (redoes !== null && this.partly.has(redoes)) this.isOpen = true;
      if (skipped !== undefined) this.partly.add(undoes ?? redoes ?? "");
    }
  }

  /** In the order of the characters themselves. */
  get visible(): string {
    const seen = [...this.writers].filter(
      ([character, writer]) =>
        !this.outOfEffect.has(writer) &&
        (this.deleters.get(character) ?? []).every((batch) => this.outOfEffect.has(batch)),
    );
    return seen
      .map(([character]) => character)
      .toSorted()
      .join("");
  }
}
