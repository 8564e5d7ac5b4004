/**
 * What one committed operation deleted, node by node, told from its inverse: so that one node can be brought back
 * without the others.
 */
import type { JsonObject } from "../../json.js";
import { additionOf } from "../../operations/nodeOperations.js";
import type { OperationContent } from "../../operations/operation.js";
import { pathOfTarget } from "../../operations/paths.js";
import { contentsAdded, groupOf, isAddition } from "../../operations/traits.js";
import type { NodePath } from "../../operations/footprint.js";

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
      const path = pathOfTarget(added.target);
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
    const parentId = groupOf(content);
    if (typeof parentId !== "string") continue;
    nodes.get(pathOfTarget({ ...content.target, elementId: parentId }))?.regrouping.push(content);
  }
  return nodes;
}

/** An addition, and one for each element or clip that a page or layer is added with; none for what adds nothing. */
function withWhatIsInside(content: OperationContent): OperationContent[] {
  if (!isAddition(content)) return [];
  const contents = contentsAdded(content);
  if (contents === null) return [content];
  const items = (content.payload?.[contents] ?? []) as readonly (JsonObject & { id: string })[];
  const inside = items.map(({ id, ...payload }) =>
    additionOf({ ...content.target, [idIn[contents]]: id }, payload),
  );
  return [content, ...inside];
}

const idIn = { elements: "elementId", clips: "clipId" } as const;

function aroundOf({ target, payload }: OperationContent): Pick<FormerNode, "container" | "group"> {
  const { pageId = "", elementId, audioLayerId = "", clipId } = target;
  if (clipId !== undefined) return { container: pathOfTarget({ audioLayerId }), group: undefined };
  if (elementId === undefined) return { container: undefined, group: undefined };
  const parentId = payload?.["parentId"];
  const group =
    typeof parentId === "string" ? pathOfTarget({ pageId, elementId: parentId }) : undefined;
  return { container: pathOfTarget({ pageId }), group };
}
