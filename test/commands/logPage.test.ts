import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { readLogPage } from "../../src/commands/history/logPage.js";
import { isInFilter, type LogFilter } from "../../src/domain/history/logFilter.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { newTemplate, operationAt } from "../contracts/storedOperations.js";

const PAYLOAD_BYTES = JSON.stringify({ x: 10, y: 0.5 }).length;

/** A log of 60 operations of four elements, the last of which has one alone. */
async function newLog() {
  const store = new MemoryTemplateStore();
  const template = newTemplate(randomUUID());
  const { templateId } = template;
  await store.create(template);
  const operations = Array.from({ length: 60 }, (_, index) => {
    const elementId = index === 41 ? "e4" : `e${index % 3}`;
    return operationAt(index + 2, { target: { pageId: "p1", elementId } });
  });
  await store.commit({ templateId, expectedVersion: 1, operations });
  return { store, templateId, operations };
}

const filters: LogFilter[] = [
  {},
  { pageId: "p1" },
  { elementId: "e1" },
  { elementId: "e4" },
  { elementId: "e9" },
];
const cases = filters.flatMap((filter) =>
  [true, false].flatMap((fromEnd) =>
    [1, 2, 7, 100].flatMap((size) =>
      [true, false].map((payload) => ({ filter, fromEnd, size, payload })),
    ),
  ),
);

test.each(cases)("API-113 pages tell each operation once: %j", async (asked) => {
  const { store, templateId, operations } = await newLog();
  let charged = 0;
  const work = {
    pageBytesMax: 3 * PAYLOAD_BYTES,
    async read<T>(bytes: number, read: () => Promise<T>) {
      charged += bytes;
      return read();
    },
  };
  const [low, high] = [4, 57];
  const seen: number[] = [];
  let [afterVersion, throughVersion] = [low, high];
  for (let pages = 0; ; pages += 1) {
    expect(pages).toBeLessThan(70);
    const request = { templateId, afterVersion, throughVersion, ...asked };
    const page = await readLogPage(store, request, work, [2, 3, 5]);
    const versions = page.records.map(({ resultingVersion }) => resultingVersion);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(versions.length).toBeLessThanOrEqual(
      asked.payload ? Math.min(3, asked.size) : asked.size,
    );
    seen.push(...(asked.fromEnd ? versions.toReversed() : versions));
    if (!page.isMore) break;
    if (asked.fromEnd) throughVersion = (page.searchedTo ?? versions[0]!) - 1;
    else afterVersion = page.searchedTo ?? versions.at(-1)!;
  }
  const expected = operations
    .filter((operation) => isInFilter(asked.filter, operation))
    .map(({ resultingVersion }) => resultingVersion)
    .filter((version) => version > low && version <= high);
  expect(seen).toEqual(asked.fromEnd ? expected.toReversed() : expected);
  // Looking through the log is charged, what is told besides where it is asked for.
  const isSearched = Object.keys(asked.filter).length > 0;
  expect(charged > 0).toBe(isSearched || asked.payload);
});
