/** The laws of steps of which others change, delete or undo a part. Each check throws where it does not hold. */
import { isDeepStrictEqual } from "node:util";
import type { Design } from "../../src/domain/document/design.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { OperationContent, SkippedPart } from "../../src/domain/operations/operation.js";
import { CharacterOracle, type CharacterChange } from "./characterOracle.js";
import { randomOf } from "./fastDraw.js";
import { EffectOracle } from "./effectOracle.js";
import { LawBroken } from "./lawBroken.js";
import { Table, textOperation, textTable, textTarget } from "./undoTable.js";

/** Characters of a text; how many steps were undone or redone. */
export function checkCharacters(seeds: number): number {
  let undone = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const random = randomOf(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const { table, textNow } = textTable(below(3));
    const oracle = new CharacterOracle(textNow());
    let written = 0;
    for (let step = 0; step < 12; step += 1) {
      const person = below(2) === 0 ? "x" : "y";
      const before = textNow();
      if (below(2) === 0) {
        let now = before;
        const changes: CharacterChange[] = [];
        const batch = Array.from({ length: 1 + below(2) }, () => {
          const at = below(now.length + 1);
          const gone = now.slice(at, at + below(4));
          const fresh = Array.from({ length: below(4) }, () => {
            written += 1;
            return String.fromCodePoint(0x4e00 + written);
          }).join("");
          const after = now.charAt(at - 1);
          now = now.slice(0, at) + fresh + now.slice(at + gone.length);
          changes.push({ after, fresh, gone });
          return textOperation(at, gone.length, fresh);
        });
        table.edit(person, batch);
        oracle.edit(table.log.at(-1)!.batchId, changes);
      } else {
        const length = table.log.length;
        const outcome = table.invertPartly(person, below(3) < 2 ? "undo" : "redo");
        if (outcome === "nothing") continue;
        holds(outcome === "undone", `seed ${seed}, step ${step}`);
        oracle.invert(table.log.slice(length));
        undone += 1;
        const now = textNow();
        same(now, oracle.visible, `seed ${seed}, step ${step}: ${before} -> ${now}`);
      }
    }
  }
  return undone;
}

