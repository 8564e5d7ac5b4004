/** A template with two rectangles, and edits of it, as the engine's tests write them. */
import { expect } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import type { ApplyOperationsInput, OperationInput } from "../../src/commands/inputs.js";
import type { Applied, ApplyOperationsOutcome } from "../../src/commands/outcomes.js";
import type { Services } from "../../src/commands/services.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { Design } from "../../src/domain/document/design.js";
import { author } from "../setup/memoryServices.js";

export const startDesign = {
  canvas: { width: 800, height: 600 },
  pages: [
    {
      id: "p1",
      elements: [
        { id: "e1", type: "rect", x: 0, y: 0, width: 10, height: 10 },
        { id: "e2", type: "rect", x: 50, y: 0, width: 10, height: 10 },
      ],
    },
  ],
  audioLayers: [],
};

/** A new template of the author's at version 1. */
export async function newTemplate(services: Services): Promise<string> {
  const created = await createTemplate(services, author, {
    name: "Test",
    designData: startDesign,
  });
  if (created.kind !== "created") throw new Error(created.message);
  return created.templateId;
}

/** Moves `e1`: an operation that always applies. */
export function move(id: string, x: number, elementId = "e1"): OperationInput {
  return { id, type: "MOVE_ELEMENT", target: { pageId: "p1", elementId }, payload: { x, y: 0 } };
}

/** Sets the colour of `e1`: collides with every other of its kind. */
export function fill(id: string, colour: string, elementId = "e1"): OperationInput {
  return {
    id,
    type: "UPDATE_ELEMENT_PROPS",
    target: { pageId: "p1", elementId },
    payload: { fill: colour },
  };
}

/** The author's edit. */
export function edit(
  services: Services,
  templateId: string,
  operations: readonly OperationInput[],
  options: Partial<ApplyOperationsInput> = {},
): Promise<ApplyOperationsOutcome> {
  return applyOperations(services, author, {
    templateId,
    baseVersion: 1,
    operations,
    onConflict: "FORCE",
    ...options,
  });
}

/** As `edit`, where nothing else than success is expected. */
export async function editOk(...args: Parameters<typeof edit>): Promise<Applied> {
  const outcome = await edit(...args);
  expect(outcome).toMatchObject({ kind: "applied" });
  return outcome as Applied;
}

/** The document at the head as the API would answer it. */
export async function currentDesign(services: Services, templateId: string): Promise<Design> {
  const head = await services.head(templateId);
  const { document } = await services.live.read(templateId, head?.version ?? 1);
  return designOf(document);
}
