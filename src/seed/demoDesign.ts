/** The demo template: a kit of real wireframes, and a note that the tour of GraphiQL plays with. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Design, DesignElement } from "../domain/document/design.js";
import { packageRoot } from "../platform/packageRoot.js";
import { convertLibrary } from "./excalidraw.js";

export const demoTemplateName = "E-commerce mobile UI";
/** A page of the kit, and the note on it. */
export const demoPageId = "homepage";
export const demoNoteId = "note";

export const demoNote: DesignElement = {
  id: demoNoteId,
  type: "rect",
  x: 560,
  y: 24,
  width: 260,
  height: 120,
  fill: "#fff3bf",
  text: "Welcome to Strata",
};

/** The demo template's document at version 1. */
export async function demoDesign(): Promise<Design> {
  const path = join(packageRoot, "prisma/seed/ecommerce-mobile-ui.excalidrawlib.gz");
  const library: unknown = JSON.parse((await promisify(gunzip)(await readFile(path))).toString());
  const design = convertLibrary(library);
  const pages = design.pages.map((page) =>
    page.id === demoPageId ? { ...page, elements: [...page.elements, demoNote] } : page,
  );
  return { ...design, pages };
}
