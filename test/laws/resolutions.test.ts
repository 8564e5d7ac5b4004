/** The law of the ways out of a conflict: what a strategy announces is what choosing it does. */
import { expect, test } from "vitest";
import { seedsOf } from "../setup/seeds.js";
import { checkResolutions } from "./resolutionLaw.js";

test.each([0, 300, 600])(
  "conflicts from seed %i on are resolved as announced, and nothing comes back that is not needed (API-82, RES-1, RES-2, RES-3)",
  async (first) => {
    expect(await checkResolutions(first, seedsOf(300))).toBeGreaterThan(seedsOf(80) / 2);
  },
);
