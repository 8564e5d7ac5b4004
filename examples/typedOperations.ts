/**
 * Operations with their types, as a client in TypeScript writes them: `strata/schema` knows what each type of operation
 * has as target and payload, where GraphQL says JSON. One that does not fit does not compile.
 */
import { randomUUID } from "node:crypto";
import type { OperationInput, OperationPayload } from "strata/schema";

/** What a card looks like, without its place. */
export type CardStyle = Omit<OperationPayload<"ADD_ELEMENT">, "type" | "x" | "y">;

/** The operations that draw a card with a title on a page. */
export function drawCard(pageId: string, title: string, style: CardStyle): OperationInput[] {
  const card = { pageId, elementId: randomUUID() };
  const label = { pageId, elementId: randomUUID() };
  const delta: OperationPayload<"EDIT_TEXT">["delta"] = [
    { insert: title, attributes: { bold: true } },
  ];
  return [
    {
      id: randomUUID(),
      type: "ADD_ELEMENT",
      target: card,
      payload: { ...style, type: "rect", x: 40, y: 40 },
    },
    {
      id: randomUUID(),
      type: "ADD_ELEMENT",
      target: label,
      payload: { type: "text", x: 56, y: 56, text: "" },
    },
    { id: randomUUID(), type: "EDIT_TEXT", target: label, payload: { delta } },
  ];
}

/** The operation that takes an element away; its type has no payload. */
export function removeElement(pageId: string, elementId: string): OperationInput<"DELETE_ELEMENT"> {
  return { id: randomUUID(), type: "DELETE_ELEMENT", target: { pageId, elementId } };
}
