import fc from "fast-check";
import { expect, it } from "vitest";
import { missingEdits, type LoggedEdit } from "../../../src/domain/audit/missingEdits.js";

function edit(version: number, batchId: string): LoggedEdit {
  const author = { userId: "u", clientId: "c", serverTimestamp: 1, undoes: null, redoes: null };
  return { version, batchId, ...author };
}

it("AUD-5 edits without an entry are told once each, one entry per request", () => {
  const edits = ["a", "a", "b", "b", "b", "c", "a"].map((batchId, index) =>
    edit(index + 2, batchId),
  );
  const missing = (ranges: readonly (readonly [number, number])[]) =>
    missingEdits(
      edits.toReversed(),
      ranges.map(([fromVersion, toVersion]) => ({ fromVersion, toVersion })),
    ).map(({ fromVersion, toVersion, edit }) => [fromVersion, toVersion, edit.batchId]);
  expect(missing([])).toEqual([
    [1, 3, "a"],
    [3, 6, "b"],
    [6, 7, "c"],
    [7, 8, "a"],
  ]);
  expect(
    missing([
      [6, 8],
      [1, 3],
    ]),
  ).toEqual([[3, 6, "b"]]);
  expect(missing([[4, 5]])).toEqual([
    [1, 3, "a"],
    [3, 4, "b"],
    [5, 6, "b"],
    [6, 7, "c"],
    [7, 8, "a"],
  ]);
  expect(missing([[0, 100]])).toEqual([]);
});

it("AUD-5 what is told and what is found missing are all edits, none twice", () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 6 }));
  const versions = fc.uniqueArray(fc.integer({ min: 2, max: 30 }));
  const batches = fc.array(fc.constantFrom("a", "b"), { minLength: 31, maxLength: 31 });
  fc.assert(
    fc.property(versions, fc.array(range), batches, (logged, ranges, batchOf) => {
      const audited = ranges.map(([fromVersion, count]) => ({
        fromVersion,
        toVersion: fromVersion + count,
      }));
      const told = (version: number) =>
        audited.some((one) => one.fromVersion < version && version <= one.toVersion);
      const found = missingEdits(
        logged.map((version) => edit(version, batchOf[version]!)),
        audited,
      ).flatMap(({ fromVersion, toVersion }) =>
        Array.from({ length: toVersion - fromVersion }, (_, index) => fromVersion + 1 + index),
      );
      const expected = logged.filter((version) => !told(version)).toSorted((a, b) => a - b);
      expect(found).toEqual(expected);
    }),
  );
});
