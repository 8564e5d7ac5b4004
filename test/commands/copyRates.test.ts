/** Documents that are stored in full count by their bytes against their person's rate, on every way that stores some. */
import { beforeEach, expect, test } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { createSnapshot } from "../../src/commands/history/createSnapshot.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import { duplicateTemplate } from "../../src/commands/templates/duplicateTemplate.js";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { userKey } from "../../src/limits/rates/keys.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";

const BYTES = 10_000;
const designData = { canvas: { note: "x".repeat(BYTES) }, pages: [], audioLayers: [] };
const limited = {
  kind: "refused",
  code: "RATE_LIMITED",
  retryAfterMs: expect.any(Number) as number,
};

let services: MemorySetup;
let templateId: string;

beforeEach(async () => {
  services = memoryServices({ rates: { copies: { points: 3 * BYTES, perMs: 3_600_000 } } });
  const created = await createTemplate(services, author, { name: "A template", designData });
  if (created.kind === "refused") throw new Error(created.message);
  templateId = created.templateId;
});

test.each([
  ["a snapshot", () => createSnapshot(services, author, { templateId, name: "Kept" })],
  ["a duplicate", () => duplicateTemplate(services, author, { templateId })],
  ["a new template", () => createTemplate(services, author, { name: "Another", designData })],
  ["a revert", () => revertTemplate(services, author, { templateId, targetVersion: 1 })],
])("LIM-73 %s counts, and one too many is refused and changes nothing", async (_name, copy) => {
  expect((await copy()).kind).not.toBe("refused");
  const head = await services.head(templateId);
  expect(await copy()).toMatchObject(limited);
  expect(await services.head(templateId)).toEqual(head);
});

test("LIM-73 an edit does not count, nor does a template without a document", async () => {
  while ((await services.rates.copies.take(userKey(author.userId), 1_000)).ok);
  const operation = {
    id: "o",
    type: "UPDATE_CANVAS" as const,
    target: {},
    payload: { set: { a: 1 } },
  };
  const edited = await applyOperations(services, author, {
    templateId,
    baseVersion: 1,
    onConflict: "FORCE",
    operations: [operation],
  });
  expect(edited.kind).toBe("applied");
  expect((await createTemplate(services, author, { name: "Empty" })).kind).toBe("created");
});
