/** The operation types that add, delete and change each kind of node: in these is written what restores and takes back. */
import type { JsonObject } from "../json.js";
import type { Delta } from "../text/delta.js";
import type { OperationContent, OperationTarget, OperationType } from "./operation.js";

type NodeKind = "canvas" | "page" | "element" | "audioLayer" | "clip";

const setting: Readonly<Record<NodeKind, OperationType>> = {
  canvas: "UPDATE_CANVAS",
  page: "UPDATE_PAGE",
  element: "UPDATE_ELEMENT_PROPS",
  audioLayer: "UPDATE_AUDIO_LAYER",
  clip: "UPDATE_AUDIO_CLIP",
};

/** There is always a canvas. */
type ListedKind = Exclude<NodeKind, "canvas">;

const adding: Readonly<Record<ListedKind, OperationType>> = {
  page: "ADD_PAGE",
  element: "ADD_ELEMENT",
  audioLayer: "ADD_AUDIO_LAYER",
  clip: "ADD_AUDIO_CLIP",
};

const deleting: Readonly<Record<ListedKind, OperationType>> = {
  page: "DELETE_PAGE",
  element: "DELETE_ELEMENT",
  audioLayer: "DELETE_AUDIO_LAYER",
  clip: "DELETE_AUDIO_CLIP",
};

/** Whether the property is the group that an element is in, which is moved rather than set. */
export function isParent({ elementId }: OperationTarget, name: string): boolean {
  return elementId !== undefined && name === "parentId";
}

/** The type that sets the property of the node. */
export function typeSetting(target: OperationTarget, name: string): OperationType {
  return isParent(target, name) ? "REORDER_ELEMENT" : setting[kindOf(target)];
}

/** The type that adds the node. */
export function typeAdding(target: OperationTarget): OperationType {
  return adding[listedKindOf(target)];
}

/** The type that deletes the node. */
export function typeDeleting(target: OperationTarget): OperationType {
  return deleting[listedKindOf(target)];
}

/** Sets properties of the node; null removes one. */
export function updateOf(target: OperationTarget, payload: JsonObject): OperationContent {
  return { type: setting[kindOf(target)], target, payload };
}

/** Whether the operation is what sets any properties of an element. */
export function isElementUpdate({ type }: Pick<OperationContent, "type">): boolean {
  return type === setting.element;
}

/** Adds the node. */
export function additionOf(target: OperationTarget, payload: JsonObject): OperationContent {
  return { type: typeAdding(target), target, payload };
}

/** Deletes the node, with all that is in it. */
export function deletionOf(target: OperationTarget): OperationContent {
  return { type: typeDeleting(target), target, payload: null };
}

/** Puts the element into a group; null: out of all. */
export function regroupingOf(target: OperationTarget, parentId: string | null): OperationContent {
  return { type: "REORDER_ELEMENT", target, payload: { parentId } };
}

/** Changes the element's text. */
export function textEditOf(target: OperationTarget, delta: Delta): OperationContent {
  return { type: "EDIT_TEXT", target, payload: { delta: delta as never } };
}

function kindOf({ pageId, elementId, audioLayerId, clipId }: OperationTarget): NodeKind {
  if (elementId !== undefined) return "element";
  if (pageId !== undefined) return "page";
  if (clipId !== undefined) return "clip";
  return audioLayerId === undefined ? "canvas" : "audioLayer";
}

function listedKindOf(target: OperationTarget): ListedKind {
  const kind = kindOf(target);
  if (kind === "canvas") throw new Error("no operation adds or deletes the canvas");
  return kind;
}
