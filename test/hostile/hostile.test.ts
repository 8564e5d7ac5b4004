/** A short attack, in CI; `npm run hostile` makes a long one. */
import { expect, test } from "vitest";
import { createTestDatabase } from "../setup/database.js";
import { randomOf } from "./random.js";
import { hostileRequest } from "./requests.js";
import { runHostile } from "./run.js";

const HEAP_GROWTH_BYTES_MAX = 30_000_000;

test("LIM-25 hundreds of hostile requests: no 500, no crash, no memory kept, others are served", async () => {
  const database = await createTestDatabase();
  const seed = Number(process.env["HOSTILE_SEED"] ?? 7);
  const report = await runHostile({ databaseUrl: database.url, seed, requests: 500, width: 8 });
  expect(report.failures, `seed ${seed}`).toEqual([]);
  expect(report.bystanderFailures).toEqual([]);
  expect(report.quiet.length).toBeGreaterThan(0);
  expect(report.attacked.length).toBeGreaterThan(0);
  expect(report.heapBytesAfter - report.heapBytesBefore).toBeLessThan(HEAP_GROWTH_BYTES_MAX);
  expect(report.exitCode).toBe(0);
  await database.drop();
});

test("a seed makes the same requests again, and another one others", () => {
  const made = (seed: number) =>
    Array.from({ length: 50 }, (_, index) => hostileRequest(randomOf(seed + index)));
  expect(made(1)).toEqual(made(1));
  expect(made(1)).not.toEqual(made(1_000));
});
