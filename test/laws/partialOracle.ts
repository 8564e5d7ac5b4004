/** Undo and redo of plain registers of which others change some meanwhile. */
import type { Json } from "../../src/domain/json.js";

export type Registers = ReadonlyMap<string, Json | undefined>;

interface PartialEvent {
  readonly version: number;
  readonly person: string;
  /** The version of the edit that it made, undid or redid. */
  readonly batch: number;
  readonly before: Map<string, Json | undefined>;
  /** The registers that it sets, whether or not their values change. */
  readonly registers: Set<string>;
  /** What it could not take back, and of which event. */
  readonly skipped: { readonly register: string; readonly of: PartialEvent }[];
}

/**
 * Undo and redo of plain registers where others' later values stay: what they leave of a step is taken back, a step of
 * which they leave nothing is passed over. Where a step brings back a value that its author could not take back for
 * the step's sake, it is taken back with it.
 */
export class PartialOracle {
  private readonly values: Map<string, Json | undefined>;
  private readonly events: PartialEvent[] = [];
  private readonly lines = {
    undo: new Map<string, PartialEvent[]>(),
    redo: new Map<string, PartialEvent[]>(),
  };

  constructor(values: Iterable<readonly [string, Json | undefined]>) {
    this.values = new Map(values);
  }

  /** The registers that are set, by name. */
  get set(): [string, Json][] {
    const set = [...this.values].flatMap(([name, value]): [string, Json][] =>
      value === undefined ? [] : [[name, value]],
    );
    return set.toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  has(register: string): boolean {
    return this.values.get(register) !== undefined;
  }

  edit(person: string, changes: Registers): void {
    const event = this.added(person, this.events.length);
    for (const [register, value] of changes) this.write(event, register, value);
    this.line("undo", person).push(event);
    this.lines.redo.set(person, []);
  }

  invert(person: string, direction: "undo" | "redo"): "whole" | "partly" | "withdrawn" {
    let isWhole = true;
    for (;;) {
      const event = this.line(direction, person).pop();
      if (event === undefined) return isWhole ? "whole" : "partly";
      const inverse = this.added(person, event.batch);
      const standing = this.inEffectSince(event.version).filter((other) => other !== inverse);
      for (const [register, before] of event.before) {
        if (standing.some(({ registers }) => registers.has(register))) {
          inverse.skipped.push({ register, of: event });
        } else this.write(inverse, register, before);
      }
      if (inverse.skipped.length > 0) isWhole = false;
      // What was redone is undone as it was made: the redo may have left parts of it to others.
      if (direction === "undo") this.line("redo", person).push(inverse);
      else this.line("undo", person).push(this.events[event.batch]!);
      const hasWithdrawn = this.takeBackWithdrawn(event, inverse);
      if (hasWithdrawn) return "withdrawn";
      if (inverse.registers.size > 0) return isWhole ? "whole" : "partly";
    }
  }

  private takeBackWithdrawn(event: PartialEvent, inverse: PartialEvent): boolean {
    const skipped = this.inEffectSince(event.version)
      .filter((other) => other !== inverse)
      .flatMap((other) => other.skipped)
      .filter(({ register }) => inverse.registers.has(register))
      .toSorted((a, b) => b.of.version - a.of.version);
    const taken = new Set(skipped.map(({ of }) => of));
    let hasChanged = false;
    for (const { register, of } of skipped) {
      const standing = this.inEffectSince(of.version).filter((other) => !taken.has(other));
      if (standing.some(({ registers }) => registers.has(register))) continue;
      this.write(inverse, register, of.before.get(register));
      hasChanged = true;
    }
    return hasChanged;
  }

  /** The events since, but for those that the next one of the same batch took back. */
  private inEffectSince(version: number): PartialEvent[] {
    const open = new Map<number, PartialEvent>();
    for (const event of this.events.slice(version)) {
      if (!open.delete(event.batch)) open.set(event.batch, event);
    }
    return [...open.values()];
  }

  private added(person: string, batch: number): PartialEvent {
    const version = this.events.length + 1;
    const event = {
      version,
      person,
      batch,
      before: new Map(),
      registers: new Set<string>(),
      skipped: [],
    };
    this.events.push(event);
    return event;
  }

  private write(event: PartialEvent, register: string, value: Json | undefined): void {
    const { before, registers } = event;
    const former = this.values.get(register);
    if (!before.has(register) && former !== value) before.set(register, former);
    registers.add(register);
    this.values.set(register, value);
  }

  private line(direction: "undo" | "redo", person: string): PartialEvent[] {
    const line = this.lines[direction].get(person) ?? [];
    this.lines[direction].set(person, line);
    return line;
  }
}
