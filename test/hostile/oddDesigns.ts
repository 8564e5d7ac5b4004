/** Designs of odd shape: few bytes, and much of everything else. */
import type { Json, JsonObject } from "../../src/domain/json.js";

const PROPERTIES_MAX = 500;

/** Lists in an object, each short enough to be looked at as one property. */
function spread(values: number, item: (index: number) => Json): JsonObject {
  const perList = Math.ceil(values / 100);
  return Object.fromEntries(
    Array.from({ length: 100 }, (_, list) => [
      `l${list}`,
      Array.from({ length: perList }, (_item, index) => item(list * perList + index)),
    ]),
  );
}

function deep(depth: number): Json {
  return depth === 0 ? {} : [deep(depth - 1)];
}

/** Names and designs of about so many values each. */
export function* oddDesigns(values: number): Generator<readonly [string, object]> {
  const shapes: readonly (readonly [string, () => JsonObject])[] = [
    ["many empty objects", () => spread(values, () => ({}))],
    ["many empty lists", () => spread(values, () => [])],
    [
      "objects of one property each, all named differently",
      () => spread(values / 2, (index) => ({ [`k${index}`]: index })),
    ],
    ["small lists of numbers", () => spread(values / 3, (index) => [index + 0.5, index])],
    ["deep", () => spread(values / 26, () => deep(25))],
    [
      "wide",
      () =>
        Object.fromEntries(
          Array.from({ length: PROPERTIES_MAX }, (_, index) => [
            `w${index}`,
            Array.from({ length: values / PROPERTIES_MAX }, (_value, at) => at),
          ]),
        ),
    ],
    ["long texts", () => spread(100, () => "é世".repeat(20_000))],
  ];
  for (const [name, canvas] of shapes) {
    yield [name, { canvas: canvas(), pages: [], audioLayers: [] }] as const;
  }
}
