import { expect, it } from "vitest";
import { createHeadReader } from "../../src/storage/templates/headReader.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import type { TemplateHead } from "../../src/storage/templates/templateStore.js";

/** A store whose queries are answered by hand; what they answer is read when they leave. */
function storeByHand() {
  let version = 1;
  const queries: { ids: readonly string[]; answer(error?: Error): void }[] = [];
  const headAt = (templateId: string): TemplateHead => ({
    templateId,
    authorId: null,
    isPublic: false,
    deleted: false,
    version,
    versionHash: "",
    logStartVersion: 1,
    lockRevision: 0,
    accessRevision: 0,
    createdAt: 0,
    updatedAt: 0,
  });
  const heads = (ids: readonly string[]) =>
    new Promise<Map<string, TemplateHead>>((resolve, reject) => {
      const found = ids.filter((id) => id !== "gone").map((id) => [id, headAt(id)] as const);
      const answer = (error?: Error) => (error ? reject(error) : resolve(new Map(found)));
      queries.push({ ids, answer });
    });
  return { store: { heads }, queries, commit: () => void (version += 1) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("STO-11 sends what is asked while a query is on its way with the next one, once per template", async () => {
  const { store, queries } = storeByHand();
  const reader = createHeadReader(store, { batchMax: 100 });
  const first = reader.head("a");
  await turn();
  const others = Array.from({ length: 500 }, (_, i) => reader.head(`t${i % 5}`));
  await turn();
  expect(queries.map(({ ids }) => ids)).toEqual([["a"]]);
  queries[0]!.answer();
  expect((await first)?.templateId).toBe("a");
  await turn();
  expect(queries[1]!.ids).toEqual(["t0", "t1", "t2", "t3", "t4"]);
  queries[1]!.answer();
  expect((await Promise.all(others)).every((head) => head?.version === 1)).toBe(true);
  expect(queries).toHaveLength(2);
});

it("STO-11 never answers a lookup with what was read before it was asked", async () => {
  const { store, queries, commit } = storeByHand();
  const reader = createHeadReader(store, { batchMax: 100 });
  const before = reader.head("a");
  await turn();
  commit();
  const after = reader.head("a");
  queries[0]!.answer();
  expect((await before)?.version).toBe(1);
  await turn();
  queries[1]!.answer();
  expect((await after)?.version).toBe(2);
});

it("STO-11 keeps to the largest batch, one query after the other", async () => {
  const { store, queries } = storeByHand();
  const reader = createHeadReader(store, { batchMax: 2 });
  const heads = ["a", "b", "gone"].map((id) => reader.head(id));
  await turn();
  expect(queries.map(({ ids }) => ids)).toEqual([["a", "b"]]);
  queries[0]!.answer();
  await turn();
  expect(queries[1]!.ids).toEqual(["gone"]);
  queries[1]!.answer();
  const found = await Promise.all(heads);
  expect(found.map((head) => head?.templateId)).toEqual(["a", "b", undefined]);
});

it("STO-11 fails those whose query failed and serves the next ones", async () => {
  const { store, queries } = storeByHand();
  const reader = createHeadReader(store, { batchMax: 100 });
  const failing = expect(reader.head("a")).rejects.toThrow(StorageUnavailable);
  await turn();
  const next = reader.head("a");
  queries[0]!.answer(new StorageUnavailable(5));
  await failing;
  await turn();
  queries[1]!.answer();
  expect((await next)?.version).toBe(1);
});
