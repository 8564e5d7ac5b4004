import { expect, test } from "vitest";
import { createDocumentCache } from "../../src/http/graphql/documentCache.js";

test("what was used last stays, within the bound", () => {
  const cache = createDocumentCache<number>(30);
  cache.set("a".repeat(10), 1);
  cache.set("b".repeat(10), 2);
  cache.set("c".repeat(10), 3);
  expect(cache.get("a".repeat(10))).toBe(1);
  cache.set("d".repeat(10), 4);
  expect(cache.get("b".repeat(10))).toBeUndefined();
  expect(cache.get("a".repeat(10))).toBe(1);
  expect(cache.get("d".repeat(10))).toBe(4);
});

test("setting a text again counts it once", () => {
  const cache = createDocumentCache<number>(20);
  for (let count = 0; count < 5; count += 1) cache.set("a".repeat(10), count);
  cache.set("b".repeat(10), 9);
  expect(cache.get("a".repeat(10))).toBe(4);
});

test("a long text is not kept: it is mostly values", () => {
  const cache = createDocumentCache<number>(1_000_000);
  cache.set("x".repeat(16_001), 1);
  expect(cache.get("x".repeat(16_001))).toBeUndefined();
});
