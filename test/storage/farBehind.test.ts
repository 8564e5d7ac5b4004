/** What a client that is thousands of versions behind costs the database, and that it gets what everyone gets. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { OperationInput } from "../../src/commands/inputs.js";
import { undo } from "../../src/commands/history/undo.js";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";
import { currentDesign, edit, editOk, move, newTemplate } from "../live/editing.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";

const BATCHES = 7;
const BATCH_OPERATIONS = 900;

/** Of each batch, so many edits of the text of `e1` and of that of `e2`. */
const TEXTS_PER_BATCH = 3;

/** Checkpoints and snapshots would send statements of their own. */
const noCopies = {
  checkpointVersionsMin: 1_000_000,
  checkpointVersionsMax: 1_000_000,
  checkpointIdleMs: 3_600_000,
  snapshotVersionsMin: 1_000_000,
  snapshotVersionsMax: 1_000_000,
};

let opened: StoreOnPostgres;
let inMemory: MemorySetup;
let farBehind: MemorySetup;

beforeAll(async () => {
  opened = await openStoreOnPostgres();
  await opened.database.pool.query(
    "INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'a@example.org', 'A', 'x')",
    [author.userId],
  );
  const templates = opened.store;
  inMemory = memoryServices({ templates, settings: { ...noCopies, recentOperationsMax: 10_000 } });
  farBehind = memoryServices({ templates, settings: { ...noCopies, recentOperationsMax: 100 } });
});
afterAll(() => opened.close());

function text(id: string, elementId: string, ...delta: readonly object[]): OperationInput {
  return { id, type: "EDIT_TEXT", target: { pageId: "p1", elementId }, payload: { delta } };
}

/** What others do: mostly properties of some size, and now and then the texts of both elements. */
function batchOf(number: number): OperationInput[] {
  return Array.from({ length: BATCH_OPERATIONS }, (_, i): OperationInput => {
    const id = `b${number}-${i}`;
    const isText = i < 2 * TEXTS_PER_BATCH;
    if (isText) return text(`text-${id}`, i % 2 === 0 ? "e1" : "e2", { insert: `${number}${i} ` });
    return {
      id,
      type: "UPDATE_ELEMENT_PROPS",
      target: { pageId: "p1", elementId: "e2" },
      payload: { note: "x".repeat(300) + i },
    };
  });
}

/** A template on which its author wrote a word; others then took it 6,300 versions further. */
async function longHistory(): Promise<string> {
  const templateId = await newTemplate(inMemory);
  const clientId = "me";
  await editOk(inMemory, templateId, [text("word", "e1", { insert: "Hello" })], { clientId });
  for (let number = 0; number < BATCHES; number += 1) {
    await editOk(inMemory, templateId, batchOf(number), { clientId: "others" });
  }
  return templateId;
}

/** The statements that the work sends, with their parameters and the number of bytes that come back. */
async function statementsOf(work: () => Promise<unknown>) {
  const spy = vi.spyOn(opened.database.pool, "query");
  try {
    await work();
    return await Promise.all(
      spy.mock.calls.map(async ([query], index) => {
        const { name, text: sql, values } = query as unknown as Sent;
        const result: unknown = await spy.mock.results[index]?.value;
        const { rows } = result as { readonly rows: readonly unknown[] };
        return { name, sql, values, rows: rows.length, bytes: JSON.stringify(rows).length };
      }),
    );
  } finally {
    spy.mockRestore();
  }
}

