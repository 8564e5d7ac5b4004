import type { Design } from "./design.js";

/** The design of a new template: one empty page with the given id. */
export function emptyDesign(pageId: string): Design {
  return { canvas: {}, pages: [{ id: pageId, elements: [] }], audioLayers: [] };
}
