/** Many operations of a batch on one node that others touched very often: decided as each pair would be, at a bounded cost. */
import { describe, expect, test } from "vitest";
import { designOf } from "../../src/domain/document/toDesign.js";
import { mergeRulesSchema, ruledMerge } from "../../src/domain/merge/judging/mergeRules.js";
import {
  clientWins,
  lastWriterWins,
  reportCollisions,
  type Judge,
} from "../../src/domain/merge/judging/verdict.js";
import { randomOf } from "./fastDraw.js";
import { designWith, on } from "./handmade.js";
import { mergePair, type Made } from "./pairMerge.js";

const names = ["x", "y", "rotation", "fill", "text"] as const;
type Name = (typeof names)[number];

const design = designWith({ id: "e", rotation: 0, fill: 0, text: "" });

/** What an operation sets, and by what type. */
function contentOf(values: { readonly [name in Name]?: number }) {
  const { x, y, rotation } = values;
  if (x !== undefined && y !== undefined) return on("e", "MOVE_ELEMENT", { x, y });
  if (rotation !== undefined) return on("e", "ROTATE_ELEMENT", { rotation });
  const { text, ...others } = values;
  return on("e", "UPDATE_ELEMENT_PROPS", {
    ...others,
    ...(text !== undefined && { text: `${text}` }),
  });
}

interface Write extends Made {
  readonly timestamp: number;
  readonly values: { readonly [name in Name]?: number };
}

function drawWrites(side: string, count: number, random: () => number): Write[] {
  return Array.from({ length: count }, (_, index) => {
    const value = index + (side === "s" ? 1_000 : 100_000);
    const shapes = [
      { x: value, y: value },
      { rotation: value },
      { fill: value },
      { text: value },
      { fill: value, text: value },
    ];
    const values = shapes[Math.floor(random() * shapes.length)]!;
    const timestamp = Math.floor(random() * 400);
    return { id: `${side}${index}`, timestamp, values, content: contentOf(values) };
  });
}

/** What stays of all writes: the batch's in their order, but for those of which others have a later one. */
function expectedValues(theirs: readonly Write[], mine: readonly Write[], decides: boolean) {
  const values: { [name in Name]?: number } = {};
  const latest: { [name in Name]?: number } = {};
  for (const write of theirs) {
    Object.assign(values, write.values);
    for (const name of Object.keys(write.values) as Name[]) {
      latest[name] = Math.max(latest[name] ?? -1, write.timestamp);
    }
  }
  for (const write of mine) {
    for (const [name, value] of Object.entries(write.values) as [Name, number][]) {
      // By id the committed side is the later one where the clocks are equal.
      if (!decides || write.timestamp > (latest[name] ?? -1)) values[name] = value;
    }
  }
  return values;
}

/** The judge, and how often it was asked. */
function counted(judge: Judge) {
  const asked = { count: 0 };
  const counting: Judge = (...meeting) => {
    asked.count += 1;
    return judge(...meeting);
  };
  return { asked, judge: Object.assign(counting, { ...judge }) };
}

const lastWriterRules = mergeRulesSchema.parse([
  { elementType: "*", property: "*", policy: "LAST_WRITER" },
]);

describe("MERGE-32 many writes on many writes of one element", () => {
  test.each([
    ["LAST_WRITER_WINS", lastWriterWins(0), true],
    ["CLIENT_WINS", clientWins, false],
  ] as const)("under %s the same stay as if each were judged", (_, policy, decides) => {
    for (let seed = 0; seed < 10; seed += 1) {
      const random = randomOf(seed);
      const [theirs, mine] = [drawWrites("s", 150, random), drawWrites("c", 40, random)];
      const { asked, judge } = counted(policy);
      const { document } = mergePair(design, theirs, mine, judge);
      const { text, ...others } = designOf(document!).pages[0]!.elements[0]!;
      const { text: expectedText, ...expected } = expectedValues(theirs, mine, decides);
      expect(others, `seed ${seed}`).toMatchObject(expected);
      expect(text, `seed ${seed}`).toBe(`${expectedText}`);
      expect(asked.count).toBeLessThan(40 * 2 * names.length * 2);
    }
  });

  test("rules of the template that let the last writer win decide alike", () => {
    const random = randomOf(1);
    const writes = (side: string, count: number) =>
      drawWrites(side, count, random).map((write, index) => {
        const values = { fill: index + (side === "s" ? 1_000 : 100_000) };
        return { ...write, values, content: contentOf(values) };
      });
    const [theirs, mine] = [writes("s", 150), writes("c", 40)];
    const { asked, judge } = counted(ruledMerge(lastWriterRules, 0));
    const { document } = mergePair(design, theirs, mine, judge);
    expect(designOf(document!).pages[0]!.elements[0]).toMatchObject(
      expectedValues(theirs, mine, true),
    );
    expect(asked.count).toBeLessThanOrEqual(80);
  });

  test("what collides is told by the operations that decide, and each colliding operation is", () => {
    const random = randomOf(2);
    const theirs = drawWrites("s", 1_000, random);
    const mine = drawWrites("c", 50, random).filter(({ values }) => values.fill !== undefined);
    const { outcome } = mergePair(design, theirs, mine, reportCollisions);
    if (outcome.kind !== "collides") throw new Error(outcome.kind);
    const { collisions } = outcome;
    expect(new Set(collisions.map(({ clientOperation }) => clientOperation))).toEqual(
      new Set(mine.map(({ id }) => id)),
    );
    const newest = theirs.findLast(({ values }) => values.fill !== undefined)!.id;
    expect(collisions.map(({ serverOperation }) => serverOperation)).toContain(newest);
    expect(collisions.length).toBeLessThan(mine.length * 2 * names.length);
  });

  test("what was deleted and made anew meanwhile is another element, however often it was changed", () => {
    const change = (id: string): Made => ({
      id,
      content: on("e", "UPDATE_ELEMENT_PROPS", { fill: id }),
    });
    const theirs = [
      change("before"),
      { id: "delete", content: on("e", "DELETE_ELEMENT") },
      { id: "add", content: on("e", "ADD_ELEMENT", { type: "rect", x: 0, y: 0 }) },
      ...Array.from({ length: 150 }, (_, index) => change(`after${index}`)),
    ];
    const mine = [{ id: "c", content: on("e", "DELETE_ELEMENT") }];
    const { outcome } = mergePair(design, theirs, mine, reportCollisions);
    expect(outcome).toMatchObject({ collisions: [{ serverOperation: "before" }] });
  });
});