interface Sent {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The ids under which rows were read wholly. */
function idsRead(statements: Awaited<ReturnType<typeof statementsOf>>): string[] {
  const reads = statements.filter(({ name }) => name === "log_by_operation_id");
  return reads.flatMap(({ values }) => values[1] as string[]);
}

const textIds = (parity: 0 | 1) =>
  Array.from({ length: BATCHES * TEXTS_PER_BATCH }, (_, i) => {
    const number = Math.floor(i / TEXTS_PER_BATCH);
    return `text-b${number}-${2 * (i % TEXTS_PER_BATCH) + parity}`;
  });

describe("a client that is 6,300 versions behind", () => {
  const stale = { baseVersion: 2, clientId: "me", onConflict: "MERGE" } as const;
  const mine = [
    text("t", "e1", { retain: 5 }, { insert: "!" }),
    move("m", 7),
    text("u", "e1", { delete: 1 }),
  ];

  it("ENG-11 MERGE-18 is merged from footprints and the texts it edits, as from memory", async () => {
    const [expected, templateId] = [await longHistory(), await longHistory()];
    const merged = await editOk(inMemory, expected, mine, stale);
    await currentDesign(farBehind, templateId);
    let outcome: unknown;
    const statements = await statementsOf(async () => {
      outcome = await editOk(farBehind, templateId, mine, stale);
    });
    const names = statements.map(({ name }) => name);
    expect(names).toEqual([
      "template_heads",
      "log_history",
      "log_by_operation_id",
      "commit_operations",
    ]);
    expect(idsRead(statements)).toEqual(textIds(0));
    const history = statements.find(({ name }) => name === "log_history");
    expect(history?.rows).toBeGreaterThan(6_000);
    expect(history?.sql).not.toMatch(/payload|inverse|target|SELECT \*/);
    const whole = await statementsOf(() =>
      opened.store.readLog({ templateId, afterVersion: 2, limit: history!.rows }),
    );
    expect(history!.bytes).toBeLessThan(whole[0]!.bytes / 2);
    const contents = (operations: unknown) =>
      (operations as typeof merged).operations.map(
        ({ id, type, target, payload, transformedFrom }) => ({
          id,
          type,
          target,
          payload,
          transformedFrom,
        }),
      );
    expect(contents(outcome)).toEqual(contents(merged));
    expect(canonicalJson(await currentDesign(farBehind, templateId))).toBe(
      canonicalJson(await currentDesign(inMemory, expected)),
    );
  });

  it("ENG-45 is merged in pages where that is too far for a round of decisions", async () => {
    const templateId = await longHistory();
    const settings = { ...noCopies, recentOperationsMax: 100, historyOperationsMax: 1_000 };
    const services = memoryServices({ templates: opened.store, settings });
    await currentDesign(services, templateId);
    const statements = await statementsOf(() => editOk(services, templateId, mine, stale));
    const pages = statements.filter(({ name }) => name === "log_history");
    expect(pages).toHaveLength(4);
    for (const { rows } of pages) expect(rows).toBeLessThanOrEqual(2_000);
    expect(idsRead(statements)).toEqual(textIds(0));
    expect(canonicalJson(await currentDesign(services, templateId))).toContain("ello!");
  });

  it("ENG-11 undoes what it wrote then, from footprints and the text it is about", async () => {
    const [expected, templateId] = [await longHistory(), await longHistory()];
    await undo(inMemory, author, { templateId: expected, clientId: "me" });
    await currentDesign(farBehind, templateId);
    const statements = await statementsOf(() =>
      undo(farBehind, author, { templateId, clientId: "me" }),
    );
    expect(statements.map(({ name }) => name)).not.toContain("log_range");
    expect(idsRead(statements)).toEqual(["word", ...textIds(0)]);
    const undone = await currentDesign(farBehind, templateId);
    expect(canonicalJson(undone)).toBe(canonicalJson(await currentDesign(inMemory, expected)));
    expect(undone.pages[0]?.elements[0]?.["text"]).not.toContain("Hello");
  });

  it("ENG-11 is told of a conflict without payloads that nobody asked for", async () => {
    const templateId = await longHistory();
    await currentDesign(farBehind, templateId);
    const note: OperationInput = { ...batchOf(0).at(-1)!, id: "note" };
    let told: unknown;
    const statements = await statementsOf(async () => {
      const outcome = await edit(farBehind, templateId, [note], { ...stale, onConflict: "REJECT" });
      if (outcome.kind !== "versionConflict") throw new Error(outcome.kind);
      told = await outcome.serverOperations.read(Infinity, { payload: false });
    });
    expect(told).toHaveLength(BATCHES * BATCH_OPERATIONS);
    expect(idsRead(statements)).toEqual(["note"]);
    const names = new Set(statements.map(({ name }) => name));
    expect(names).toContain("log_records");
    for (const name of ["log_range", "log_records_with_payload"]) expect(names).not.toContain(name);
  });
});
