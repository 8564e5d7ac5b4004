/**
 * Random designs for the laws. Ids come from small pools, so that operations drawn independently meet on the same
 * things; some need escaping in paths, some take several bytes.
 */
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type {
  Design,
  DesignAudioLayer,
  DesignClip,
  DesignElement,
  DesignPage,
} from "../../src/domain/document/design.js";
import type { TextRun } from "../../src/domain/text/richText.js";

/** Draws from arbitraries one after another; fast-check records the draws and shrinks them. */
export type Draw = fc.GeneratorValue;

export const pageIds = ["p1", "p2", "p/3"] as const;
export const elementIds = ["a", "b", "c", "d", "g/1", "~h", "é😀"] as const;
export const layerIds = ["l1", "l~2", "l3"] as const;
export const clipIds = ["c1", "c2", "c/3"] as const;
/** `order` is also what footprints call a place; an editor may have a property of that name all the same. */
export const propertyNames = ["fill", "opacity", "label", "order", "naïve"] as const;

const strings = fc.constantFrom(
  "",
  "x",
  "two words",
  "é",
  "漢字",
  "😀",
  '"quoted"',
  "line\nbreak\u0001",
);
const numbers = fc.oneof(
  fc.integer({ min: -2000, max: 2000 }),
  fc.constantFrom(0.1, -0, 1e-7, 123456789012, 3.141592653589793),
);
const leaves: fc.Arbitrary<Json> = fc.oneof(strings, numbers, fc.boolean(), fc.constant(null));
const nested: fc.Arbitrary<Json> = fc.oneof(
  leaves,
  fc.array(leaves, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("r", "g", "b"), leaves),
);
const present = nested.filter((value) => value !== null);
const sizes = fc.oneof(fc.nat(500), fc.constant(0.25));
const attributeLists: fc.Arbitrary<JsonObject | undefined> = fc.constantFrom(
  undefined,
  { bold: true },
  { bold: true, color: "#f00" },
  { link: { href: "a", rel: ["b"] } },
);
const words = fc.constantFrom("a", "bc", "😀", "é😀d", "hello world");

/** One of the values, which must not be none. */
export function pick<T>(draw: Draw, values: readonly T[]): T {
  return draw(fc.constantFrom<T[]>, ...values) as T;
}

export function chance(draw: Draw): boolean {
  return draw(fc.boolean);
}

export function drawNumber(draw: Draw): number {
  return draw(() => numbers);
}

export function drawSize(draw: Draw): number {
  return draw(() => sizes);
}

/** A property's new value; null removes it. */
export function drawValue(draw: Draw): Json {
  return draw(() => nested);
}

export function drawWord(draw: Draw): string {
  return draw(() => words);
}

export function drawAttributes(draw: Draw): JsonObject | undefined {
  return draw(() => attributeLists);
}

/** Some of the values, in random order. */
export function drawSome<T>(draw: Draw, values: readonly T[]): T[] {
  return draw(fc.shuffledSubarray<T>, [...values]);
}

/** Open properties, none null. */
export function drawProperties(draw: Draw): Record<string, Json> {
  return Object.fromEntries(
    drawSome(draw, propertyNames)
      .slice(0, 2)
      .map((name) => [name, draw(() => present)]),
  );
}

/** A text in normal form. */
export function drawText(draw: Draw): Json {
  if (chance(draw)) return chance(draw) ? drawWord(draw) : "";
  const runs: TextRun[] = [
    { insert: drawWord(draw), attributes: { bold: true } },
    { insert: drawWord(draw) },
    { insert: drawWord(draw), attributes: { color: "#f00", link: ["x"] } },
  ];
  return runs.slice(0, pick(draw, [1, 2, 3])) as unknown as Json;
}

export function drawPoints(draw: Draw): number[][] {
  const pressure = chance(draw) ? [0.5] : [];
  return [
    [drawNumber(draw), drawNumber(draw)],
    [drawNumber(draw), 7, ...pressure],
  ].slice(0, pick(draw, [1, 2]));
}

/** An element's properties without `id` and `parentId`. */
export function drawElementBody(draw: Draw): JsonObject & { type: string; x: number; y: number } {
  return {
    type: pick(draw, ["rect", "group", "text"]),
    x: drawNumber(draw),
    y: drawNumber(draw),
    ...drawProperties(draw),
    ...(chance(draw) ? { width: drawSize(draw) } : {}),
    ...(chance(draw) ? { height: drawSize(draw) } : {}),
    ...(chance(draw) ? { text: drawText(draw) } : { rotation: 30 }),
    ...(chance(draw) ? { points: drawPoints(draw) } : {}),
  };
}

/** Elements in paint order whose parents, drawn independently of that order, form a forest. */
export function drawElements(draw: Draw): DesignElement[] {
  const ids = drawSome(draw, elementIds);
  const elements = ids.map((id, index) => {
    const parentId = index > 0 && chance(draw) ? pick(draw, ids.slice(0, index)) : undefined;
    const body = drawElementBody(draw);
    return { id, ...body, ...(parentId === undefined ? {} : { parentId }) } as DesignElement;
  });
  return drawSomeOrder(draw, elements);
}

export function drawClip(draw: Draw, id: string): DesignClip {
  const timing = chance(draw) ? { start: drawSize(draw), duration: drawSize(draw) } : {};
  return { id, ...timing, ...drawProperties(draw) };
}

export function drawDesign(draw: Draw): Design {
  return {
    canvas: drawProperties(draw),
    pages: drawSome(draw, pageIds).map((id): DesignPage => ({
      id,
      ...drawProperties(draw),
      elements: drawElements(draw),
    })),
    audioLayers: drawSome(draw, layerIds).map((id): DesignAudioLayer => ({
      id,
      ...drawProperties(draw),
      clips: drawSome(draw, clipIds).map((clipId) => drawClip(draw, clipId)),
    })),
  };
}

function drawSomeOrder<T>(draw: Draw, values: readonly T[]): T[] {
  return draw(fc.shuffledSubarray<T>, [...values], {
    minLength: values.length,
    maxLength: values.length,
  });
}
