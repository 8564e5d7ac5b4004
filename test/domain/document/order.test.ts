/** The order of ids against plain arrays, also where what changed outgrows what it began with. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Order } from "../../../src/domain/document/order.js";

const change = fc.record({
  kind: fc.constantFrom("with", "with", "with", "without", "many"),
  id: fc.nat(300),
  after: fc.oneof(fc.nat(300), fc.constant(null), fc.constant(undefined)),
  isRead: fc.boolean(),
});

/** What the change makes of a list of ids. */
function changed(ids: readonly string[], { kind, id, after }: Change): string[] {
  const name = `n${id}`;
  if (kind === "without") return ids.filter((other) => other !== name);
  if (kind === "many") return ids.filter((other) => !goneOf(id).has(other));
  if (ids.includes(name)) return [...ids];
  if (after === null) return [name, ...ids];
  const below = ids.indexOf(`n${after}`);
  return below < 0 ? [...ids, name] : ids.toSpliced(below + 1, 0, name);
}

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function goneOf(id: number): ReadonlySet<string> {
  return new Set(Array.from({ length: 40 }, (_, index) => `n${id + 5 * index}`));
}

function orderAfter(order: Order, { kind, id, after }: Change): Order {
  const name = `n${id}`;
  if (kind === "without") return order.without(new Set([name]));
  if (kind === "many") return order.without(goneOf(id));
  if (order.has(name)) return order;
  return order.with(name, typeof after === "number" ? `n${after}` : after);
}

describe("OP-22 the paint order", () => {
  test("is what the same changes make of a list, and earlier orders stay as they were", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(change, { maxLength: 200 }), (length, changes) => {
        let ids = Array.from({ length }, (_, index) => `n${index}`);
        let order = Order.of(ids);
        for (const one of changes) {
          const [idsBefore, before] = [ids, order];
          ids = changed(ids, one);
          order = orderAfter(order, one);
          if (one.isRead) expect(order.ids).toEqual(ids);
          expect(order.size).toBe(ids.length);
          const [first] = ids;
          if (first !== undefined) expect(order.below(first)).toBeNull();
          const last = ids.at(-1);
          if (last !== undefined) expect(order.below(last)).toBe(ids.at(-2) ?? null);
          if (one.isRead) expect(before.ids).toEqual(idsBefore);
        }
        expect(order.ids).toEqual(ids);
      }),
      { numRuns: 100 },
    );
  });

  test("an id that it does not hold has no place", () => {
    expect(() => Order.of(["a"]).below("b")).toThrow("order does not hold b");
  });
});
