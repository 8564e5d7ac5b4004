/** Leaving out what a subscriber with a viewport certainly cannot see. */
import type { ChangeOperation } from "./changeBus.js";
import { type Area, intersect, type Rectangle } from "./elementAreas.js";
import type { SharedChange } from "./sharedChange.js";

/** A rectangle of one page, in canvas units. */
export interface Viewport extends Rectangle {
  readonly pageId: string;
}

/** Viewports that show the same have the same key. */
export function viewportKey(viewport: Viewport): string {
  const { pageId, x, y, width, height } = viewport;
  return JSON.stringify([pageId, x, y, width, height]);
}

/**
 * The change without the operations wholly outside the viewport; the versions stay. `areaOf` tells where an
 * operation took place, undefined where that is not certain: then it stays in.
 */
export function seenThrough(
  viewport: Viewport,
  change: SharedChange,
  areaOf: (operation: ChangeOperation) => Area | undefined,
): SharedChange {
  if (change.kind !== "OPERATIONS") return change;
  const operations = change.operations.filter((operation) => isSeen(viewport, operation, areaOf));
  return operations.length === change.operations.length ? change : { ...change, operations };
}

function isSeen(
  viewport: Viewport,
  operation: ChangeOperation,
  areaOf: (operation: ChangeOperation) => Area | undefined,
): boolean {
  const { pageId, elementId } = operation.target;
  // Canvas, audio and the list of pages concern every viewer; what is on another page does not.
  if (pageId === undefined) return true;
  if (elementId === undefined && operation.type !== "CLEAR_PAGE") return true;
  if (pageId !== viewport.pageId) return false;
  const area = areaOf(operation);
  return area === undefined || area.some((place) => intersect(viewport, place));
}
