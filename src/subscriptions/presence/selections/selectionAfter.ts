/** What a committed operation makes of somebody's place in a text. */
import type { Delta } from "../../../domain/text/delta.js";
import type { RichText } from "../../../domain/text/richText.js";
import {
  selectionAfterDelta,
  selectionWithin,
  type EditedBy,
} from "../../../domain/text/textSelection.js";
import { deletesNode, nodePath } from "../../../domain/operations/footprint.js";
import type { JsonObject } from "../../../domain/json.js";
import type { ChangeOperation } from "../../../bus/changeBus.js";
import type { ShownTextSelection } from "../../../bus/presenceEntry.js";

/** The selection after the operation, at the version it led to; null where its element is gone. */
export function selectionAfter(
  selection: ShownTextSelection,
  { type, target, payload, footprint, resultingVersion }: ChangeOperation,
  by: EditedBy,
): ShownTextSelection | null {
  const { pageId, elementId } = selection;
  const isOnPage = target.pageId === pageId;
  if (isOnPage && deletesNode(footprint, nodePath("pages", pageId, "elements", elementId))) {
    return null;
  }
  const moved = { ...selection, version: resultingVersion };
  if (!isOnPage || target.elementId !== elementId) return moved;
  if (type === "EDIT_TEXT") {
    return selectionAfterDelta(moved, (payload as JsonObject)["delta"] as unknown as Delta, by);
  }
  if (type !== "UPDATE_ELEMENT_PROPS" || !Object.hasOwn(payload as JsonObject, "text"))
    return moved;
  return selectionWithin(moved, ((payload as JsonObject)["text"] ?? "") as unknown as RichText);
}
