import { z } from "zod";
import { withDescendants, withoutElements } from "../../document/elementTree.js";
import { findElement, known } from "../find.js";
import type { Touch } from "../footprint.js";
import { success } from "../../result.js";
import { STEP_ITEMS } from "../../steps.js";
import type { OperationDefinition } from "../definition.js";
import { deleting } from "../families.js";
import { deletion } from "./elementChange.js";
import { exampleDesign } from "../exampleDesign.js";
import { restoreElements } from "./restoreElements.js";
import { elementTarget, noPayload } from "../targets.js";

type Target = z.infer<typeof elementTarget>;

export const deleteElement: OperationDefinition<Target, null> = {
  type: "DELETE_ELEMENT",
  description: "Deletes an element; for a frame or group, including all its contents.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "frame-1" },
    payload: null,
  },
  target: elementTarget,
  payload: noPayload,
  ...deleting("elements"),

  *apply(document, { pageId, elementId }) {
    const found = findElement(document, pageId, elementId);
    if (!found.ok) return found;
    const { page } = found.value;
    const ids = new Set(withDescendants(page, elementId));
    return success(yield* withoutElements(document, page, ids));
  },

  invert(document, { pageId, elementId }) {
    const { page } = known(findElement(document, pageId, elementId));
    return restoreElements(page, withDescendants(page, elementId));
  },

  *footprint(document, { pageId, elementId }) {
    const page = document.pages.items.get(pageId);
    const ids = page === undefined ? [elementId] : withDescendants(page, elementId);
    const touches: Touch[] = [];
    for (const [index, id] of ids.entries()) {
      if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
      touches.push(deletion(page, { pageId, elementId: id }));
    }
    return touches;
  },
};
