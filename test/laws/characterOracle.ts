/** Undo and redo in a text of which every character is unique. */
import type { LoggedOperation } from "../../src/domain/operations/operation.js";

/** A change: what was written right behind the character `after` (none at the start), and what was deleted. */
export interface CharacterChange {
  readonly after: string;
  readonly fresh: string;
  readonly gone: string;
}

/**
 * Which characters of a text are to be seen, and in which order: each is unique, written by one batch and deleted by some,
 * and keeps its place when it is not to be seen.
 */
export class CharacterOracle {
  private readonly line: string[];
  private readonly writers = new Map<string, string>();
  private readonly deleters = new Map<string, string[]>();
  private readonly outOfEffect = new Set<string>();

  constructor(start: string) {
    this.line = [...start];
    for (const character of start) this.writers.set(character, "");
  }

  edit(batchId: string, changes: readonly CharacterChange[]) {
    for (const { after, fresh, gone } of changes) {
      this.line.splice(after === "" ? 0 : this.line.indexOf(after) + 1, 0, ...fresh);
      for (const character of fresh) this.writers.set(character, batchId);
      for (const character of gone) {
        this.deleters.set(character, [...(this.deleters.get(character) ?? []), batchId]);
      }
    }
  }

  invert(rows: readonly LoggedOperation[]): void {
    for (const { undoes, redoes } of rows) {
      if (undoes !== null) this.outOfEffect.add(undoes);
      if (redoes !== null) this.outOfEffect.delete(redoes);
    }
  }

  get visible(): string {
    const seen = this.line.filter(
      (character) =>
        !this.outOfEffect.has(this.writers.get(character) ?? "") &&
        (this.deleters.get(character) ?? []).every((batch) => this.outOfEffect.has(batch)),
    );
    return seen.join("");
  }
}
