import { z } from "zod";
import { withElement } from "../../document/edit.js";
import { findElement, invalid } from "../find.js";
import { jsonSize, noSize, sizeDifference, type JsonSize } from "../../document/size.js";
import type { Json, JsonObject } from "../../json.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { noTraits } from "../families.js";
import { changeElement, elementNode, elementOf, restoreProperties } from "./elementChange.js";
import { points } from "./elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import { NO_OP } from "../noOp.js";
import { elementTarget } from "../targets.js";

const payload = z
  .strictObject({
    points,
    from: z
      .int()
      .min(0, { error: "must be at least 0" })
      .exactOptional()
      .describe("The number of existing points to keep; the given points replace the rest."),
  })
  .refine(({ points: given, from }) => given.length > 0 || from !== undefined, {
    error: "must have at least 1 item",
    path: ["points"],
  });
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

/** A stroke of at most so many points is logged whole where its end is replaced. */
const SHORT_STROKE_POINTS_MAX = 100;

export const extendStroke: OperationDefinition<Target, Payload> = {
  type: "EXTEND_STROKE",
  description: `Appends points, each \`[x, y]\` or \`[x, y, pressure]\`, to the points of an element; an element without points starts with them. With \`from\` they replace all points except the first \`from\`, which collides with points that others append. If at most ${SHORT_STROKE_POINTS_MAX} points result, the log holds the equivalent UPDATE_ELEMENT_PROPS, otherwise the operation as sent; likewise for the undo of an extension.`,
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
  ...noTraits,
  incremental: { property: "points" },
  changes: ["points"],
  parts: () => ["points"],
  without: () => NO_OP,

  /**
   * What leads to a short stroke sets its points, as CONTRACT knows it: a client needs `from` for long strokes alone,
   * where cost has to follow the change.
   */
  settle(document, target, payload) {
    const { points: given, from } = payload;
    const asGiven = { type: "EXTEND_STROKE", target, payload } as const;
    const found = findElement(document, target.pageId, target.elementId);
    if (from === undefined || !found.ok) return asGiven;
    const before = pointsOf(found.value.element);
    if (from > before.length) return asGiven;
    if (from + given.length > SHORT_STROKE_POINTS_MAX) return asGiven;
    const points = [...before.slice(0, from), ...given];
    return { type: "UPDATE_ELEMENT_PROPS", target, payload: { points } };
  },

  apply(document, target, payload, limits) {
    const found = findElement(document, target.pageId, target.elementId);
    if (!found.ok) return found;
    const { page, element } = found.value;
    const before = pointsOf(element);
    const { points: given, from = before.length } = payload;
    if (from > before.length) {
      const message = `payload.from exceeds the ${before.length} existing points`;
      return invalid(message, ["payload", "from"]);
    }
    if (from === 0) return changeElement(document, target, { points: given }, limits);
    // Only what goes and comes is measured: brackets drop out, a comma joins the two.
    const added = sizeDifference(tailSize(given), tailSize(before.slice(from)));
    const extended = { ...element, points: [...before.slice(0, from), ...given] };
    return success(withElement(document, page, extended, added));
  },

  invert(document, target, payload) {
    const element = elementOf(document, target);
    // No list of points leads back to none at all.
    if (!Array.isArray(element["points"])) {
      return restoreProperties(document, target, { points: null });
    }
    const before = pointsOf(element);
    const { from = before.length } = payload;
    const inverse: JsonObject = { from, points: before.slice(from) };
    return [{ type: "EXTEND_STROKE", target, payload: inverse }];
  },

  /**
   * The plain append that an undone or redone cut comes to where all points that are there are kept. A client's own `from`
   * stays, since what it was made on is not known to whoever commits later: it collides with appends in either order.
   */
  simplify(document, target, payload) {
    const { points: given, from } = payload;
    const found = findElement(document, target.pageId, target.elementId);
    const keepsAll = found.ok && from === pointsOf(found.value.element).length;
    const isAppend = keepsAll && given.length > 0;
    return { type: "EXTEND_STROKE", target, payload: isAppend ? { points: given } : payload };
  },

  footprint(_document, target, { from }) {
    const path = elementNode(target);
    const goesOn = { kind: "blend", path, properties: ["points"] } as const;
    if (from === undefined) return [goesOn];
    // It sets what follows, and goes on from what is kept.
    return [{ kind: "write", path, properties: ["points"] }, goesOn];
  },
};

function pointsOf(element: JsonObject): readonly Json[] {
  const value = element["points"];
  return Array.isArray(value) ? value : [];
}

/** What points add to a list that holds some before them. */
function tailSize(tail: readonly Json[]): JsonSize {
  // One of the brackets is a comma, and the list itself is no value of its own.
  return tail.length === 0 ? noSize : sizeDifference(jsonSize(tail), { bytes: 1, values: 1 });
}
