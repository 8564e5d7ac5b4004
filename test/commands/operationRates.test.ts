/** Operations count against their person's rate, on every way that commits some. */
import { beforeEach, describe, expect, test } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import type { OperationInput } from "../../src/commands/inputs.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { redo, undo } from "../../src/commands/history/undo.js";
import { defaultRateSettings } from "../../src/limits/rates/rateSettings.js";
import { userKey } from "../../src/limits/rates/keys.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";

const POINTS = 10;

let services: MemorySetup;
let templateId: string;

beforeEach(async () => {
  services = memoryServices({ rates: { operations: { points: POINTS, perMs: 3_600_000 } } });
  const created = await createTemplate(services, author, { name: "A template" });
  if (created.kind === "refused") throw new Error(created.message);
  templateId = created.templateId;
});

const addPages = (from: number, count: number, baseVersion: number) =>
  applyOperations(services, author, {
    templateId,
    baseVersion,
    onConflict: "FORCE",
    operations: Array.from({ length: count }, (_, index) => ({
      id: `op-${from + index}`,
      type: "ADD_PAGE",
      target: { pageId: `page-${from + index}-x` },
      payload: {},
    })),
  });

const limited = {
  kind: "refused",
  code: "RATE_LIMITED",
  retryAfterMs: expect.any(Number) as number,
};

/** So many operations are so many points: one for the request and one for each further 40. */
const rowsOf = (points: number) => 40 * (points - 1) + 1;

/** How many points are left, which this takes. */
async function left(): Promise<number> {
  let count = 0;
  while ((await services.rates.operations.take(userKey(author.userId), 1)).ok) count += 1;
  return count;
}

