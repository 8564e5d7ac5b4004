/** What was deleted, moved or placed above something that is gone has its place among those that are left. */
import { expect, test } from "vitest";
import { seedsOf } from "../setup/seeds.js";
import { checkMergePlaces, checkUndoPlaces } from "./placesLaw.js";

const HISTORIES = seedsOf(4_000);

test("UNDO-40: what is restored stands in its place among those that are left", () => {
  expect(checkUndoPlaces(HISTORIES)).toBeGreaterThan(HISTORIES / 4);
});

test("MERGE-60: what goes above something that others deleted goes to its place", () => {
  expect(checkMergePlaces(HISTORIES)).toBeGreaterThan(HISTORIES / 4);
});
