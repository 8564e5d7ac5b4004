/** The line of characters of a text in runs of one history each, and the one way to change it. */
import type { Json, JsonObject } from "../json.js";

export interface Style {
  readonly label: string;
  readonly name: string;
  readonly value: Json;
}

/** Characters of one history. */
export interface Run {
  readonly units: number;
  /** Known of what was inserted or deleted. */
  readonly text: string | undefined;
  readonly isHere: boolean;
  readonly writer: string | undefined;
  readonly deleters: readonly string[];
  /** Oldest first. */
  readonly styles: readonly Style[];
  /** Of the attributes in `styles`, what they were before; null for none. */
  readonly before: JsonObject;
  /** What the attributes are, or were when it was hidden, as far as that is known. */
  readonly attributes: JsonObject;
}

/** The text that no edit reached, of unknown length. */
export const untouched: Run = {
  units: Infinity,
  text: undefined,
  isHere: true,
  writer: undefined,
  deleters: [],
  styles: [],
  before: {},
  attributes: {},
};

/** Goes along the line once and puts together the next one, at a cost that grows with their lengths only. */
export class RunReader {
  private readonly next: Run[] = [];
  private index = 0;
  private offset = 0;

  constructor(private readonly runs: readonly Run[]) {}

  /** How many characters of one history follow. */
  get units(): number {
    return (this.runs[this.index]?.units ?? 0) - this.offset;
  }

  /** Keeps what is hidden, up to the next character that is to be seen. */
  passHidden(): void {
    while (this.runs[this.index]?.isHere === false) this.put(this.take(Infinity));
  }

  /** Keeps what is hidden up to a run that is meant; keeps nothing and answers false where none is hidden here. */
  passHiddenTo(isMeant: (run: Run) => boolean): boolean {
    let end = this.index;
    for (; this.runs[end]?.isHere === false; end += 1) {
      if (!isMeant(this.runs[end]!)) continue;
      while (this.index < end) this.put(this.take(Infinity));
      return true;
    }
    return false;
  }

  /** Takes the next characters of one history, at most so many. */
  take(most: number): Run {
    const run = this.runs[this.index];
    if (run === undefined) throw new Error("an edit reaches beyond its text");
    const start = this.offset;
    const end = Math.min(run.units, start + most);
    if (end === run.units) [this.index, this.offset] = [this.index + 1, 0];
    else this.offset = end;
    if (start === 0 && end === run.units) return run;
    return { ...run, units: end - start, text: run.text?.slice(start, end) };
  }

  /** Adds to the next line. */
  put(run: Run): void {
    this.next.push(run);
  }

  /** The next line, with all that was not taken. */
  result(): readonly Run[] {
    while (this.index < this.runs.length) this.put(this.take(Infinity));
    return this.next;
  }
}
