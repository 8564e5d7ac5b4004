/** What callers ask of an operation's type without knowing the type: its traits and hooks (hooks.ts). */
import { definitions } from "./definitions.js";
import { nodePath, type NodePath } from "./footprint.js";
import type { Deletion, Placing } from "./hooks.js";
import type { JsonObject } from "../json.js";
import { isNoOp } from "./noOp.js";
import type { OperationContent, OperationTarget, OperationType } from "./operation.js";
import { pathOfTarget } from "./paths.js";
import type { Delta } from "../text/delta.js";

type Typed = Pick<OperationContent, "type">;
type Content = Pick<OperationContent, "type" | "payload">;

/** The properties that are changed incrementally, which other operations replace. */
export const incrementalProperties: ReadonlySet<string> = new Set(["text", "points"]);

/** Whether it adds the node of its target. */
export function isAddition({ type }: Typed): boolean {
  return definitions[type].adds !== null;
}

/** The property of its payload that lists what is in the node that it adds; null where it has none, or adds nothing. */
export function contentsAdded({ type }: Typed): "elements" | "clips" | null {
  return definitions[type].adds?.contents ?? null;
}

/** Whether it deletes the node of its target. */
export function isDeletion({ type }: Typed): boolean {
  const { deletes } = definitions[type];
  return deletes !== null && deletes.of !== "elements";
}

/** How an operation deletes, whatever its type. */
export type OperationDeletion = Deletion<OperationTarget, JsonObject | null>;

/** How it deletes; null where it does not. */
export function deletionBy({ type }: Typed): OperationDeletion | null {
  return definitions[type].deletes;
}

/** The node whose being gone already leaves the operation nothing to do; undefined where there is none. */
export function deletedPath({ type, target }: Typed & Pick<OperationContent, "target">) {
  return definitions[type].deletes === null ? undefined : pathOfTarget(target);
}

/** Whether its payload holds values of the node's properties by name. */
export function setsProperties({ type }: Typed): boolean {
  return definitions[type].setsProperties;
}

/** The property whose value the operation goes on from. */
export function incrementalProperty({ type }: Typed): string | undefined {
  return definitions[type].incremental?.property;
}

/** Those of the incremental properties of an element that the operation sets, whatever they were. */
export function incrementalSetBy({ type, target, payload }: OperationContent): readonly string[] {
  if (!definitions[type].setsProperties || target.elementId === undefined) return [];
  return Object.keys(payload ?? {}).filter((property) => incrementalProperties.has(property));
}

/** The change of a text that the operation is; undefined where it is none. */
export function deltaOf({ type, payload }: Content): Delta | undefined {
  const { incremental } = definitions[type];
  return incremental?.property === "text" ? incremental.deltaOf(payload) : undefined;
}

/** The operation, which changes a text, with another delta. */
export function withDelta({ type, target, payload }: OperationContent, delta: Delta) {
  const { incremental } = definitions[type];
  if (incremental?.property !== "text") throw new Error(`${type} changes no text by a delta`);
  return { type, target, payload: incremental.withDelta(payload, delta) };
}

/**
 * Whether a merge left nothing of what was sent, which is null where it stands as it was sent. It is logged all the same, so that
 * its id is taken and a retry finds it. Of a text edit an empty delta is left, so that it stays one of its text.
 */
export function isEmptied(merged: OperationContent, sent: OperationContent | null): boolean {
  if (isNoOp(merged)) return true;
  return sent !== null && deltaOf(merged)?.length === 0 && deltaOf(sent)?.length !== 0;
}

/** Whether it may put its element into another group. */
export function regroups({ type }: Typed): boolean {
  return definitions[type].regroups !== null;
}

/** The group that it puts its element into; null: out of all; undefined: it leaves that as it is. */
export function groupOf({ type, payload }: Content): string | null | undefined {
  return definitions[type].regroups?.groupOf(payload);
}

/** Whether it may change which elements there are on its page, or which of them are in which. */
export function restructures({ type }: Typed): boolean {
  return definitions[type].restructures;
}

/** Whether it means the elements that its client saw on the page, or in the groups there. */
export function meansTree(content: Content): boolean {
  const { deletes } = definitions[content.type];
  if (deletes !== null) return deletes.of !== "node";
  return typeof groupOf(content) === "string";
}

/** Whether the operation, which needs the element, can also do without: it only needs it to stay in its group, or around another. */
export function canDoWithout(content: OperationContent, elementId: string | undefined): boolean {
  if (elementId === undefined) return false;
  if (definitions[content.type].deletes?.of === "elements") return true;
  return (
    regroups(content) && elementId !== content.target.elementId && elementId !== groupOf(content)
  );
}

/** The list that the operation brings something into, takes something out of or orders. */
export function listPathOf({ type, target }: Typed & Pick<OperationContent, "target">) {
  const list = definitions[type].placesIn?.list;
  switch (list) {
    case undefined:
      return undefined;
    case "pages":
    case "audioLayers":
      return nodePath(list);
    case "elements":
      return nodePath("pages", target.pageId ?? "", list);
    case "clips":
      return nodePath("audioLayers", target.audioLayerId ?? "", list);
  }
}

/** Where the operation puts what in its list; undefined where it puts nothing anywhere. */
export function placingOf({ type, target, payload }: OperationContent): Placing | undefined {
  return definitions[type].placesIn?.placing(target, payload);
}

/** Whether all that it may change is a list. */
export function isPlacing({ type }: Typed): boolean {
  return definitions[type].placesIn !== null;
}

/** The parts of the operation that it may lose one by one: properties, or `PLACE`. */
export function partsOf({ type, payload }: Content): readonly string[] {
  return definitions[type].parts(payload);
}

/** The part that a collision over the node at the path is about; undefined for all of it. */
export function partAt({ type, target }: OperationContent, path: NodePath): string | undefined {
  return definitions[type].partAt?.(target, path);
}

/** The operation without the parts that it lost; undefined where it cannot be without them. */
export function withoutParts(
  content: OperationContent,
  lost: ReadonlySet<string>,
): OperationContent | undefined {
  if (lost.size === 0) return content;
  return definitions[content.type].without(content.target, content.payload, lost);
}

/** The properties that operations of the type change, where these change no others. */
export function propertiesChangedBy(type: OperationType): readonly string[] {
  return definitions[type].changes ?? [];
}
