/** A short course of failures on real parts; `npm run chaos` is the long one. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/platform/packageRoot.js";
import { allFaults } from "./faults.js";
import { run } from "./run.js";
import { Timeline } from "./timeline.js";

const CLIENTS_MAX = 30;

/** One of each kind, and one in the middle of each thing that can be torn apart. */
const names = [
  "kill node at answer to a commit",
  "kill PostgreSQL at commit",
  "kill Redis at publish",
  "kill node at catch-up",
  "cut node from PostgreSQL (reset) at checkpoint",
  "cut node from PostgreSQL (hang) at answer to a commit",
  "cut node from Redis (reset)",
  "kill node under a lock",
  `rolling restart under ${CLIENTS_MAX} clients`,
  "pause node",
];

test(
  "FAIL-1 FAIL-2 FAIL-3 FAIL-4 FAIL-5 FAIL-6 FAIL-7 FAIL-8 FAIL-9 FAIL-10 hold whatever is killed, stopped or cut off",
  // Ten faults, each with waits of its own that fail when nothing moves.
  { timeout: 1_800_000 },
  async () => {
    const build = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
    expect(build.status).toBe(0);
    const faults = allFaults({
      deadMs: 300,
      cutMs: 2_500,
      stoppedMs: 1_500,
      pausedMs: 5_000,
      clients: CLIENTS_MAX,
    });
    const course = names.map((name) => faults.find((fault) => fault.name === name));
    const timeline = new Timeline();
    const told = await run({
      seed: 1,
      course: course.filter((fault) => fault !== undefined),
      clients: 12,
      paceMs: 200,
      programDir: packageRoot,
      timeline,
    }).catch((error: unknown) => `${String(error)}\n${timeline.lines.slice(-60).join("\n")}`);
    // Where it failed, what led to it is the better part of the message.
    if (typeof told === "string") throw new Error(told);
    expect(told.recoveries.map(({ fault }) => fault)).toEqual(names);
    expect(told.acknowledged).toBeGreaterThan(500);
  },
);
