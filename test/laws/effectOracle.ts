/** Undo and redo of properties or attributes: each has the value that the newest edit in effect set, or the one from the start. */
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../src/domain/json.js";

export type Registers = ReadonlyMap<string, Json | undefined>;

interface Batch {
  readonly person: string;
  readonly changes: Registers;
  isInEffect: boolean;
}

export class EffectOracle {
  /** In the order in which they were made. */
  private readonly batches: Batch[] = [];
  private readonly start: Registers;
  private last: Batch | undefined;
  private readonly lines = { undo: new Map<string, Batch[]>(), redo: new Map<string, Batch[]>() };

  constructor(start: Iterable<readonly [string, Json | undefined]>) {
    this.start = new Map(start);
  }

  /** Those that are set, by name. */
  get set(): [string, Json][] {
    const values = new Map(this.start);
    for (const { changes, isInEffect } of this.batches) {
      if (isInEffect) for (const [name, value] of changes) values.set(name, value);
    }
    const set = [...values].flatMap(([name, value]): [string, Json][] =>
      value === undefined ? [] : [[name, value]],
    );
    return set.toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  has(name: string): boolean {
    return this.set.some(([each]) => each === name);
  }

  edit(person: string, changes: Registers): void {
    const batch = { person, changes, isInEffect: true };
    this.batches.push(batch);
    this.line("undo", person).push(batch);
    this.lines.redo.set(person, []);
  }

  /** Of the step that was taken last, what a newer batch in effect gave another value. */
  get overridden(): string[] {
    const newer = this.batches.slice(this.batches.indexOf(this.last!) + 1);
    const names = [...(this.last?.changes.keys() ?? [])];
    return names
      .filter((name) => newer.some(({ isInEffect, changes }) => isInEffect && changes.has(name)))
      .toSorted();
  }

  /** Passes over what changes nothing; answers how many steps that were, undefined where nothing is left. */
  invert(person: string, direction: "undo" | "redo"): number | undefined {
    const before = this.set;
    for (let passed = 0; ; passed += 1) {
      const batch = this.line(direction, person).pop();
      if (batch === undefined) return undefined;
      batch.isInEffect = direction === "redo";
      this.last = batch;
      this.line(direction === "undo" ? "redo" : "undo", person).push(batch);
      if (!isDeepStrictEqual(this.set, before)) return passed;
    }
  }

  private line(direction: "undo" | "redo", person: string): Batch[] {
    const line = this.lines[direction].get(person) ?? [];
    this.lines[direction].set(person, line);
    return line;
  }
}
