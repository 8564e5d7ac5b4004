/** How often large work looks at what it works on, counted by a property that is read. */
import { expect, test } from "vitest";
import { writeJsonSteps } from "../../../src/domain/document/json/writeJson.js";
import { jsonSize, jsonSizeSteps } from "../../../src/domain/document/size.js";
import type { Json } from "../../../src/domain/json.js";
import { finished, type Steps } from "../../../src/domain/steps.js";

const ITEMS = 20_000;

/** A list of objects, and how often their property was read. */
function counted() {
  let reads = 0;
  const list = Array.from({ length: ITEMS }, () =>
    Object.defineProperty({}, "x", {
      enumerable: true,
      get() {
        reads += 1;
        return 1;
      },
    }),
  ) as unknown as Json;
  return { list, reads: () => reads };
}

const work: Record<
  string,
  { readonly reads: number; readonly steps: (list: Json) => Steps<unknown> }
> = {
  // Once to see whether it is small, once for its bytes and once for its values.
  measuring: { reads: 3, steps: jsonSizeSteps },
  writing: { reads: 2, steps: (list) => writeJsonSteps(list, () => undefined) },
};

test.each(Object.keys(work))("ENG-47: %s looks at each item once before the work", (name) => {
  const { list, reads } = counted();
  const { reads: perItem, steps } = work[name]!;
  finished(steps(list));
  // The first look at the whole list ends where it is known to be large, and so does the look that ends a run.
  expect(reads()).toBeLessThanOrEqual(perItem * ITEMS + ITEMS / 10);
});

test("ENG-47: the size in steps is the size, whatever is large within what", () => {
  const long = 'é\ud800"'.repeat(20_000);
  const numbers = Array.from({ length: 2_000 }, (_, index) => index / 3);
  const all: Json = [1, long, [numbers, [], numbers], { [long]: { a: numbers }, b: null }, numbers];
  expect(finished(jsonSizeSteps(all))).toEqual(jsonSize(all));
});
