/** The demo account and its template, made on a first start so that the first query shows something worth seeing. */
import { applyOperations } from "../commands/editing/applyOperations.js";
import { createTemplate } from "../commands/templates/createTemplate.js";
import type { OperationInput } from "../commands/inputs.js";
import type { Services } from "../commands/services.js";
import { makeAccount as makeAccountOf } from "../commands/accounts/signUp.js";
import { demoDesign, demoNoteId, demoPageId, demoTemplateName } from "./demoDesign.js";

export const demoEmail = "demo@strata.local";

export interface Demo {
  readonly userId: string;
  readonly templateId: string;
  /** Whether this start made the account. */
  readonly isNew: boolean;
}

export interface DemoParts {
  readonly services: Services;
  readonly password: string;
  /** The oldest template of a user that is not in the bin. */
  readonly findTemplate: (userId: string) => Promise<string | undefined>;
}

/** Finds the demo account and template, and makes what is missing: a start that was cut short is completed by the next. */
export async function ensureDemo({ services, password, findTemplate }: DemoParts): Promise<Demo> {
  const known = await services.users.findBySignInName(demoEmail);
  const userId = known?.id ?? (await makeAccount(services, password));
  const templateId = (await findTemplate(userId)) ?? (await makeTemplate(services, userId));
  return { userId, templateId, isNew: known === undefined };
}

async function makeAccount(services: Services, password: string): Promise<string> {
  const outcome = await makeAccountOf(services, { email: demoEmail, name: "Demo", password });
  if (outcome.kind === "signedIn") return outcome.userId;
  // Another node made it at this moment.
  const made = await services.users.findBySignInName(demoEmail);
  if (made === undefined) throw new Error(`the demo account cannot be made: ${outcome.message}`);
  return made.id;
}

async function makeTemplate(services: Services, userId: string): Promise<string> {
  const viewer = { kind: "user", userId } as const;
  const outcome = await createTemplate(services, viewer, {
    name: demoTemplateName,
    description: "A wireframe kit: Excalidraw's library of that name, under the MIT licence.",
    category: "wireframe",
    tags: ["demo", "wireframe", "mobile"],
    designData: await demoDesign(),
  });
  if (outcome.kind === "refused") {
    throw new Error(`the demo template cannot be made: ${outcome.message}`);
  }
  const { templateId } = outcome;
  for (const [index, operation] of demoHistory.entries()) {
    const applied = await applyOperations(services, viewer, {
      templateId,
      baseVersion: index + 1,
      operations: [operation],
      clientId: "demo",
      onConflict: "REJECT",
    });
    if (applied.kind === "applied") continue;
    throw new Error(`the demo template cannot be edited: ${applied.message}`);
  }
  return templateId;
}

/** A short past, so that there is something to look back at and to collide with. */
const note = { pageId: demoPageId, elementId: demoNoteId };
export const demoHistory: readonly OperationInput[] = [
  { id: "demo-1", type: "UPDATE_ELEMENT_PROPS", target: note, payload: { fill: "#d3f9d8" } },
  { id: "demo-2", type: "MOVE_ELEMENT", target: note, payload: { x: 580, y: 60 } },
  {
    id: "demo-3",
    type: "EDIT_TEXT",
    target: note,
    payload: { delta: [{ retain: 17 }, { insert: ": every change is kept" }] },
  },
  {
    id: "demo-4",
    type: "UPDATE_PAGE",
    target: { pageId: demoPageId },
    payload: { name: "Home page" },
  },
];
