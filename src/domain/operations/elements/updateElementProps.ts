import type { z } from "zod";
import type { Json } from "../../json.js";
import { sameJson } from "../../text/richText.js";
import type { OperationDefinition } from "../definition.js";
import { updating } from "../families.js";
import { changeElement, elementNode, elementOf, restoreProperties } from "./elementChange.js";
import { elementChanges, withNormalText } from "./elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import { oneValue } from "../openProperties.js";
import type { OperationContent } from "../operation.js";
import { elementTarget } from "../targets.js";

type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof elementChanges>;

export const updateElementProps: OperationDefinition<Target, Payload> = {
  type: "UPDATE_ELEMENT_PROPS",
  description:
    "Sets properties of an element; null removes one. Not `id` and `type`, which cannot change, nor `parentId`, which REORDER_ELEMENT changes. " +
    oneValue,
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "rect-1" },
    payload: { fill: "#4dabf7", opacity: 0.5, height: null },
  },
  target: elementTarget,
  payload: elementChanges,
  ...updating("UPDATE_ELEMENT_PROPS"),

  apply(document, target, payload, limits) {
    return changeElement(document, target, withNormalText(payload), limits);
  },

  /** A stroke that was shortened grows again: the inverse is as large as what was cut off, and what redoes it appends. */
  invert(document, target, payload) {
    const before = elementOf(document, target)["points"];
    const { points, ...others } = payload;
    if (!Array.isArray(before) || !isBeginning(points, before)) {
      return restoreProperties(document, target, payload);
    }
    const tail = { from: points.length, points: before.slice(points.length) };
    const inverse: OperationContent = { type: "EXTEND_STROKE", target, payload: tail };
    if (Object.keys(others).length === 0) return [inverse];
    return [...restoreProperties(document, target, others), inverse];
  },

  footprint(_document, target, payload) {
    return [{ kind: "write", path: elementNode(target), properties: Object.keys(payload) }];
  },
};

/** Whether the points are the first ones of a longer stroke. */
function isBeginning(
  points: readonly (readonly Json[])[] | null | undefined,
  stroke: readonly Json[],
): points is readonly (readonly Json[])[] {
  if (points === null || points === undefined || points.length >= stroke.length) return false;
  return points.every((point, index) => sameJson(point, stroke[index]));
}
