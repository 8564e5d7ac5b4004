import { z } from "zod";
import { previousProperties } from "../../document/properties.js";
import type { OperationDefinition } from "../definition.js";
import { updating, withoutEntries } from "../families.js";
import { changeElement, elementNode, elementOf, restoreProperties } from "./elementChange.js";
import { coordinate, extent } from "./elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import { elementTarget } from "../targets.js";

const payload = z.strictObject({
  width: extent,
  height: extent,
  x: coordinate.exactOptional(),
  y: coordinate.exactOptional(),
});
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

export const resizeElement: OperationDefinition<Target, Payload> = {
  type: "RESIZE_ELEMENT",
  description:
    "Sets the size of an element, in canvas units, and its position if dragging its left or upper edge moved it.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "rect-1" },
    payload: { width: 240, height: 120 },
  },
  target: elementTarget,
  payload,
  ...updating("UPDATE_ELEMENT_PROPS"),
  changes: ["x", "y", "width", "height"],
  without(target, payload, lost) {
    // A size without the position that came with it is still a size.
    const isSize = !lost.has("width") && !lost.has("height");
    return withoutEntries(
      isSize ? "RESIZE_ELEMENT" : "UPDATE_ELEMENT_PROPS",
      target,
      payload,
      lost,
    );
  },

  apply: changeElement,

  invert(document, target, payload) {
    const element = elementOf(document, target);
    // An element that had no size loses it again, which a resize cannot say.
    if (element["width"] === undefined || element["height"] === undefined) {
      return restoreProperties(document, target, payload);
    }
    return [{ type: "RESIZE_ELEMENT", target, payload: previousProperties(element, payload) }];
  },

  footprint(_document, target, payload) {
    const properties = ["width", "height", "x", "y"].filter((name) => Object.hasOwn(payload, name));
    return [{ kind: "blend", path: elementNode(target), properties }];
  },
};