/** Attributes of a text; how often a step changed something, and was passed over. */
export function checkAttributes(seeds: number) {
  const counts = { changed: 0, passedOver: 0 };
  for (let seed = 0; seed < seeds; seed += 1) {
    const random = randomOf(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const { table } = textTable(2);
    const registers = () => attributesIn(table.design.pages[0]!.elements[0]!["text"]);
    const oracle = new EffectOracle(registers());
    for (let step = 0; step < 14; step += 1) {
      const person = pickOf(["x", "y", "z"], random);
      if (below(2) === 0) {
        const from = below(3);
        const name = pickOf(["color", "link"], random);
        const retain = 1 + below(3 - from);
        const names = Array.from({ length: retain }, (_, at) => `${from + at} ${name}`);
        // What sets an attribute to what it is already stands for nothing, so each edit changes something.
        const isThere = names.every((register) => oracle.has(register));
        const value = isThere && below(2) === 0 ? null : `${step}`;
        const styled = { retain, attributes: { [name]: value } };
        const delta = from === 0 ? [styled] : [{ retain: from }, styled];
        table.edit(person, [{ type: "EDIT_TEXT", target: textTarget, payload: { delta } }]);
        oracle.edit(person, new Map(names.map((register) => [register, value ?? undefined])));
      } else {
        const direction = below(3) < 2 ? "undo" : "redo";
        table.invertPartly(person, direction);
        const passedOver = oracle.invert(person, direction);
        if (passedOver !== undefined) counts.changed += 1;
        counts.passedOver += passedOver ?? 0;
      }
      const told = `seed ${seed}, step ${step}, version ${table.state.version}`;
      same(registers(), oracle.set, told);
    }
  }
  return counts;
}

/** Properties of elements, many in one step; counted as attributes are. */
export function checkProperties(seeds: number) {
  const counts = { changed: 0, passedOver: 0 };
  const ids = ["a", "b", "c"];
  const elements = ids.map((id) => ({ id, type: "rect", x: 0, y: 0 }));
  const start = { canvas: {}, pages: [{ id: "p", elements }], audioLayers: [] };
  for (let seed = 0; seed < seeds; seed += 1) {
    const random = randomOf(seed);
    const table = new Table(start);
    const registers = () => propertiesIn(table.design);
    const oracle = new EffectOracle(registers());
    for (let step = 0; step < 18; step += 1) {
      const person = pickOf(["x", "y", "z"], random);
      if (random() < 0.5) {
        const changes = new Map<string, Json | undefined>();
        const batch = ids.flatMap((id): OperationContent[] => {
          const names = ["x", "fill", "name"].filter(() => random() < 0.3);
          const payload = Object.fromEntries(names.map((name) => [name, `${seed} ${step}`]));
          for (const name of names) changes.set(`${id} ${name}`, payload[name]);
          const type = "UPDATE_ELEMENT_PROPS";
          return names.length === 0
            ? []
            : [{ type, target: { pageId: "p", elementId: id }, payload }];
        });
        if (batch.length === 0) continue;
        table.edit(person, batch);
        oracle.edit(person, changes);
      } else {
        const direction = random() < 0.6 ? "undo" : "redo";
        table.invertPartly(person, direction);
        const passedOver = oracle.invert(person, direction);
        if (passedOver !== undefined) {
          counts.changed += 1;
          const skipped = table.log.at(-1)?.skipped ?? [];
          const told = skippedIn(skipped);
          const { overridden } = oracle;
          // What an undo left to others, its redo need not tell again.
          const expected =
            direction === "undo" ? overridden : overridden.filter((name) => told.includes(name));
          same(told, expected, `seed ${seed}, step ${step}: skipped`);
        }
        counts.passedOver += passedOver ?? 0;
      }
      const told = `seed ${seed}, step ${step}, version ${table.state.version}`;
      same(registers(), oracle.set, told);
    }
  }
  return counts;
}

function skippedIn(parts: readonly SkippedPart[]): string[] {
  const names = parts.flatMap(({ target, properties }) =>
    properties.map((name) => `${target.elementId} ${name}`),
  );
  return [...new Set(names)].toSorted();
}

/** Steps of so many operations, undone, redone and undone again, with a small one before them. */
export function checkStepSizes(sizes: readonly number[]): void {
  const elements = [{ id: "e", type: "rect", x: 0, y: 0 }];
  for (const size of sizes) {
    const table = new Table({ canvas: {}, pages: [{ id: "p", elements }], audioLayers: [] });
    table.edit("x", [{ type: "MOVE_ELEMENT", target: textTarget, payload: { x: 1, y: 1 } }]);
    const paste = Array.from({ length: size }, (_, index): OperationContent => {
      const target = { pageId: "p", elementId: `n${index}` };
      return { type: "ADD_ELEMENT", target, payload: { type: "rect", x: 0, y: 0 } };
    });
    table.edit("x", paste);
    for (const [direction, left] of [
      ["undo", 1],
      ["redo", size + 1],
      ["undo", 1],
    ] as const) {
      holds(table.invertPartly("x", direction) === "undone", `${direction} of ${size}`);
      same(table.design.pages[0]!.elements.length, left, `${direction} of ${size}`);
    }
    table.invertPartly("x", "undo");
    same(table.design.pages[0]!.elements[0]!.x, 0, `the step before ${size}`);
  }
}

function holds(isTrue: boolean, told: string): void {
  if (!isTrue) throw new LawBroken(told);
}

function same(actual: unknown, expected: unknown, told: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new LawBroken(`${told}: ${JSON.stringify({ actual, expected })}`);
}

function pickOf<T>(choices: readonly T[], random: () => number): T {
  return choices[Math.floor(random() * choices.length)]!;
}

/** The attributes of the characters of a text, by place and name. */
function attributesIn(text: Json | undefined): [string, Json][] {
  const runs = (typeof text === "string" ? [{ insert: text }] : text) as {
    insert: string;
    attributes?: JsonObject;
  }[];
  const characters = runs.flatMap(({ insert, attributes = {} }) =>
    [...insert].map(() => attributes),
  );
  return characters
    .flatMap((attributes, at) =>
      Object.entries(attributes).map(([name, value]): [string, Json] => [`${at} ${name}`, value]),
    )
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function propertiesIn(design: Design): [string, Json][] {
  return design.pages[0]!.elements.flatMap((element) =>
    ["x", "fill", "name"].flatMap((name): [string, Json][] =>
      element[name] === undefined ? [] : [[`${element.id} ${name}`, element[name]]],
    ),
  ).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
