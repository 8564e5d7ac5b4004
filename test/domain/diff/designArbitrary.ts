/** Random designs for property tests: few ids and values, so that two of them have much in common and differ everywhere. */
import fc from "fast-check";
import type { Design, DesignElement, DesignPage } from "../../../src/domain/document/design.js";
import type { Json, JsonObject } from "../../../src/domain/json.js";
import { normalText } from "../../../src/domain/text/richText.js";

const number = fc.constantFrom(0, 1, -2.5, 100, 1e-7, 0.1);
const words = fc.array(fc.constantFrom("a", "b", "ab", "é", "😀", "😁", " ", "\n"), {
  maxLength: 12,
});
const plain = words.map((parts) => parts.join(""));
const attributes = fc.constantFrom<JsonObject>(
  { bold: true },
  { bold: true, size: 2 },
  { size: 3 },
);

/** A text in normal form. */
export const textArbitrary: fc.Arbitrary<Json> = fc
  .array(fc.tuple(plain, fc.option(attributes)), { maxLength: 4 })
  .map((runs) => {
    const inserts = runs
      .filter(([insert]) => insert !== "")
      .map(([insert, given]) => (given === null ? { insert } : { insert, attributes: given }));
    return normalText(inserts) as unknown as Json;
  });

const point = fc.constantFrom([0, 0], [1, 2], [3, 4, 0.5]);
const own = fc.constantFrom<Json>("red", "", true, 7, { deep: [1, { b: null }] }, [1, [2]]);

const elementProperties = fc.record(
  {
    type: fc.constantFrom("rect", "text", "group"),
    x: number,
    y: number,
    width: fc.constantFrom(0, 10, 20.5),
    height: fc.constantFrom(0, 10, 20.5),
    rotation: number,
    text: textArbitrary,
    points: fc.array(point, { maxLength: 4 }),
    fill: own,
    "own key/~": own,
  },
  { requiredKeys: ["type", "x", "y"] },
);

/** Elements in a random paint order; each may lie in any element that was drawn before it, so there is no cycle. */
const elements: fc.Arbitrary<DesignElement[]> = fc
  .tuple(
    fc.shuffledSubarray(["e1", "e2", "e3", "e4", "e5", "e6", "e7", "__proto__"]),
    fc.array(fc.tuple(elementProperties, fc.nat({ max: 11 })), { minLength: 8, maxLength: 8 }),
    fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  )
  .map(([ids, drawn, keys]) => {
    const made = ids.map((id, index) => {
      const [properties, pick] = drawn[index]!;
      const parentId = pick < index ? { parentId: ids[pick]! } : {};
      return { id, ...properties, ...parentId } as unknown as DesignElement;
    });
    return made
      .map((element, index) => [keys[index]!, element] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, element]) => element);
  });

const pages: fc.Arbitrary<DesignPage[]> = fc
  .tuple(
    fc.shuffledSubarray(["p1", "p2", "p3"]),
    fc.array(fc.tuple(fc.record({ name: plain, note: own }, { requiredKeys: [] }), elements), {
      minLength: 3,
      maxLength: 3,
    }),
  )
  .map(([ids, drawn]) =>
    ids.map((id, index) => {
      const [properties, content] = drawn[index]!;
      return { id, ...properties, elements: content } as DesignPage;
    }),
  );

const clipProperties = fc.record(
  { start: fc.nat(), duration: fc.nat(), src: plain },
  { requiredKeys: [] },
);
const audioLayers = fc
  .tuple(
    fc.shuffledSubarray(["l1", "l2", "l3", "l4"]),
    fc.array(
      fc.tuple(
        fc.record({ name: plain, volume: number }, { requiredKeys: [] }),
        fc.shuffledSubarray(["c1", "c2", "c3", "c4"]),
        fc.array(clipProperties, { minLength: 4, maxLength: 4 }),
      ),
      { minLength: 4, maxLength: 4 },
    ),
  )
  .map(([ids, drawn]) =>
    ids.map((id, index) => {
      const [properties, clipIds, clips] = drawn[index]!;
      return { id, ...properties, clips: clipIds.map((clip, at) => ({ id: clip, ...clips[at]! })) };
    }),
  );

/** A design that `parseDesign` accepts and leaves as it is. */
export const designArbitrary: fc.Arbitrary<Design> = fc.record({
  canvas: fc.record({ width: number, background: own }, { requiredKeys: [] }),
  pages,
  audioLayers,
}) as unknown as fc.Arbitrary<Design>;

/** Two designs: unrelated ones, or the second made of the first by replacing some of its parts with the other's. */
export const designPairArbitrary: fc.Arbitrary<readonly [Design, Design]> = fc
  .tuple(
    designArbitrary,
    designArbitrary,
    fc.array(fc.nat({ max: 5 }), { minLength: 40, maxLength: 40 }),
  )
  .map(([from, other, dice]) => [from, mixed(from, other, rolling(dice))]);

/** The rolls one after the other, again and again. */
function rolling(dice: readonly number[]): () => number {
  let next = 0;
  return () => dice[next++ % dice.length]!;
}

function mixed(from: Design, other: Design, roll: () => number): Design {
  const style = roll();
  if (style < 2) return other;
  return {
    canvas: roll() === 0 ? other.canvas : from.canvas,
    pages: from.pages.map((page) => {
      const twin = other.pages.find(({ id }) => id === page.id);
      if (twin === undefined || roll() < 2) return page;
      if (roll() === 0) return { ...twin, elements: page.elements };
      return { ...page, elements: mixedElements(page.elements, twin.elements, roll) };
    }),
    audioLayers: roll() === 0 ? other.audioLayers : from.audioLayers,
  };
}

/** Element by element one of both, its group kept; then perhaps one of them moved. */
function mixedElements(
  from: readonly DesignElement[],
  other: readonly DesignElement[],
  roll: () => number,
): DesignElement[] {
  const mix = from.map((element) => {
    const twin = other.find(({ id }) => id === element.id);
    if (twin === undefined || roll() > 1) return element;
    const { parentId: _, ...properties } = twin;
    const { parentId } = element;
    const group = parentId === undefined ? {} : { parentId };
    return { ...properties, ...group } as unknown as DesignElement;
  });
  if (roll() > 2) mix.push(...mix.splice(roll() % Math.max(1, mix.length), 1));
  return mix;
}
