import { z } from "zod";
import type { OperationDefinition } from "../definition.js";
import { updating } from "../families.js";
import { changeElement, elementNode, elementOf } from "./elementChange.js";
import { coordinate } from "./elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import { elementTarget } from "../targets.js";

const payload = z.strictObject({ x: coordinate, y: coordinate });
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

export const moveElement: OperationDefinition<Target, Payload> = {
  type: "MOVE_ELEMENT",
  description: "Sets the position of an element, in canvas units.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "rect-1" },
    payload: { x: 120, y: 96 },
  },
  target: elementTarget,
  payload,
  ...updating("UPDATE_ELEMENT_PROPS"),
  changes: ["x", "y"],

  apply: changeElement,

  invert(document, target) {
    const { x, y } = elementOf(document, target);
    return [{ type: "MOVE_ELEMENT", target, payload: { x, y } }];
  },

  footprint(_document, target) {
    return [{ kind: "blend", path: elementNode(target), properties: ["x", "y"] }];
  },
};
