/** The laws of undo and redo of several people, against oracles that know nothing of inverses. */
import { seedsOf } from "../setup/seeds.js";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { operationTypes } from "../../src/domain/operations/registry.js";
import { fastDraw, randomOf } from "./fastDraw.js";
import { smallDesign } from "./histories.js";
import { nodesOf } from "./intents.js";
import { drawOperation, drawOperationOf } from "./operationGenerators.js";
import { expectedDesign } from "./oracle.js";
import { smallCaseDesign, smallCasesOf } from "./smallCases.js";
import { checkUndoInAnyOrder } from "./undoInAnyOrderLaw.js";
import { checkAttributes, checkCharacters, checkProperties, checkStepSizes } from "./undoLaw.js";
import { Table } from "./undoTable.js";

/** All that is in the design, whatever its order. */
function contentOf(design: Design): string {
  const nodes = [...nodesOf(design)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return canonicalJson(nodes);
}

function touchesText({ type, payload }: OperationContent): boolean {
  return type === "EDIT_TEXT" || (payload !== null && Object.hasOwn(payload, "text"));
}

/** CLEAR_PAGE clears nothing that was not there when it was made. */
function asSeen(design: Design, operation: OperationContent): OperationContent {
  const { type, target, payload } = operation;
  if (type !== "CLEAR_PAGE") return operation;
  const page = design.pages.find(({ id }) => id === target.pageId);
  const named = payload?.["elementIds"] as readonly string[];
  const elementIds = named.filter((elementId) => page?.elements.some(({ id }) => id === elementId));
  return { type, target, payload: { elementIds } };
}

/** Whether it is about what is not there, as something that is gone again in the end. */
function isMoot(design: Design, { type, target }: OperationContent): boolean {
  if (type.startsWith("ADD_") || Object.keys(target).length === 0) return false;
  return !isThere(design, { target });
}

/** Whether what has the target is in the design. */
function isThere(design: Design, { target }: Pick<OperationContent, "target">): boolean {
  const { pageId, elementId, audioLayerId, clipId } = target;
  const owner = pageId ?? `layer ${audioLayerId}`;
  const inner = elementId ?? clipId;
  return nodesOf(design).has(inner === undefined ? owner : `${owner} / ${inner}`);
}

describe("undo", () => {
  test.each(operationTypes)(
    "of %s leaves what would be there without it (UNDO-12), and redo brings it back (UNDO-13)",
    (type) => {
      const random = randomOf(operationTypes.indexOf(type));
      const draw = fastDraw(random);
      const below = (limit: number) => Math.floor(random() * limit);
      const counts = { undone: 0, collides: 0, nothing: 0 };
      for (let count = 0; count < seedsOf(120); count += 1) {
        const table = new Table(smallDesign(draw, below));
        const first = drawOperationOf(draw, type, table.design);
        if (first === undefined) continue;
        const second = drawOperation(draw, expectedDesign(table.start, first));
        const mine = below(2) === 0 ? [first] : [first, second];
        table.edit("x", mine);
        const theirs: OperationContent[] = [];
        const inPlaceOfMine = new Set<string>();
        for (let left = below(3); left >= 0; left -= 1) {
          const operation = drawOperation(draw, table.design);
          if (touchesText(operation) && mine.some(touchesText)) continue;
          const target = JSON.stringify(operation.target);
          // What they delete is what they put in the place of mine, which comes back all the same (UNDO-25).
          if (operation.type.startsWith("DELETE_") && inPlaceOfMine.has(target)) continue;
          if (operation.type.startsWith("ADD_") && isThere(table.start, operation)) {
            inPlaceOfMine.add(target);
          }
          theirs.push(asSeen(table.design, operation));
          table.edit("y", [operation]);
        }
        const before = canonicalJson(table.design);
        const outcome = table.invert("x", "undo");
        counts[outcome] += 1;
        if (outcome !== "undone") {
          expect(canonicalJson(table.design)).toBe(before);
          continue;
        }
        const told = JSON.stringify([mine, theirs, table.start]);
        const expected = theirs.reduce(
          (design, operation) =>
            isMoot(design, operation) ? design : expectedDesign(design, operation),
          table.start,
        );
        expect(contentOf(table.design), told).toBe(contentOf(expected));
        expect(table.invert("x", "redo"), told).toBe("undone");
        expect(canonicalJson(table.design), told).toBe(before);
      }
      expect(counts.undone).toBeGreaterThan(seedsOf(15) / 4);
      expect(counts.nothing).toBe(0);
    },
  );
});

/** What one event of a line did to registers, and when. `batch` is the one that was made in the first place. */
interface Event {
  readonly version: number;
  readonly person: string;
  readonly batch: number;
  readonly before: ReadonlyMap<string, Json | undefined>;
}

/** Undo and redo of plain registers: each event remembers what it replaced. */
class RegisterOracle {
  readonly values = new Map<string, Json | undefined>();
  private version = 0;
  private readonly events: Event[] = [];
  private readonly undoable = new Map<string, Event[]>();
  private readonly redoable = new Map<string, Event[]>();

  edit(person: string, changes: ReadonlyMap<string, Json | undefined>): void {
    this.line(this.undoable, person).push(this.set(person, this.version + 1, changes));
    this.redoable.set(person, []);
  }

  invert(person: string, direction: "undo" | "redo"): "undone" | "collides" | "nothing" {
    const [from, to] =
      direction === "undo" ? [this.undoable, this.redoable] : [this.redoable, this.undoable];
    const event = this.line(from, person).at(-1);
    if (event === undefined) return "nothing";
    const theirs = this.inEffectSince(event).filter((other) => other.person !== person);
    const registers = new Set(theirs.flatMap(({ before }) => [...before.keys()]));
    if ([...event.before.keys()].some((register) => registers.has(register))) return "collides";
    this.line(from, person).pop();
    this.line(to, person).push(this.set(person, event.batch, event.before));
    return "undone";
  }

  /** The events since, but for those that the next one of the same batch took back. */
  private inEffectSince({ version }: Event): Event[] {
    const open = new Map<number, Event>();
    for (const event of this.events.slice(version)) {
      if (!open.delete(event.batch)) open.set(event.batch, event);
    }
    return [...open.values()];
  }

  private set(
    person: string,
    batch: number,
    changes: ReadonlyMap<string, Json | undefined>,
  ): Event {
    this.version += 1;
    const before = new Map<string, Json | undefined>();
    for (const [register, value] of changes) {
      before.set(register, this.values.get(register));
      this.values.set(register, value);
    }
    const event = { version: this.version, person, batch, before };
    this.events.push(event);
    return event;
  }

  private line(lines: Map<string, Event[]>, person: string): Event[] {
    const line = lines.get(person) ?? [];
    lines.set(person, line);
    return line;
  }
}

/** The registers that an operation sets, by a name that tells where they are. */
function registersOf({ target, payload }: OperationContent): Map<string, Json | undefined> {
  const place = JSON.stringify(target);
  return new Map(
    Object.entries(payload as JsonObject).map(([name, value]) => [
      `${place} ${name}`,
      value ?? undefined,
    ]),
  );
}

describe("lines of two people", () => {
  const writers = [
    "MOVE_ELEMENT",
    "RESIZE_ELEMENT",
    "ROTATE_ELEMENT",
    "UPDATE_ELEMENT_PROPS",
    "UPDATE_AUDIO_CLIP",
  ] as const;
  const writes = writers.flatMap(smallCasesOf);

  test("registers go back to what they were before each event (UNDO-14)", () => {
    const counts = { undone: 0, collides: 0, nothing: 0 };
    for (let seed = 0; seed < 150; seed += 1) {
      const random = randomOf(seed);
      const table = new Table(smallCaseDesign);
      const oracle = new RegisterOracle();
      const known = new Map<string, OperationContent>();
      for (const write of writes) {
        for (const register of registersOf(write).keys()) {
          known.set(register, write);
          oracle.values.set(register, valueIn(table.design, write, register));
        }
      }
      for (let step = 0; step < 14; step += 1) {
        const person = random() < 0.5 ? "x" : "y";
        const choice = random();
        if (choice < 0.45) {
          const write = writes[Math.floor(random() * writes.length)]!;
          table.edit(person, [write]);
          oracle.edit(person, registersOf(write));
        } else {
          const direction = choice < 0.75 ? "undo" : "redo";
          const outcome = table.invert(person, direction);
          counts[outcome] += 1;
          expect(outcome, `seed ${seed}, step ${step}`).toBe(oracle.invert(person, direction));
        }
        for (const [register, write] of known) {
          const value = valueIn(table.design, write, register);
          const expected = oracle.values.get(register);
          if (isDeepStrictEqual(value, expected)) continue;
          expect.fail(`seed ${seed}, step ${step}: ${register} is ${JSON.stringify(value)}`);
        }
      }
    }
    expect(Math.min(counts.undone, counts.collides)).toBeGreaterThan(20);
  });

  test("of a text stays what a batch in effect wrote and none deleted (UNDO-15, UNDO-23)", () => {
    expect(checkCharacters(seedsOf(400))).toBeGreaterThan(seedsOf(800) / 2);
  });

  test("so it is whoever undoes what in which order (UNDO-15, UNDO-45)", () => {
    checkUndoInAnyOrder(seedsOf(500));
  });
});

describe("steps of which others changed a part", () => {
  test("a later attribute of others stays, character by character (UNDO-20, UNDO-23)", () => {
    const { changed, passedOver } = checkAttributes(seedsOf(500));
    expect(Math.min(changed, passedOver)).toBeGreaterThan(seedsOf(20) / 4);
  });

  test("each property has the value that the newest batch in effect gave it (UNDO-21, UNDO-22, UNDO-23)", () => {
    const { changed, passedOver } = checkProperties(seedsOf(2_000));
    expect(Math.min(changed, passedOver)).toBeGreaterThan(seedsOf(20) / 4);
  });

  test("a step is found whatever its size, and however much was undone before it (UNDO-24)", () => {
    checkStepSizes([1, 2, 1_500]);
  });
});

describe("strokes", () => {
  const target = { pageId: "p", elementId: "e" };
  const element = { id: "e", type: "stroke", x: 0, y: 0 };
  const start = { canvas: {}, pages: [{ id: "p", elements: [element] }], audioLayers: [] };
  const extend = (...points: number[][]): OperationContent => {
    return { type: "EXTEND_STROKE", target, payload: { points } };
  };
  const pointsIn = (table: Table) => table.design.pages[0]!.elements[0]!["points"] as number[][];

  test("what the log holds of a stroke sent in pieces grows with the stroke (OP-23)", () => {
    const bytesOf = (pieces: number) => {
      const table = new Table(start);
      for (let piece = 0; piece < pieces; piece += 1) {
        table.edit("x", [extend([1000 + piece, 1], [1000 + piece, 2])]);
      }
      const rows = table.log.map(({ payload, inverse }) => [payload, inverse]);
      for (let piece = 0; piece < pieces; piece += 1) table.invert("x", "undo");
      expect(pointsIn(table)).toBeUndefined();
      for (let piece = 0; piece < pieces; piece += 1) table.invert("x", "redo");
      expect(pointsIn(table)).toHaveLength(2 * pieces);
      return JSON.stringify(rows).length;
    };
    expect(bytesOf(80)).toBeLessThan(2.2 * bytesOf(40));
  });

  test("a point undone and redone costs the point, however long the stroke is (OP-24)", () => {
    const bytesOf = (length: number) => {
      const table = strokeOf(length);
      table.edit("x", [extend([1, 1])]);
      for (let count = 0; count < 10; count += 1) {
        table.invert("x", count % 2 === 0 ? "undo" : "redo");
        expect(pointsIn(table)).toHaveLength(length + (count % 2));
      }
      return JSON.stringify(table.log.map(({ payload, inverse }) => [payload, inverse])).length;
    };
    expect(bytesOf(9_000)).toBe(bytesOf(1_000));
  });

  /** Points that no test appends. */
  const line = (length: number) => Array.from({ length }, (_, index) => [1_000 + index, 1]);
  const strokeOf = (length: number) => {
    const pages = [{ id: "p", elements: [{ ...element, points: line(length) }] }];
    return new Table({ ...start, pages });
  };

  test.each([
    [99, ["UPDATE_ELEMENT_PROPS", { points: [...line(99), [0, 0]] }]],
    [100, ["EXTEND_STROKE", { from: 101, points: [] }]],
  ])(
    "an undone extension of %i points comes as CONTRACT knows it where few are left (OP-24)",
    (length, undone) => {
      const table = strokeOf(length);
      table.edit("x", [extend([0, 0])]);
      table.edit("x", [extend([1, 1])]);
      table.invert("x", "undo");
      table.invert("x", "redo");
      expect(table.log.slice(2).map(({ type, payload }) => [type, payload])).toEqual([
        undone,
        ["EXTEND_STROKE", { points: [[1, 1]] }],
      ]);
    },
  );

  test("what is undone and redone, and what collides, is the same for long strokes and short ones (OP-24)", () => {
    const lengths = [30, 95, 300];
    const counts = { undone: 0, collides: 0, nothing: 0, cut: 0 };
    for (let seed = 0; seed < 150; seed += 1) {
      const stories = lengths.map((length) => {
        const random = randomOf(seed);
        const below = (limit: number) => Math.floor(random() * limit);
        const table = strokeOf(length);
        return Array.from({ length: 10 }, (_, step) => {
          const person = below(2) === 0 ? "x" : "y";
          const kind = below(4);
          const [back, fresh] = [below(3), below(3)];
          const points = Array.from({ length: fresh }, (_each, at) => [step, at]);
          let outcome: string | undefined;
          if (kind < 2)
            outcome = table.invertPartly(person, kind === 0 ? "undo" : "redo", below(2) === 0);
          else if (kind === 2) table.edit(person, [extend([step, 9], ...points)]);
          else {
            const from = pointsIn(table).length - back;
            table.edit(person, [{ type: "EXTEND_STROKE", target, payload: { from, points } }]);
          }
          const row = table.log.at(-1);
          if (row?.payload?.["from"] !== undefined) counts.cut += 1;
          if (outcome !== undefined) counts[outcome as "undone"] += 1;
          return {
            outcome,
            length: pointsIn(table).length - length,
            last: pointsIn(table).filter(([x]) => x! < 1_000),
            appends: row?.footprint.every((touch) => touch.kind === "blend"),
          };
        });
      });
      expect(stories[1], `seed ${seed}`).toEqual(stories[0]);
      expect(stories[2], `seed ${seed}`).toEqual(stories[0]);
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(30);
  });

  test("one's own points go, or a conflict tells of others' (UNDO-5)", () => {
    const table = new Table(start);
    table.edit("y", [extend([0, 0])]);
    table.edit("x", [extend([1, 1])]);
    table.edit("y", [extend([2, 2])]);
    expect(table.invert("x", "undo")).toBe("collides");
    expect(table.invert("y", "undo")).toBe("undone");
    expect(table.invert("x", "undo")).toBe("undone");
    expect(pointsIn(table)).toEqual([[0, 0]]);
    expect(table.invert("x", "redo")).toBe("undone");
    expect(pointsIn(table)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test("an inverse that sets all points, as older logs hold it, undoes as well (UNDO-1)", () => {
    const table = new Table(start);
    table.edit("x", [extend([0, 0])]);
    table.edit("x", [extend([1, 1])]);
    const payload = { points: [[0, 0]] };
    table.log[1] = {
      ...table.log[1]!,
      inverse: [{ type: "UPDATE_ELEMENT_PROPS", target, payload }],
    };
    for (const [direction, length] of [
      ["undo", 1],
      ["redo", 2],
      ["undo", 1],
    ] as const) {
      expect(table.invert("x", direction)).toBe("undone");
      expect(pointsIn(table)).toHaveLength(length);
    }
  });
});

function valueIn(design: Design, write: OperationContent, register: string): Json | undefined {
  const { pageId, elementId, audioLayerId, clipId } = write.target;
  const path =
    pageId === undefined ? `layer ${audioLayerId} / ${clipId}` : `${pageId} / ${elementId}`;
  return nodesOf(design).get(path)?.[register.slice(register.lastIndexOf(" ") + 1)];
}
