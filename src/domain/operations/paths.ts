/** Paths of nodes: the target that one names, and whether one lies within others. */
import { ancestorsOf, nodePath, segmentsOf, type NodePath } from "./footprint.js";
import type { OperationTarget } from "./operation.js";

/** Whether the path is among the nodes or lies under one of them. */
export function isAtOrUnder(path: NodePath, nodes: ReadonlySet<NodePath>): boolean {
  return nodes.size > 0 && [path, ...ancestorsOf(path)].some((node) => nodes.has(node));
}

/** The ids a path names, as the target of an operation on that node would. */
export function targetOfPath(path: NodePath): OperationTarget {
  const [collection, id, , innerId] = segmentsOf(path);
  if (id === undefined) return {};
  if (collection === "pages") {
    return innerId === undefined ? { pageId: id } : { pageId: id, elementId: innerId };
  }
  if (collection !== "audioLayers") return {};
  return innerId === undefined ? { audioLayerId: id } : { audioLayerId: id, clipId: innerId };
}

/** The node that a target names. */
export function pathOfTarget({
  pageId,
  elementId,
  audioLayerId,
  clipId,
}: OperationTarget): NodePath {
  if (elementId !== undefined) return nodePath("pages", pageId ?? "", "elements", elementId);
  if (pageId !== undefined) return nodePath("pages", pageId);
  if (clipId !== undefined) return nodePath("audioLayers", audioLayerId ?? "", "clips", clipId);
  if (audioLayerId !== undefined) return nodePath("audioLayers", audioLayerId);
  return nodePath("canvas");
}
