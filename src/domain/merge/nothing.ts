/**
 * What a merge leaves of an operation. One that is turned into nothing is still logged, so that its id is taken and a
 * retry finds it; every client can apply it without knowing of merges.
 */
import type { JsonObject } from "../json.js";
import type { OperationContent } from "../operations/operation.js";

/** Changes nothing. A client cannot send it: UPDATE_CANVAS needs at least one property. */
export const nothing: OperationContent = { type: "UPDATE_CANVAS", target: {}, payload: {} };

/** Whether a merge turned the operation into nothing. */
export function isNothing({ type, payload }: OperationContent): boolean {
  return type === "UPDATE_CANVAS" && payload !== null && Object.keys(payload).length === 0;
}

/** The operation without the properties that it lost; undefined where it cannot be without them. */
export function withoutProperties(
  content: OperationContent,
  lost: ReadonlySet<string>,
): OperationContent | undefined {
  const { type, target } = content;
  if (lost.size === 0) return content;
  switch (type) {
    case "UPDATE_ELEMENT_PROPS":
    case "UPDATE_PAGE":
    case "UPDATE_CANVAS":
    case "UPDATE_AUDIO_LAYER":
    case "UPDATE_AUDIO_CLIP": {
      const payload = rest(content.payload, lost);
      return isEmpty(payload) ? nothing : { type, target, payload };
    }
    case "MOVE_ELEMENT":
    case "RESIZE_ELEMENT":
    case "ROTATE_ELEMENT": {
      const payload = rest(content.payload, lost);
      // A size without the position that came with it is still a size.
      const isSize = Object.hasOwn(payload, "width") && Object.hasOwn(payload, "height");
      if (isSize) return { type, target, payload };
      return isEmpty(payload) ? nothing : { type: "UPDATE_ELEMENT_PROPS", target, payload };
    }
    case "REORDER_ELEMENT": {
      const payload = rest(content.payload, lost);
      return isEmpty(payload) ? nothing : { type, target, payload };
    }
    case "EDIT_TEXT":
    case "EXTEND_STROKE":
      // Each is about one property, and means nothing on another text or stroke.
      return nothing;
    default:
      return undefined;
  }
}

function rest(payload: JsonObject | null, lost: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(payload ?? {}).filter(([key]) => !lost.has(key)));
}

function isEmpty(payload: JsonObject): boolean {
  return Object.keys(payload).length === 0;
}
