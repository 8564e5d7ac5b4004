/** What somebody looks at, and which elements of a document that shows. */
import type { Design, DesignElement } from "../document/design.js";
import type { Document, Page } from "../document/document.js";
import { pageOf } from "../document/fromDesign.js";
import { listOf } from "../document/sequence.js";
import { designOf } from "../document/toDesign.js";
import { boundsOfRectangle, overlap, type Rectangle } from "./bounds.js";
import { areasOf } from "./pageAreas.js";

/** A rectangle of one page, in canvas units. */
export interface Viewport extends Rectangle {
  readonly pageId: string;
}

/** The page that the viewport lies on; undefined where the document has none. */
export function pageOfViewport(viewport: Viewport, document: Document): Page | undefined {
  return document.pages.items.get(viewport.pageId);
}

/** Whether the element shows. What may be anywhere does, and so does a group wherever something in it does. */
export function isShown(viewport: Viewport, page: Page, element: DesignElement): boolean {
  return overlap(boundsOfRectangle(viewport), areasOf(page).areaOf(element));
}

/** The document as clients read it, without the elements that do not show. */
export function designSeen(viewport: Viewport, document: Document): Design {
  return designOfPage(viewport, designOf(document), pageOfViewport(viewport, document));
}

/**
 * A design without the elements that do not show, and with a `viewport` that says so: what was looked at, and how many
 * elements were left out. It is no design that can be sent back as a whole one: the top level knows no `viewport`.
 *
 * @param page The viewport's page, where the caller holds it already
 */
export function partialDesign(viewport: Viewport, design: Design, page?: Page): Design {
  const shown = design.pages.find(({ id }) => id === viewport.pageId);
  const partial = designOfPage(viewport, design, page ?? (shown && pageOf(shown)));
  const { pageId, x, y, width, height } = viewport;
  const elementsLeftOut = elementCount(design) - elementCount(partial);
  return { ...partial, viewport: { pageId, x, y, width, height, elementsLeftOut } };
}

function designOfPage(viewport: Viewport, design: Design, page: Page | undefined): Design {
  const elements = page && listOf(page.elements).filter((one) => isShown(viewport, page, one));
  const pages = design.pages.map((one) => ({
    ...one,
    elements: one.id === viewport.pageId ? (elements ?? []) : [],
  }));
  return { ...design, pages };
}

function elementCount({ pages }: Design): number {
  return pages.reduce((count, { elements }) => count + elements.length, 0);
}
