/** An account, templates and edits: what every scenario works on. */
import { fail } from "k6";
import { Rate, Trend } from "k6/metrics";
import { ask } from "./graphql.js";

export const PAGE_ID = "page";

/** From sending an edit to its acknowledgement, in milliseconds. */
export const acknowledged = new Trend("edit_acknowledged", true);
/** Edits that were not applied: refused, in conflict, or without an answer. */
export const notApplied = new Rate("edit_not_applied");

let count = 0;

/** Unique in the run and across runs. */
export function newId() {
  count += 1;
  return `${__VU}-${count}-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}`;
}

/** A new account's token. */
export function signUp() {
  const input = { email: `load-${newId()}@example.com`, name: "Load", password: `p-${newId()}` };
  const data = ask(
    "mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { token } } }",
    { input },
    { name: "signUp" },
  );
  return data?.signUp.token ?? fail("signUp was refused");
}

/** A template with so many rectangles and one text; its id. */
export function createTemplate(token, rectangles) {
  const elements = Array.from({ length: rectangles }, (_, index) => ({
    id: elementId(index),
    type: "rect",
    x: (index % 100) * 20,
    y: Math.floor(index / 100) * 20,
    width: 16,
    height: 12,
    strokeColor: "#1e1e1e",
    backgroundColor: "#a5d8ff",
  }));
  elements.push({ id: "text", type: "text", x: 0, y: 0, text: "" });
  const input = {
    name: "Load",
    designData: { canvas: {}, pages: [{ id: PAGE_ID, elements }], audioLayers: [] },
  };
  const data = ask(
    "mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { ... on TemplateCreated { template { id } } } }",
    { input },
    { token, name: "createTemplate" },
  );
  return data?.createTemplate.template.id ?? fail("createTemplate was refused");
}

const APPLY = `mutation ($input: ApplyOperationsInput!) {
  applyOperations(input: $input) { __typename ... on OperationsApplied { newVersion } ... on UserError { message } }
}`;

/** Sends operations made on `baseVersion` under MERGE; the new version, or undefined where they were not applied. */
export function apply(operations, { token, templateId, baseVersion, clientId, node }) {
  const input = { templateId, baseVersion, clientId, onConflict: "MERGE", operations };
  const startedAt = Date.now();
  const data = ask(APPLY, { input }, { token, name: "applyOperations", node });
  acknowledged.add(Date.now() - startedAt);
  const isApplied = data?.applyOperations.__typename === "OperationsApplied";
  notApplied.add(!isApplied);
  return isApplied ? data.applyOperations.newVersion : undefined;
}

/** Moves one of the rectangles. */
export function moveOf(index) {
  const payload = { x: Math.floor(Math.random() * 1_000), y: Math.floor(Math.random() * 1_000) };
  return operation("MOVE_ELEMENT", elementId(index), payload);
}

/** What people do: mostly moves, and whatever merges with what others do meanwhile. */
export function mixedEdit(rectangles) {
  const chance = Math.random();
  const element = elementId(Math.floor(Math.random() * rectangles));
  if (chance < 0.5) return moveOf(Math.floor(Math.random() * rectangles));
  if (chance < 0.65) return operation("RESIZE_ELEMENT", element, { width: 20, height: 10 });
  if (chance < 0.75) return operation("ROTATE_ELEMENT", element, { rotation: 45 });
  if (chance < 0.85) return operation("EDIT_TEXT", "text", { delta: [{ insert: "ab " }] });
  if (chance < 0.95) return operation("REORDER_ELEMENT", element, { afterId: null });
  return operation("ADD_ELEMENT", `new-${newId()}`, { type: "rect", x: 1, y: 1 });
}

function operation(type, elementId, payload) {
  return {
    id: newId(),
    type,
    target: { pageId: PAGE_ID, elementId },
    payload,
    timestamp: Date.now(),
  };
}

function elementId(index) {
  return `rectangle-${index}`;
}
