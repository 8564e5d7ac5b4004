/** The laws of merging for every pair of types. */
import { operationTypes } from "../../src/domain/operations/registry.js";
import { describe, expect, test } from "vitest";
import { isNoOp } from "../../src/domain/operations/noOp.js";
import { ruledMerge } from "../../src/domain/merge/judging/mergeRules.js";
import { lastWriterWins } from "../../src/domain/merge/judging/verdict.js";
import { checkDeletions } from "./deletionLaw.js";
import { checkLastWriter, checkPairs } from "./pairLaw.js";
import { mergePair } from "./pairMerge.js";
import { seedsOf } from "../setup/seeds.js";
import { smallCaseDesign, smallCasesOf } from "./smallCases.js";

describe("merging what was made on one document", () => {
  test.each(operationTypes)(
    "over %s collides the same from both sides (MERGE-1), else has both intents (MERGE-11, MERGE-13, MERGE-14) and a client shows them (MERGE-24)",
    (type) => {
      const { merged, collides } = checkPairs(type);
      expect(merged).toBeGreaterThan(50);
      // A new order of pages collides with nothing.
      if (type !== "REORDER_PAGES") expect(collides).toBeGreaterThan(2);
    },
  );

  test("a delete of what is deleted is nothing, and says by what (MERGE-15)", () => {
    for (const type of operationTypes.filter((name) => name.startsWith("DELETE_"))) {
      for (const content of smallCasesOf(type)) {
        const [a, b] = ["a", "b"].map((id) => ({ id, content }));
        const { merged } = mergePair(smallCaseDesign, [a!], [b!]);
        expect(merged.map((row) => [isNoOp(row), row.transformedFrom])).toEqual([[true, ["a"]]]);
      }
    }
  });

  test("a deletion leaves the same whichever is committed first, and who was met is named (MERGE-28)", () => {
    expect(checkDeletions(lastWriterWins(0))).toBeGreaterThan(seedsOf(300));
    const everything = { elementType: "*", property: "*", policy: "LAST_WRITER" } as const;
    expect(checkDeletions(ruledMerge([everything], 0))).toBeGreaterThan(seedsOf(300));
  });

  test("of two writes the same one wins whichever is committed first (MERGE-20)", () => {
    expect(checkLastWriter()).toBeGreaterThan(100);
  });
});
