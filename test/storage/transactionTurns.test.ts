import { describe, expect, test } from "vitest";
import { TransactionTurns, type TurnKey } from "../../src/storage/postgres/transactionTurns.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";

/** Work that lasts until it is ended. */
function works(turns: TransactionTurns, order: string[]) {
  return (name: string, ...keys: TurnKey[]) => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const done = turns.run(keys, async () => {
      order.push(name);
      await ended;
      return name;
    });
    return { done, end };
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("LIM-93 turns of transactions", () => {
  test("come in order for each key, and one after the other where they share any", async () => {
    const order: string[] = [];
    const start = works(new TransactionTurns({ poolSizeMax: 10, waitMsMax: 60_000 }), order);
    const first = start("first", "template a", "address x");
    const second = start("second", "address x");
    const third = start("third", "address x", "template b");
    const other = start("other", "template b");
    await settled();
    expect(order.toSorted()).toEqual(["first", "other"]);
    for (const { end } of [first, second, third, other]) end();
    expect(await Promise.all([first, second, third, other].map(({ done }) => done))).toHaveLength(
      4,
    );
    expect(order.slice(2)).toEqual(["second", "third"]);
  });

  test("take half of the connections at most, and one of a pool of one", async () => {
    for (const [poolSizeMax, atOnce] of [
      [10, 5],
      [1, 1],
    ] as const) {
      const order: string[] = [];
      const start = works(new TransactionTurns({ poolSizeMax, waitMsMax: 60_000 }), order);
      const all = Array.from({ length: 8 }, (_, index) => start("", `template ${index}`));
      await settled();
      expect(order).toHaveLength(atOnce);
      for (const { end } of all) end();
      await Promise.all(all.map(({ done }) => done));
    }
  });

  test("are given up after a while, and nothing of the work was done", async () => {
    const order: string[] = [];
    const turns = new TransactionTurns({ poolSizeMax: 2, waitMsMax: 20 });
    const start = works(turns, order);
    const first = start("first", "template a");
    for (const key of ["template a", "template b"] as const) {
      await expect(start("late", key).done).rejects.toThrow(StorageUnavailable);
    }
    first.end();
    await first.done;
    expect(order).toEqual(["first"]);
    expect(turns.size).toBe(0);
  });

  test("go on after work that failed, and leave nothing behind", async () => {
    const turns = new TransactionTurns({ poolSizeMax: 2, waitMsMax: 60_000 });
    const failed = turns.run(["template a"], async () => Promise.reject(new Error("no")));
    const next = turns.run(["template a"], async () => "next");
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("next");
    expect(turns.size).toBe(0);
  });
});