describe("operations count", () => {
  test("LIM-14 LIM-40 those of a batch, and a batch that does not fit changes nothing", async () => {
    const rows = rowsOf(6);
    expect((await addPages(0, rows, 1)).kind).toBe("applied");
    expect(await addPages(rows, rowsOf(5), rows + 1)).toMatchObject(limited);
    expect((await services.head(templateId))?.version).toBe(rows + 1);
    expect((await addPages(rows, rowsOf(4), rows + 1)).kind).toBe("applied");
    expect(await addPages(490, 1, rows + rowsOf(4) + 1)).toMatchObject(limited);
  });

  test("LIM-40 by their bytes, known once they are committed", async () => {
    const note = "x".repeat(150_000);
    const outcome = await applyOperations(services, author, {
      templateId,
      baseVersion: 1,
      onConflict: "FORCE",
      operations: [{ id: "large", type: "UPDATE_CANVAS", target: {}, payload: { note } }],
    });
    expect(outcome.kind).toBe("applied");
    expect(await left()).toBe(POINTS - 5);
  });

  test("LIM-40 by default a paste of 5,000 and undoing what was cleared leave room to edit", async () => {
    const perMinute = defaultRateSettings.operationsPerMinuteMax;
    services = memoryServices({
      rates: { operations: { points: 2 * perMinute, perMs: 3_600_000_000 } },
    });
    const created = await createTemplate(services, author, {
      name: "Pasted",
      designData: { canvas: {}, pages: [{ id: "p", elements: [] }], audioLayers: [] },
    });
    if (created.kind === "refused") throw new Error(created.message);
    ({ templateId } = created);
    let made = 0;
    const apply = (operations: readonly object[]) =>
      applyOperations(services, author, {
        templateId,
        baseVersion: 1,
        onConflict: "FORCE",
        operations: operations as OperationInput[],
      });
    const paste = () =>
      apply(
        Array.from({ length: 1_000 }, () => ({
          id: `add-${(made += 1)}`,
          type: "ADD_ELEMENT",
          target: { pageId: "p", elementId: `e${made}` },
          payload: { type: "rect", x: made, y: 5, width: 100, height: 50, fill: "#aabbcc" },
        })),
      );
    for (let request = 0; request < 5; request += 1) expect((await paste()).kind).toBe("applied");
    const clear = { type: "CLEAR_PAGE", target: { pageId: "p" } };
    expect((await apply([{ ...clear, id: "clear" }])).kind).toBe("applied");
    expect((await undo(services, author, { templateId })).kind).toBe("applied");
    const edit = { id: "edit", type: "UPDATE_CANVAS", target: {}, payload: { a: 1 } };
    expect((await apply([edit])).kind).toBe("applied");
    // All of it is a third of what a person may do at once.
    expect(await left()).toBeGreaterThan(2 * perMinute * (2 / 3));
  });

  test("LIM-14 not again where an earlier try had committed them", async () => {
    for (let again = 0; again <= 5; again += 1) await addPages(0, rowsOf(4), 1);
    expect(await left()).toBe(POINTS - 4);
  });

  test("LIM-14 of undo, redo and revert by what they commit", async () => {
    const rows = rowsOf(3);
    await addPages(0, rows, 1);
    expect((await undo(services, author, { templateId })).kind).toBe("applied");
    expect((await redo(services, author, { templateId })).kind).toBe("applied");
    expect((await services.head(templateId))?.version).toBe(1 + 3 * rows);
    const reverted = await revertTemplate(services, author, { templateId, targetVersion: 1 });
    expect(reverted.kind).toBe("reverted");
    // Three points of each are more than there were: what was done counts nevertheless.
    for (const refused of [
      await undo(services, author, { templateId }),
      await redo(services, author, { templateId }),
      await revertTemplate(services, author, { templateId, targetVersion: 1 }),
      await addPages(490, 1, 1),
    ]) {
      expect(refused).toMatchObject(limited);
    }
  });

  test("LIM-14 of a conflict that is resolved", async () => {
    await addPages(0, rowsOf(2), 1);
    const clientOperations = Array.from({ length: rowsOf(9) }, (_, index): OperationInput => ({
      id: `mine-${index}`,
      type: "ADD_PAGE",
      target: { pageId: `mine-${index}` },
      payload: {},
    }));
    const input = {
      templateId,
      baseVersion: 1,
      headVersion: 1 + rowsOf(2),
      resolution: "CLIENT_WINS",
    } as const;
    expect(await resolveConflict(services, author, { ...input, clientOperations })).toMatchObject(
      limited,
    );
    const few = clientOperations.slice(0, rowsOf(3));
    const resolved = await resolveConflict(services, author, { ...input, clientOperations: few });
    expect(resolved.kind).toBe("resolved");
    expect(await left()).toBe(POINTS - 5);
  });

  test.each(["CLIENT_WINS", "SERVER_WINS", "MANUAL"] as const)(
    "LIM-14 not again where the same choice was made before: %s",
    async (resolution) => {
      await addPages(0, 2, 1);
      const clientOperations: OperationInput[] = [
        { id: "mine", type: "ADD_PAGE", target: { pageId: "mine" }, payload: {} },
      ];
      const manualState = { canvas: {}, pages: [{ id: "mine", elements: [] }], audioLayers: [] };
      const choice = { templateId, baseVersion: 1, headVersion: 3, resolution };
      const input = resolution === "MANUAL" ? { manualState } : { clientOperations };
      const first = await resolveConflict(services, author, { ...choice, ...input });
      if (first.kind !== "resolved") throw new Error(first.kind);
      for (let again = 0; again < 3; again += 1) {
        const outcome = await resolveConflict(services, author, { ...choice, ...input });
        expect(outcome).toMatchObject({ kind: "resolved", newVersion: first.newVersion });
      }
      expect(await left()).toBe(POINTS - 2);
    },
  );

  test("LIM-14 by person, whatever the template", async () => {
    await addPages(0, rowsOf(POINTS), 1);
    const created = await createTemplate(services, author, { name: "Another" });
    if (created.kind === "refused") throw new Error(created.message);
    templateId = created.templateId;
    expect(await addPages(0, 1, 1)).toMatchObject(limited);
  });
});
