import { z } from "zod";
import type { OperationDefinition } from "./definition.js";
import { changeElement, elementNode, restoreProperties } from "./elementChange.js";
import { elementChanges, withNormalText } from "./elementProperties.js";
import { exampleDesign } from "./exampleDesign.js";
import { oneValue } from "./openProperties.js";
import { elementTarget } from "./targets.js";

type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof elementChanges>;

export const updateElementProps: OperationDefinition<Target, Payload> = {
  type: "UPDATE_ELEMENT_PROPS",
  description:
    "Sets properties of an element; null removes one. Not `id` and `type`, which stay, and not `parentId`, which " +
    "REORDER_ELEMENT changes. " +
    oneValue,
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "rect-1" },
    payload: { fill: "#4dabf7", opacity: 0.5, height: null },
  },
  target: elementTarget,
  payload: elementChanges,

  apply(document, target, payload, limits) {
    return changeElement(document, target, withNormalText(payload), limits);
  },

  invert: restoreProperties,

  footprint(_document, target, payload) {
    return [{ kind: "write", path: elementNode(target), properties: Object.keys(payload) }];
  },
};
