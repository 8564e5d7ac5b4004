import { z } from "zod";
import { withNewElement } from "../../document/elementTree.js";
import { findPage, invalid, quoted, tooLarge, elementPath } from "../find.js";
import { nodePath } from "../footprint.js";
import type { Touch } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { adding } from "../families.js";
import { elementNode } from "./elementChange.js";
import { newElement, storedElement } from "./elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import { elementTarget } from "../targets.js";

type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof newElement>;

export const addElement: OperationDefinition<Target, Payload> = {
  type: "ADD_ELEMENT",
  description:
    "Adds an element to a page. The payload is the element without its id: `type`, `x` and `y`, and any further properties. `afterId` is its place in the paint order.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "ellipse-1" },
    payload: { type: "ellipse", x: 320, y: 180, width: 120, height: 80, afterId: "rect-1" },
  },
  target: elementTarget,
  payload: newElement,
  ...adding("elements", null),

  apply(document, { pageId, elementId }, payload, limits) {
    const page = findPage(document, pageId);
    if (!page.ok) return page;
    const { elements } = page.value;
    if (elements.items.has(elementId)) {
      return invalid(
        `element ${quoted(elementId)} is already on page ${quoted(pageId)}`,
        elementPath,
      );
    }
    if (elements.size >= limits.elementsPerPageMax) {
      return tooLarge(`a page holds at most ${limits.elementsPerPageMax} elements`, ["payload"]);
    }
    const parentId = payload.parentId ?? null;
    if (parentId !== null && !elements.items.has(parentId)) {
      const message = `parent ${quoted(parentId)} does not exist on page ${quoted(pageId)}`;
      return invalid(message, ["payload", "parentId"]);
    }
    const element = storedElement(elementId, payload);
    return success(withNewElement(document, page.value, element, payload.afterId));
  },

  invert(_document, target) {
    return [{ type: "DELETE_ELEMENT", target, payload: null }];
  },

  footprint(_document, target, payload) {
    const touches: Touch[] = [
      { kind: "create", path: elementNode(target) },
      { kind: "read", path: nodePath("pages", target.pageId) },
    ];
    if (typeof payload.parentId === "string") {
      const path = elementNode({ pageId: target.pageId, elementId: payload.parentId });
      touches.push({ kind: "read", path });
    }
    return touches;
  },
};
