/** What a subscriber looks at, and which elements of a document that shows. */
import type { Design, DesignElement } from "../domain/document/design.js";
import { designOf } from "../domain/document/toDesign.js";
import { listOf } from "../domain/document/sequence.js";
import type { Document, Page } from "../domain/document/document.js";
import { boxOf, intersect, type Rectangle } from "./elementBox.js";

/** A rectangle of one page, in canvas units. */
export interface Viewport extends Rectangle {
  readonly pageId: string;
  /** Whether the client holds nothing yet: it is told the state first, and of states what shows. */
  readonly state?: boolean | null | undefined;
}

/** Viewports that show the same have the same key. */
export function viewportKey(viewport: Viewport): string {
  const { pageId, x, y, width, height, state } = viewport;
  // JSON has one text for 0 and -0, which show the same.
  return JSON.stringify([pageId, x, y, width, height, state === true]);
}

/** The page that the viewport lies on; undefined where the document has none. */
export function pageOfViewport(viewport: Viewport, document: Document): Page | undefined {
  return document.pages.items.get(viewport.pageId);
}

/**
 * Whether the element shows. What is not certain does: who has children, which are drawn with it, and who has no box.
 * So a parent shows wherever one of its children does.
 */
export function isShown(viewport: Viewport, page: Page, element: DesignElement): boolean {
  if (page.children.has(element.id)) return true;
  const box = boxOf(element);
  return box === undefined || intersect(viewport, box);
}

/** The document as clients read it, without the elements that do not show. */
export function designSeen(viewport: Viewport, document: Document): Design {
  const design = designOf(document);
  const page = pageOfViewport(viewport, document);
  const elements = page && listOf(page.elements).filter((one) => isShown(viewport, page, one));
  const pages = design.pages.map((one) => ({
    ...one,
    elements: one.id === viewport.pageId ? (elements ?? []) : [],
  }));
  return { ...design, pages };
}
