/** Operations count against their person's rate, on every way that commits some. */
import { beforeEach, describe, expect, test } from "vitest";
import { applyOperations } from "../../src/commands/applyOperations.js";
import type { OperationInput } from "../../src/commands/inputs.js";
import { createTemplate } from "../../src/commands/createTemplate.js";
import { resolveConflict } from "../../src/commands/resolveConflict.js";
import { revertTemplate } from "../../src/commands/revertTemplate.js";
import { redo, undo } from "../../src/commands/undo.js";
import { userKey } from "../../src/limits/keys.js";
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

/** How many operations are left, which this takes. */
async function left(): Promise<number> {
  let count = 0;
  while ((await services.rates.operations.take(userKey(author.userId), 1)).ok) count += 1;
  return count;
}

describe("operations count", () => {
  test("LIM-14 each of a batch, and a batch that does not fit changes nothing", async () => {
    expect((await addPages(0, 6, 1)).kind).toBe("applied");
    expect(await addPages(6, 5, 7)).toMatchObject(limited);
    expect((await services.head(templateId))?.version).toBe(7);
    expect((await addPages(6, 4, 7)).kind).toBe("applied");
    expect(await addPages(10, 1, 11)).toMatchObject(limited);
  });

  test("LIM-14 not again where an earlier try had committed them", async () => {
    await addPages(0, 4, 1);
    for (let again = 0; again < 5; again += 1) await addPages(0, 4, 1);
    expect(await left()).toBe(POINTS - 4);
  });

  test("LIM-14 of undo, redo and revert by what they commit", async () => {
    await addPages(0, 3, 1);
    expect((await undo(services, author, { templateId })).kind).toBe("applied");
    expect((await redo(services, author, { templateId })).kind).toBe("applied");
    expect((await services.head(templateId))?.version).toBe(10);
    const reverted = await revertTemplate(services, author, { templateId, targetVersion: 1 });
    expect(reverted.kind).toBe("reverted");
    // Three of each is more than there was: what was done counts nevertheless.
    for (const refused of [
      await undo(services, author, { templateId }),
      await redo(services, author, { templateId }),
      await revertTemplate(services, author, { templateId, targetVersion: 1 }),
      await addPages(20, 1, 13),
    ]) {
      expect(refused).toMatchObject(limited);
    }
  });

  test("LIM-14 of a conflict that is resolved", async () => {
    await addPages(0, 2, 1);
    const clientOperations = Array.from({ length: POINTS }, (_, index): OperationInput => ({
      id: `mine-${index}`,
      type: "ADD_PAGE",
      target: { pageId: `mine-${index}` },
      payload: {},
    }));
    const input = {
      templateId,
      baseVersion: 1,
      headVersion: 3,
      resolution: "CLIENT_WINS",
    } as const;
    expect(await resolveConflict(services, author, { ...input, clientOperations })).toMatchObject(
      limited,
    );
    const few = clientOperations.slice(0, 3);
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
      expect(await left()).toBe(POINTS - 2 - first.operations.length);
    },
  );

  test("LIM-14 by person, whatever the template", async () => {
    await addPages(0, POINTS, 1);
    const created = await createTemplate(services, author, { name: "Another" });
    if (created.kind === "refused") throw new Error(created.message);
    templateId = created.templateId;
    expect(await addPages(0, 1, 1)).toMatchObject(limited);
  });
});
