/**
 * What one committed operation deleted, node by node, told from its inverse: so that one node can be brought back
 * without the others.
 */
import type { Json, JsonObject } from "../../json.js";
import type { OperationContent, OperationTarget } from "../../operations/operation.js";
import { nodePath, type NodePath } from "../../operations/footprint.js";

export interface FormerNode {
  readonly path: NodePath;
  /** What adds it again. */
  readonly content: OperationContent;
  /** The page or layer that it was on; undefined for these themselves. */
  readonly container: NodePath | undefined;
  /** The group that it was in, if any. */
  readonly group: NodePath | undefined;
  /** Its place among what was deleted together with their page or layer; undefined where the content tells it. */
  readonly rank: number | undefined;
  /** What was deleted in it: of a group its children, of a page its elements, of a layer its clips. */
  readonly inside: NodePath[];
  /** What puts those back into it that only left it. */
  readonly regrouping: OperationContent[];
}

export type FormerNodes = ReadonlyMap<NodePath, FormerNode>;

/** The nodes that the inverse of a deletion adds, with all that is in them. Linear in their number. */
export function formerNodes(inverse: readonly OperationContent[]): FormerNodes {
  const nodes = new Map<NodePath, FormerNode>();
  for (const content of inverse) {
    for (const [index, added] of withWhatIsInside(content).entries()) {
      const path = pathOf(added.target);
      const rank = index === 0 ? undefined : index;
      nodes.set(path, {
        path,
        content: added,
        ...aroundOf(added),
        rank,
        inside: [],
        regrouping: [],
      });
    }
  }
  for (const [path, { container, group }] of nodes) {
    for (const outer of [container, group]) {
      if (outer !== undefined) nodes.get(outer)?.inside.push(path);
    }
  }
  for (const content of inverse) {
    if (content.type !== "REORDER_ELEMENT") continue;
    const parentId = content.payload?.["parentId"];
    if (typeof parentId !== "string") continue;
    nodes.get(pathOf({ ...content.target, elementId: parentId }))?.regrouping.push(content);
  }
  return nodes;
}

/** The node that an operation with the target is about. */
export function pathOf({ pageId, elementId, audioLayerId, clipId }: OperationTarget): NodePath {
  if (pageId !== undefined) {
    return elementId === undefined
      ? nodePath("pages", pageId)
      : nodePath("pages", pageId, "elements", elementId);
  }
  if (audioLayerId === undefined) return nodePath("canvas");
  return clipId === undefined
    ? nodePath("audioLayers", audioLayerId)
    : nodePath("audioLayers", audioLayerId, "clips", clipId);
}

/** An addition, and one for each element or clip that a page or layer is added with; none for what adds nothing. */
function withWhatIsInside(content: OperationContent): OperationContent[] {
  const { type, target, payload } = content;
  if (type === "ADD_PAGE") {
    return [content, ...listed(payload?.["elements"], "ADD_ELEMENT", target, "elementId")];
  }
  if (type === "ADD_AUDIO_LAYER") {
    return [content, ...listed(payload?.["clips"], "ADD_AUDIO_CLIP", target, "clipId")];
  }
  return type === "ADD_ELEMENT" || type === "ADD_AUDIO_CLIP" ? [content] : [];
}

function listed(
  items: Json | undefined,
  type: "ADD_ELEMENT" | "ADD_AUDIO_CLIP",
  target: OperationTarget,
  idName: "elementId" | "clipId",
): OperationContent[] {
  return ((items ?? []) as readonly (JsonObject & { readonly id: string })[]).map((item) => {
    const { id, ...payload } = item;
    return { type, target: { ...target, [idName]: id }, payload };
  });
}

function aroundOf({ target, payload }: OperationContent): Pick<FormerNode, "container" | "group"> {
  const { pageId = "", elementId, audioLayerId = "", clipId } = target;
  if (clipId !== undefined) return { container: pathOf({ audioLayerId }), group: undefined };
  if (elementId === undefined) return { container: undefined, group: undefined };
  const parentId = payload?.["parentId"];
  const group = typeof parentId === "string" ? pathOf({ pageId, elementId: parentId }) : undefined;
  return { container: pathOf({ pageId }), group };
}
