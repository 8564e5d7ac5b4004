/** The laws of many: clients that edit, send and receive in any order come to one document, as each of them predicted. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { seedsOf } from "../setup/seeds.js";
import { brokenBy, madeHistory, type History } from "./histories.js";

const SEEDS = seedsOf(1_500);
const CHUNK = seedsOf(500);

const saved = new URL("./seeds/", import.meta.url);

function savedSeeds(): string[] {
  try {
    return readdirSync(saved).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

describe("random concurrent histories", () => {
  test.each(Array.from({ length: SEEDS / CHUNK }, (_, index) => index * CHUNK))(
    "seeds from %i on converge, as each client predicted (MERGE-24, MERGE-25, MERGE-27)",
    (first) => {
      for (let seed = first; seed < first + CHUNK; seed += 1) {
        const { broken } = madeHistory(seed);
        expect(broken, `npm run fuzz -- --histories 1 --seed ${seed}`).toBeUndefined();
      }
    },
  );

  test("what once broke a law holds", () => {
    for (const name of savedSeeds()) {
      const history = JSON.parse(readFileSync(new URL(name, saved), "utf8")) as History;
      expect(brokenBy(history), name).toBeUndefined();
    }
  });
});
