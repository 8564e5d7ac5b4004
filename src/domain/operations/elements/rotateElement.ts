import { z } from "zod";
import { previousProperties } from "../../document/properties.js";
import type { OperationDefinition } from "../definition.js";
import { updating } from "../families.js";
import { changeElement, elementNode, elementOf, restoreProperties } from "./elementChange.js";
import { coordinate } from "./elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import { elementTarget } from "../targets.js";

const payload = z.strictObject({ rotation: coordinate });
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

export const rotateElement: OperationDefinition<Target, Payload> = {
  type: "ROTATE_ELEMENT",
  description: "Rotates an element to an angle, in degrees.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "rect-1" },
    payload: { rotation: 45 },
  },
  target: elementTarget,
  payload,
  ...updating("UPDATE_ELEMENT_PROPS"),
  changes: ["rotation"],

  apply: changeElement,

  invert(document, target, payload) {
    const element = elementOf(document, target);
    if (element["rotation"] === undefined) return restoreProperties(document, target, payload);
    return [{ type: "ROTATE_ELEMENT", target, payload: previousProperties(element, payload) }];
  },

  footprint(_document, target) {
    return [{ kind: "blend", path: elementNode(target), properties: ["rotation"] }];
  },
};
