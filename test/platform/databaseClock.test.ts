import { expect, test } from "vitest";
import { DatabaseClock } from "../../src/platform/databaseClock.js";
import { FakeClock, settle } from "../subscriptions/harness.js";

const ASK_MS = 10_000;

function setup() {
  const machine = new FakeClock();
  const monotonic = () => machine.monotonic() + database.waitedMs;
  const database = { aheadMs: 5_000, isAway: false, asked: 0, tookMs: 0, waitedMs: 0 };
  const clock = new DatabaseClock(
    { now: () => machine.now(), monotonic, after: (...task) => machine.after(...task) },
    async () => {
      database.asked += 1;
      if (database.isAway) throw new Error("away");
      const instant = 1_700_000_000_000 + monotonic() + database.aheadMs;
      database.waitedMs += database.tookMs;
      return instant;
    },
  );
  const aheadMs = () => clock.now() - monotonic() - 1_700_000_000_000;
  return { machine, database, clock, aheadMs };
}

test("TIME-2: instants are the database's, whatever the machine's clock is set to", async () => {
  const { machine, database, clock, aheadMs } = setup();
  await clock.start();
  expect(aheadMs()).toBe(5_000);
  machine.jump(-3_600_000);
  await machine.advance(ASK_MS - 1);
  expect(aheadMs()).toBe(5_000);
  database.aheadMs = -7_000;
  await machine.advance(1);
  await settle();
  expect(aheadMs()).toBe(-7_000);
});

test("TIME-2: time goes on while the database is away, and with answers that are too slow to tell", async () => {
  const { machine, database, clock, aheadMs } = setup();
  await clock.start();
  database.isAway = true;
  machine.jump(86_400_000);
  await machine.advance(3 * ASK_MS);
  expect(aheadMs()).toBe(5_000);
  Object.assign(database, { isAway: false, aheadMs: 9_000, tookMs: 1_001 });
  await machine.advance(ASK_MS);
  expect(aheadMs()).toBe(5_000);
  const { asked } = database;
  clock.close();
  await machine.advance(10 * ASK_MS);
  expect(database.asked).toBe(asked);
});
