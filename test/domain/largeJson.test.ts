/** Work on large values in steps: the same outcome as in one go, and no step that does much. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import { parseDesignSteps } from "../../src/domain/document/parseDesign.js";
import { readJsonSteps } from "../../src/domain/document/json/readJson.js";
import { jsonSize, jsonSizeSteps } from "../../src/domain/document/size.js";
import { jsonTextSteps, writeCanonicalSteps } from "../../src/domain/document/json/writeJson.js";
import { designHash, designHashSteps } from "../../src/domain/history/versionHash.js";
import type { Json } from "../../src/domain/json.js";
import { defaultDomainLimits } from "../../src/domain/limits.js";
import { finished, type Steps } from "../../src/domain/steps.js";
import { sha256 } from "../../src/platform/sha256.js";
import { oddDesigns } from "../hostile/oddDesigns.js";

const VALUES = 90_000;
const shapes = [...oddDesigns(VALUES)];

/** JSON of which a part is repeated until it is large. */
const large = fc
  .tuple(
    fc.jsonValue({ maxDepth: 4 }),
    fc.jsonValue({ maxDepth: 3 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([item, other, depth]) => {
    let value: unknown = Array.from({ length: 3_000 }, () => item);
    for (let level = 0; level < depth; level += 1) {
      value = level % 2 === 0 ? { other, value, last: level } : [other, value, other];
    }
    return value as Json;
  });

function stepsIn(steps: Steps<unknown>): number {
  let count = 1;
  while (steps.next().done !== true) count += 1;
  return count;
}

describe("values of any kind", () => {
  test("ENG-41: what is done in steps comes to what is done in one go", () => {
    fc.assert(
      fc.property(large, (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(finished(readJsonSteps(text)))).toBe(text);
        expect(finished(jsonTextSteps(value))).toBe(text);
        expect(finished(jsonSizeSteps(value))).toEqual(jsonSize(value));
        let canonical = "";
        finished(writeCanonicalSteps(value, (part) => (canonical += part)));
        expect(canonical).toBe(canonicalJson(value));
      }),
      { numRuns: 40 },
    );
  });

  test("ENG-41: a large text is read in steps exactly where JSON.parse reads it", () => {
    const spoil = fc.tuple(
      large,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(...'[]{},:"\\ 1n'),
      fc.nat({ max: 2 }),
      fc.nat({ max: 6 }),
    );
    fc.assert(
      fc.property(spoil, ([value, place, unit, removed, indent]) => {
        const text = JSON.stringify(value, null, indent);
        const at = Math.floor(place * text.length);
        const spoilt = text.slice(0, at) + unit + text.slice(at + removed);
        expect(outcome(() => finished(readJsonSteps(spoilt)))).toEqual(
          outcome(() => JSON.parse(spoilt) as unknown),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("ENG-41: names of prototypes and names sent twice are read as JSON.parse reads them", () => {
    const filler = JSON.stringify("x".repeat(40_000));
    const text = `{"a":[${filler}],"__proto__":[${filler}],"a":{"b":${filler},"__proto__":1},"c":{}}`;
    const read = finished(readJsonSteps(text)) as object;
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(JSON.stringify(read)).toBe(JSON.stringify(JSON.parse(text)));
  });

  function outcome(read: () => unknown): unknown {
    try {
      return JSON.stringify(read());
    } catch (error) {
      return (error as Error).name;
    }
  }
});

describe.each(shapes)("a design of %s", (_name, value) => {
  const design = value as Design;

  test("ENG-41: it is checked, read, written, measured and hashed in many steps", () => {
    const text = JSON.stringify(design);
    const work: readonly Steps<unknown>[] = [
      parseDesignSteps(design, defaultDomainLimits),
      readJsonSteps(text),
      jsonTextSteps(design),
      jsonSizeSteps(design as unknown as Json),
      designHashSteps(sha256, design),
    ];
    for (const steps of work) expect(stepsIn(steps)).toBeGreaterThan(5);
  });

  test("ENG-41: its hash in steps is its hash", () => {
    const whole = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(finished(designHashSteps(sha256, design))).toBe(designHash(whole, design));
    expect(finished(designHashSteps(whole, design))).toBe(designHash(whole, design));
  });
});
