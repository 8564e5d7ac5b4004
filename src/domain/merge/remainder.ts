/**
 * What a merge leaves of an operation. One that is turned into nothing is still logged, so that its id is taken and a
 * retry finds it; every client can apply it without knowing of merges.
 */
import type { JsonObject } from "../json.js";
import type { OperationContent } from "../operations/operation.js";
import { isNoOp, NO_OP } from "../operations/noOp.js";
import { targetOfPath } from "../operations/paths.js";
import type { Collision } from "./collide.js";

/**
 * Whether a merge left nothing of what was sent, which is null where it stands as it was sent. Of a text edit an empty delta
 * is left, so that it stays one of its text.
 */
export function isEmptied(merged: OperationContent, sent: OperationContent | null): boolean {
  if (isNoOp(merged)) return true;
  return sent !== null && hasEmptyDelta(merged) && !hasEmptyDelta(sent);
}

function hasEmptyDelta({ type, payload }: OperationContent): boolean {
  const delta = type === "EDIT_TEXT" ? payload?.["delta"] : undefined;
  return Array.isArray(delta) && delta.length === 0;
}

/** The operation without the parts that it lost, as `partOf` names them; undefined where it cannot be without them. */
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
      return isEmpty(payload) ? NO_OP : { type, target, payload };
    }
    case "MOVE_ELEMENT":
    case "RESIZE_ELEMENT":
    case "ROTATE_ELEMENT": {
      const payload = rest(content.payload, lost);
      // A size without the position that came with it is still a size.
      const isSize = Object.hasOwn(payload, "width") && Object.hasOwn(payload, "height");
      if (isSize) return { type, target, payload };
      return isEmpty(payload) ? NO_OP : { type: "UPDATE_ELEMENT_PROPS", target, payload };
    }
    case "REORDER_AUDIO_LAYER":
    case "REORDER_AUDIO_CLIP":
    case "REORDER_ELEMENT": {
      const payload = rest(content.payload, lost);
      return isEmpty(payload) ? NO_OP : { type, target, payload };
    }
    case "CLEAR_PAGE": {
      const named = (content.payload?.["elementIds"] ?? []) as readonly string[];
      const elementIds = named.filter((id) => !lost.has(id));
      return elementIds.length === 0 ? NO_OP : { type, target, payload: { elementIds } };
    }
    case "EDIT_TEXT":
    case "EXTEND_STROKE":
      // Each is about one property, and means nothing on another text or stroke.
      return NO_OP;
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

/**
 * What of an operation a collision over a whole node is about: of a new group the part of the move that names it, of a
 * page that is cleared the element. Undefined for all of it.
 */
export function partOf(
  { type, target }: OperationContent,
  { path }: Pick<Collision, "path">,
): string | undefined {
  const { pageId, elementId } = targetOfPath(path);
  if (elementId === undefined || pageId !== target.pageId) return undefined;
  if (type === "CLEAR_PAGE") return elementId;
  return type === "REORDER_ELEMENT" && elementId !== target.elementId ? "parentId" : undefined;
}
