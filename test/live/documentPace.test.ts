/** Large documents and everybody else: others are answered while one is checked, hashed, copied and read. */
import { expect, test } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { createSnapshot } from "../../src/commands/history/createSnapshot.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import { duplicateTemplate } from "../../src/commands/templates/duplicateTemplate.js";
import { stateAt } from "../../src/commands/history/readStateAt.js";
import { hashOfDesign } from "../../src/live/designHashes.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";

const design = {
  canvas: Object.fromEntries(
    Array.from({ length: 50 }, (_, list) => [
      `l${list}`,
      Array.from({ length: 1_000 }, () => ({})),
    ]),
  ),
  pages: [],
  audioLayers: [],
};

async function made(services: MemorySetup, designData: object | null): Promise<string> {
  const answer = await createTemplate(services, author, { name: "T", designData });
  if (answer.kind !== "created") throw new Error(answer.kind);
  return answer.templateId;
}

const large: Record<string, (services: MemorySetup, templateId: string) => Promise<unknown>> = {
  "a creation": (services) => made(services, design),
  "a copy": (services, templateId) => duplicateTemplate(services, author, { templateId }),
  "a snapshot": (services, templateId) =>
    createSnapshot(services, author, { templateId, name: "Kept" }),
  "a first reading": async (services, templateId) => {
    const head = await services.head(templateId);
    return services.live.read(templateId, head!.version);
  },
  "a reading of an old version": async (services, templateId) => {
    const state = await stateAt(services, (await services.head(templateId))!, 1);
    return hashOfDesign(services, state!.design);
  },
};

test.each(Object.keys(large))("ENG-41: %s lets edits be answered first", async (name) => {
  const services = memoryServices({ settings: { decisionSliceMsMax: 0 } });
  const [templateId, otherId] = [await made(services, design), await made(services, null)];
  const answered: string[] = [];
  const work = large[name]!(services, templateId).then(() => answered.push(name));
  for (let edit = 0; edit < 5; edit += 1) {
    const { kind } = await applyOperations(services, author, {
      templateId: otherId,
      baseVersion: 1,
      operations: [
        { id: `e${edit}`, type: "UPDATE_CANVAS", target: {}, payload: { set: { edit } } },
      ],
      onConflict: "FORCE",
    });
    answered.push(kind);
  }
  await work;
  expect(answered).toEqual([...Array.from({ length: 5 }, () => "applied"), name]);
});

test("ENG-41: the hash of a document in memory is computed once", async () => {
  const services = memoryServices();
  const templateId = await made(services, design);
  const head = (await services.head(templateId))!;
  await services.live.read(templateId, head.version);
  const [one, other] = [await stateAt(services, head, 1), await stateAt(services, head, 1)];
  expect(hashOfDesign(services, one!.design)).toBe(hashOfDesign(services, other!.design));
});
