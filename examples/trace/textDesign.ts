/** The document that a trace is typed into: one text on one page. */
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import type { Json } from "../../src/domain/json.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import type { Delta } from "../../src/domain/text/delta.js";

const target = { pageId: "page", elementId: "text" };

export function textDesign(text: string): Design {
  const element = { id: target.elementId, type: "text", x: 0, y: 0, text };
  return {
    canvas: {},
    pages: [{ id: target.pageId, elements: [element] }],
    audioLayers: [],
  };
}

export function editOf(delta: Delta): OperationContent {
  return { type: "EDIT_TEXT", target, payload: { delta: delta as unknown as Json } };
}

/** The text in a client's copy. */
export function textIn(document: Document): string {
  const page = document.pages.items.get(target.pageId);
  return plain(page?.elements.items.get(target.elementId)?.["text"]);
}

/** The text in the server's answer. */
export function textOfDesign(design: Design): string {
  return plain(design.pages[0]?.elements[0]?.["text"]);
}

function plain(text: Json | undefined): string {
  if (typeof text !== "string") throw new Error("the document's text is not a plain one");
  return text;
}
