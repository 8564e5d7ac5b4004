import { z } from "zod";
import { jsonBytes } from "../document/bytes.js";
import { withElement } from "../document/edit.js";
import { findElement } from "../document/find.js";
import { success } from "../result.js";
import type { OperationDefinition } from "./definition.js";
import { changeElement, elementNode, restoreProperties } from "./elementChange.js";
import { points } from "./elementProperties.js";
import { exampleDesign } from "./exampleDesign.js";
import { elementTarget } from "./targets.js";

const payload = z.strictObject({ points: points.min(1) });
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

export const extendStroke: OperationDefinition<Target, Payload> = {
  type: "EXTEND_STROKE",
  description:
    "Appends points, each `[x, y]` or `[x, y, pressure]`, to the points of an element; one without points begins with them.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "stroke-1" },
    payload: {
      points: [
        [9, 12],
        [15, 14, 0.8],
      ],
    },
  },
  target: elementTarget,
  payload,

  apply(document, target, payload, limits) {
    const found = findElement(document, target.pageId, target.elementId);
    if (!found.ok) return found;
    const { page, element } = found.value;
    const before = element["points"];
    if (!Array.isArray(before) || before.length === 0) {
      return changeElement(document, target, payload, limits);
    }
    // Only what is appended is measured: brackets drop out, a comma joins the two.
    const bytesAdded = jsonBytes(payload.points) - 1;
    const extended = { ...element, points: [...before, ...payload.points] };
    return success(withElement(document, page, extended, bytesAdded));
  },

  // No type shortens a stroke, so its points are set back as a whole.
  invert: restoreProperties,

  footprint(_document, target) {
    return [{ kind: "blend", path: elementNode(target), properties: ["points"] }];
  },
};
