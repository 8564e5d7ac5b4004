/**
 * What becomes of a text that two sides edit at once, told by following every character: it has an identity, stays
 * where it is when it is deleted, only hidden, and each side's inserts hang on the characters of the common text.
 */
import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../../src/domain/json.js";

interface Character {
  readonly unit: string;
  /** Its index in the common text; undefined for one that a side inserted. */
  readonly base: number | undefined;
  readonly attributes: Record<string, Json>;
  /** What the side set on it, null for what it took away. */
  readonly set: Record<string, Json>;
  hidden: boolean;
}

type Side = "earlier" | "later";

/**
 * The text after the deltas of both sides, each made one after the other on the common text. Inserts at one place
 * stand in the order of commit, and of two values for one attribute the later committed stays.
 */
export function mergedText(text: Json, earlier: readonly Json[], later: readonly Json[]): Json {
  const first = edited(text, earlier, "earlier");
  const second = edited(text, later, "later");
  const result: Character[] = [];
  const length = unitsOf(text).length;
  for (let base = 0; base <= length; base += 1) {
    result.push(...insertsBefore(first, base, length), ...insertsBefore(second, base, length));
    const one = first.find((character) => character.base === base);
    const other = second.find((character) => character.base === base);
    if (one === undefined || other === undefined || one.hidden || other.hidden) continue;
    const attributes = { ...one.attributes, ...one.set, ...other.set };
    result.push({ ...one, attributes, set: {} });
  }
  return textOf(result);
}

/** What the side inserted below the character of the common text and is still there. */
function insertsBefore(
  characters: readonly Character[],
  base: number,
  length: number,
): readonly Character[] {
  const end = base === length ? characters.length : indexOf(characters, base);
  const start = base === 0 ? 0 : indexOf(characters, base - 1) + 1;
  return characters.slice(start, end).filter(({ hidden }) => !hidden);
}

function indexOf(characters: readonly Character[], base: number): number {
  return characters.findIndex((character) => character.base === base);
}

/** The characters of one side after its deltas, the hidden ones still among them. */
function edited(text: Json, deltas: readonly Json[], side: Side): Character[] {
  const characters = unitsOf(text).map((unit, base): Character => ({ ...unit, base }));
  for (const delta of deltas) {
    let at = 0;
    for (const step of delta as readonly any[]) {
      if (step.insert !== undefined) {
        const units = unitsOf([step]).map((unit): Character => ({ ...unit, base: undefined }));
        const index = gapFor(characters, at, side);
        characters.splice(index, 0, ...units);
        at = index + units.length;
        continue;
      }
      for (let left: number = step.retain ?? step.delete; left > 0; left -= 1) {
        while (characters[at]!.hidden) at += 1;
        if (step.delete === undefined) Object.assign(characters[at]!.set, step.attributes);
        else characters[at]!.hidden = true;
        at += 1;
      }
    }
  }
  return characters;
}

/**
 * Where among hidden characters an insert goes that comes after the one before `at`. Those that this very delta hid
 * lie behind it and count as passed. The earlier committed goes as low as it can, the later one as high.
 */
function gapFor(characters: readonly Character[], at: number, side: Side): number {
  let index = at;
  if (side === "later") while (characters[index]?.hidden === true) index += 1;
  return index;
}

function unitsOf(text: Json): Omit<Character, "base">[] {
  const runs = typeof text === "string" ? [{ insert: text }] : (text as any[]);
  return runs.flatMap(({ insert, attributes }: { insert: string; attributes?: JsonObject }) =>
    Array.from({ length: insert.length }, (_, index) => ({
      unit: insert[index]!,
      attributes: { ...attributes },
      set: {},
      hidden: false,
    })),
  );
}

function textOf(characters: readonly Character[]): Json {
  const runs: { insert: string; attributes: JsonObject }[] = [];
  for (const { unit, attributes, set } of characters) {
    const kept = Object.entries({ ...attributes, ...set }).filter(([, value]) => value !== null);
    const own = Object.fromEntries(kept);
    const last = runs.at(-1);
    if (last !== undefined && isDeepStrictEqual(last.attributes, own)) last.insert += unit;
    else runs.push({ insert: unit, attributes: own });
  }
  const isPlain = runs.every(({ attributes }) => Object.keys(attributes).length === 0);
  if (isPlain) return runs.map(({ insert }) => insert).join("");
  return runs.map(({ insert, attributes }) =>
    Object.keys(attributes).length === 0 ? { insert } : { insert, attributes },
  );
}
