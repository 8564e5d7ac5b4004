import { expect, test } from "vitest";
import { KnownStandings } from "../../src/accounts/standings.js";
import type { Standing } from "../../src/domain/access/credentials.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";

const phone = { kind: "listed", id: "phone" } as const;

/** Standings over a store and a clock that the test moves. */
function setup() {
  const people = new Map<string, Standing>();
  const asked: (readonly string[])[] = [];
  let now = 0;
  let wallAheadMs = 0;
  let isAway = false;
  const due = new Set<{ readonly at: number; readonly task: () => void }>();
  const clock = {
    now: () => now + wallAheadMs,
    monotonic: () => now,
    after(milliseconds: number, task: () => void) {
      const entry = { at: now + milliseconds, task };
      due.add(entry);
      return () => void due.delete(entry);
    },
  };
  const standings = new KnownStandings({
    clock,
    store: {
      async standings(userIds) {
        asked.push(userIds);
        if (isAway) throw new StorageUnavailable(1_000);
        return new Map([...people].filter(([id]) => userIds.includes(id)));
      },
    },
  });
  return {
    ...{ standings, asked, due },
    lists: (userId: string, ...ids: string[]) =>
      void people.set(userId, { listed: new Set(ids), validAfter: null }),
    forget: (userId: string) => void people.delete(userId),
    setAway: (away: boolean) => void (isAway = away),
    async pass(milliseconds: number) {
      now += milliseconds;
      for (const entry of due) {
        if (entry.at > now) continue;
        due.delete(entry);
        entry.task();
      }
      await settled();
    },
  };
}

/** What is on its way through promises alone arrives. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("AUTH-14: who watches hears once that it ended, at the next look", async () => {
  const { standings, lists, pass } = setup();
  lists("ada", "phone", "tablet");
  const heard: string[] = [];
  standings.watch("ada", phone, () => heard.push("phone"));
  standings.watch("ada", { kind: "listed", id: "tablet" }, () => heard.push("tablet"));
  await pass(500);
  expect(heard).toEqual([]);
  lists("ada", "tablet");
  await pass(500);
  await pass(500);
  expect(heard).toEqual(["phone"]);
});

test("AUTH-14: at once where it was ended here", async () => {
  const { standings, lists, forget } = setup();
  lists("ada", "phone");
  const heard: string[] = [];
  standings.watch("ada", phone, () => heard.push("phone"));
  forget("ada");
  standings.changed("ada");
  await settled();
  expect(heard).toEqual(["phone"]);
});

test("AUTH-14: all who are connected are looked at in one query, and nobody when nobody is", async () => {
  const { standings, asked, due, lists, pass } = setup();
  const unwatch = ["ada", "bob", "ada"].map((id) => {
    lists(id, "phone");
    return standings.watch(id, phone, () => {});
  });
  await pass(500);
  expect(asked).toEqual([["ada", "bob"]]);
  for (const stop of unwatch) stop();
  await pass(500);
  await pass(500);
  expect(asked).toHaveLength(1);
  expect(due.size).toBe(0);
});

test("AUTH-14: a store that is away ends nothing, and is asked again", async () => {
  const { standings, lists, forget, pass, setAway } = setup();
  lists("ada", "phone");
  const heard: string[] = [];
  standings.watch("ada", phone, () => heard.push("phone"));
  forget("ada");
  setAway(true);
  await pass(500);
  expect(heard).toEqual([]);
  setAway(false);
  await pass(500);
  expect(heard).toEqual(["phone"]);
});

test("AUTH-14: requests of one moment share a query, and those within half a second its answer", async () => {
  const { standings, asked, lists, pass } = setup();
  lists("ada", "phone");
  lists("bob", "phone");
  const all = () => Promise.all(["ada", "bob", "ada"].map((id) => standings.holds(id, phone)));
  expect(await all()).toEqual([true, true, true]);
  expect(asked).toEqual([["ada", "bob"]]);
  await pass(499);
  expect(await all()).toEqual([true, true, true]);
  expect(asked).toHaveLength(1);
  await pass(1);
  expect(await all()).toEqual([true, true, true]);
  expect(asked).toHaveLength(2);
});
