/** Which elements a change of some may show or hide, though it does not name them. */
import type { Page } from "../document/document.js";
import { parentOf, withDescendants } from "../document/elementTree.js";
import { rotationOf } from "./elementBounds.js";

/**
 * The groups around the named elements, which are drawn as what is in them, and all that is in the outermost turned one
 * of them, which turns with it: about its middle, and that may depend on any of them.
 */
export function idsDrawnWith(page: Page, ids: readonly string[]): ReadonlySet<string> {
  const around = new Set<string>();
  const turning = new Set<string>();
  for (const id of ids) {
    let outermost: string | undefined;
    let element = page.elements.items.get(id);
    while (element !== undefined && !around.has(element.id)) {
      around.add(element.id);
      if (rotationOf(element) !== 0 && page.children.has(element.id)) outermost = element.id;
      const parentId = parentOf(element);
      element = parentId === null ? undefined : page.elements.items.get(parentId);
    }
    if (outermost !== undefined) turning.add(outermost);
  }
  const turnedWith = new Set<string>();
  for (const id of turning) {
    // A turned group was found before any that is inside it and was not walked through to it.
    if (turnedWith.has(id)) continue;
    for (const inside of withDescendants(page, id)) turnedWith.add(inside);
  }
  return turnedWith.size === 0 ? around : new Set([...around, ...turnedWith]);
}
