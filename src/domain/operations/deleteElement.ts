import { z } from "zod";
import { withDescendants, withoutElements } from "../document/elementTree.js";
import { findElement, known } from "../document/find.js";
import { success } from "../result.js";
import type { OperationDefinition } from "./definition.js";
import { deletion } from "./elementChange.js";
import { exampleDesign } from "./exampleDesign.js";
import { restoreElements } from "./restoreElements.js";
import { elementTarget, noPayload } from "./targets.js";

type Target = z.infer<typeof elementTarget>;

export const deleteElement: OperationDefinition<Target, null> = {
  type: "DELETE_ELEMENT",
  description: "Deletes an element, and with a frame or group everything in it.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "frame-1" },
    payload: null,
  },
  target: elementTarget,
  payload: noPayload,

  apply(document, { pageId, elementId }) {
    const found = findElement(document, pageId, elementId);
    if (!found.ok) return found;
    const { page } = found.value;
    return success(withoutElements(document, page, new Set(withDescendants(page, elementId))));
  },

  invert(document, { pageId, elementId }) {
    const { page } = known(findElement(document, pageId, elementId));
    return restoreElements(page, withDescendants(page, elementId));
  },

  footprint(document, target) {
    const page = document.pages.items.get(target.pageId);
    const ids = page === undefined ? [target.elementId] : withDescendants(page, target.elementId);
    return ids.map((elementId) => deletion(page, { pageId: target.pageId, elementId }));
  },
};
